#!lua flags=allow-oom
-- A room as it may be shown, and messages of it: nothing behind the confirmed one.
-- KEYS: log, meta, seqs.
-- ARGV: known era, known n, store's era, store's replication id; up or down, first n, messages at most; sender whose next seq is
-- wanted, or nothing; era, n and message id (* for any) of an anchor, or nothing: where it does not stand there the last messages are given.
-- Answers confirmed era and n; topic, its nick and its time; the next seq; whether the anchor is known; the first n on the way and the messages;
-- the last n, the era, the forks, the first n that is kept; era and n up to where the anchor is of this room, or era -1.
local log, meta, seqs = KEYS[1], KEYS[2], KEYS[3]
local room = settle(meta, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4])
local way, first, most = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local sender, anchor_era, anchor_n, anchor_id = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local topic = redis.call('HMGET', meta, 'topic', 'topic_nick', 'topic_time')
local next_seq = '1'
if sender ~= '' then
  next_seq = whole(tonumber(redis.call('HGET', seqs, sender) or '0') + 1)
end

-- Up to where whoever has (era, n) has the same messages, as far as can be said: (-1, 0) where it cannot.
local function kept(era, n)
  local last = common_n(room, era, n)
  if last == 0 then
    return 0, 0
  end
  local entry = redis.call('XRANGE', log, whole(last), whole(last))[1]
  if not entry then
    return -1, 0
  end
  local _, last_era = numbers(entry[1])
  if last_era > era or (last_era == era and last == n) then
    -- Another message at the very position: two histories that have nothing to do with each other.
    return -1, 0
  end
  return last_era, last
end

local is_known = true
local kept_era, kept_n = -1, 0
if anchor_n and tonumber(anchor_n) > 0 then
  local n, era = tonumber(anchor_n), tonumber(anchor_era)
  if n < room.first then
    -- It is trimmed, so nobody can say which message it was.
    is_known = anchor_id ~= '' and era <= room.era and common_n(room, era, n) == n
  else
    local entry = n <= room.n and redis.call('XRANGE', log, message_id(era, n), message_id(era, n))[1]
    is_known = entry and (anchor_id == '*' or entry[2][2] == anchor_id)
  end
  if not is_known then
    way, first = 'down', room.confirmed_n
    kept_era, kept_n = kept(era, n)
  end
end
local messages = {}
if way == 'up' then
  if first <= room.confirmed_n then
    messages = redis.call('XRANGE', log, whole(first), whole(room.confirmed_n), 'COUNT', most)
  end
else
  first = math.min(first, room.confirmed_n)
  if first > 0 then
    messages = redis.call('XREVRANGE', log, whole(first), '-', 'COUNT', most)
  end
end
return {
  room.confirmed_n > 0 and room.confirmed_era or room.era, room.confirmed_n,
  topic[1] or '', topic[2] or '', topic[3] or '0', next_seq, is_known and 1 or 0, first, messages,
  room.n, room.era, room.forks, room.first, kept_era, kept_n,
}
