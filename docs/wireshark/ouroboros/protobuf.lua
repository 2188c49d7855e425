-- Protocol Buffers (proto2), by tables: a message is { name =, [number] = { name, type, field, required =, message = } }.
-- Messages are read as a whole before anything is shown, so that reading can be a test too.
return function(ouro)
  -- The number at `at`, in two halves of 32 bits, and what comes after it; nil when there is none.
  local function varint(tvb, at, stop)
    local low, high = 0, 0
    for index = 0, 9 do
      if at >= stop then return nil end
      local byte = tvb(at, 1):uint()
      local group = byte % 128
      if index < 4 then
        low = low + group * 2 ^ (7 * index)
      elseif index == 4 then
        low = low + (group % 16) * 2 ^ 28
        high = math.floor(group / 16)
      else
        high = high + group * 2 ^ (7 * index - 32)
      end
      at = at + 1
      if byte < 128 then return low, high % 2 ^ 32, at end
    end
    return nil
  end

  local WIRE = { string = 2, bytes = 2, message = 2 }
  local MAX_DEPTH = 8

  -- Reads a message: { entries, values by name, fault = what is wrong, unknown = numbers that no field has }.
  local function parse(tvb, at, stop, message, depth)
    local result = { entries = {}, values = {}, unknown = 0 }
    local function fault(text)
      result.fault = result.fault or (message.name .. ": " .. text)
      return result
    end
    if depth > MAX_DEPTH then return fault("too deep") end
    while at < stop do
      local from = at
      local key, key_high, after = varint(tvb, at, stop)
      if key == nil or key_high ~= 0 then return fault("a field has no number") end
      local number, wire = math.floor(key / 8), key % 8
      local spec = message[number]
      local entry = { spec = spec, number = number, from = from }
      if wire == 0 then
        entry.low, entry.high, at = varint(tvb, after, stop)
        if at == nil then return fault("field " .. number .. " is no number") end
        entry.value_from, entry.value_to = after, at
      else
        local length, high = 0, 0
        if wire == 2 then
          length, high, after = varint(tvb, after, stop)
        elseif wire == 1 then
          length = 8
        elseif wire == 5 then
          length = 4
        else
          return fault("field " .. number .. " is of the unknown type " .. wire)
        end
        if after == nil or high ~= 0 or length > stop - after then
          return fault("field " .. number .. " goes beyond the message")
        end
        at = after + length
        entry.value_from, entry.value_to = after, at
      end
      entry.to = at
      if spec == nil then
        result.unknown = result.unknown + 1
      elseif wire ~= (WIRE[spec[2]] or 0) then
        return fault(spec[1] .. " is of the wrong type")
      else
        if spec[2] == "message" then
          entry.message = parse(tvb, entry.value_from, entry.value_to, spec.message, depth + 1)
          result.unknown = result.unknown + entry.message.unknown
          if entry.message.fault then fault(entry.message.fault) end
        end
        result.values[spec[1]] = entry
      end
      result.entries[#result.entries + 1] = entry
    end
    for _, spec in pairs(message) do
      if type(spec) == "table" and spec.required and result.values[spec[1]] == nil then
        fault(spec[1] .. " is missing")
      end
    end
    return result
  end

  function ouro.parse(tvb, message)
    return parse(tvb, 0, tvb:len(), message, 0)
  end

  local function signed(low)
    return low >= 2 ^ 31 and low - 2 ^ 32 or low
  end

  -- Adds what was read to the tree.
  local function show(tree, tvb, message)
    for _, entry in ipairs(message.entries) do
      local range, spec = tvb(entry.from, entry.to - entry.from), entry.spec
      local length = entry.value_to - entry.value_from
      if spec == nil then
        tree:add(range, "Unknown field " .. entry.number)
      elseif entry.message then
        show(tree:add(range, spec[3]), tvb, entry.message)
      elseif spec[2] == "string" then
        tree:add(spec[3], range, length == 0 and "" or tvb(entry.value_from, length):string())
      elseif spec[2] == "bytes" then
        if length > 0 then
          tree:add(spec[3], tvb(entry.value_from, length))
        else
          tree:add(range, spec[1] .. ": nothing")
        end
      elseif spec[2] == "uint64" then
        tree:add(spec[3], range, UInt64(entry.low, entry.high))
      elseif spec[2] == "int64" then
        tree:add(spec[3], range, Int64(entry.low, entry.high))
      elseif spec[2] == "int32" then
        tree:add(spec[3], range, signed(entry.low))
      elseif spec[2] == "bool" then
        tree:add(spec[3], range, entry.low ~= 0)
      else
        tree:add(spec[3], range, entry.low)
      end
    end
  end

  function ouro.show(tree, tvb, message)
    show(tree, tvb, message)
    if message.fault then ouro.malformed(tree, message.fault) end
  end

  -- The text of a field that was read; "" when it is not there.
  function ouro.text_of(tvb, entry)
    if entry == nil or entry.value_to == entry.value_from then return "" end
    return tvb(entry.value_from, entry.value_to - entry.value_from):string()
  end
end
