-- The lower layers: Ethernet (DIX and LLC) and UDP, with their management messages.
return function(ouro)
  local dix_proto, X = ouro.protocol("ouro.dix", "Ouroboros over Ethernet (DIX)", {
    { "eid", "uint16", "Endpoint id", base = base.HEX_DEC },
    { "length", "uint16", "Length" },
  })
  local llc_proto, L = ouro.protocol("ouro.llc", "Ouroboros over Ethernet (LLC)", {
    { "dsap", "uint8", "Destination SAP (bits in order)" },
    { "ssap", "uint8", "Source SAP (bits in order)" },
  })
  local udp_proto, U = ouro.protocol("ouro.udp", "Ouroboros over UDP", {
    { "eid", "uint32", "Endpoint id", base = base.HEX_DEC },
  })
  local ETHERNET_CODES = {
    [0] = "flow request",
    [1] = "flow reply",
    [2] = "name query",
    [3] = "name answer",
    -- Ours (docs/wire-extensions.md).
    [4] = "deallocation",
    [5] = "notice",
    [6] = "check",
    [7] = "move",
    [8] = "former address",
    [9] = "presence",
  }
  -- From 3 on ours (docs/wire-extensions.md).
  local UDP_CODES = {
    [1] = "flow request",
    [2] = "flow reply",
    [3] = "deallocation",
    [4] = "name query",
    [5] = "name answer",
    [6] = "notice",
    [7] = "check",
    [8] = "name denial",
    [9] = "presence",
    [10] = "former address",
  }
  local proto, M = ouro.protocol("ouro.mgmt", "Ouroboros management", {
    { "seid", "uint32", "Source endpoint id", base = base.HEX_DEC },
    { "deid", "uint32", "Destination endpoint id", base = base.HEX_DEC },
    { "code", "uint8", "Code" },
    { "kind", "string", "Message" },
    { "nonce", "uint32", "Number of the query", base = base.HEX_DEC },
    { "address", "bytes", "New or former address" },
  })

  -- Management messages ------------------------------------------------------------------------------------------------
  -- Layouts: offsets in the message, and bytes of the fixed part. Over Ethernet, a source is always the sender's own end; over
  -- UDP, it is the requester's, in answers too.

  local DIX = {
    fixed = 39,
    source = { 0, 2 },
    destination = { 2, 2 },
    response = 32,
    code = 37,
    codes = ETHERNET_CODES,
    qos = { delay = 24, bandwidth = 8, availability = 38, loss = 4, ber = 16, in_order = 36, max_gap = 20, timeout = 28 },
  }
  local LLC = {
    fixed = 37,
    source = { 0, 1 },
    destination = { 1, 1 },
    response = 32,
    code = 2,
    codes = ETHERNET_CODES,
    qos = { delay = 24, bandwidth = 8, availability = 3, loss = 4, ber = 16, in_order = 36, max_gap = 20, timeout = 28 },
  }
  -- Without the endpoint id 0 in front.
  local UDP = {
    fixed = 43,
    source = { 0, 4 },
    destination = { 4, 4 },
    response = 8,
    code = 40,
    codes = UDP_CODES,
    hash = 16,
    requester_first = true,
    -- Where Ethernet has the source, messages about names have a number.
    nonce = true,
    qos = { delay = 20, bandwidth = 12, availability = 41, loss = 24, ber = 28, in_order = 42, max_gap = 32, timeout = 36 },
  }

  -- Bytes of a hash over Ethernet, where a query has told it.
  local hash_bytes = nil
  ouro.on_reset(function() hash_bytes = nil end)
  local HASHES = { [28] = true, [32] = true, [48] = true, [64] = true }

  local function hash_length(tvb, layout, name_only)
    if layout.hash then return layout.hash end
    if ouro.proto.prefs.hash > 0 then return ouro.proto.prefs.hash end
    local rest = tvb:len() - layout.fixed
    if not name_only then return ouro.hash_before_oap(tvb, layout.fixed, hash_bytes) end
    if HASHES[rest] then hash_bytes = rest end
    return hash_bytes or 32
  end

  -- `from` and `to` are the ends without endpoint ids, as keys of flows begin.
  local function dissect_management(tvb, pinfo, tree, layout, from, to, where)
    if tvb == nil then return ouro.malformed(tree, "A management message is empty") end
    local item = tree:add(proto, tvb())
    ouro.carries(item, pinfo, "lower management", "Management", "Ouro mgmt")
    if not ouro.need(item, tvb, layout.fixed, "A management message") then return end
    local source, destination = tvb(layout.source[1], layout.source[2]), tvb(layout.destination[1], layout.destination[2])
    local code = tvb(layout.code, 1):uint()
    local title = layout.codes[code]
    item:append_text(", " .. (title or "unknown code " .. code))
    item:add(M.code, tvb(layout.code, 1)):append_text(" (" .. (title or "unknown") .. ")")
    item:add(M.kind, tvb(layout.code, 1), title or "unknown"):set_generated()
    local about_name = title == "name query" or title == "name answer" or title == "name denial"
    item:add(about_name and layout.nonce and M.nonce or M.seid, source)
    item:add(M.deid, destination)
    item:add(ouro.F.response, tvb(layout.response, 4))
    local info = (title or "unknown message"):gsub("^%l", string.upper)
    if title == "flow request" then
      local qos = ouro.qos(item, tvb, layout.qos)
      pinfo.cols.info = string.format("%s, EID %d", info, source:uint())
      local length = ouro.remember(pinfo, where .. "/hash", function() return hash_length(tvb, layout, false) end)
      if not ouro.need(item, tvb, layout.fixed + length, "A flow request") then return end
      item:add(ouro.F.hash, tvb(layout.fixed, length))
      local body = ouro.rest(tvb, layout.fixed + length)
      if body == nil then ouro.malformed(item, "A flow request without an allocation header") end
      local oap = body and ouro.dissect_oap(body, pinfo, tree, false, where)
      ouro.remember(pinfo, where .. "/mgmt", function()
        ouro.flow_asked(from .. source:uint(), qos, oap)
        return true
      end)
    elseif title == "flow reply" then
      local response = tvb(layout.response, 4):int()
      local requester, responder = destination:uint(), source:uint()
      if layout.requester_first then requester, responder = responder, requester end
      pinfo.cols.info = string.format("%s to EID %d: %d, EID %d", info, requester, response, responder)
      local body = ouro.rest(tvb, layout.fixed)
      local oap = body and ouro.dissect_oap(body, pinfo, tree, true, where)
      if response == 0 and body == nil then ouro.malformed(item, "A positive answer without an allocation header") end
      ouro.remember(pinfo, where .. "/mgmt", function()
        ouro.flow_answered(to .. requester, from .. responder, response, oap)
        return true
      end)
    elseif about_name then
      pinfo.cols.info = info
      local length = ouro.remember(pinfo, where .. "/hash", function() return hash_length(tvb, layout, true) end)
      if not ouro.need(item, tvb, layout.fixed + length, "A message about a name") then return end
      item:add(ouro.F.hash, tvb(layout.fixed, length))
      ouro.bytes(item, ouro.F.padding, tvb, layout.fixed + length, tvb:len() - layout.fixed - length)
    elseif title == "deallocation" then
      pinfo.cols.info = string.format("%s of EID %d, to EID %d", info, source:uint(), destination:uint())
    elseif title == "notice" then
      pinfo.cols.info = string.format("%s that EID %d is not there", info, destination:uint())
    elseif title == "check" or title == "presence" then
      pinfo.cols.info = string.format("%s of EID %d, to EID %d", info, source:uint(), destination:uint())
    elseif title == "move" then
      pinfo.cols.info = string.format("%s of EID %d, to EID %d", info, source:uint(), destination:uint())
      if not ouro.need(item, tvb, layout.fixed + 6, "News of an address") then return end
      item:add(M.address, tvb(layout.fixed, 6))
      ouro.bytes(item, ouro.F.padding, tvb, layout.fixed + 6, tvb:len() - layout.fixed - 6)
    elseif title == "former address" then
      pinfo.cols.info = info
      if not ouro.need(item, tvb, layout.fixed + 6, "News of an address") then return end
      item:add(M.address, tvb(layout.fixed))
    else
      ouro.malformed(item, "A management message has the unknown code " .. code)
    end
  end

  -- Ethernet, DIX ------------------------------------------------------------------------------------------------------

  local DIX_HEADER = 4

  function dix_proto.dissector(tvb, pinfo, tree)
    if tvb:len() == 0 then return 0 end
    ouro.begin(tvb)
    local item = tree:add(dix_proto, tvb(0, math.min(DIX_HEADER, tvb:len())))
    ouro.carries(item, pinfo, "eth-dix", "eth-dix", "Ouro")
    if not ouro.need(item, tvb, DIX_HEADER, "A frame of eth-dix") then return end
    ouro.layout(item, tvb, { { X.eid, 0, 2 }, { X.length, 2, 2 } })
    local eid, length, rest = tvb(0, 2):uint(), tvb(2, 2):uint(), tvb:len() - DIX_HEADER
    item:append_text(eid == 0 and ", management" or string.format(", EID 0x%04x", eid))
    if length > rest then
      ouro.malformed(item, "The frame has " .. rest .. " bytes of the " .. length .. " that it announces")
    elseif length < rest then
      item:add(ouro.F.padding, tvb(DIX_HEADER + length))
    end
    local payload = ouro.rest(tvb, DIX_HEADER, math.min(length, rest))
    local from, to = "dix:" .. tostring(pinfo.dl_src) .. ":", "dix:" .. tostring(pinfo.dl_dst) .. ":"
    if eid == 0 then
      dissect_management(payload, pinfo, tree, DIX, from, to, "dix")
    else
      ouro.flow_packet(payload, pinfo, tree, to .. eid, eid, "dix")
    end
  end

  -- Ethernet, LLC ------------------------------------------------------------------------------------------------------
  -- SAPs 1 to 63 are ours, with their bits reversed on the wire; some are others' too (NetBIOS, NetWare). Theirs stay theirs
  -- until a flow request says otherwise.

  local MANAGEMENT = 1
  local dsap_field, ssap_field, control_field = Field.new("llc.dsap"), Field.new("llc.ssap"), Field.new("llc.control")
  local length_field = Field.new("eth.len")
  local others, used = {}, {}
  ouro.on_reset(function() used = {} end)

  local function mirrored(byte)
    local result = 0
    for _ = 1, 8 do
      result = result * 2 + byte % 2
      byte = math.floor(byte / 2)
    end
    return result
  end

  local function value_of(field)
    local info = field()
    return info and tonumber(info.value)
  end

  -- Whose the frame is. The SAPs are not in what is passed on: the destination is how it came here, the source is shown where
  -- Wireshark has a tree.
  local function llc_ends(pinfo, dsap)
    local to = mirrored(dsap)
    local ours = ouro.remember(pinfo, "llc", function()
      if to == MANAGEMENT then return true end
      return to <= 63 and (others[dsap] == nil or used[tostring(pinfo.dl_dst) .. ":" .. to] == true)
    end)
    return { ours = ours, management = to == MANAGEMENT, to = to, dsap = dsap }
  end

  local function dissect_llc(tvb, pinfo, tree, ends)
    local item = tree:add(llc_proto, tvb and tvb() or nil)
    ouro.carries(item, pinfo, "eth-llc", "eth-llc", "Ouro")
    item:add(L.dsap, ends.to):set_generated()
    local ssap = value_of(ssap_field)
    if ssap then item:add(L.ssap, mirrored(ssap)):set_generated() end
    item:append_text(ends.management and ", management" or ", SAP " .. ends.to)
    local from, to = "llc:" .. tostring(pinfo.dl_src) .. ":", "llc:" .. tostring(pinfo.dl_dst) .. ":"
    if not ends.management then return ouro.flow_packet(tvb, pinfo, tree, to .. ends.to, ends.to, "llc") end
    dissect_management(tvb, pinfo, tree, LLC, from, to, "llc")
    if not pinfo.visited and tvb and tvb:len() >= LLC.fixed and tvb(LLC.code, 1):uint() <= 1 then
      used[tostring(pinfo.dl_src) .. ":" .. tvb(0, 1):uint()] = true
    end
  end

  function llc_proto.dissector(tvb, pinfo, tree)
    local ends = llc_ends(pinfo, pinfo.match)
    if not ends.ours then
      -- What it finds malformed it has said itself; here that comes as an error.
      local other = others[ends.dsap]
      local fine, length = pcall(function() return other and other:call(tvb, pinfo, tree) end)
      return fine and length or tvb:len()
    end
    ouro.begin(tvb)
    dissect_llc(ouro.rest(tvb, 0), pinfo, tree, ends)
  end

  -- Wireshark passes no empty payload on: keep-alives over LLC are looked at when everybody else is done.
  local UI, EMPTY = 0x03, 3
  function ouro.proto.dissector(_, pinfo, tree)
    local length = ouro.proto.prefs.llc and value_of(length_field)
    if length ~= EMPTY or value_of(control_field) ~= UI then return end
    local ends = llc_ends(pinfo, value_of(dsap_field))
    if ends.ours then dissect_llc(nil, pinfo, tree, ends) end
  end
  register_postdissector(ouro.proto)

  -- UDP ----------------------------------------------------------------------------------------------------------------

  function udp_proto.dissector(tvb, pinfo, tree)
    if tvb:len() == 0 then return 0 end
    ouro.begin(tvb)
    local item = tree:add(udp_proto, tvb(0, math.min(4, tvb:len())))
    ouro.carries(item, pinfo, "udp", "udp", "Ouro")
    if not ouro.need(item, tvb, 4, "A datagram of udp") then return end
    item:add(U.eid, tvb(0, 4))
    local eid = tvb(0, 4):uint()
    item:append_text(eid == 0 and ", management" or string.format(", EID 0x%x", eid))
    local payload = ouro.rest(tvb, 4)
    local from = string.format("udp:%s:%d:", tostring(pinfo.src), pinfo.src_port)
    local to = string.format("udp:%s:%d:", tostring(pinfo.dst), pinfo.dst_port)
    if eid == 0 then
      dissect_management(payload, pinfo, tree, UDP, from, to, "udp")
    else
      ouro.flow_packet(payload, pinfo, tree, to .. eid, eid, "udp")
    end
  end

  -- Registration -------------------------------------------------------------------------------------------------------

  local tables = { types = DissectorTable.get("ethertype"), saps = DissectorTable.get("llc.dsap"), ports = DissectorTable.get("udp.port") }
  local registered = {}

  local function register()
    for _, undo in ipairs(registered) do undo() end
    registered = {}
    local function add(dissectors, pattern, dissector)
      dissectors:add(pattern, dissector)
      registered[#registered + 1] = function() dissectors:remove(pattern, dissector) end
    end
    for word in string.gmatch(ouro.proto.prefs.ethertypes, "[^,%s]+") do
      local number = tonumber((word:gsub("^0[xX]", "")), 16)
      if number and number >= 0x600 and number <= 0xffff then add(tables.types, number, dix_proto) end
    end
    if ouro.proto.prefs.llc then
      for sap = 1, 63 do add(tables.saps, mirrored(sap), llc_proto) end
    end
    add(tables.ports, ouro.proto.prefs.ports, udp_proto)
  end

  function ouro.proto.prefs_changed()
    register()
  end

  function ouro.register()
    for sap = 1, 63 do others[mirrored(sap)] = tables.saps:get_dissector(mirrored(sap)) end
    tables.types:add_for_decode_as(dix_proto)
    tables.ports:add_for_decode_as(udp_proto)
    register()
  end
end
