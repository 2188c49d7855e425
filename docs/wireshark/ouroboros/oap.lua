-- The flow allocation protocol (OAP): 36 bytes and parts behind them, in requests for flows and in positive answers.
return function(ouro)
  local CIPHERS = {
    [0] = "none",
    [895] = "aes-128-gcm",
    [898] = "aes-192-gcm",
    [901] = "aes-256-gcm",
    [904] = "aes-128-ctr",
    [905] = "aes-192-ctr",
    [906] = "aes-256-ctr",
    [1018] = "chacha20-poly1305",
  }
  local DIGESTS = {
    [0] = "none",
    [672] = "sha256",
    [673] = "sha384",
    [674] = "sha512",
    [1056] = "blake2b512",
    [1057] = "blake2s256",
    [1097] = "sha3-256",
    [1098] = "sha3-384",
    [1099] = "sha3-512",
  }
  local DIGEST_BYTES = {
    [672] = 32,
    [673] = 48,
    [674] = 64,
    [1056] = 64,
    [1057] = 32,
    [1097] = 32,
    [1098] = 48,
    [1099] = 64,
  }
  -- Of the hash of a request that names no digest: SHA-384.
  local DEFAULT_DIGEST_BYTES = 48
  local HEADER = 36

  local proto, F = ouro.protocol("ouro.oap", "Ouroboros flow allocation protocol", {
    { "id", "bytes", "Id" },
    { "timestamp", "uint64", "Timestamp (ns since 1970)" },
    { "time", "absolute_time", "Time" },
    { "cipher", "uint16", "Cipher", values = CIPHERS },
    { "kdf", "uint16", "Key derivation", values = DIGESTS },
    { "digest", "uint16", "Digest", values = DIGESTS },
    { "crt_len", "uint16", "Certificate length" },
    { "hybrid", "bool", "Hybrid key exchange", width = 16, mask = 0x8000 },
    { "client_encapsulates", "bool", "Client encapsulates", width = 16, mask = 0x4000 },
    { "kex_len", "uint16", "Key exchange length", mask = 0x3fff },
    { "data_len", "uint16", "Data length" },
    { "crt", "bytes", "Certificate" },
    { "kex", "bytes", "Key exchange" },
    { "data", "bytes", "Data" },
    { "req_hash", "bytes", "Hash of the request" },
    { "sig", "bytes", "Signature" },
  })

  -- Bytes of the request's hash in the answer, by the id of the request.
  local hash_bytes = {}
  ouro.on_reset(function() hash_bytes = {} end)

  local function lengths(tvb, at)
    return tvb(at + 30, 2):uint(), tvb(at + 32, 2):uint() % 0x4000, tvb(at + 34, 2):uint()
  end

  -- Whether a request of this protocol can be what follows `at` to the end.
  local function fits(tvb, at)
    local rest = tvb:len() - at
    if rest < HEADER then return false end
    if not (CIPHERS[tvb(at + 24, 2):uint()] and DIGESTS[tvb(at + 26, 2):uint()] and DIGESTS[tvb(at + 28, 2):uint()]) then
      return false
    end
    local certificate, exchange, data = lengths(tvb, at)
    local total = HEADER + certificate + exchange + data
    return rest == total or (certificate > 0 and rest > total)
  end

  -- Bytes of the hash at `at`: no message says it, but what follows must be a request of this protocol.
  function ouro.hash_before_oap(tvb, at, likely)
    if likely and fits(tvb, at + likely) then return likely end
    for _, length in ipairs({ 32, 28, 48, 64, 16 }) do
      if fits(tvb, at + length) then return length end
    end
    return likely or 32
  end

  -- Dissects a request or an answer. Gives { id, cipher, exchange } or nil.
  function ouro.dissect_oap(tvb, pinfo, tree, answer, where)
    local item = tree:add(proto, tvb())
    item:append_text(answer and " response" or " request")
    item:add(ouro.F.carries, answer and "OAP response" or "OAP request"):set_generated()
    if not ouro.need(item, tvb, HEADER, "An allocation header") then return nil end
    local id = tvb(0, 16):bytes():tohex()
    local stamp = tvb(16, 8):uint64()
    item:add(F.id, tvb(0, 16))
    item:add(F.timestamp, tvb(16, 8))
    local second = UInt64(1000000000)
    item:add(F.time, tvb(16, 8), NSTime((stamp / second):tonumber(), (stamp % second):tonumber())):set_generated()
    item:add(F.cipher, tvb(24, 2))
    item:add(F.kdf, tvb(26, 2))
    item:add(F.digest, tvb(28, 2))
    item:add(F.crt_len, tvb(30, 2))
    item:add(F.hybrid, tvb(32, 2))
    item:add(F.client_encapsulates, tvb(32, 2))
    item:add(F.kex_len, tvb(32, 2))
    item:add(F.data_len, tvb(34, 2))
    local cipher, kdf, digest = tvb(24, 2):uint(), tvb(26, 2):uint(), tvb(28, 2):uint()
    if not (CIPHERS[cipher] and DIGESTS[kdf] and DIGESTS[digest]) then
      ouro.malformed(item, "An allocation header names an algorithm that is not known")
    end
    local hash = ouro.remember(pinfo, where .. "/oap", function()
      if not answer then
        hash_bytes[id] = DIGEST_BYTES[digest] or DEFAULT_DIGEST_BYTES
        return 0
      end
      return hash_bytes[id] or DEFAULT_DIGEST_BYTES
    end)
    local certificate, exchange, data = lengths(tvb, 0)
    local result = { id = id, cipher = cipher, exchange = exchange > 0 or tvb(32, 1):uint() >= 0x40 }
    if not ouro.need(item, tvb, HEADER + certificate + exchange + data + hash, "An allocation header with such parts") then
      return result
    end
    local at = HEADER
    for _, part in ipairs({ { F.crt, certificate }, { F.kex, exchange }, { F.data, data }, { F.req_hash, hash } }) do
      ouro.bytes(item, part[1], tvb, at, part[2])
      at = at + part[2]
    end
    if at < tvb:len() then
      item:add(F.sig, tvb(at))
      if certificate == 0 then ouro.malformed(item, "An allocation header without certificate has bytes behind its end") end
    end
    return result
  end
end
