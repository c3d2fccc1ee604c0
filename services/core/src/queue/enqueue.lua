--[[
  Adds jobs to a BullMQ queue. The events of each job that was added are noted as waiting and counted as
  accepted; of a job that was not added nothing is. All in one script: a transaction of several scripts
  happens by half when Redis has lost some of them, and each of its commands says so only afterwards.

  Stands below two functions (enqueuer.ts):
    addJob(KEYS, ARGV)                 BullMQ's own script
    withMembers(command, key, hashes)  waiting-notes.ts

  KEYS[1…q]  those of BullMQ's script; q is ARGV[1]
  KEYS[q+1]  set of minutes of which a hash of accepted events exists
  then of each job:
             if its events are counted: the hash of its minute
             for each of its accounts: the set of waiting ids

  ARGV[1] q
  ARGV[2] seconds until a set of waiting ids is forgotten
  ARGV[3] the process that accepted the events
  ARGV[4] how many jobs follow, of each:
             three arguments of BullMQ's script
             the minute of receipt since 1970; empty: its events are not counted
             the hashes of its event ids, in the order of accounts
             how many accounts, of each: its name, how many events

  Result: of each job an empty string if it was added, else why not; at last an empty string, or why the
  events of a job that was added could not be noted or counted.
]]
local queueKeys, key = {}, tonumber(ARGV[1]) + 2
for i = 1, key - 2 do queueKeys[i] = KEYS[i] end
local minutesKey, forgetAfter, process = KEYS[key - 1], ARGV[2], ARGV[3]
local hashLength = 8

local function textOf(failure)
  if type(failure) == 'table' then return failure.err or 'unknown error' end
  return tostring(failure)
end

local function whyNotAdded(args)
  local ran, answer = pcall(addJob, queueKeys, args)
  if not ran or type(answer) == 'table' then return textOf(answer) end
  if type(answer) == 'number' and answer < 0 then return 'BullMQ refuses the job: ' .. answer end
  return ''
end

-- `at`: where the job's accounts stand in ARGV; `key`: where their sets stand in KEYS.
local function note(ids, accounts, at, key)
  local from = 1
  for i = 0, accounts - 1 do
    local to = from + ARGV[at + 2 * i + 1] * hashLength
    withMembers('SADD', KEYS[key + i], string.sub(ids, from, to - 1))
    redis.call('EXPIRE', KEYS[key + i], forgetAfter)
    from = to
  end
end

local function count(minute, acceptedKey, accounts, at)
  redis.call('SADD', minutesKey, minute)
  for i = at, at + 2 * accounts - 1, 2 do
    redis.call('HINCRBY', acceptedKey, process .. ':' .. ARGV[i], ARGV[i + 1])
  end
end

local result, at, noteFailure = {}, 5, ''
local function try(work, ...)
  local worked, failure = pcall(work, ...)
  if not worked then noteFailure = textOf(failure) end
end

for job = 1, tonumber(ARGV[4]) do
  local why = whyNotAdded({ ARGV[at], ARGV[at + 1], ARGV[at + 2] })
  local minute, ids, accounts = ARGV[at + 3], ARGV[at + 4], tonumber(ARGV[at + 5])
  local isCounted = minute ~= ''
  local waitingKeys = isCounted and key + 1 or key
  if why == '' then
    try(note, ids, accounts, at + 6, waitingKeys)
    if isCounted then try(count, minute, KEYS[key], accounts, at + 6) end
  end
  key = waitingKeys + accounts
  at = at + 6 + 2 * accounts
  result[job] = why
end
result[#result + 1] = noteFailure
return result
