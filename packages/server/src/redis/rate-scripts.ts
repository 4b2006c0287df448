import { script } from './open-redis.ts'

/**
 * What is counted of a rate is two keys: the ends of the stretches of time in which something was counted (`w`, sorted), and how much that
 * was (`s`, with the sum of all under `all`). Something counts until a window after the end of its stretch. Requests under way are a key of
 * their owners (`m`), and an owner (`o`) is there until nothing was heard of it for long. All of it is under the number of its epoch and
 * forgets itself.
 */
const shared = `
local head, prefix = KEYS[1], KEYS[1] .. ':' .. ARGV[1] .. ':'
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
-- Nothing less nothing is below zero by its sign alone, as which Redis takes no number.
local function text(number) return string.format('%.0f', number + 0) end
-- Where there is nothing, a number is 0.
local function number(reply) return tonumber(reply or '0') or 0 end

local function endOf(at, together)
  if together <= 1 then return at end
  return (math.floor(at / together) + 1) * together
end

local function counted(place, span)
  local ends, sums = prefix .. 'w:' .. place, prefix .. 's:' .. place
  local gone = redis.call('ZRANGEBYSCORE', ends, '-inf', text(now - span))
  if #gone == 0 then return number(redis.call('HGET', sums, 'all')) end
  local less = 0
  for _, one in ipairs(gone) do
    less = less + number(redis.call('HGET', sums, one))
    redis.call('HDEL', sums, one)
  end
  redis.call('ZREMRANGEBYSCORE', ends, '-inf', text(now - span))
  return number(redis.call('HINCRBY', sums, 'all', text(-less)))
end

local function count(place, span, together, at, amount)
  local ends, sums = prefix .. 'w:' .. place, prefix .. 's:' .. place
  local field = text(endOf(at, together))
  redis.call('ZADD', ends, field, field)
  redis.call('HINCRBY', sums, field, text(amount))
  redis.call('HINCRBY', sums, 'all', text(amount))
  local keep = text(span + together + 5000)
  redis.call('PEXPIRE', ends, keep)
  redis.call('PEXPIRE', sums, keep)
end

local function takeBack(place, together, at, amount)
  local sums = prefix .. 's:' .. place
  local field = text(endOf(at, together))
  local taken = math.min(amount, number(redis.call('HGET', sums, field)))
  if taken <= 0 then return end
  redis.call('HINCRBY', sums, field, text(-taken))
  redis.call('HINCRBY', sums, 'all', text(-taken))
end

local OWNER_MS, UNDER_WAY_MS = '135000', '86400000'

local function underWay(place)
  local owners, sum = prefix .. 'm:' .. place, 0
  local all = redis.call('HGETALL', owners)
  for one = 1, #all, 2 do
    if redis.call('EXISTS', prefix .. 'o:' .. all[one]) == 1 then sum = sum + number(all[one + 1])
    else redis.call('HDEL', owners, all[one]) end
  end
  return sum
end

local function begin(place, owner, amount)
  local owners = prefix .. 'm:' .. place
  local left = number(redis.call('HINCRBY', owners, owner, text(amount)))
  if left <= 0 then redis.call('HDEL', owners, owner) end
  redis.call('PEXPIRE', owners, UNDER_WAY_MS)
end

local function setUnderWay(place, owner, amount)
  local owners = prefix .. 'm:' .. place
  if amount > 0 then redis.call('HSET', owners, owner, text(amount)) else redis.call('HDEL', owners, owner) end
  redis.call('PEXPIRE', owners, UNDER_WAY_MS)
end

local function isCounted() return redis.call('GET', head) == ARGV[1] end
local function hear(owner) redis.call('SET', prefix .. 'o:' .. owner, '1', 'PX', OWNER_MS) end
`

/** `KEYS` the head; `ARGV` the epoch, the owner, and the wants as JSON. Answers with the time and a list for each want. */
export const ASK = script(`${shared}
if not isCounted() then return false end
local owner = ARGV[2]
hear(owner)
local answers = { now }
for _, want in ipairs(cjson.decode(ARGV[3])) do
  local isParallel = want.span == 0
  local used = isParallel and underWay(want.place) or counted(want.place, want.span)
  local free = want.rate - used
  -- -2: it is there.
  local slots, full = 0, -2
  if want.wanted > 0 and free >= want.least then
    slots = math.min(free, math.max(want.wanted, want.share))
    if isParallel then begin(want.place, owner, slots) else count(want.place, want.span, want.together, now, slots) end
  elseif want.wanted > 0 and isParallel then full = want.wait
  elseif want.wanted > 0 and want.least > want.rate then full = -1
  elseif want.wanted > 0 then
    local left, from, ends = used, 0, prefix .. 'w:' .. want.place
    while full == -2 do
      local some = redis.call('ZRANGE', ends, from, from + 63)
      if #some == 0 then full = 0 end
      for _, one in ipairs(some) do
        left = left - number(redis.call('HGET', prefix .. 's:' .. want.place, one))
        if left <= want.rate - want.least then full = number(one) + want.span - now break end
      end
      from = from + 64
    end
  end
  local remaining, reset = math.max(0, free - slots), 0
  if not isParallel and remaining < want.rate then
    local last = redis.call('ZREVRANGE', prefix .. 'w:' .. want.place, 0, 0)[1]
    if last then reset = math.max(0, number(last) + want.span - now) end
  end
  answers[#answers + 1] = { slots, full, remaining, reset }
end
return answers
`)

/** `KEYS` the head; `ARGV` the epoch, the owner, and what it tells as JSON. */
export const TELL = script(`${shared}
if not isCounted() then return 0 end
local owner = ARGV[2]
hear(owner)
for _, one in ipairs(cjson.decode(ARGV[3])) do
  if one.ended then
    local had = number(redis.call('HGET', prefix .. 'm:' .. one.place, owner))
    begin(one.place, owner, -math.min(one.ended, had))
  elseif one.underWay then setUnderWay(one.place, owner, one.underWay)
  elseif one.by < 0 then takeBack(one.place, one.together, one.at, -one.by)
  else count(one.place, one.span, one.together, now, one.by) end
end
return 1
`)

/** `KEYS` the head; `ARGV` the epoch, and what counts in it as JSON. The epoch has not begun yet. */
export const FILL = script(`${shared}
for _, one in ipairs(cjson.decode(ARGV[2])) do
  if one.owner then
    hear(one.owner)
    setUnderWay(one.place, one.owner, one.amount)
  else count(one.place, one.span, one.together, now - one.ageMs, one.amount) end
end
return 1
`)

/** `KEYS` the head; `ARGV` the epoch that begins. One that is later has begun already: then it stays. */
export const BEGIN = script(`
local there = tonumber(redis.call('GET', KEYS[1]) or '0')
if there < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
return 1
`)

/** `KEYS` the head; `ARGV` the epoch, and the owner, of whom nothing is under way any more. */
export const FORGET = script(`${shared}
return redis.call('DEL', prefix .. 'o:' .. ARGV[2])
`)
