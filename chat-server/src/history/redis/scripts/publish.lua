#!lua
-- Appends messages to a room: each once, in the order of its sender's seqs.
-- KEYS: log, meta, seqs, sent.
-- ARGV: known era, known n, store's era, store's replication id, replicas needed, end of the lease, messages kept, milliseconds kept (0
-- for all), and for each message: person, device, seq, nick, kind, text, reply.
-- Answers first what became of all: ok, replicas (too few are connected) or lease (it is over); where it is ok then the head's era and n, the
-- confirmed era and n, and for each message four numbers: 0, era, n, time where it is stored now; 1, era, n, time where it was
-- before; 2, the seq that is due, 0, 0 where its seq is not the next; 3, the seq that is due, 0, 0 where its seq had another text.
local log, meta, seqs, sent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room = settle(meta, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4])
local now = clock()
if now >= tonumber(ARGV[6]) then
  return {'lease'}
end
if room.replicas < tonumber(ARGV[5]) then
  return {'replicas'}
end
if room.is_new then
  -- All of Redis may have been emptied meanwhile, and another server may still have what stood here in the era of the store.
  room.era = math.max(room.era, new_era(tonumber(ARGV[1])))
end
local time = math.max(now, room.time)
local before = room.n
local is_touched = false

-- What was stored first under this id, where it is still kept.
local function first_result(id, kind, text, reply, due)
  local at = redis.call('HGET', sent, id)
  local entry = at and redis.call('XRANGE', log, at, at)[1]
  if not entry then
    return 1, room.era, 0, time
  end
  local fields = entry[2]
  if fields[8] ~= kind or fields[10] ~= text or fields[12] ~= reply then
    return 3, due, 0, 0
  end
  local n, era = numbers(at)
  is_touched = is_touched or n > room.confirmed_n
  return 1, era, n, tonumber(fields[6])
end

local results = {}
for base = 9, #ARGV, 7 do
  local sender = ARGV[base] .. '.' .. ARGV[base + 1]
  local seq = tonumber(ARGV[base + 2])
  local id = sender .. '.' .. ARGV[base + 2]
  local nick, kind, text, reply = ARGV[base + 3], ARGV[base + 4], ARGV[base + 5], ARGV[base + 6]
  local due = tonumber(redis.call('HGET', seqs, sender) or '0') + 1
  local code, era, n, at = 2, due, 0, 0
  if seq == due then
    n = room.n + 1
    local place = message_id(room.era, n)
    redis.call('XADD', log, place, 'f', id, 'n', nick, 't', whole(time), 'k', kind, 'x', text, 'r', reply)
    redis.call('HSET', seqs, sender, ARGV[base + 2])
    redis.call('HSET', sent, id, place)
    room.n = n
    code, era, at = 0, room.era, time
  elseif seq < due and seq > 0 then
    code, era, n, at = first_result(id, kind, text, reply, due)
  end
  results[#results + 1] = code
  results[#results + 1] = era
  results[#results + 1] = n
  results[#results + 1] = at
end

-- Removes a few of the oldest, never the last one and never what is not confirmed.
local function trim()
  local keep, keep_time = tonumber(ARGV[7]), tonumber(ARGV[8])
  local oldest = time - keep_time
  local most = 2 * (room.n - before) + 8
  if room.n - room.first < keep and keep_time == 0 then
    return
  end
  local last
  for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', most)) do
    local n = numbers(entry[1])
    local is_old = keep_time > 0 and tonumber(entry[2][6]) < oldest
    if n >= room.confirmed_n or not (is_old or room.n - n >= keep) then
      break
    end
    redis.call('HDEL', sent, entry[2][2])
    last = n
  end
  if last then
    redis.call('XTRIM', log, 'MINID', whole(last + 1))
    redis.call('HSET', meta, 'first', whole(last + 1))
  end
end

if room.n > before then
  -- Before anything that can fail: what is not in it is not confirmed, and would be in the way of what comes next.
  redis.call('HSET', meta, 'era', whole(room.era), 'n', whole(room.n), 'replid', room.id, 'first', whole(room.first), 'time', whole(time))
  trim()
elseif is_touched then
  -- A write, so that whoever waits for replicas waits for all that was before it.
  redis.call('HINCRBY', meta, 'touches', 1)
end
return {'ok', room.era, room.n, room.confirmed_era, room.confirmed_n, results}
