--[[
  The textbook's exact sliding window: a sorted set with an entry for each event, by its time.

  KEYS[1]  the account's log
  ARGV     window in microseconds, limit, events of this request
  Result   1 admitted, 0 denied
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
local used, cost = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[3])
if used + cost > tonumber(ARGV[2]) then return 0 end
for event = 1, cost do redis.call('ZADD', KEYS[1], now, now .. ':' .. used + event) end
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[1] / 1000))
return 1
