//! Values as columns: how addresses, persons, numbers and kinds lie in the database.

use std::time::Duration;

use protocol::event::{self, Kind};
use protocol::names::RoomName;
use protocol::position::{Address, Pair, PersonId, Position};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Error, Result, Row};

use super::place::N_MAX;

use crate::record::Former;

/// An address: a room as the text of its name, a conversation as the blob of both persons.
///
/// The database sorts texts before blobs and both by their bytes, so the rooms are one range of the addresses, and both
/// sorts have the order of [`Address`].
pub(super) struct Room<A>(pub(super) A);

impl ToSql for Room<&Address> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Address::Room(name) => ToSqlOutput::from(name.as_str()),
            Address::Direct(pair) => {
                let [low, high] = pair.persons();
                ToSqlOutput::Owned(Value::Blob([*low.as_bytes(), *high.as_bytes()].concat()))
            }
        })
    }
}

impl FromSql for Room<Address> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if let Ok(name) = value.as_str() {
            let name = RoomName::new(name).map_err(FromSqlError::other)?;
            return Ok(Self(Address::Room(name)));
        }
        let (low, high) = value
            .as_blob()?
            .split_first_chunk::<{ PersonId::BYTES }>()
            .ok_or(FromSqlError::InvalidType)?;
        let high = high.try_into().map_err(FromSqlError::other)?;
        Pair::new(PersonId::from_bytes(*low), PersonId::from_bytes(high))
            .map(|pair| Self(Address::Direct(pair)))
            .ok_or(FromSqlError::InvalidType)
    }
}

/// A person in column `index`.
pub(super) fn person(row: &Row<'_>, index: usize) -> Result<PersonId> {
    row.get(index).map(PersonId::from_bytes)
}

/// A number in column `index` that was stored with [`u64::cast_signed`], which keeps every number as it is.
pub(super) fn number(row: &Row<'_>, index: usize) -> Result<u64> {
    row.get::<_, i64>(index).map(i64::cast_unsigned)
}

/// The two numbers of a position.
pub(super) fn position_columns(position: Option<Position>) -> (Option<i64>, Option<i64>) {
    (
        position.map(|p| p.era.cast_signed()),
        position.map(|p| p.n.cast_signed()),
    )
}

/// A text of at most `bytes_max` in column `index`. What is longer, or holds control characters that no text of the contract
/// does, was not written here, and would not fit the frames that are packed by what a text can take.
pub(super) fn text(row: &Row<'_>, index: usize, bytes_max: usize) -> Result<String> {
    let value = row.get_ref(index)?;
    let text = value.as_str()?;
    let strange = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n');
    if text.len() > bytes_max || text.bytes().any(strange) {
        let error = Box::new(FromSqlError::InvalidType);
        return Err(Error::FromSqlConversionFailure(
            index,
            value.data_type(),
            error,
        ));
    }
    Ok(text.to_owned())
}

/// The last position of a room, whose era is in column `index` and whose number, [`N_MAX`] at most, is in the next one.
pub(super) fn head(row: &Row<'_>, index: usize) -> Result<Position> {
    let (era, n) = (number(row, index)?, number(row, index + 1)?);
    if n > N_MAX {
        return Err(Error::IntegralValueOutOfRange(index + 1, n.cast_signed()));
    }
    Ok(Position::new(era, n))
}

/// A position whose era is in column `index` and whose number is in the next one.
pub(super) fn position(row: &Row<'_>, index: usize) -> Result<Option<Position>> {
    let era: Option<i64> = row.get(index)?;
    let n: Option<i64> = row.get(index + 1)?;
    Ok(era
        .zip(n)
        .map(|(era, n)| Position::new(era.cast_unsigned(), n.cast_unsigned())))
}

/// A time that servers have served, in milliseconds.
pub(super) fn served_column(served: Duration) -> i64 {
    i64::try_from(served.as_millis()).unwrap_or(i64::MAX)
}

/// The time in column `index` that was stored with [`served_column`].
pub(super) fn served(row: &Row<'_>, index: usize) -> Result<Duration> {
    number(row, index).map(Duration::from_millis)
}

/// The columns of who had a nick before: the person, until when, and when it was taken.
pub(super) fn former_columns(
    former: Option<&Former>,
) -> (Option<[u8; PersonId::BYTES]>, Option<i64>, Option<i64>) {
    (
        former.map(|former| *former.told.person.as_bytes()),
        former.map(|former| former.told.until.cast_signed()),
        former.map(|former| served_column(former.taken)),
    )
}

/// Who had a nick before, from column `index` and the two behind it.
pub(super) fn former(row: &Row<'_>, index: usize) -> Result<Option<Former>> {
    if row.get_ref(index)? == ValueRef::Null {
        return Ok(None);
    }
    Ok(Some(Former {
        told: event::Former {
            person: person(row, index)?,
            until: number(row, index + 1)?,
        },
        taken: served(row, index + 2)?,
    }))
}

/// The number of a kind. An unknown one is stored as what readers show it as.
pub(super) const fn kind_column(kind: Kind) -> i64 {
    match kind {
        Kind::Message | Kind::Unknown => 0,
        Kind::Action => 1,
        Kind::Topic => 2,
    }
}

/// The kind in column `index`.
pub(super) fn kind(row: &Row<'_>, index: usize) -> Result<Kind> {
    Ok(match row.get::<_, i64>(index)? {
        0 => Kind::Message,
        1 => Kind::Action,
        2 => Kind::Topic,
        _ => Kind::Unknown,
    })
}
