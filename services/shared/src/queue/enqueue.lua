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

local function note(waitingKey, hashes)
  withMembers('SADD', waitingKey, hashes)
  redis.call('EXPIRE', waitingKey, forgetAfter)
end

local function count(minute, acceptedKey, account, events)
  redis.call('SADD', minutesKey, minute)
  redis.call('HINCRBY', acceptedKey, process .. ':' .. account, events)
end

local result, at, noteFailure = {}, 5, ''
for job = 1, tonumber(ARGV[4]) do
  local why = whyNotAdded({ ARGV[at], ARGV[at + 1], ARGV[at + 2] })
  local minute, ids, accounts = ARGV[at + 3], ARGV[at + 4], tonumber(ARGV[at + 5])
  local acceptedKey
  if minute ~= '' then
    acceptedKey = KEYS[key]
    key = key + 1
  end
  at = at + 6
  local from = 1
  for _ = 1, accounts do
    local account, events = ARGV[at], tonumber(ARGV[at + 1])
    if why == '' then
      local noted, failure = pcall(note, KEYS[key], string.sub(ids, from, from + events * hashLength - 1))
      if not noted then noteFailure = textOf(failure) end
      if acceptedKey then
        local counted, trouble = pcall(count, minute, acceptedKey, account, events)
        if not counted then noteFailure = textOf(trouble) end
      end
    end
    from = from + events * hashLength
    key = key + 1
    at = at + 2
  end
  result[job] = why
end
result[#result + 1] = noteFailure
return result
