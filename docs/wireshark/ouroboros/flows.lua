-- Flows: what is known of each, and what its packets carry.
--
-- A flow is found by the end that a packet goes to: the lower layer, the address there, and the endpoint id. The request for
-- a flow makes the requester's end known, the answer the responder's. A flow that was never seen being allocated is known
-- by itself alone, each direction apart.
return function(ouro)
  local flows = {}
  ouro.on_reset(function() flows = {} end)

  -- Bytes in front of and behind the data of encrypted packets, by the number of the cipher: AES-CTR has no tag.
  local function secrecy(cipher)
    local counter = cipher >= 904 and cipher <= 906
    return { iv = counter and 16 or 12, tag = counter and 0 or 16 }
  end

  -- A request for a flow was seen for the first time. `qos` says { frct, crc }; `oap` is what its allocation header says.
  function ouro.flow_asked(requester, qos, oap)
    local known = flows[requester]
    -- A request that is forwarded is seen once on every link.
    if known and oap and known.request == oap.id then return end
    flows[requester] = {
      frct = qos.frct,
      crc = qos.crc,
      request = oap and oap.id,
      exchange = oap and oap.exchange,
      heard = {},
    }
  end

  -- The answer was seen for the first time.
  function ouro.flow_answered(requester, responder, response, oap)
    local flow = flows[requester]
    if flow == nil then return end
    if response ~= 0 then
      flows[requester] = nil
      return
    end
    flows[responder] = flow
    -- A cipher without a key exchange means nothing.
    if oap and oap.cipher ~= 0 and flow.exchange then flow.secrecy = secrecy(oap.cipher) end
  end

  -- The two ends of one flow, where both are known without an allocation.
  function ouro.flow_between(one, other)
    local flow = flows[one] or { heard = {}, unseen = true }
    flows[one], flows[other] = flow, flow
  end

  local function find(key)
    local flow = flows[key]
    if flow == nil then
      local older = ouro.proto.prefs.older
      flow = { frct = older > 0, crc = older > 1, heard = {}, unseen = true }
      flows[key] = flow
    end
    return flow
  end

  -- What a packet of the flow towards `key` carries: a component's word, "cep", "oping" or "data".
  local function kind_of(tvb, flow, key)
    if not flow.heard[key] or flow.frct or flow.unseen then
      local component = ouro.component_in_cep(tvb)
      if component then
        flow.heard[key] = true
        if component ~= "none" then flow.component = component end
        return "cep"
      end
      -- IPCPs begin with a CEP message: this is a flow of applications.
      if not (flow.heard[key] or flow.unseen or flow.component) then flow.component = "application" end
      flow.heard[key] = true
    end
    if flow.component == nil then flow.component = ouro.guess_component(tvb) end
    if flow.component == nil or flow.component == "application" then
      return ouro.is_oping(tvb) and "oping" or "data"
    end
    return flow.component
  end

  -- Dissects a packet of a flow.
  --   key    the end that it goes to
  --   eid    its endpoint id, for the preferences
  --   known  the component, where something else tells it
  function ouro.flow_packet(tvb, pinfo, tree, key, eid, where, known)
    if tvb == nil then
      ouro.carries(tree, pinfo, "keep-alive", string.format("Keep-alive, EID %s", eid))
      return
    end
    where = where .. "/flow"
    local shape = ouro.remember(pinfo, where, function()
      local flow = find(key)
      return { frct = flow.frct, crc = flow.crc, secrecy = flow.secrecy }
    end)
    if shape.secrecy then return ouro.dissect_secret(tvb, pinfo, tree, shape, eid) end
    if shape.frct then
      tvb = ouro.dissect_frct(tvb, pinfo, tree, shape.crc, eid)
    elseif shape.crc then
      tvb = ouro.dissect_checksum(tvb, tree)
    end
    if tvb == nil then return end
    local kind = ouro.remember(pinfo, where .. "/kind", function()
      local found = kind_of(tvb, find(key), key)
      if found == "cep" then return found end
      return ouro.forced(eid) or known or found
    end)
    ouro.dissect_component(kind, tvb, pinfo, tree, eid, where)
  end
end
