-- Wireshark dissector for Ouroboros: what the reference implementation 0.23.0 and ouro put on the wire.
--
--   tshark -X lua_script:docs/wireshark/ouroboros.lua -r capture.pcap
--
-- For good, copy this file and the folder ouroboros/ beside it into Wireshark's folder of Lua plugins
-- (Help > About Wireshark > Folders). Tested with Wireshark 4.0.
--
-- A packet of a flow does not say what it carries. The dissector follows allocations: a request for a flow and its answer
-- tell the endpoint ids, whether FRCT headers (in_order) and checksums (ber 0) are there, and which cipher; the first packet
-- each way of a flow between IPCPs, a CEP message, tells the component. For flows that are older than the capture it guesses;
-- the preferences under Protocols > OURO say what it cannot see.
--
-- Filters: ouro.carries names what there is in a packet ("CEP", "LSU", "DHT", ...), every format has a prefix of its own
-- (ouro.dix, ouro.llc, ouro.udp, ouro.mgmt, ouro.oap, ouro.frct, ouro.dt, ouro.fa, ouro.lsu, ouro.cep, ouro.enrol,
-- ouro.dht, ouro.oping, ouro.cap); ouro.malformed is what does not hold.

local separator = package.config:sub(1, 1)
local folder = (__DIR__ or "."):gsub("[/\\]$", "") .. separator .. "ouroboros" .. separator

-- The parts, in the order in which they build on each other. Each file gives a function that adds to `ouro`.
local ouro = {}
for _, part in ipairs({ "base", "protobuf", "oap", "flows", "frct", "layer", "unicast", "applications", "shims", "capture" }) do
  dofile(folder .. part .. ".lua")(ouro)
end
ouro.register()
