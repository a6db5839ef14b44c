#!lua flags=allow-oom
-- How far a room is.
-- KEYS: log, meta, members.
-- ARGV: known era, known n, store's era, store's replication id.
-- Answers era and n of the last message, of the last one that may be shown, and how often the members changed.
local room = settle(KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4])
local changes = tonumber(redis.call('HGET', KEYS[3], '#') or '0')
return {room.era, room.n, room.confirmed_n > 0 and room.confirmed_era or room.era, room.confirmed_n, changes}
