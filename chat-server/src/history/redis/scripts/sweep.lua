#!lua flags=allow-oom
-- Takes out members of nodes that are gone, unless they have changed since they were read.
-- KEYS: members. ARGV: milliseconds that an empty room is kept, and then node:person and member of each.
for index = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[index]) == ARGV[index + 1] then
    redis.call('HDEL', KEYS[1], ARGV[index])
  end
end
if redis.call('HLEN', KEYS[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 1
