-- What all scripts share.

-- The replication id of this primary, which changes whenever it may have lost something, and how many replicas are connected.
local function replication()
  local info = redis.call('INFO', 'replication')
  local id = string.match(info, 'master_replid:(%x+)')
  return id, tonumber(string.match(info, 'connected_slaves:(%d+)'))
end

-- Redis' clock in milliseconds since 1970.
local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- A number as people write it; Lua would write large ones with an exponent.
local function whole(number)
  return string.format('%.0f', number)
end

-- A list of texts as one: each with its length before it, as in 5:hello.
local function packed(texts)
  local parts = {}
  for index, text in ipairs(texts) do
    parts[index] = #text .. ':' .. text
  end
  return table.concat(parts)
end
