-- What all parts share: declaring protocols, reading within bounds, faults, preferences, memory.
-- In this folder no range of a packet is read before its length was checked: a Lua error is a bug.
return function(ouro)
  -- Declares a protocol. A field is { name, type, title, base =, values =, mask =, width = }; ouro.protocol gives the protocol
  -- and its fields by name.
  function ouro.protocol(name, title, specs)
    local proto, fields, list = Proto(name, title), {}, {}
    for _, spec in ipairs(specs) do
      local short, kind, text = spec[1], spec[2], spec[3]
      local full = name .. "." .. short
      local field
      if kind == "bytes" or kind == "string" then
        field = ProtoField[kind](full, text)
      elseif kind == "bool" then
        field = ProtoField.bool(full, text, spec.width or base.NONE, nil, spec.mask)
      elseif kind == "absolute_time" then
        field = ProtoField.absolute_time(full, text, base.UTC)
      else
        field = ProtoField[kind](full, text, spec.base or base.DEC, spec.values, spec.mask)
      end
      fields[short] = field
      list[#list + 1] = field
    end
    proto.fields = list
    return proto, fields
  end

  -- The names of the reference's error numbers, as responses have them.
  local RESPONSES = {
    [0] = "accepted",
    [-1] = "EPERM",
    [-12] = "ENOMEM",
    [-95] = "ENOTSUP",
    [-110] = "ETIMEDOUT",
    [-1000] = "ENOTALLOC",
    [-1001] = "EIPCPTYPE",
    [-1002] = "EIRMD",
    [-1003] = "EIPCP",
    [-1004] = "EIPCPSTATE",
    [-1005] = "EFLOWDOWN",
    [-1006] = "EFLOWPEER",
    [-1007] = "ENAME",
    [-1008] = "ECRYPT",
    [-1009] = "EAUTH",
  }

  local proto, F = ouro.protocol("ouro", "Ouroboros", {
    { "carries", "string", "Carries" },
    { "qos.delay", "uint32", "Delay (ms)" },
    { "qos.bandwidth", "uint64", "Bandwidth (bit/s)" },
    { "qos.availability", "uint8", "Availability (nines)" },
    { "qos.loss", "uint32", "Loss (0: none)" },
    { "qos.ber", "uint32", "Bit errors (0: none)" },
    { "qos.in_order", "uint8", "In order" },
    { "qos.max_gap", "uint32", "Max gap (ms)" },
    { "qos.timeout", "uint32", "Timeout (ms)" },
    { "response", "int32", "Response", values = RESPONSES },
    { "hash", "bytes", "Hash of the name" },
    { "data", "bytes", "Data" },
    { "padding", "bytes", "Padding" },
  })
  ouro.proto, ouro.F = proto, F

  local function report(name, text, group, severity)
    return ProtoExpert.new("ouro." .. name, text, group, severity)
  end
  local E = {
    malformed = report("malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR),
    cut = report("cut", "The capture holds only part of the packet", expert.group.UNDECODED, expert.severity.NOTE),
    odd = report("odd", "Odd", expert.group.PROTOCOL, expert.severity.WARN),
    checksum = report("bad_checksum", "Wrong checksum", expert.group.CHECKSUM, expert.severity.ERROR),
  }
  proto.experts = { E.malformed, E.cut, E.odd, E.checksum }

  -- Preferences -------------------------------------------------------------------------------------------------------

  proto.prefs.ethertypes = Pref.string("Ethertypes (hexadecimal)", "a000", "Types of Ethernet frames of eth-dix, with commas")
  proto.prefs.llc = Pref.bool("Ethernet LLC", true, "Look for eth-llc in 802.2 frames")
  proto.prefs.ports = Pref.range("UDP ports", "3435", "Ports of udp4 and udp6", 65535)
  proto.prefs.hash = Pref.enum("Hash of Ethernet layers", 0, "Bytes of a hash of a name", {
    { 1, "by the messages", 0 },
    { 2, "SHA3-224", 28 },
    { 3, "SHA3-256", 32 },
    { 4, "SHA3-384", 48 },
    { 5, "SHA3-512", 64 },
  }, false)
  proto.prefs.addr = Pref.uint("Bytes of an address", 4, "In data transfer headers (1 to 8)")
  proto.prefs.eid = Pref.uint("Bytes of an endpoint id", 8, "In data transfer headers (1 to 8)")
  proto.prefs.flows = Pref.string(
    "Flows",
    "",
    "What flows carry, by endpoint id, with commas: 0x40=management,0x41=transfer,0x42=oping,*=data. "
      .. "Words: enrolment, management, transfer, broadcast, oping, data"
  )
  proto.prefs.older = Pref.enum("Flows older than the capture", 0, "What they have in front of and behind their data", {
    { 1, "neither headers nor checksums", 0 },
    { 2, "FRCT headers", 1 },
    { 3, "FRCT headers and checksums", 2 },
  }, false)

  -- What a flow carries by preference: a word, or nil.
  local words, words_of = {}, nil
  function ouro.forced(eid)
    if words_of ~= proto.prefs.flows then
      words, words_of = {}, proto.prefs.flows
      for id, word in string.gmatch(words_of:lower(), "([%w*]+)%s*=%s*(%a+)") do
        words[id == "*" and id or tostring(tonumber(id) or id)] = word
      end
    end
    return words[tostring(tonumber(eid) or eid)] or words["*"]
  end

  -- Memory ------------------------------------------------------------------------------------------------------------
  -- Frames are dissected in order once, and in any order after that. What depends on frames before is found out the
  -- first time and remembered by the frame.

  local resets, decisions = {}, {}
  function ouro.on_reset(run)
    resets[#resets + 1] = run
  end
  function proto.init()
    decisions = {}
    for _, run in ipairs(resets) do run() end
  end

  -- What `decide` gave when the frame was dissected first. `where` tells several of them in one frame apart.
  function ouro.remember(pinfo, where, decide)
    local frame = decisions[pinfo.number]
    if frame == nil then
      frame = {}
      decisions[pinfo.number] = frame
    end
    if frame[where] == nil or not pinfo.visited then frame[where] = decide() end
    return frame[where]
  end

  -- Faults ------------------------------------------------------------------------------------------------------------

  -- Whether the capture holds all of the frame. In a part of a frame everything may be missing: nothing there is malformed.
  local is_cut = false
  function ouro.begin(tvb)
    is_cut = tvb:reported_len() > tvb:len()
  end

  function ouro.malformed(tree, text)
    if is_cut then
      tree:add_proto_expert_info(E.cut)
    else
      tree:add_proto_expert_info(E.malformed, text)
    end
  end
  function ouro.odd(tree, text)
    tree:add_proto_expert_info(E.odd, text)
  end
  function ouro.wrong_checksum(tree, text)
    tree:add_proto_expert_info(E.checksum, text)
  end

  function ouro.whole()
    return not is_cut
  end

  -- Whether the packet has `length` bytes; if not, that is a fault of it or of the capture.
  function ouro.need(tree, tvb, length, what)
    if tvb:len() >= length then return true end
    ouro.malformed(tree, what .. " has at least " .. length .. " bytes; this one has " .. tvb:len())
    return false
  end

  -- Reading -----------------------------------------------------------------------------------------------------------

  -- Adds { field, offset, size } in turn. The length was checked.
  function ouro.layout(tree, tvb, layout)
    for _, item in ipairs(layout) do
      tree:add(item[1], tvb(item[2], item[3]))
    end
  end

  -- The bytes from `at` on as a packet of their own; nil when there are none.
  function ouro.rest(tvb, at, length)
    length = length or tvb:len() - at
    if length <= 0 then return nil end
    return tvb(at, length):tvb()
  end

  -- Adds bytes, unless there are none.
  function ouro.bytes(tree, field, tvb, at, length)
    if length > 0 then tree:add(field, tvb(at, length)) end
  end

  -- Adds a checked quality: offsets by name.
  local QOS = { "delay", "bandwidth", "availability", "loss", "ber", "in_order", "max_gap", "timeout" }
  local SIZES = { bandwidth = 8, availability = 1, in_order = 1 }
  function ouro.qos(tree, tvb, offsets)
    local first, last = tvb:len(), 0
    for _, name in ipairs(QOS) do
      first = math.min(first, offsets[name])
      last = math.max(last, offsets[name] + (SIZES[name] or 4))
    end
    local item = tree:add(tvb(first, last - first), "Quality of service")
    for _, name in ipairs(QOS) do
      item:add(F["qos." .. name], tvb(offsets[name], SIZES[name] or 4))
    end
    return { frct = tvb(offsets.in_order, 1):uint() ~= 0, crc = tvb(offsets.ber, 4):uint() == 0 }
  end

  -- What the packet list shows, and what ouro.carries says.
  function ouro.carries(tree, pinfo, kind, info, column)
    tree:add(F.carries, kind):set_generated()
    pinfo.cols.protocol = column or "Ouro"
    pinfo.cols.info = info or kind
  end

  -- An address as logs show it: the four bytes from the lowest on.
  function ouro.dotted(number)
    local bytes = {}
    for index = 1, 4 do
      bytes[index] = string.format("%02x", number % 256)
      number = math.floor(number / 256)
    end
    return table.concat(bytes, ".")
  end
end
