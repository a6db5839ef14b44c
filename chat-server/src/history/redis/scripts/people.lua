-- What the scripts about persons share.

-- The nodes by which a person holds a nick.
local function nodes_of(record)
  local nodes = {}
  for _, field in ipairs(redis.call('HKEYS', record)) do
    local node = string.match(field, '^n:(.+)$')
    if node then
      table.insert(nodes, node)
    end
  end
  return nodes
end

-- A node does not hold a person's nick any more; the last one gives it back.
local function release(record, held, person, node)
  redis.call('HDEL', record, 'n:' .. node)
  if #nodes_of(record) == 0 then
    local skeleton = redis.call('HGET', record, 'skeleton')
    if skeleton and redis.call('HGET', held, skeleton) == person then
      redis.call('HDEL', held, skeleton)
    end
    redis.call('DEL', record)
  end
end

-- Of two claims of one person the one with the higher turn came later, also after some of them were lost.
local function next_turn(key)
  local turn = math.max(tonumber(redis.call('GET', key) or '0') + 1, clock())
  redis.call('SET', key, whole(turn))
  return whole(turn)
end
