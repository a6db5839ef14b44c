#!lua
-- A device of a person is at this node from now on.
-- KEYS: the person as held, the last turn. ARGV: channel of the person, node, device, fields that a person may have.
-- Answers the turn, which is higher for who came later.
local turn = next_turn(KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'keyed', 1)
  if redis.call('HLEN', KEYS[1]) < tonumber(ARGV[4]) then
    redis.call('HSET', KEYS[1], 'd:' .. ARGV[3], ARGV[2] .. ' ' .. turn)
  end
end
redis.call('PUBLISH', ARGV[1], 't' .. packed({ARGV[2], ARGV[3]}))
return tonumber(turn)
