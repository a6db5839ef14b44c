#!lua flags=allow-oom
-- Forgets a node that has been gone for long, and what is held by it alone.
-- KEYS: nodes, persons held by it, nicks held. ARGV: what the key of a person begins with, node, persons at most.
-- Answers whether all is forgotten.
local persons = redis.call('SPOP', KEYS[2], ARGV[3])
for _, person in ipairs(persons) do
  release(ARGV[1] .. person, KEYS[3], person, ARGV[2])
end
if redis.call('SCARD', KEYS[2]) > 0 then
  return 0
end
redis.call('HDEL', KEYS[1], ARGV[2])
return 1
