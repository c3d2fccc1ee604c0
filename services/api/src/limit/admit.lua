--[[
  Admits a list of requests: sliding-window limit, backlog gate and fair start tag, in one round trip.

  Each request stands for one account and `cost` events. A denied request changes nothing.

  Limit: two buckets per account, this window's count and the one before it. The estimate for the
  last `window` is current + previous × (share of the window before that still overlaps). Clock: TIME.

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
  KEYS[8…]             hash per request: its account's window {w, c, p}

  ARGV[1] window in milliseconds
  ARGV[2] events that may be pending in all
  ARGV[3] events per unit of priority
  ARGV[4] largest priority before the tags are moved down
  then for each request five: account, cost, limit, pending limit of the account, weight

  Result: for each request four integers:
    verdict    0 admitted, 1 limit, 2 backlog of the account, 3 backlog in all, 4 cost above the limit
    used       estimate of the events in the last window, this request included if admitted
    wait       milliseconds until a retry can pass (1), or until the window's end (0)
    priority   of the job (0 unless admitted)
]]
local windowMs = tonumber(ARGV[1])
local maxPending = tonumber(ARGV[2])
local tagUnit = tonumber(ARGV[3])
local maxPriority = tonumber(ARGV[4])

local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local window = math.floor(nowMs / windowMs)
local elapsed = (nowMs % windowMs) / windowMs

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

-- Returns the estimate before this request and the milliseconds until `cost` more would fit.
local function readWindow(key, cost, limit)
  local stored = redis.call('HMGET', key, 'w', 'c', 'p')
  local current, previous = 0, 0
  if stored[1] then
    local age = window - tonumber(stored[1])
    if age == 0 then
      current, previous = tonumber(stored[2]), tonumber(stored[3])
    elseif age == 1 then
      previous = tonumber(stored[2])
    end
  end
  local used = current + previous * (1 - elapsed)
  local waitMs = 0
  if used + cost > limit then
    if current + cost <= limit then
      -- Enough of the window before must slide out.
      waitMs = (1 - elapsed - (limit - cost - current) / previous) * windowMs
    else
      -- This window must end, and then enough of it must slide out.
      waitMs = (1 - elapsed + 1 - (limit - cost) / current) * windowMs
    end
    waitMs = math.max(1, math.ceil(waitMs))
  end
  return current, previous, used, waitMs
end

local result = {}
for i = 8, #KEYS do
  local at = 5 + (i - 8) * 5
  local account, cost, limit = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local accountPending, weight = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local current, previous, used, waitMs = readWindow(KEYS[i], cost, limit)
  local start = math.max(clock, tonumber(redis.call('ZSCORE', KEYS[1], account) or '0'))
  local verdict, priority = 0, 0

  if cost > limit then
    verdict, waitMs = 4, 0
  elseif waitMs > 0 then
    verdict = 1
  elseif (start - clock) * weight + cost > accountPending then
    verdict = 2
  elseif pending + cost > maxPending then
    verdict = 3
  else
    redis.call('HSET', KEYS[i], 'w', window, 'c', current + cost, 'p', previous)
    redis.call('PEXPIRE', KEYS[i], windowMs * 2)
    redis.call('ZADD', KEYS[1], start + cost / weight, account)
    pending = pending + cost
    used = used + cost
    waitMs = math.ceil((1 - elapsed) * windowMs)
    priority = 1 + math.floor(start / tagUnit)
    if priority > maxPriority then
      moveDown()
      start = math.max(clock, tonumber(redis.call('ZSCORE', KEYS[1], account)) - cost / weight)
      priority = math.min(1 + math.floor(start / tagUnit), maxPriority)
    end
  end
  result[#result + 1] = verdict
  result[#result + 1] = math.ceil(used)
  result[#result + 1] = waitMs
  result[#result + 1] = priority
end

-- Tags at or behind the clock say nothing that the clock does not.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock)
redis.call('SET', KEYS[2], clock)
redis.call('SET', KEYS[3], pending)
return result
