#!lua flags=no-writes
-- Who has a nick now, or owns it.
-- KEYS: nicks held. ARGV: what all these keys begin with, skeleton, the use at or before which a nick is nobody's (empty where none is).
-- Answers person, nick, whether there is a key, and who had it before; or nothing.
local base, skeleton, since = ARGV[1], ARGV[2], tonumber(ARGV[3])
local owned = redis.call('HMGET', base .. 'nick:' .. skeleton, 'person', 'nick', 'used', 'former', 'until', 'taken')
local holder = redis.call('HGET', KEYS[1], skeleton)
if holder then
  local record = redis.call('HMGET', base .. 'person:' .. holder, 'nick', 'keyed', 'former')
  if record[1] then
    local keyed = (record[2] == '1' or owned[1] == holder) and '1' or '0'
    return {holder, record[1], keyed, record[3]}
  end
end
if owned[1] and not (since and tonumber(owned[3]) <= since) then
  return {owned[1], owned[2], '1', packed({owned[4] or '', owned[5] or '', owned[6] or ''})}
end
return {}
