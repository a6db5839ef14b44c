#!lua flags=allow-oom
-- Moves up what may be shown, and tells of exactly the messages in between.
-- KEYS: log, meta.
-- ARGV: known era, known n, store's era, store's replication id, era and n of the last message that is on enough replicas, the room's
-- channel, messages in a part, bytes in a part, and for a conversation: its address, and person and channel of both.
-- Answers ok; or turned where the primary is another one by now, so that nothing is known of what is on its replicas.
local log, meta = KEYS[1], KEYS[2]
local room = settle(meta, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4])
local era, to = tonumber(ARGV[5]), tonumber(ARGV[6])
if room.is_new or room.era ~= era or room.n < to then
  return 'turned'
end
if to <= room.confirmed_n then
  return 'ok'
end
local bell, part_max, bytes_max = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local talk = ARGV[10]
local set = {}
local nicks = {}

-- What readers are told of the room besides its messages is what the confirmed ones say.
local function apply(entry, n)
  local fields = entry[2]
  local person = string.match(fields[2], '^[^.]+')
  if fields[8] == '2' then
    set[#set + 1] = {'topic', fields[10]}
    set[#set + 1] = {'topic_nick', fields[4]}
    set[#set + 1] = {'topic_time', fields[6]}
  end
  if talk then
    nicks[person] = fields[4]
    set[#set + 1] = {'nick:' .. person, fields[4]}
  end
end

local from = room.confirmed_n
local behind_era, behind_n = room.confirmed_era, from
while from < to do
  local texts, bytes, behind = {whole(behind_era), whole(behind_n)}, 0, from
  for _, entry in ipairs(redis.call('XRANGE', log, whole(from + 1), whole(to), 'COUNT', part_max)) do
    local fields = entry[2]
    bytes = bytes + #fields[10] + #fields[4] + 64
    if from > behind and bytes > bytes_max then
      break
    end
    local n, message_era = numbers(entry[1])
    apply(entry, n)
    from = n
    behind_era, behind_n = message_era, n
    texts[#texts + 1] = entry[1]
    for at = 2, 12, 2 do
      texts[#texts + 1] = fields[at]
    end
  end
  if from == behind then
    -- They are gone; whoever reads finds the gap.
    break
  end
  redis.call('PUBLISH', bell, 'm' .. packed(texts))
end
redis.call('HSET', meta, 'confirmed_era', whole(behind_era), 'confirmed_n', whole(math.max(behind_n, room.confirmed_n)))
for _, pair in ipairs(set) do
  redis.call('HSET', meta, pair[1], pair[2])
end
if talk then
  for at = 11, 13, 2 do
    local other = ARGV[at == 11 and 13 or 11]
    local nick = nicks[other] or redis.call('HGET', meta, 'nick:' .. other) or ''
    local news = {'c', talk, whole(behind_era), whole(behind_n), nick}
    redis.call('PUBLISH', ARGV[at + 1], table.concat(news, '\n'))
  end
end
return 'ok'
