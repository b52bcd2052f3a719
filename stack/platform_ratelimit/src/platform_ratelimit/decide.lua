-- One decision over all the limits of a request: check every limit, write only if every one passes.
--
-- KEYS    one per counter value (its windows packed in it) or per sliding log (a list of its own)
-- ARGV[1] how many units are wanted; between 1 and that many are granted, or none
-- ARGV[2] packed, for each key: limits u8, ttl in ms u40; for each of its limits:
--         kind u8 (0 sliding window, 1 smooth, 2 sliding log), quota u32, window in us u48, burst u32
-- returns {granted, index of the tightest (or of the denying) limit, ms until it resets (or to retry), remaining of each...}
--
-- A counter value is a row of 21-byte records: window id u40 (ms * 2 + kind), bucket number or theoretical arrival
-- time in us f64, admitted in the bucket u32, admitted in the bucket before it u32.
local call, read, floor = redis.call, struct.unpack, math.floor
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
local want, spec = tonumber(ARGV[1]), ARGV[2]
local values = call('MGET', unpack(KEYS))

local limits, at, grant = 0, 1, want
local kinds, quotas, windows, bursts, frees = {}, {}, {}, {}, {}
local marks, counts, befores = {}, {}, {}
local sizes, ttls = {}, {}

for k = 1, #KEYS do
  local value, size, ttl, seek = values[k], nil, nil, 1
  size, ttl, at = read('<BI5', spec, at)
  sizes[k], ttls[k] = size, ttl
  for _ = 1, size do
    local kind, quota, window, burst, free
    kind, quota, window, burst, at = read('<BI4I6I4', spec, at)
    local mark, count, before = 0, 0, 0
    if kind == 2 then
      local log = KEYS[k]
      local edge = now - window
      repeat
        local tail = call('LRANGE', log, -64, -1)
        local gone = 0
        for i = #tail, 1, -1 do
          if tonumber(tail[i]) > edge then break end
          gone = gone + 1
        end
        if gone > 0 then call('RPOP', log, gone) end
      until gone < 64
      count = call('LLEN', log)
      free = quota - count
    else
      if value then
        local id, wanted = nil, window / 500 + kind
        local last = #value - 20
        if seek <= last then id, mark, count, before = read('<I5dI4I4', value, seek) end
        if id ~= wanted then
          mark, count, before = 0, 0, 0
          for pos = 1, last, 21 do
            if read('<I5', value, pos) == wanted then
              id, mark, count, before = read('<I5dI4I4', value, pos)
              break
            end
          end
        end
        seek = seek + 21
      end
      if kind == 0 then
        local bucket = floor(now / window)
        if mark ~= bucket then
          if mark == bucket - 1 then
            count, before = 0, count
          elseif mark == bucket + 1 then
            bucket = mark -- the clock went back over the edge: stay in the later bucket
          else
            count, before = 0, 0
          end
          mark = bucket
        end
        local elapsed = now - mark * window
        if elapsed < 0 then elapsed = 0 end
        free = quota - count - before * (window - elapsed) / window
      else
        if mark < now or mark > now + 2 * window then mark = now end
        free = burst - (mark - now) * quota / window
      end
    end
    limits = limits + 1
    kinds[limits], quotas[limits], windows[limits], bursts[limits] = kind, quota, window, burst
    marks[limits], counts[limits], befores[limits] = mark, count, before
    free = floor(free + 0.001) -- what double precision may have shaved off a whole unit
    frees[limits] = free
    if free < grant then grant = free end
  end
end
if grant < 0 then grant = 0 end

local reply = {grant, 0, 0}

if grant == 0 then
  local worst, which, n = -1, 0, 0
  for k = 1, #KEYS do
    for _ = 1, sizes[k] do
      n = n + 1
      local free, window, quota = frees[n], windows[n], quotas[n]
      if free < 1 then
        local wait
        if kinds[n] == 2 then
          wait = tonumber(call('LINDEX', KEYS[k], quota - counts[n] - 1)) + window - now
        elseif kinds[n] == 1 then
          wait = marks[n] - now - (bursts[n] - 1) * window / quota
        else
          local edge, count, before = marks[n] * window, counts[n], befores[n]
          if count + 1 <= quota then
            wait = edge + window * (1 - (quota - count - 1) / before) - now
          else
            wait = edge + window * (2 - (quota - 1) / count) - now
          end
        end
        if wait > worst then worst, which = wait, n end
        free = 0
      end
      reply[n + 3] = free
    end
  end
  reply[2], reply[3] = which, math.ceil(worst / 1000)
  if reply[3] < 1 then reply[3] = 1 end
  return reply
end

local write, n, least = struct.pack, 0, 2
for k = 1, #KEYS do
  local packed = ''
  for _ = 1, sizes[k] do
    n = n + 1
    local kind, window, quota = kinds[n], windows[n], quotas[n]
    local left, reset = frees[n] - grant, nil
    if kind == 0 then
      packed = packed .. write('<I5dI4I4', window / 500, marks[n], counts[n] + grant, befores[n])
      reset = (marks[n] + 1) * window - now
    elseif kind == 1 then
      local arrival = marks[n] + grant * window / quota
      packed = packed .. write('<I5dI4I4', window / 500 + 1, arrival, 0, 0)
      reset = arrival - now
    else
      local stamp = string.format('%.0f', now)
      for _ = 1, grant do call('LPUSH', KEYS[k], stamp) end
      call('PEXPIRE', KEYS[k], ttls[k])
      reset = tonumber(call('LINDEX', KEYS[k], -1)) + window - now
    end
    reply[n + 3] = left
    if left / quota < least then
      least, reply[2], reply[3] = left / quota, n, math.ceil(reset / 1000)
    end
  end
  if packed ~= '' then call('SET', KEYS[k], packed, 'PX', ttls[k]) end
end
return reply
