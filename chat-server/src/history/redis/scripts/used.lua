#!lua
-- A nick that is owned is in use. What is known of a later use stays.
-- KEYS: the nick, nicks of its owner, time served. ARGV: person, skeleton, wall clock, time served.
local owned = redis.call('HMGET', KEYS[1], 'person', 'used')
if owned[1] == ARGV[1] then
  local used = whole(math.max(tonumber(owned[2]), tonumber(ARGV[4])))
  redis.call('HSET', KEYS[1], 'last', ARGV[3], 'used', used)
  redis.call('ZADD', KEYS[2], used, ARGV[2])
end
if tonumber(redis.call('GET', KEYS[3]) or '0') < tonumber(ARGV[4]) then
  redis.call('SET', KEYS[3], ARGV[4])
end
return 1
