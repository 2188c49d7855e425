-- What IPCPs of one layer say to each other at the start of a flow: connection establishment (CEP) and enrolment, with the
-- configuration of a layer. All are Protocol Buffers.
return function(ouro)
  -- Connection establishment -------------------------------------------------------------------------------------------

  local cep_proto, C = ouro.protocol("ouro.cep", "Ouroboros connection establishment", {
    { "comp_name", "string", "Component" },
    { "protocol", "string", "Protocol" },
    { "pref_version", "int32", "Version" },
    { "supp_version", "int32", "Other version" },
    { "pref_syntax", "int32", "Syntax", values = { [0] = "Protocol Buffers", [1] = "ASN.1", [2] = "fixed" } },
    { "supp_syntax", "int32", "Other syntax" },
    { "syntax_spec", "bytes", "Description of the syntax" },
    { "address", "uint64", "Address", base = base.HEX_DEC },
  })
  local CEP = {
    name = "cep_msg",
    [1] = { "comp_name", "string", C.comp_name, required = true },
    [2] = { "protocol", "string", C.protocol, required = true },
    [3] = { "pref_version", "int32", C.pref_version, required = true },
    [4] = { "supp_version", "int32", C.supp_version },
    [5] = { "pref_syntax", "int32", C.pref_syntax, required = true },
    [6] = { "supp_syntax", "int32", C.supp_syntax },
    [7] = { "syntax_spec", "bytes", C.syntax_spec },
    [8] = { "address", "uint64", C.address, required = true },
  }
  local MAX_CEP = 127
  local COMPONENTS = { Enrollment = "enrolment", Management = "management", ["Data Transfer"] = "transfer" }

  -- The component that a CEP message names: its word; "none" for a refusal or another component; nil for what is no CEP message.
  function ouro.component_in_cep(tvb)
    if tvb:len() > MAX_CEP then return nil end
    local message = ouro.parse(tvb, CEP)
    if message.fault or message.unknown > 0 then return nil end
    local component = COMPONENTS[ouro.text_of(tvb, message.values.comp_name)]
    if component == "transfer" and ouro.text_of(tvb, message.values.protocol) == "" then return "broadcast" end
    return component or "none"
  end

  function ouro.dissect_cep(tvb, pinfo, tree)
    local item = tree:add(cep_proto, tvb())
    local message = ouro.parse(tvb, CEP)
    local component = ouro.text_of(tvb, message.values.comp_name)
    local what = component == "" and "refused" or component
    item:append_text(", " .. what)
    ouro.carries(item, pinfo, "CEP", "Connection: " .. what, "Ouro CEP")
    ouro.show(item, tvb, message)
  end

  -- Configuration of a layer -------------------------------------------------------------------------------------------

  local HASHES = { [0] = "SHA3-224", [1] = "SHA3-256", [2] = "SHA3-384", [3] = "SHA3-512", [4] = "CRC32", [5] = "MD5", [255] = "by name" }
  local TYPES = { [0] = "local", [1] = "unicast", [2] = "broadcast", [3] = "eth-llc", [4] = "eth-dix", [5] = "udp4", [6] = "udp6" }
  local enrol_proto, F = ouro.protocol("ouro.enrol", "Ouroboros enrolment", {
    { "id", "bytes", "Id" },
    { "t_sec", "int64", "Seconds since 1970" },
    { "t_nsec", "int32", "Nanoseconds" },
    { "result", "int32", "Result" },
    { "layer", "string", "Layer" },
    { "dir_hash_algo", "uint32", "Hash", values = HASHES },
    { "ipcp_type", "uint32", "Type", values = TYPES },
    { "addr_size", "uint32", "Bytes of an address" },
    { "eid_size", "uint32", "Bytes of an endpoint id" },
    { "max_ttl", "uint32", "Time to live" },
    { "routing", "uint32", "Routing", values = { [0] = "link state", [255] = "by name" } },
    { "ls_pol", "uint32", "Link-state policy", values = { [0] = "link_state", [1] = "lfa", [2] = "ecmp" } },
    { "t_recalc", "uint32", "Recalculation (s)" },
    { "t_update", "uint32", "Update (s)" },
    { "t_timeo", "uint32", "Timeout (s)" },
    { "directory", "uint32", "Directory", values = { [0] = "DHT", [255] = "by name" } },
    { "alpha", "uint32", "Requests at once (alpha)" },
    { "k", "uint32", "Contacts and replicas (k)" },
    { "t_expire", "uint32", "Expiry (s)" },
    { "t_refresh", "uint32", "Refresh (s)" },
    { "t_replicate", "uint32", "Replication (s)" },
    { "peer", "uint64", "Peer", base = base.HEX_DEC },
    { "addr_auth_type", "uint32", "Addresses", values = { [0] = "flat", [255] = "by name" } },
    { "cong_avoid", "uint32", "Congestion avoidance", values = { [0] = "none", [1] = "mb-ecn", [255] = "by name" } },
    { "ext.kind", "string", "Kind of policy" },
    { "ext.name", "string", "Name of the policy" },
    { "ext.version", "uint32", "Version of the extension" },
    { "ext.peer", "uint64", "Peer", base = base.HEX_DEC },
    { "ext.option", "string", "Option" },
    { "ext.text", "string", "Text" },
    { "ext.number", "int64", "Number" },
    { "ext.flag", "bool", "Flag" },
  })
  local LAYER_INFO = {
    name = "layer_info_msg",
    [1] = { "name", "string", F.layer, required = true },
    [2] = { "dir_hash_algo", "uint32", F.dir_hash_algo, required = true },
  }
  local LINK_STATE = {
    name = "ls_config_msg",
    [1] = { "pol", "uint32", F.ls_pol, required = true },
    [2] = { "t_recalc", "uint32", F.t_recalc, required = true },
    [3] = { "t_update", "uint32", F.t_update, required = true },
    [4] = { "t_timeo", "uint32", F.t_timeo, required = true },
  }
  local ROUTING = {
    name = "routing_config_msg",
    [1] = { "pol", "uint32", F.routing, required = true },
    [2] = { "ls", "message", "Link state", message = LINK_STATE },
  }
  local TRANSFER = {
    name = "dt_config_msg",
    [1] = { "addr_size", "uint32", F.addr_size, required = true },
    [2] = { "eid_size", "uint32", F.eid_size, required = true },
    [3] = { "max_ttl", "uint32", F.max_ttl, required = true },
    [4] = { "routing", "message", "Routing", message = ROUTING, required = true },
  }
  local DHT = {
    name = "dir_dht_config_msg",
    [1] = { "alpha", "uint32", F.alpha, required = true },
    [2] = { "k", "uint32", F.k, required = true },
    [3] = { "t_expire", "uint32", F.t_expire, required = true },
    [4] = { "t_refresh", "uint32", F.t_refresh, required = true },
    [5] = { "t_replicate", "uint32", F.t_replicate, required = true },
    [6] = { "peer", "uint64", F.peer, required = true },
  }
  local DIRECTORY = {
    name = "dir_config_msg",
    [1] = { "pol", "uint32", F.directory, required = true },
    [2] = { "dht", "message", "DHT", message = DHT },
  }
  local UNICAST = {
    name = "uni_config_msg",
    [1] = { "dt", "message", "Data transfer", message = TRANSFER, required = true },
    [2] = { "dir", "message", "Directory", message = DIRECTORY, required = true },
    [3] = { "addr_auth_type", "uint32", F.addr_auth_type, required = true },
    [4] = { "cong_avoid", "uint32", F.cong_avoid, required = true },
  }
  local OPTION = {
    name = "option_ext_msg",
    [1] = { "name", "string", F["ext.option"], required = true },
    [2] = { "text", "string", F["ext.text"] },
    [3] = { "number", "int64", F["ext.number"] },
    [4] = { "flag", "bool", F["ext.flag"] },
  }
  -- Ours (docs/wire-extensions.md): what the reference has no code for.
  local POLICY = {
    name = "policy_ext_msg",
    [1] = { "kind", "string", F["ext.kind"], required = true },
    [2] = { "name", "string", F["ext.name"], required = true },
    [3] = { "version", "uint32", F["ext.version"], required = true },
    [4] = { "options", "message", "Option", message = OPTION },
    [5] = { "peer", "uint64", F["ext.peer"] },
  }
  local CONFIGURATION = {
    name = "ipcp_config_msg",
    [1] = { "layer_info", "message", "Layer", message = LAYER_INFO, required = true },
    [2] = { "ipcp_type", "uint32", F.ipcp_type, required = true },
    [3] = { "unicast", "message", "Unicast", message = UNICAST },
    [15001] = { "policies", "message", "Policy or options without a code", message = POLICY },
  }

  -- Enrolment ----------------------------------------------------------------------------------------------------------

  local REQUEST = { name = "enroll_req_msg", [1] = { "id", "bytes", F.id, required = true } }
  local RESPONSE = {
    name = "enroll_resp_msg",
    [1] = { "id", "bytes", F.id, required = true },
    [2] = { "t_sec", "int64", F.t_sec, required = true },
    [3] = { "t_nsec", "int32", F.t_nsec, required = true },
    [4] = { "response", "int32", ouro.F.response, required = true },
    [5] = { "conf", "message", "Configuration", message = CONFIGURATION },
  }
  local ACK = {
    name = "enroll_ack_msg",
    [1] = { "id", "bytes", F.id, required = true },
    [2] = { "result", "int32", F.result, required = true },
  }

  -- The three messages follow each other; which of them it is shows in what they have.
  function ouro.dissect_enrolment(tvb, pinfo, tree)
    local item = tree:add(enrol_proto, tvb())
    local message, kind = ouro.parse(tvb, RESPONSE), "enrolment response"
    if message.values.t_nsec == nil and message.values.response == nil then
      if message.values.t_sec then
        message, kind = ouro.parse(tvb, ACK), "enrolment ack"
      else
        message, kind = ouro.parse(tvb, REQUEST), "enrolment request"
      end
    end
    ouro.carries(item, pinfo, kind, kind:sub(1, 1):upper() .. kind:sub(2), "Ouro enrolment")
    ouro.show(item, tvb, message)
  end
end
