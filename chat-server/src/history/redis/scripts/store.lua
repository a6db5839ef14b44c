#!lua flags=allow-oom
-- The era of the store: made once, and raised when the primary is another one.
-- KEYS: store. ARGV: the era that the server knows (0 for none).
-- Answers era, replication id, connected replicas, clock.
local id, replicas = replication()
local known = redis.call('HMGET', KEYS[1], 'era', 'replid')
local now = clock()
local era = tonumber(known[1] or '0')
if known[2] ~= id or era < tonumber(ARGV[1]) then
  era = math.max(era + 1, tonumber(ARGV[1]), math.floor(now / 1000))
  redis.call('HSET', KEYS[1], 'era', whole(era), 'replid', id)
end
return {era, id, replicas, now}
