-- What applications send, and where packets go by the component of their flow.
return function(ouro)
  local proto, F = ouro.protocol("ouro.oping", "Ouroboros oping", {
    { "type", "uint32", "Type", values = { [0] = "request", [1] = "reply" } },
    { "id", "uint32", "Sequence number" },
    { "seconds", "uint64", "Seconds of the client's clock" },
    { "nanoseconds", "uint64", "Nanoseconds" },
  })
  local MESSAGE, SMALLEST, LARGEST = 24, 64, 1500

  -- Packets of oping have a type, a time, and zero bytes up to their size.
  function ouro.is_oping(tvb)
    local length = tvb:len()
    if length < SMALLEST or length > LARGEST then return false end
    if tvb(0, 4):uint() > 1 or tvb(16, 4):le_uint() >= 1000000000 or tvb(20, 4):uint() ~= 0 then return false end
    return tvb(MESSAGE):raw():find("[^%z]") == nil
  end

  local function dissect_oping(tvb, pinfo, tree)
    local item = tree:add(proto, tvb())
    ouro.carries(item, pinfo, "oping", "oping", "oping")
    if not ouro.need(item, tvb, MESSAGE, "An oping packet") then return end
    ouro.layout(item, tvb, { { F.type, 0, 4 }, { F.id, 4, 4 } })
    item:add_le(F.seconds, tvb(8, 8))
    item:add_le(F.nanoseconds, tvb(16, 8))
    local kind = tvb(0, 4):uint()
    local title = kind == 0 and "request" or kind == 1 and "reply" or "of type " .. kind
    if kind > 1 then ouro.malformed(item, "An oping message cannot be of type " .. kind) end
    pinfo.cols.info = string.format("oping %s, seq=%d, %d bytes", title, tvb(4, 4):uint(), tvb:len())
  end

  local function dissect_data(kind, title)
    return function(tvb, pinfo, tree, eid)
      ouro.carries(tree, pinfo, kind, string.format("%s, EID %s, %d bytes", title, eid, tvb:len()))
      tree:add(ouro.F.data, tvb())
    end
  end
  local broadcast, data = dissect_data("broadcast data", "Broadcast data"), dissect_data("user data", "Data")

  function ouro.dissect_component(kind, tvb, pinfo, tree, eid, where)
    if kind == "cep" then
      ouro.dissect_cep(tvb, pinfo, tree)
    elseif kind == "enrolment" then
      ouro.dissect_enrolment(tvb, pinfo, tree)
    elseif kind == "management" then
      ouro.dissect_update(tvb, pinfo, tree)
    elseif kind == "transfer" then
      ouro.dissect_transfer(tvb, pinfo, tree, where)
    elseif kind == "broadcast" then
      broadcast(tvb, pinfo, tree, eid)
    else
      data(tvb, pinfo, tree, eid)
      if kind == "oping" then dissect_oping(tvb, pinfo, tree) end
    end
  end
end
