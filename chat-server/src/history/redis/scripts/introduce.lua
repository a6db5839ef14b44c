#!lua
-- A device of a person is at this node from now on.
-- KEYS: the person as held. ARGV: channel of the person, node, device, fields that a person may have.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'keyed', 1)
  if redis.call('HLEN', KEYS[1]) < tonumber(ARGV[4]) then
    redis.call('HSET', KEYS[1], 'd:' .. ARGV[3], ARGV[2])
  end
end
redis.call('PUBLISH', ARGV[1], 't' .. packed({ARGV[2], ARGV[3]}))
return 1
