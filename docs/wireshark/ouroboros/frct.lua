-- What a flow puts around its packets: FRCT headers, checksums, encryption.
return function(ouro)
  local HEADER = 12
  local DATA = 0x01

  local proto, F = ouro.protocol("ouro.frct", "Ouroboros FRCT", {
    { "flags", "uint8", "Flags", base = base.HEX },
    { "data", "bool", "DATA", width = 8, mask = 0x01 },
    { "drf", "bool", "DRF (data run)", width = 8, mask = 0x02 },
    { "ack", "bool", "ACK", width = 8, mask = 0x04 },
    { "fc", "bool", "FC (flow control)", width = 8, mask = 0x08 },
    { "rdvs", "bool", "RDVS (rendezvous)", width = 8, mask = 0x10 },
    { "ffgm", "bool", "FFGM (first fragment)", width = 8, mask = 0x20 },
    { "mfgm", "bool", "MFGM (more fragments)", width = 8, mask = 0x40 },
    { "window", "uint24", "Right window edge", base = base.HEX_DEC },
    { "seqno", "uint32", "Sequence number", base = base.DEC_HEX },
    { "ackno", "uint32", "Acknowledged before", base = base.DEC_HEX },
    { "payload", "bytes", "Payload" },
  })
  local crc_proto, C = ouro.protocol("ouro.crc", "Ouroboros checksum", {
    { "crc32", "uint32", "CRC-32", base = base.HEX },
    { "good", "bool", "Checksum holds" },
  })
  local secret_proto, S = ouro.protocol("ouro.crypt", "Ouroboros encrypted packet", {
    { "phase", "bool", "Key phase", width = 8, mask = 0x80 },
    { "iv", "bytes", "Initialisation vector" },
    { "ciphertext", "bytes", "Ciphertext" },
    { "tag", "bytes", "Tag" },
  })
  local FLAGS = { "data", "drf", "ack", "fc", "rdvs", "ffgm", "mfgm" }

  -- CRC-32 of IEEE 802.3 -----------------------------------------------------------------------------------------------

  local steps = {}
  for byte = 0, 255 do
    local value = byte
    for _ = 1, 8 do
      local odd = value % 2 == 1
      value = math.floor(value / 2)
      if odd then value = bit.bxor(value, 0xedb88320) % 2 ^ 32 end
    end
    steps[byte] = value
  end
  local function crc32(tvb, length)
    local crc = 0xffffffff
    local text = length > 0 and tvb(0, length):raw() or ""
    for index = 1, #text do
      local low = bit.bxor(crc % 256, text:byte(index)) % 256
      crc = bit.bxor(math.floor(crc / 256), steps[low]) % 2 ^ 32
    end
    return bit.bxor(crc, 0xffffffff) % 2 ^ 32
  end

  -- Takes the checksum off: what is in front of it, or nil.
  function ouro.dissect_checksum(tvb, tree)
    if not ouro.need(tree, tvb, 4, "A packet with a checksum") then return nil end
    if not ouro.whole() then return tvb end
    local length = tvb:len() - 4
    local found, right = tvb(length, 4):uint(), crc32(tvb, length)
    local item = tree:add(crc_proto, tvb(length, 4))
    item:add(C.crc32, tvb(length, 4))
    item:add(C.good, tvb(length, 4), found == right):set_generated()
    if found ~= right then ouro.wrong_checksum(item, string.format("The checksum should be 0x%08x", right)) end
    return ouro.rest(tvb, 0, length)
  end

  local function describe(flags, tvb)
    local words = {}
    for index, name in ipairs(FLAGS) do
      if bit.band(flags, 2 ^ (index - 1)) ~= 0 then words[#words + 1] = name:upper() end
    end
    local text = "[" .. table.concat(words, " ") .. "]"
    if bit.band(flags, 0x03) ~= 0 then text = text .. " seqno " .. tvb(4, 4):uint() end
    if bit.band(flags, 0x04) ~= 0 then text = text .. " ackno " .. tvb(8, 4):uint() end
    if bit.band(flags, 0x08) ~= 0 then text = text .. string.format(" window %06x", tvb(1, 3):uint()) end
    return text
  end

  -- Dissects the header; gives the data behind it, or nil.
  function ouro.dissect_frct(tvb, pinfo, tree, checksum, eid)
    -- The reference sends what is no data without a checksum.
    if checksum and not (tvb:len() == HEADER and bit.band(tvb(0, 1):uint(), DATA) == 0) then
      tvb = ouro.dissect_checksum(tvb, tree)
      if tvb == nil then return nil end
    end
    local item = tree:add(proto, tvb(0, math.min(HEADER, tvb:len())))
    if not ouro.need(item, tvb, HEADER, "A packet with an FRCT header") then return nil end
    local flags = tvb(0, 1):uint()
    local shown = item:add(F.flags, tvb(0, 1))
    for _, name in ipairs(FLAGS) do shown:add(F[name], tvb(0, 1)) end
    ouro.layout(item, tvb, { { F.window, 1, 3 }, { F.seqno, 4, 4 }, { F.ackno, 8, 4 } })
    local text = describe(flags, tvb)
    item:append_text(" " .. text)
    ouro.carries(item, pinfo, "FRCT", string.format("FRCT %s, EID %s, %d bytes", text, eid, tvb:len() - HEADER), "Ouro FRCT")
    if bit.band(flags, DATA) == 0 then
      if tvb:len() > HEADER then ouro.odd(item, "There is data behind a header without DATA") end
      return nil
    end
    ouro.bytes(item, F.payload, tvb, HEADER, tvb:len() - HEADER)
    return ouro.rest(tvb, HEADER)
  end

  -- Dissects a packet that only the two ends can read.
  function ouro.dissect_secret(tvb, pinfo, tree, shape, eid)
    local iv, tag = shape.secrecy.iv, shape.secrecy.tag
    if shape.crc then
      tvb = ouro.dissect_checksum(tvb, tree)
      if tvb == nil then return end
    end
    local item = tree:add(secret_proto, tvb())
    ouro.carries(item, pinfo, "encrypted", string.format("Encrypted, EID %s, %d bytes", eid, tvb:len()), "Ouro crypt")
    if not ouro.need(item, tvb, iv + tag, "An encrypted packet") then return end
    item:add(S.phase, tvb(0, 1))
    item:add(S.iv, tvb(0, iv))
    ouro.bytes(item, S.ciphertext, tvb, iv, tvb:len() - iv - tag)
    ouro.bytes(item, S.tag, tvb, tvb:len() - tag, tag)
  end
end
