#!lua
-- How long servers have served; a longer time that is known stays.
-- KEYS: time served. ARGV: time served.
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1])
end
return 1
