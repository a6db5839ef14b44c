//! What who follows asks Redis for besides messages.

use protocol::position::{Address, PersonId};
use redis::{Pipeline, Value};

use super::callings::Record;
use super::claims;
use super::common::Common;
use super::link::Link;
use super::member::{ms, texts};
use super::members::EMPTY_ROOM;

/// Who is in a room, as the script tells it; nothing where Redis does not.
pub(super) async fn read_members(
    common: &Common,
    link: &Link,
    room: &Address,
) -> Option<Vec<Vec<u8>>> {
    let keys = common.keys.room(room);
    let mut question = Pipeline::new();
    question.add_command(
        common
            .scripts
            .people
            .members
            .call(&[keys.members(), keys.meta()]),
    );
    let answers = link.ask(&question).await.ok()?;
    texts(answers.into_iter().next()?.ok()?)
}

/// Takes out members of nodes that are gone, where they have not changed since.
pub(super) async fn sweep(
    common: &Common,
    link: &Link,
    room: &Address,
    members: Vec<(Vec<u8>, Vec<u8>)>,
) {
    let mut call = common
        .scripts
        .people
        .sweep
        .call(&[common.keys.room(room).members()]);
    call.arg(ms(EMPTY_ROOM));
    for (field, text) in members {
        call.arg(field).arg(text);
    }
    let mut question = Pipeline::new();
    question.add_command(call);
    if let Err(trouble) = link.ask(&question).await {
        tracing::debug!(%trouble, "members that are gone could not be taken out");
    }
}

/// What the store has of these persons.
pub(super) async fn look_up(
    common: &Common,
    link: &Link,
    persons: Vec<PersonId>,
) -> Vec<(PersonId, Record)> {
    let mut question = Pipeline::new();
    for person in &persons {
        question
            .cmd("HGETALL")
            .arg(common.keys.people(&format!("person:{person}")));
    }
    let Ok(answers) = link.ask(&question).await else {
        return Vec::new();
    };
    let found = persons.into_iter().zip(answers).map(|(person, answer)| {
        let fields = answer.ok().and_then(read_fields).unwrap_or_default();
        (person, claims::read_record(&fields))
    });
    found.collect()
}

fn read_fields(value: Value) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    redis::from_redis_value(value).ok()
}
