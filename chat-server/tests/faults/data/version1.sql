-- A history of version 1 with 20 messages in each of two rooms, as that version left it.
CREATE TABLE store (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    instance  BLOB NOT NULL,
    mark      INTEGER NOT NULL,
    era       INTEGER NOT NULL,
    tables    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE rooms (
    id          INTEGER PRIMARY KEY,
    address     ANY NOT NULL UNIQUE,
    head_era    INTEGER NOT NULL,
    head_n      INTEGER NOT NULL,
    topic       TEXT,
    topic_nick  TEXT,
    topic_time  INTEGER
) STRICT;
CREATE TABLE senders (
    id      INTEGER PRIMARY KEY,
    room    INTEGER NOT NULL,
    person  BLOB NOT NULL,
    device  INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    UNIQUE (room, person, device)
) STRICT;
CREATE TABLE messages (
    place      INTEGER PRIMARY KEY,
    era        INTEGER NOT NULL,
    sender     INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    nick       TEXT NOT NULL,
    time       INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    text       TEXT NOT NULL,
    reply_era  INTEGER,
    reply_n    INTEGER,
    UNIQUE (sender, seq)
) STRICT;
CREATE TABLE talks (
    person   BLOB NOT NULL,
    address  BLOB NOT NULL,
    nick     TEXT NOT NULL,
    PRIMARY KEY (person, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE nicks (
    skeleton  TEXT PRIMARY KEY,
    nick      TEXT NOT NULL,
    person    BLOB NOT NULL,
    key       BLOB NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nicks_of_person ON nicks (person, last);
CREATE TABLE presence (
    address  ANY NOT NULL,
    person   BLOB NOT NULL,
    nick     TEXT NOT NULL,
    guest    INTEGER NOT NULL,
    PRIMARY KEY (address, person)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1667785076;
PRAGMA user_version = 1;
INSERT INTO store VALUES (1, x'000102030405060708090a0b0c0d0e0f', 7, 1763700000, '');
INSERT INTO rooms VALUES (1, 'room0', 1763700000, 20, NULL, NULL, NULL), (2, 'room1', 1763700000, 20, NULL, NULL, NULL);
INSERT INTO senders VALUES
    (1, 1, x'101112131415161718191a1b1c1d1e1f', 0, 20),
    (2, 2, x'101112131415161718191a1b1c1d1e1f', 0, 20);
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 20)
INSERT INTO messages
SELECT (room << 36) + n, 1763700000, room, n, 'old', 1763700000000 + n, 0, 'c900n' || (n + 20 * (room - 1)), NULL, NULL
FROM counted, (SELECT 1 AS room UNION ALL SELECT 2);
