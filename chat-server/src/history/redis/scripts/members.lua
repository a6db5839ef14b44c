#!lua flags=no-writes
-- All members of a room at one moment.
-- KEYS: members, meta of the room.
-- Answers how often they changed, the position that is confirmed, and then node:person and member of each.
local meta = redis.call('HMGET', KEYS[2], 'confirmed_era', 'confirmed_n')
local all = redis.call('HGETALL', KEYS[1])
local answer = {'0', meta[1] or '0', meta[2] or '0'}
for index = 1, #all, 2 do
  if all[index] == '#' then
    answer[1] = all[index + 1]
  else
    table.insert(answer, all[index])
    table.insert(answer, all[index + 1])
  end
end
return answer
