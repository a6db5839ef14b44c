#!lua
-- A member of a room by this node: who is there, by what, or not any more (empty).
-- KEYS: members, meta of the room. ARGV: channel of the room, node, person, member, milliseconds that an empty room is kept, and one
-- with members of which nobody says a word.
local field = ARGV[2] .. ':' .. ARGV[3]
local known = redis.call('HGET', KEYS[1], field) or ''
if known == ARGV[4] then
  if known ~= '' then
    redis.call('PEXPIRE', KEYS[1], ARGV[6])
  end
  return 0
end
if redis.call('HEXISTS', KEYS[1], '#') == 0 then
  -- A count that never goes back, also if the room was forgotten.
  redis.call('HSET', KEYS[1], '#', whole(clock()))
end
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[1], field)
else
  redis.call('HSET', KEYS[1], field, ARGV[4])
end
local count = redis.call('HINCRBY', KEYS[1], '#', 1)
redis.call('PEXPIRE', KEYS[1], redis.call('HLEN', KEYS[1]) == 1 and ARGV[5] or ARGV[6])
local meta = redis.call('HMGET', KEYS[2], 'confirmed_era', 'confirmed_n')
redis.call('PUBLISH', ARGV[1], 'p' .. packed({whole(count), meta[1] or '0', meta[2] or '0', ARGV[2], ARGV[3], ARGV[4]}))
return 1
