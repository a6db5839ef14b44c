#!lua flags=allow-oom
-- Messages of a room from a time on backwards, for a search.
-- KEYS: log, meta.
-- ARGV: known era, known n, store's era, store's replication id; the latest time, in milliseconds since 1970; the number before
-- which they end, or 0; messages at most.
-- Answers the messages, the newest first, the first n that is kept, and its time.
local log, meta = KEYS[1], KEYS[2]
local room = settle(meta, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4])
local latest, before, most = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

local function time_of(n)
  local entry = redis.call('XRANGE', log, whole(n), '+', 'COUNT', 1)[1]
  return entry and tonumber(entry[2][6]) or 0
end

local high = room.confirmed_n
if before > 0 then
  high = math.min(high, before - 1)
elseif high > 0 and time_of(high) > latest then
  -- Times never fall in a room, so the last one that is not later is found by halves.
  local low = room.first - 1
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if time_of(middle) > latest then
      high = middle - 1
    else
      low = middle
    end
  end
end
local messages = {}
if high >= room.first and high > 0 then
  messages = redis.call('XREVRANGE', log, whole(high), '-', 'COUNT', most)
end
return {messages, room.first, room.first > 1 and time_of(room.first) or 0}
