#!lua
-- A device of a person is at this node from now on.
-- KEYS: the person as held. ARGV: channel of the person, node, device.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'keyed', 1)
end
redis.call('PUBLISH', ARGV[1], 't' .. packed({ARGV[2], ARGV[3]}))
return 1
