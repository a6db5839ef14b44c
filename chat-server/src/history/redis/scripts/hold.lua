#!lua
-- Holds again, for this node, what it held: after a fail-over or a time as dead it may stand nowhere.
-- KEYS: nodes, nicks held. ARGV: what all these keys begin with, node, and then skeleton, nick, person, guest, keyed, former of each.
-- Answers whether nobody else has one of them.
local base, node = ARGV[1], ARGV[2]
for index = 3, #ARGV, 6 do
  local skeleton, nick, person = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  local holder = redis.call('HGET', KEYS[2], skeleton)
  local record = base .. 'person:' .. person
  local now = redis.call('HGET', record, 'skeleton')
  if holder and holder ~= person then
    return 0
  end
  if not now then
    local turn = next_turn(base .. 'turn')
    redis.call('HSET', record, 'skeleton', skeleton, 'nick', nick, 'guest', ARGV[index + 3], 'keyed', ARGV[index + 4],
      'former', ARGV[index + 5], 'turn', turn)
    redis.call('HSET', KEYS[2], skeleton, person)
  end
  redis.call('HSET', record, 'n:' .. node, 1)
  redis.call('SADD', base .. 'node:' .. node, person)
end
return 1
