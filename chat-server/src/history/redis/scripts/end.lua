#!lua flags=allow-oom
-- A node ends in order: it counts as dead at once, and its members have their time to come back elsewhere.
-- KEYS: nodes. ARGV: node, milliseconds until it counts as gone, channel of all nodes.
local mine = redis.call('HGET', KEYS[1], ARGV[1])
if mine and string.sub(mine, -1) == 'a' then
  local now = clock()
  redis.call('HSET', KEYS[1], ARGV[1], whole(now) .. ' ' .. whole(now + tonumber(ARGV[2])) .. ' e')
  redis.call('PUBLISH', ARGV[3], 'e')
end
return 1
