-- What all scripts share. A message's id in a stream is n-era: n rises without holes, so a message is found by n alone.

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

local function message_id(era, n)
  return whole(n) .. '-' .. whole(era)
end

-- n and era of a message's id.
local function numbers(id)
  local n, era = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(n), tonumber(era)
end

-- Forks of a room that are remembered; the oldest goes.
local FORKS_MAX = 16

-- An era that no history of this room had before, whoever has one: above those that are known, and as late as the clock says.
local function new_era(known)
  return math.max(known + 1, math.floor(clock() / 1000))
end

-- The room as it stands, in the era in which this primary may give out positions.
--
-- A primary with another replication id, or one that does not have a position which a server got from Redis, may have lost the tail: from
-- then on positions have a higher era, and where the old one ended is kept.
-- known_era, known_n: the last position that the server got from Redis (0, 0 for none); store_era, store_id: what it knows of the store.
local function settle(meta, known_era, known_n, store_era, store_id)
  local id, replicas = replication()
  local found = redis.call('HMGET', meta, 'era', 'n', 'confirmed_era', 'confirmed_n', 'replid', 'first', 'time', 'forks')
  local room = {
    era = tonumber(found[1] or '0'),
    n = tonumber(found[2] or '0'),
    confirmed_era = tonumber(found[3] or '0'),
    confirmed_n = tonumber(found[4] or '0'),
    first = tonumber(found[6] or '1'),
    time = tonumber(found[7] or '0'),
    forks = found[8] or '',
    replicas = replicas,
    id = id,
    is_new = not found[1],
  }
  local is_lost = known_era > room.era or (known_era == room.era and known_n > room.n)
  if room.is_new then
    room.era = math.max(store_era, known_era)
    if id ~= store_id or known_n > 0 then
      room.era = new_era(room.era)
    end
  elseif found[5] ~= id or is_lost then
    local forks = {}
    for fork in string.gmatch(room.forks .. ' ' .. whole(room.era) .. ':' .. whole(room.n), '%S+') do
      forks[#forks + 1] = fork
    end
    room.forks = table.concat(forks, ' ', math.max(1, #forks - FORKS_MAX + 1))
    room.era = new_era(math.max(room.era, known_era))
    redis.call('HSET', meta, 'era', whole(room.era), 'replid', id, 'forks', room.forks)
  end
  return room
end

-- The last position that this room and whoever has (era, n) have in common, as far as forks are remembered: what stands above a fork
-- point in an era that ended there is not in this room.
local function common_n(room, era, n)
  for fork_era, fork_n in string.gmatch(room.forks, '(%d+):(%d+)') do
    if tonumber(fork_era) >= era then
      n = math.min(n, tonumber(fork_n))
    end
  end
  return math.min(n, room.n)
end
