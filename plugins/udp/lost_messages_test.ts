/** Tests of allocations whose messages get lost over UDP. @module */
import assert from "node:assert/strict";
import { decodeUdpManagement } from "./udp_management.ts";
import { HASH, UdpWorld } from "../testing/udp.ts";

for (const lost of ["request", "reply"] as const) {
  Deno.test(`a ${lost} that gets lost costs a second, and makes no second flow`, () => {
    const world = new UdpWorld();
    const one = world.station("10.0.0.1", { peer: "10.0.0.2" });
    const two = world.station("10.0.0.2");
    two.register();
    assert.equal(one.finds(), true);
    const sent: string[] = [];
    world.network.onSend = ({ payload }) => {
      const { code } = decodeUdpManagement(payload);
      sent.push(code);
      return code !== lost || sent.filter((one) => one === lost).length > 1;
    };
    const flow = one.allocate(HASH, Uint8Array.of(1, 2, 3), 5000);
    assert.equal(flow.reply?.response, 0);
    assert.deepEqual([sent.filter((code) => code === "request").length, two.offered.length], [2, 1]);
  });
}

Deno.test("a peer that is not of our kind never gets a request again", () => {
  const world = new UdpWorld();
  const one = world.station("10.0.0.1");
  const other = world.peer("10.0.0.2");
  one.host.names.set(HASH, ["10.0.0.2"]);
  one.allocate(HASH, Uint8Array.of(1), 25_000);
  const told = other.told().map(({ code }) => code);
  assert.equal(told.filter((code) => code === "request").length, 1);
});
