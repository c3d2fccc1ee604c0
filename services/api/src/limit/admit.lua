--[[
  Admits a list of requests: sliding-window limit, backlog gate and fair start tag, in one round trip.

  Each request stands for one account and `cost` events. A denied request changes nothing.

  Limit: a ring of 61 slots, each the events of one sixtieth of the window. The slots that the last
  `window` touches are counted whole, the oldest one too although the window covers only a part of
  it: no span of that length ever holds more than the limit, and a steady sender gets at least
  60/61 of it. Clock: TIME, so the clocks of the api processes do not matter.

  Gate: pending events of the account are what lies between the virtual clock and its finish tag,
  since start tags of a backlogged account are contiguous. Pending events in all are a counter, which
  returns to zero whenever the queue is empty, so that no crash can leave it wrong for long.

  Start tag (start-time fair queueing, Goyal et al. 1996): start = max(clock, finish of the account's
  last job); finish = start + cost / weight. The clock is the start tag of the job at the head of the
  queue and never goes back. BullMQ serves the lowest priority first: priority = 1 + start / tagUnit.
  An empty queue forgets all tags and restarts the clock. When priorities near BullMQ's largest
  (2^21), all waiting jobs and tags are moved down together.

  KEYS[1] tags         sorted set: account → finish tag, in events
  KEYS[2] clock        string: virtual clock, in events
  KEYS[3] pending      string: events accepted and not yet stored
  KEYS[4] prioritized  BullMQ sorted set
  KEYS[5] wait         BullMQ list
  KEYS[6] active       BullMQ list
  KEYS[7] delayed      BullMQ sorted set
  KEYS[8…]             hash per request: its account's ring {t: newest slot, s: sum, 0…60: events}

  ARGV[1] window in milliseconds
  ARGV[2] events that may be pending in all
  ARGV[3] events per unit of priority
  ARGV[4] largest priority before the tags are moved down
  then for each request five: account, cost, limit, pending limit of the account, weight

  Result: for each request four integers:
    verdict    0 admitted, 1 limit, 2 backlog of the account, 3 backlog in all, 4 cost above the limit
    used       events in the last window, this request included if admitted
    wait       milliseconds until a retry can pass; 0 unless the verdict is 1
    priority   of the job (0 unless admitted)
]]
local windowMs = tonumber(ARGV[1])
local maxPending = tonumber(ARGV[2])
local tagUnit = tonumber(ARGV[3])
local maxPriority = tonumber(ARGV[4])

local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local slots = 61
local slotMs = windowMs / 60
local slotNow = math.floor(nowMs / slotMs)

local head = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
local clock = tonumber(redis.call('GET', KEYS[2]) or '0')
local pending = tonumber(redis.call('GET', KEYS[3]) or '0')
if head[2] then
  -- A job at the head with priority 0 or 1 carries no news.
  clock = math.max(clock, (math.floor(tonumber(head[2]) / 4294967296) - 1) * tagUnit)
else
  redis.call('DEL', KEYS[1])
  clock = 0
  if redis.call('EXISTS', KEYS[5], KEYS[6], KEYS[7]) == 0 then pending = 0 end
end

local function moveDown()
  local shift = math.floor(clock / tagUnit)
  clock = clock - shift * tagUnit
  local tags = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  for i = 1, #tags, 2 do
    redis.call('ZADD', KEYS[1], tonumber(tags[i + 1]) - shift * tagUnit, tags[i])
  end
  local jobs = redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES')
  for i = 1, #jobs, 2 do
    local score = tonumber(jobs[i + 1]) - shift * 4294967296
    redis.call('ZADD', KEYS[4], math.max(score, 4294967296), jobs[i])
  end
end

-- Reads a ring: its newest slot as of now, the events in the window, the slots that fell out of it.
local function readRing(key)
  local stored = redis.call('HMGET', key, 't', 's')
  local newest = tonumber(stored[1] or slotNow)
  local used = tonumber(stored[2] or '0')
  -- A clock that went back must not bring slots back to life.
  local slot = math.max(newest, slotNow)
  local fallen = {}
  for passed = newest + 1, math.min(slot, newest + slots) do fallen[#fallen + 1] = passed % slots end
  if #fallen > 0 then
    for _, events in ipairs(redis.call('HMGET', key, unpack(fallen))) do
      used = used - tonumber(events or '0')
    end
  end
  return slot, used, fallen
end

-- Milliseconds until so many of the oldest slots have fallen out that `cost` more events fit.
local function waitFor(key, slot, used, fallen, cost, limit)
  local ring = {}
  local stored = redis.call('HGETALL', key)
  for i = 1, #stored, 2 do ring[stored[i]] = tonumber(stored[i + 1]) end
  for _, gone in ipairs(fallen) do ring[tostring(gone)] = nil end
  for oldest = slot - slots + 1, slot do
    used = used - (ring[tostring(oldest % slots)] or 0)
    if used + cost <= limit then
      return math.max(1, math.ceil((oldest + slots) * slotMs - nowMs))
    end
  end
  return windowMs
end

local function count(key, slot, used, fallen, cost)
  if #fallen > 0 then redis.call('HDEL', key, unpack(fallen)) end
  redis.call('HINCRBY', key, slot % slots, cost)
  redis.call('HSET', key, 't', slot, 's', used + cost)
  redis.call('PEXPIRE', key, windowMs * 2)
end

local result = {}
for i = 8, #KEYS do
  local at = 5 + (i - 8) * 5
  local account, cost, limit = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local accountPending, weight = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local slot, used, fallen = readRing(KEYS[i])
  local start = math.max(clock, tonumber(redis.call('ZSCORE', KEYS[1], account) or '0'))
  local verdict, waitMs, priority = 0, 0, 0

  if cost > limit then
    verdict = 4
  elseif used + cost > limit then
    verdict, waitMs = 1, waitFor(KEYS[i], slot, used, fallen, cost, limit)
  elseif (start - clock) * weight + cost > accountPending then
    verdict = 2
  elseif pending + cost > maxPending then
    verdict = 3
  else
    count(KEYS[i], slot, used, fallen, cost)
    redis.call('ZADD', KEYS[1], start + cost / weight, account)
    pending = pending + cost
    used = used + cost
    priority = 1 + math.floor(start / tagUnit)
    if priority > maxPriority then
      moveDown()
      start = math.max(clock, tonumber(redis.call('ZSCORE', KEYS[1], account)) - cost / weight)
      priority = math.min(1 + math.floor(start / tagUnit), maxPriority)
    end
  end
  result[#result + 1] = verdict
  result[#result + 1] = used
  result[#result + 1] = waitMs
  result[#result + 1] = priority
end

-- Tags at or behind the clock say nothing that the clock does not.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock)
redis.call('SET', KEYS[2], clock)
redis.call('SET', KEYS[3], pending)
return result
