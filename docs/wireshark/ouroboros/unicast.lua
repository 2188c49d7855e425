-- Unicast layers: data transfer headers, messages between flow allocators, the directory (DHT), link-state updates.
return function(ouro)
  local dt_proto, D = ouro.protocol("ouro.dt", "Ouroboros data transfer", {
    { "dst", "uint64", "Destination", base = base.HEX_DEC },
    { "qc", "uint8", "QoS cube", values = { [0] = "best effort", [1] = "video", [2] = "voice" } },
    { "ttl", "uint8", "Time to live" },
    { "ecn", "uint8", "Congestion level" },
    { "eid", "uint64", "Endpoint id", base = base.HEX_DEC },
  })
  local fa_proto, A = ouro.protocol("ouro.fa", "Ouroboros flow allocator", {
    {
      "code",
      "uint8",
      "Code",
      values = {
        [0] = "request",
        [1] = "reply",
        [2] = "update",
        [3] = "deallocation",
        [4] = "probe",
        [5] = "probe answer",
        [6] = "part",
        [7] = "check",
      },
    },
    { "s_addr", "uint64", "Source address", base = base.HEX_DEC },
    { "r_eid", "uint64", "Remote endpoint id", base = base.HEX_DEC },
    { "s_eid", "uint64", "Source endpoint id", base = base.HEX_DEC },
    { "ece", "uint16", "Congestion level" },
    { "size", "uint32", "Size of the probe" },
  })
  local lsu_proto, L = ouro.protocol("ouro.lsu", "Ouroboros link-state update", {
    { "d_addr", "uint64", "Destination", base = base.HEX_DEC },
    { "s_addr", "uint64", "Source", base = base.HEX_DEC },
    { "seqno", "uint64", "Sequence number" },
    { "withdrawn", "bool", "Adjacency withdrawn" },
  })
  local dht_proto, T = ouro.protocol("ouro.dht", "Ouroboros directory", {
    {
      "code",
      "uint32",
      "Code",
      values = { [0] = "store", [1] = "find node", [2] = "find node reply", [3] = "find value", [4] = "find value reply" },
    },
    { "id", "bytes", "Node" },
    { "addr", "uint64", "Address", base = base.HEX_DEC },
    { "key", "bytes", "Key" },
    { "cookie", "uint64", "Cookie", base = base.HEX },
    { "value", "bytes", "Value" },
    { "exp", "uint32", "Expires (s since 1970)" },
    { "contact.id", "bytes", "Contact" },
    { "contact.addr", "uint64", "Address", base = base.HEX_DEC },
  })

  -- Messages between flow allocators -----------------------------------------------------------------------------------

  local FA_HEADER = 61
  local REQUEST, REPLY, UPDATE, DEALLOCATE, PROBE, PROBE_ANSWER, PART, CHECK = 0, 1, 2, 3, 4, 5, 6, 7
  local QOS = { delay = 36, bandwidth = 24, availability = 59, loss = 40, ber = 44, in_order = 60, max_gap = 48, timeout = 52 }

  local function hex(tvb, at, length)
    return tvb(at, length):bytes():tohex()
  end

  local function key_of(address, eid)
    return "dt:" .. address .. ":" .. eid
  end

  -- `destination` is the address in the header of the packet, in hexadecimal with 16 digits.
  local function dissect_allocation(tvb, pinfo, tree, destination, where)
    local item = tree:add(fa_proto, tvb())
    ouro.carries(item, pinfo, "flow allocation", "Flow allocation", "Ouro FA")
    if not ouro.need(item, tvb, FA_HEADER, "A flow allocation message") then return end
    ouro.layout(item, tvb, {
      { A.code, 58, 1 },
      { A.s_addr, 0, 8 },
      { A.r_eid, 8, 8 },
      { A.s_eid, 16, 8 },
      { A.ece, 56, 2 },
    })
    local code = tvb(58, 1):uint()
    item:add((code == PROBE_ANSWER or code == PART) and A.size or ouro.F.response, tvb(32, 4))
    local remote, source = hex(tvb, 8, 8), hex(tvb, 16, 8)
    if code == REQUEST then
      local qos = ouro.qos(item, tvb, QOS)
      local length = ouro.hash_before_oap(tvb, FA_HEADER)
      pinfo.cols.info = "Flow request from EID " .. source
      if not ouro.need(item, tvb, FA_HEADER + length, "A flow request") then return end
      item:add(ouro.F.hash, tvb(FA_HEADER, length))
      local body = ouro.rest(tvb, FA_HEADER + length)
      if body == nil then ouro.malformed(item, "A flow request without an allocation header") end
      local oap = body and ouro.dissect_oap(body, pinfo, tree, false, where)
      ouro.remember(pinfo, where .. "/fa", function()
        local requester = key_of(hex(tvb, 0, 8), source)
        ouro.flow_asked(requester, qos, oap)
        ouro.responder_of[requester] = destination
        return true
      end)
    elseif code == REPLY then
      local response = tvb(32, 4):int()
      pinfo.cols.info = string.format("Flow reply to EID %s: %d, EID %s", remote, response, source)
      local body = ouro.rest(tvb, FA_HEADER)
      local oap = body and ouro.dissect_oap(body, pinfo, tree, true, where)
      ouro.remember(pinfo, where .. "/fa", function()
        local requester = key_of(destination, remote)
        local responder = ouro.responder_of[requester]
        if responder then ouro.flow_answered(requester, key_of(responder, source), response, oap) end
        return true
      end)
    elseif code == UPDATE then
      pinfo.cols.info = string.format("Congestion update to EID %s: %d", remote, tvb(56, 2):uint())
    elseif code == DEALLOCATE then
      pinfo.cols.info = "Deallocation, to EID " .. remote
    elseif code == PROBE then
      item:add(A.size, tvb:len()):set_generated()
      pinfo.cols.info = string.format("Probe %s of %d bytes", source, tvb:len())
    elseif code == PROBE_ANSWER then
      pinfo.cols.info = string.format("Answer to probe %s of %d bytes", remote, tvb(32, 4):uint())
    elseif code == PART then
      pinfo.cols.info = string.format("Part of a packet of %d bytes, to EID %s", tvb(32, 4):uint(), remote)
    elseif code == CHECK then
      pinfo.cols.info = string.format("Check of EID %s, from EID %s", remote, source)
    else
      ouro.malformed(item, "A flow allocation message has the unknown code " .. code)
    end
    if code >= UPDATE and tvb:len() > FA_HEADER then item:add(ouro.F.data, tvb(FA_HEADER)) end
  end

  -- Addresses that requests went to, by the end that asks: answers do not name the one that answers.
  ouro.responder_of = {}
  ouro.on_reset(function() ouro.responder_of = {} end)

  -- Directory ----------------------------------------------------------------------------------------------------------

  local NODE = {
    name = "dht_contact_msg",
    [1] = { "id", "bytes", T.id, required = true },
    [2] = { "addr", "uint64", T.addr, required = true },
  }
  local CONTACT = {
    name = "dht_contact_msg",
    [1] = { "id", "bytes", T["contact.id"], required = true },
    [2] = { "addr", "uint64", T["contact.addr"], required = true },
  }
  local STORE = {
    name = "dht_store_msg",
    [1] = { "key", "bytes", T.key, required = true },
    [2] = { "val", "bytes", T.value, required = true },
    [3] = { "exp", "uint32", T.exp, required = true },
  }
  local FIND = {
    name = "dht_find_req_msg",
    [1] = { "cookie", "uint64", T.cookie, required = true },
    [2] = { "key", "bytes", T.key, required = true },
  }
  local NODES = {
    name = "dht_find_node_rsp_msg",
    [1] = { "cookie", "uint64", T.cookie, required = true },
    [2] = { "key", "bytes", T.key, required = true },
    [3] = { "contacts", "message", "Contact", message = CONTACT },
  }
  local VALUES = { name = "dht_find_value_rsp_msg", [1] = { "values", "bytes", T.value } }
  local DHT = {
    name = "dht_msg",
    [1] = { "code", "uint32", T.code, required = true },
    [2] = { "src", "message", "Source", message = NODE, required = true },
    [3] = { "store", "message", "Store", message = STORE },
    [4] = { "find", "message", "Find", message = FIND },
    [5] = { "node", "message", "Nodes", message = NODES },
    [6] = { "val", "message", "Values", message = VALUES },
  }
  local PARTS = { [0] = "store", "find", "node", "find", "node" }
  local TITLES = { [0] = "Store", "Find node", "Find node reply", "Find value", "Find value reply" }

  local function is_dht(tvb)
    local message = ouro.parse(tvb, DHT)
    return message.fault == nil and message.unknown == 0 and PARTS[message.values.code.low] ~= nil
  end

  local function dissect_directory(tvb, pinfo, tree)
    local item = tree:add(dht_proto, tvb())
    local message = ouro.parse(tvb, DHT)
    local code = message.values.code and message.values.code.low
    ouro.carries(item, pinfo, "DHT", "Directory: " .. (TITLES[code] or "?"), "Ouro DHT")
    ouro.show(item, tvb, message)
    if message.fault then return end
    local part = PARTS[code]
    if part == nil then
      ouro.malformed(item, "There is no directory message " .. code)
    elseif message.values[part] == nil or (code == 4 and message.values.val == nil) then
      ouro.malformed(item, "A directory message does not have what its code says")
    end
  end

  -- Data transfer ------------------------------------------------------------------------------------------------------

  -- Of a number in little-endian order, in hexadecimal with 16 digits.
  local function reversed(tvb, at, length)
    local text = ""
    for index = at, at + length - 1 do text = hex(tvb, index, 1) .. text end
    return string.rep("0", 16 - 2 * length) .. text
  end

  local function sizes()
    local limit = function(size) return math.min(math.max(size, 1), 8) end
    return limit(ouro.proto.prefs.addr), limit(ouro.proto.prefs.eid)
  end

  function ouro.dissect_transfer(tvb, pinfo, tree, where)
    local address, eid = sizes()
    local header = address + 3 + eid
    local item = tree:add(dt_proto, tvb(0, math.min(header, tvb:len())))
    ouro.carries(item, pinfo, "DT header", "Data transfer", "Ouro DT")
    if not ouro.need(item, tvb, header, "A data transfer packet") then return end
    local destination, endpoint = reversed(tvb, 0, address), reversed(tvb, address + 3, eid)
    item:add_le(D.dst, tvb(0, address)):append_text(", " .. ouro.dotted(tvb(0, math.min(address, 4)):le_uint()))
    item:add(D.qc, tvb(address, 1))
    item:add(D.ttl, tvb(address + 1, 1))
    item:add(D.ecn, tvb(address + 2, 1))
    item:add_le(D.eid, tvb(address + 3, eid))
    local number = tonumber(endpoint, 16)
    local title = number == 0 and "flow allocator" or number == 1 and "directory" or "EID " .. endpoint
    item:append_text(", to " .. title)
    local payload = ouro.rest(tvb, header)
    where = where .. "/dt"
    if number >= 64 then
      ouro.flow_packet(payload, pinfo, tree, key_of(destination, endpoint), "0x" .. endpoint, where)
    elseif payload == nil then
      ouro.malformed(item, "A data transfer packet to a component is empty")
    elseif number == 0 then
      dissect_allocation(payload, pinfo, tree, destination, where)
    elseif number == 1 then
      dissect_directory(payload, pinfo, tree)
    else
      ouro.odd(item, "There is no component " .. number)
      tree:add(ouro.F.data, payload())
    end
  end

  local function is_transfer(tvb)
    local address, eid = sizes()
    local header = address + 3 + eid
    if tvb:len() <= header or tvb(address, 1):uint() > 2 then return false end
    local endpoint = reversed(tvb, address + 3, eid)
    if endpoint == "0000000000000000" then
      return tvb:len() >= header + FA_HEADER and tvb(header + 58, 1):uint() <= PROBE_ANSWER
    end
    return endpoint == "0000000000000001" and is_dht(ouro.rest(tvb, header))
  end

  -- Link-state updates -------------------------------------------------------------------------------------------------

  local LSU = 24

  local function is_update(tvb)
    return tvb:len() == LSU and tvb(0, 4):uint() == 0 and tvb(8, 4):uint() == 0
      and tvb(4, 4):uint() ~= 0 and tvb(12, 4):uint() ~= 0
  end

  local function dissect_one(tvb, pinfo, tree)
    local item = tree:add(lsu_proto, tvb())
    ouro.carries(item, pinfo, "LSU", "Link-state update", "Ouro LSU")
    if not ouro.need(item, tvb, LSU, "A link-state update") then return end
    if tvb:len() > LSU then ouro.malformed(item, "A link-state update has 24 bytes; this one has " .. tvb:len()) end
    local destination, source = ouro.dotted(tvb(4, 4):uint()), ouro.dotted(tvb(12, 4):uint())
    item:add(L.d_addr, tvb(0, 8)):append_text(", " .. destination)
    item:add(L.s_addr, tvb(8, 8)):append_text(", " .. source)
    item:add(L.seqno, tvb(16, 8))
    -- From 2^52 on odd numbers withdraw (docs/wire-extensions.md).
    local high = tvb(16, 4):uint()
    local withdrawn = high >= 0x100000 and tvb(23, 1):uint() % 2 == 1
    item:add(L.withdrawn, tvb(16, 8), withdrawn):set_generated()
    pinfo.cols.info = string.format(
      "Link-state update: %s -> %s, %s%s",
      source,
      destination,
      tostring(tvb(16, 8):uint64()),
      withdrawn and ", withdrawn" or ""
    )
  end

  -- Members of ouro send several in a packet to each other, and greet with one of zeros (docs/wire-extensions.md).
  function ouro.dissect_update(tvb, pinfo, tree)
    local length = tvb:len()
    if length <= LSU or length % LSU ~= 0 then return dissect_one(tvb, pinfo, tree) end
    for at = 0, length - LSU, LSU do
      local part = tvb(at, LSU)
      if tvb(at + 4, 4):uint() == 0 and tvb(at + 12, 4):uint() == 0 then
        local item = tree:add(lsu_proto, part)
        ouro.carries(item, pinfo, "LSU", "No link-state update: a greeting", "Ouro LSU")
        pinfo.cols.info = "A greeting: link-state updates may go together"
      else
        dissect_one(part:tvb(), pinfo, tree)
      end
    end
    if length > LSU and tvb(4, 4):uint() ~= 0 then
      pinfo.cols.info = string.format("Link-state updates: %d", length / LSU)
    end
  end

  -- Which component a packet of a flow of unknown origin belongs to, where that is sure; else nil.
  function ouro.guess_component(tvb)
    if is_update(tvb) then return "management" end
    if is_transfer(tvb) then return "transfer" end
    return nil
  end
end
