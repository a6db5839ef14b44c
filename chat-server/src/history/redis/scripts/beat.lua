#!lua flags=allow-oom
-- A sign of life of one node, and the news of all of them.
-- KEYS: nodes. ARGV: node, whether it was here before (0 or 1), milliseconds until it counts as dead, and as gone.
-- A node is "dead gone state": from when it counts as what, and a state: a(live), e(nded) or f(enced).
-- Answers whether it is fenced, whether its last sign of life was too long ago, clock, replication id, and then node, dead, gone of each.
local now = clock()
local dead_after, gone_after = tonumber(ARGV[3]), tonumber(ARGV[4])
local function read(value)
  local dead, gone, state = string.match(value, '^(%d+) (%d+) (%a)$')
  return tonumber(dead), tonumber(gone), state
end
local function write(node, dead, gone, state)
  redis.call('HSET', KEYS[1], node, whole(dead) .. ' ' .. whole(gone) .. ' ' .. state)
end

local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
local all = redis.call('HGETALL', KEYS[1])
-- Nobody got through for long, so it was not the nodes that were away: who lived then gets the time to say so.
local was_away = now - last > dead_after / 2
for index = 1, #all, 2 do
  if all[index] ~= 'last' then
    local dead, gone, state = read(all[index + 1])
    if was_away and state == 'a' and dead > last and dead < now + dead_after then
      write(all[index], now + dead_after, now + gone_after, state)
    elseif dead > now + dead_after or gone > now + gone_after then
      -- The clock went back: nobody lives longer for that.
      write(all[index], math.min(dead, now + dead_after), math.min(gone, now + gone_after), state)
    end
  end
end

local mine = redis.call('HGET', KEYS[1], ARGV[1])
local fenced, late = 0, 0
if mine then
  local dead, _, state = read(mine)
  if state ~= 'a' then fenced = 1 elseif dead <= now then late = 1 end
elseif ARGV[2] == '1' then
  fenced = 1
end
if fenced == 0 then
  write(ARGV[1], now + dead_after, now + gone_after, 'a')
end
redis.call('HSET', KEYS[1], 'last', whole(now))

local id = replication()
local answer = {fenced, late, now, id}
all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  if all[index] ~= 'last' then
    local dead, gone = read(all[index + 1])
    table.insert(answer, all[index])
    table.insert(answer, dead)
    table.insert(answer, gone)
  end
end
return answer
