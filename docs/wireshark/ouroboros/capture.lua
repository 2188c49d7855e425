-- What `ouro capture` writes for an IPCP that has flows in a layer below: packets of these flows, with the link type
-- USER0 (147) and 8 bytes in front of each:
--
--   0  1  version: 1
--   1  1  direction: 0 received, 1 sent
--   2  1  component of the flow: 0 not known, 1 Enrollment, 2 Management, 3 Data Transfer, 4 Data Transfer of a broadcast layer
--   3  1  0
--   4  4  number of the flow inside the IPCP (fd), big-endian
--
-- The packet is what the component sent or received: what the flow itself adds (FRCT, checksum, encryption) is not there.
return function(ouro)
  local COMPONENTS = { [0] = "not known", "Enrollment", "Management", "Data Transfer", "Data Transfer (broadcast)" }
  local WORDS = { "enrolment", "management", "transfer", "broadcast" }
  local HEADER = 8
  local proto, F = ouro.protocol("ouro.cap", "Ouroboros packet of an IPCP", {
    { "version", "uint8", "Version" },
    { "direction", "uint8", "Direction", values = { [0] = "received", [1] = "sent" } },
    { "component", "uint8", "Component", values = COMPONENTS },
    { "fd", "uint32", "Flow" },
  })

  function proto.dissector(tvb, pinfo, tree)
    if tvb:len() == 0 then return 0 end
    ouro.begin(tvb)
    local item = tree:add(proto, tvb(0, math.min(HEADER, tvb:len())))
    ouro.carries(item, pinfo, "N-1 flow", "N-1 flow", "Ouro")
    if not ouro.need(item, tvb, HEADER, "A captured packet") then return end
    ouro.layout(item, tvb, { { F.version, 0, 1 }, { F.direction, 1, 1 }, { F.component, 2, 1 }, { F.fd, 4, 4 } })
    local version, direction, fd = tvb(0, 1):uint(), tvb(1, 1):uint(), tvb(4, 4):uint()
    if version ~= 1 or direction > 1 then
      ouro.malformed(item, "A captured packet is of an unknown version or direction")
      return
    end
    item:append_text(string.format(", %s on flow %d", direction == 0 and "received" or "sent", fd))
    pinfo.p2p_dir = direction == 0 and 1 or 0
    local ends = { [0] = string.format("cap:%d:in", fd), string.format("cap:%d:out", fd) }
    ouro.remember(pinfo, "cap", function()
      ouro.flow_between(ends[0], ends[1])
      return true
    end)
    ouro.flow_packet(ouro.rest(tvb, HEADER), pinfo, tree, ends[direction], fd, "cap", WORDS[tvb(2, 1):uint()])
  end

  DissectorTable.get("wtap_encap"):add(wtap.USER0, proto)
end
