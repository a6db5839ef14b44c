#!lua
-- Gives a nick to who claims it, and holds it for this node, or says why not.
-- KEYS: nodes, nicks held. ARGV: what all these keys begin with, node, skeleton, nick, person, key (empty for a guest), wall clock,
-- time served, the use at or before which a nick is free (empty where none gets free), nicks that a key may own, nicks that are kept of it,
-- the channels of the person and of all nodes, replicas needed.
-- Answers ok, turn, and who had it before; or owned, held (and whether by a guest), limit; or dead or replicas, where it is to be asked again.
local nodes, held = KEYS[1], KEYS[2]
local base, node, skeleton, nick, person, key = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local wall, served, since = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local now = clock()

local function lives(name)
  local dead, state = string.match(redis.call('HGET', nodes, name) or '', '^(%d+) %d+ (%a)$')
  return state == 'a' and tonumber(dead) > now
end
if not lives(node) then
  return {'dead'}
end
local _, replicas = replication()
if replicas < tonumber(ARGV[14]) then
  return {'replicas'}
end

local owned_key = base .. 'nick:' .. skeleton
local owned = redis.call('HMGET', owned_key, 'person', 'last', 'used', 'former', 'until', 'taken')
local owner, is_guest = owned[1], key == ''
local is_free = not owner or (since and tonumber(owned[3]) <= since)
local is_own = owner == person
if not is_free and (is_guest or not is_own) then
  return {'owned'}
end

-- Who has it now.
local holder = redis.call('HGET', held, skeleton)
local fence = {}
if holder and holder ~= person then
  for _, name in ipairs(nodes_of(base .. 'person:' .. holder)) do
    if lives(name) then
      return {'held', redis.call('HGET', base .. 'person:' .. holder, 'guest')}
    end
    table.insert(fence, name)
  end
end

local owns = base .. 'owns:' .. person
if not is_guest and is_free then
  local from = since and '(' .. whole(since) or '-inf'
  if redis.call('ZCOUNT', owns, from, '+inf') >= tonumber(ARGV[10]) then
    return {'limit'}
  end
end

local former, former_until, taken = owned[4] or '', owned[5] or '', owned[6] or ''
if owner and not is_own then
  former, former_until, taken = owner, owned[2], whole(served)
end

if not is_guest then
  local used = served
  if is_own then
    used = math.max(used, tonumber(owned[3]))
  else
    if owner then
      redis.call('ZREM', base .. 'owns:' .. owner, skeleton)
    end
    redis.call('DEL', owned_key)
    redis.call('HSET', owned_key, 'person', person, 'key', key, 'first', wall, 'former', former, 'until', former_until, 'taken', taken)
  end
  redis.call('HSET', owned_key, 'nick', nick, 'last', wall, 'used', whole(used))
  redis.call('ZADD', owns, whole(used), skeleton)
  -- Of those that are free long since only so many are kept.
  local surplus = redis.call('ZCARD', owns) - tonumber(ARGV[11])
  if surplus > 0 then
    for _, old in ipairs(redis.call('ZRANGE', owns, 0, surplus - 1)) do
      redis.call('ZREM', owns, old)
      redis.call('DEL', base .. 'nick:' .. old)
    end
  end
end

for _, name in ipairs(fence) do
  local dead, gone = string.match(redis.call('HGET', nodes, name) or '', '^(%d+) (%d+) a$')
  if dead then
    redis.call('HSET', nodes, name, dead .. ' ' .. gone .. ' f')
    redis.call('PUBLISH', ARGV[13], 'f')
  end
end
if holder and holder ~= person then
  redis.call('DEL', base .. 'person:' .. holder)
end

-- A person holds one nick at a time, over all nodes.
local record = base .. 'person:' .. person
local before = redis.call('HMGET', record, 'skeleton', 'nick', 'guest', 'former')
if before[1] and before[1] ~= skeleton and redis.call('HGET', held, before[1]) == person then
  redis.call('HDEL', held, before[1])
end
local guest = is_guest and '1' or '0'
local told = packed({former, former_until, taken})
local turn = next_turn(base .. 'turn')
redis.call('HSET', held, skeleton, person)
redis.call('HSET', record, 'skeleton', skeleton, 'nick', nick, 'guest', guest, 'former', told, 'turn', turn, 'n:' .. node, 1)
redis.call('SADD', base .. 'node:' .. node, person)
if before[2] and (before[2] ~= nick or before[3] ~= guest or before[4] ~= told) then
  redis.call('PUBLISH', ARGV[12], 'n' .. packed({node, turn, nick, guest, former, former_until, taken}))
end
return {'ok', turn, former, former_until, taken}
