use super::*;

#[track_caller]
fn refused(text: &str, sentence: &str) {
    let mut limits = Limits::default();
    let error = limits.choose(text).unwrap_err();
    assert_eq!(error.to_string(), sentence);
    assert_eq!(limits, Limits::default());
}

#[test]
fn a_limit_is_chosen_by_its_name() {
    let mut limits = Limits::default();
    limits.choose("rooms=7").unwrap();
    limits.choose(" joins = 2/30s ").unwrap();
    assert_eq!(limits.rooms, 7);
    assert_eq!(limits.joins, Rate::new(2, 30));
    assert_eq!(limits.check(), Ok(()));
}

#[test]
fn what_is_no_limit_is_said_in_a_sentence() {
    refused(
        "rooms",
        "a limit is chosen as NAME=VALUE, not as \"rooms\"; \"help\" lists all",
    );
    refused("room=7", "there is no limit \"room\"; \"help\" lists all");
    refused("rooms=many", "rooms takes a whole number, not \"many\"");
    refused("rooms=-1", "rooms takes a whole number, not \"-1\"");
    refused(
        "joins=5",
        "joins takes a count and a time such as 5/10s, not \"5\"",
    );
    refused("rooms=0", "rooms can be from 1 to 1000, not 0");
    refused(
        "text_bytes=4097",
        "text_bytes can be from 256 to 4096, not 4097",
    );
    refused(
        "joins=1/61s",
        "joins can be from 1/60s to 10000/1s, not 1/61s",
    );
}

#[test]
fn each_limit_takes_the_ends_of_its_range_and_its_default() {
    for limit in Limits::table() {
        for value in [&limit.least, &limit.greatest, &limit.default] {
            let mut limits = Limits::default();
            let set = limits.set(limit.name, value);
            assert_eq!(set, Ok(()), "{} {value}", limit.name);
            assert_eq!(
                value == &limit.default,
                limits == Limits::default(),
                "{}",
                limit.name
            );
        }
        assert!(limit.about.ends_with('.'), "{}", limit.about);
    }
    assert_eq!(Limits::default().check(), Ok(()));
}

#[test]
fn the_table_has_what_the_greeting_has() {
    let told = serde_json::to_value(Limits::default()).unwrap();
    let mut names: Vec<_> = Limits::table().iter().map(|limit| limit.name).collect();
    names.sort_unstable();
    assert!(told.as_object().unwrap().keys().eq(names));
}

#[test]
fn limits_that_contradict_each_other_are_named() {
    let with = |texts: &[&str]| {
        let mut limits = Limits::default();
        for text in texts {
            limits.choose(text).unwrap();
        }
        limits.check().map_err(|error| error.to_string())
    };
    assert_eq!(with(&["frame_bytes=9216"]), Ok(()));
    assert_eq!(
        with(&["frame_bytes=9215"]).unwrap_err(),
        "frame_bytes is 9215, but it has to be at least 9216 for text_bytes: a text may take two bytes for each of its own; \
         choose both so that they fit"
    );
    assert_eq!(with(&["frame_bytes=3072", "text_bytes=1024"]), Ok(()));
    assert!(with(&["refusals=64"]).is_err());
    assert_eq!(with(&["refusals=65"]), Ok(()));
    assert_eq!(with(&["refusals=5", "in_flight=4"]), Ok(()));
    assert!(with(&["connections=19", "not_introduced=5"]).is_err());
    assert!(with(&["connections=999"]).is_err());
    assert_eq!(with(&["connections=20", "not_introduced=20"]), Ok(()));
    assert_eq!(with(&["name_bytes=32"]), Ok(()));
}
