--[[
  Admits a list of requests: sliding-window limit, backlog limits and fair start tag, in one round trip.

  Each request stands for one account and `cost` events. A denied request changes nothing.

  Limit: a ring of 61 slots, each the events of one sixtieth of the window. The slots that the last
  `window` touches are counted whole, the oldest one too although the window covers only a part of
  it: no span of that length ever holds more than the limit, and a steady sender gets at least
  60/61 of it. Clock: TIME, so the clocks of the api processes do not matter.

  Backlog: pending events of the account are what lies between the virtual clock and its finish tag,
  since start tags of a backlogged account are contiguous. Pending events in all are a counter, which
  returns to zero whenever the queue is empty, so that no crash can leave it wrong for long.

  Start tag (start-time fair queueing, Goyal et al. 1996): start = max(clock, finish of the account's
  last job); finish = start + cost / weight. The clock is the start tag of the job at the head of the
  queue and never goes back. BullMQ serves the lowest priority first: priority = 1 + start / tagUnit.
  An empty queue deletes all tags and restarts the clock. When priorities near BullMQ's largest
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
  ARGV[5] how many policies follow, three values each: limit, pending limit of an account, weight
  then for each request three: account, cost, number of its policy

  Rings and tags are read once and written once for each account, however many of its requests are in
  the list.

  Result: for each request four integers:
    decision   0 admitted, 1 limit, 2 backlog of the account, 3 backlog in all, 4 cost above the limit
    used       events in the last window, this request included if admitted
    wait       milliseconds until a retry can pass; 0 unless the decision is 1
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
  -- A job at the head with priority 0 or 1 says nothing about the clock.
  clock = math.max(clock, (math.floor(tonumber(head[2]) / 4294967296) - 1) * tagUnit)
else
  redis.call('DEL', KEYS[1])
  clock = 0
  if redis.call('EXISTS', KEYS[5], KEYS[6], KEYS[7]) == 0 then pending = 0 end
end

local firstPolicy = 6
local firstRequest = firstPolicy + 3 * tonumber(ARGV[5])

-- Finish tags by account, as they will be; `changed` lists account and tag of those to be written.
local tags, changed = {}, {}
local function readTags()
  local accounts = {}
  for at = firstRequest, #ARGV, 3 do accounts[#accounts + 1] = ARGV[at] end
  local scores = redis.call('ZMSCORE', KEYS[1], unpack(accounts))
  for i, account in ipairs(accounts) do tags[account] = tonumber(scores[i] or '0') end
end

local function writeTags()
  local list = {}
  for account in pairs(changed) do
    list[#list + 1] = tags[account]
    list[#list + 1] = account
  end
  changed = {}
  if #list > 0 then redis.call('ZADD', KEYS[1], unpack(list)) end
end

local function moveDown()
  writeTags()
  local shift = math.floor(clock / tagUnit)
  clock = clock - shift * tagUnit
  local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  for i = 1, #all, 2 do
    redis.call('ZADD', KEYS[1], tonumber(all[i + 1]) - shift * tagUnit, all[i])
  end
  local jobs = redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES')
  for i = 1, #jobs, 2 do
    local score = tonumber(jobs[i + 1]) - shift * 4294967296
    redis.call('ZADD', KEYS[4], math.max(score, 4294967296), jobs[i])
  end
  readTags()
end

-- Rings by key as they will be: the newest slot as of now and its events, the events in the window,
-- the slots that fell out of it, whether its time to live is to be set, whether it is to be written.
local rings = {}
local function readRing(key)
  if rings[key] then return rings[key] end
  local stored = redis.call('HMGET', key, 't', 's', slotNow % slots)
  local newest = tonumber(stored[1] or slotNow)
  local ring = { slot = newest, used = tonumber(stored[2] or '0'), fallen = {} }
  ring.moved = not stored[1] or newest ~= slotNow
  -- A clock that went back must not revive slots.
  if newest < slotNow then
    ring.slot = slotNow
    for passed = newest + 1, math.min(slotNow, newest + slots) do
      ring.fallen[#ring.fallen + 1] = passed % slots
    end
    for _, events in ipairs(redis.call('HMGET', key, unpack(ring.fallen))) do
      ring.used = ring.used - tonumber(events or '0')
    end
    ring.events = 0
  elseif newest == slotNow then
    ring.events = tonumber(stored[3] or '0')
  else
    ring.events = tonumber(redis.call('HGET', key, newest % slots) or '0')
  end
  rings[key] = ring
  return ring
end

local function writeRing(key, ring)
  if not ring.changed then return end
  if #ring.fallen > 0 then redis.call('HDEL', key, unpack(ring.fallen)) end
  redis.call('HSET', key, 't', ring.slot, 's', ring.used, ring.slot % slots, ring.events)
  -- Once a slot is often enough: a window passes before the ring may go.
  if ring.moved then redis.call('PEXPIRE', key, windowMs * 2) end
  ring.changed, ring.moved, ring.fallen = false, false, {}
end

-- Milliseconds until so many of the oldest slots have fallen out that `cost` more events fit.
local function waitFor(key, ring, cost, limit)
  writeRing(key, ring)
  local bySlot = {}
  local stored = redis.call('HGETALL', key)
  for i = 1, #stored, 2 do bySlot[stored[i]] = tonumber(stored[i + 1]) end
  for _, gone in ipairs(ring.fallen) do bySlot[tostring(gone)] = nil end
  local used = ring.used
  for oldest = ring.slot - slots + 1, ring.slot do
    used = used - (bySlot[tostring(oldest % slots)] or 0)
    if used + cost <= limit then
      return math.max(1, math.ceil((oldest + slots) * slotMs - nowMs))
    end
  end
  return windowMs
end

readTags()
local result = {}
for i = 8, #KEYS do
  local at = firstRequest + (i - 8) * 3
  local account, cost = ARGV[at], tonumber(ARGV[at + 1])
  local policy = firstPolicy + 3 * tonumber(ARGV[at + 2])
  local limit, accountPending = tonumber(ARGV[policy]), tonumber(ARGV[policy + 1])
  local weight = tonumber(ARGV[policy + 2])
  local ring = readRing(KEYS[i])
  local start = math.max(clock, tags[account])
  local decision, waitMs, priority = 0, 0, 0

  if cost > limit then
    decision = 4
  elseif ring.used + cost > limit then
    decision, waitMs = 1, waitFor(KEYS[i], ring, cost, limit)
  elseif (start - clock) * weight + cost > accountPending then
    decision = 2
  elseif pending + cost > maxPending then
    decision = 3
  else
    ring.used = ring.used + cost
    ring.events = ring.events + cost
    ring.changed = true
    tags[account] = start + cost / weight
    changed[account] = true
    pending = pending + cost
    priority = 1 + math.floor(start / tagUnit)
    if priority > maxPriority then
      moveDown()
      start = math.max(clock, tags[account] - cost / weight)
      priority = math.min(1 + math.floor(start / tagUnit), maxPriority)
    end
  end
  result[#result + 1] = decision
  result[#result + 1] = ring.used
  result[#result + 1] = waitMs
  result[#result + 1] = priority
end

for key, ring in pairs(rings) do writeRing(key, ring) end
writeTags()
-- Tags at or behind the clock say nothing that the clock does not.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock)
redis.call('SET', KEYS[2], clock)
redis.call('SET', KEYS[3], pending)
return result
