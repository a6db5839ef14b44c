//! The network is cut in the middle of what people write, and while they read.

use super::network::Network;
use super::outage::{BURST, Random, conversation, enter_tall, name_seed, write};
use super::support::{Person, ServerProcess};
use crate::pty::Pty;

/// How often the network is cut in one conversation.
const CUTS: u64 = 4;

/// Cuts one person's network, or the other's, at random places of the talk; returns what both screens show then.
fn cut_and_mend(seed: u64, server: &ServerProcess) -> [Vec<String>; 2] {
    let mut random = Random::new(seed);
    let people = [Person::new(), Person::new()];
    let networks = [(); 2].map(|()| Network::to(server.port()));
    let [minsu, jieun] = &people;
    let [left, right] = &networks;
    let screens: [Pty; 2] = [
        enter_tall(&left.url(), minsu, "minsu"),
        enter_tall(&right.url(), jieun, "jieun"),
    ];
    let mut written = 0;
    for _ in 0..CUTS {
        for (who, pty) in screens.iter().enumerate() {
            written = write(pty, who, written);
        }
        let reached = written - random.below(2 * BURST);
        random
            .choose(&screens)
            .wait_for_text(&format!("-{reached:03}"));
        let cut = usize::try_from(random.below(3)).unwrap_or_default();
        for (at, network) in networks.iter().enumerate() {
            if cut == at || cut == 2 {
                network.cut();
            }
        }
        // One of them cannot wait; a key that finds a connection does no harm.
        random.choose(&screens).send("\x12");
    }
    let all = usize::try_from(written).unwrap_or(usize::MAX);
    screens.each_ref().map(|pty| {
        let screen = pty.wait_for("every text", |screen| {
            conversation(screen).is_some_and(|texts| texts.len() == all)
        });
        conversation(&screen).unwrap_or_default()
    })
}

/// `SCREEN_SEED=17 cargo test -p chat-tui t24` replays one run.
#[test]
fn t24_a_network_cut_in_mid_traffic_loses_and_doubles_nothing() {
    let seeds = match std::env::var("SCREEN_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => vec![11, 12],
    };
    for seed in seeds {
        name_seed(seed);
        let server = ServerProcess::start();
        let [left, right] = cut_and_mend(seed, &server);
        assert_eq!(left, right, "both see one order");
        assert_eq!(server.texts("lobby"), left, "and that of the server");
        for who in ["t-0-", "t-1-"] {
            let own: Vec<&String> = left.iter().filter(|text| text.starts_with(who)).collect();
            assert_eq!(own.len() * 2, left.len());
            assert!(own.windows(2).all(|two| two[0] < two[1]), "{own:?}");
        }
    }
}

#[test]
fn t21_a_cut_network_does_not_move_what_one_reads() {
    let server = ServerProcess::start();
    let lines: Vec<String> = (1..=200).map(|n| format!("n-{n:03}\n")).collect();
    let archivist = Person::new();
    server.say(&archivist, "lobby", "archivist", &lines.concat());
    let network = Network::to(server.port());
    let person = Person::new();
    let url = network.url();
    let pty = person.run(&["--server", &url, "--room", "lobby", "--nick", "minsu"]);
    pty.wait_for_text("n-200");
    // Once, so that the first frame that says so is the last one of the move.
    pty.send("\x1b[5~");
    let before = pty.wait_for_text("reading back ∙ End");
    let log = |lines: &[String]| lines[3..24].to_vec();
    network.cut();
    server.say(&archivist, "lobby", "archivist", "while cut\nand more\n");
    let screen = pty.wait_for_text("2 new below ∙ End");
    assert_eq!(log(&screen.lines), log(&before.lines));
    // And at no moment was the screen blank: after the first frame nothing erased it.
    let outage = screen.bytes.get(before.bytes.len()..).unwrap_or_default();
    let outage = String::from_utf8_lossy(outage);
    assert!(!outage.contains("\x1b[2J"), "{outage:?}");
    pty.send("\x1b[F");
    pty.wait_for_text("and more");
}
