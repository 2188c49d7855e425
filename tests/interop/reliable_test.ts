/** Flows with the end-to-end header (FRCT) between a host of ours and one of the reference: in order, reliable, on bad paths. @module */
import assert from "node:assert/strict";
import { ReferenceFault } from "../support/reference_host.ts";
import { interop } from "./interop.ts";

const scene = { ours: "a", theirs: "b", cables: ["ab"] };

/** With pauses that let acknowledgements and windows go alone. */
const SLOW = "-c 50 -i 20ms";
/** One after the other: the reference's server falls behind for good when packets that were sent together are lost. */
const FLOOD = "-c 500 -f -s 1400";

for (const type of ["udp4", "eth-dix"] as const) {
  interop(`reliable flows over ${type}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", type);
    await hosts.serve("a", "ours", layer);
    await hosts.serve("b", "theirs", layer);
    await hosts.pinged("a", "theirs", `${SLOW} -q data`);
    await hosts.pinged("a", "theirs", `${FLOOD} -q data`);
    await hosts.pinged("b", "ours", `${SLOW} -q data`);
  });
}

for (const qos of ["best", "video", "voice"]) {
  interop(`flows of quality ${qos}`, scene, async (hosts) => {
    const layer = await hosts.layerOver("ab", "udp4");
    await hosts.serve("a", "ours", layer);
    await hosts.serve("b", "theirs", layer);
    await hosts.pinged("a", "theirs", `${SLOW} -q ${qos}`);
    await hosts.pinged("a", "theirs", `${FLOOD} -q ${qos}`);
    // Their own reader leaves some unread, as with a server of theirs (quirk 3 of flows); it must not crash.
    await hosts.pinged("b", "ours");
    const { stdout, signal } = await hosts.pings("b", "ours", `-c 20 -i 20ms -q ${qos}`);
    if (signal === "SIGSEGV") throw new ReferenceFault("quirk 3 of flows: oping has crashed");
    assert.match(stdout, /^20 packets transmitted, (1\d|20) received/m);
  });
}

interop("a reliable flow loses nothing on a bad path", scene, async (hosts) => {
  const layer = await hosts.layerOver("ab", "udp4");
  await hosts.serve("b", "theirs", layer);
  await hosts.pinged("a", "theirs");
  await hosts.on("a").ok(`impair ${layer} loss 2% reorder 2% seed 1`);
  await hosts.pinged("a", "theirs", "-c 100 -f -s 1400 -q data");
});
