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
--
-- One pass over the limits supposes that all wanted units are granted and prepares what would be written; a second
-- one is needed only where fewer are free.
local call, read, write, floor, ceil = redis.call, struct.unpack, struct.pack, math.floor, math.ceil
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
local grant, spec = tonumber(ARGV[1]), ARGV[2]
local reply = {grant, 0, 0, nil, nil, nil, nil} -- with room for four limits

repeat
  local values, fresh = call('MGET', unpack(KEYS)), {}
  local at, n, fewest, least, tightest, reset = 1, 0, grant, 2, 0, 0
  local worst, denying = -1, 0
  for k = 1, #KEYS do
    local value, packed, seek, size, ttl = values[k], nil, 1, nil, nil
    local lasting = false -- set in this bucket of the longest window, the time to live covers what is written
    size, ttl, at = read('<BI5', spec, at)
    for _ = 1, size do
      local kind, quota, window, burst, free, wait
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
        if free < 1 then
          wait = tonumber(call('LINDEX', log, quota - count - 1)) + window - now
        elseif count > 0 then
          wait = tonumber(call('LINDEX', log, -1)) + window - now
        else
          wait = window
        end
      else
        local id = window / 500 + kind
        if value then
          local found
          local last = #value - 20
          if seek <= last then found, mark, count, before = read('<I5dI4I4', value, seek) end
          if found ~= id then
            mark, count, before = 0, 0, 0
            for pos = 1, last, 21 do
              if read('<I5', value, pos) == id then
                found, mark, count, before = read('<I5dI4I4', value, pos)
                break
              end
            end
          end
          seek = seek + 21
        end
        local record
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
          end
          local elapsed = now - bucket * window
          if elapsed < 0 then elapsed = 0 end
          free = floor(quota - count - before * (window - elapsed) / window + 0.001)
          if free > 0 then
            record = write('<I5dI4I4', id, bucket, count + grant, before)
            if mark == bucket and window == ttl * 500 then lasting = true end
            wait = (bucket + 1) * window - now
          elseif count + 1 <= quota then
            wait = bucket * window + window * (1 - (quota - count - 1) / before) - now
          else
            wait = bucket * window + window * (2 - (quota - 1) / count) - now
          end
        else
          if mark < now or mark > now + 2 * window then mark = now end
          free = floor(burst - (mark - now) * quota / window + 0.001)
          if free > 0 then
            mark = mark + grant * window / quota
            record = write('<I5dI4I4', id, mark, 0, 0)
            wait = mark - now
          else
            wait = mark - now - (burst - 1) * window / quota
          end
        end
        if record then packed = packed and packed .. record or record end
      end
      n = n + 1
      local left = free - grant
      reply[n + 3] = left
      if free < 1 then
        if wait > worst then worst, denying = wait, n end
      elseif free < fewest then
        fewest = free
      elseif left / quota < least then
        least, tightest, reset = left / quota, n, wait
      end
    end
    values[k] = packed
    if not lasting or #packed ~= #value then fresh[k] = ttl end
  end

  if denying > 0 or grant == 0 then
    for i = 4, n + 3 do
      reply[i] = reply[i] + grant
      if reply[i] < 0 then reply[i] = 0 end
    end
    reply[1], reply[2], reply[3] = 0, denying, ceil(worst / 1000)
    if reply[3] < 1 then reply[3] = 1 end
    return reply
  end

  if fewest == grant then
    for k = 1, #KEYS do
      local key, packed = KEYS[k], values[k]
      if not packed then
        local stamp = string.format('%.0f', now)
        for _ = 1, grant do call('LPUSH', key, stamp) end
        call('PEXPIRE', key, fresh[k])
      elseif fresh[k] then
        call('SET', key, packed, 'PX', fresh[k])
      else
        call('SETRANGE', key, 0, packed)
      end
    end
    reply[1], reply[2], reply[3] = grant, tightest, ceil(reset / 1000)
    return reply
  end
  grant = fewest
until false
