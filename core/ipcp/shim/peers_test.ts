/** Tests of what peers may ask. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { Peers } from "./peers.ts";

const admitted = (peers: Peers, count: number, key: (number: number) => string): number =>
  Array.from({ length: count }, (_, number) => peers.request(key(number))).filter(Boolean).length;

Deno.test("one peer cannot have all requests that wait, nor can those without flows", () => {
  const peers = new Peers(new VirtualTime());
  peers.flowUp("friend");
  assert.equal(admitted(peers, 1000, () => "greedy"), 256);
  assert.equal(admitted(peers, 2000, (number) => `stranger ${number}`), 512);
  assert.equal(peers.request("late stranger"), false);
  assert.equal(admitted(peers, 1000, () => "friend"), 256);
  assert.equal(peers.stats().waitingRequests, 1024);
  assert.equal(peers.request("friend"), false);
  for (let count = 0; count < 256; count++) {
    peers.answered("greedy");
    peers.answered("friend");
  }
  assert(peers.request("late stranger"));
  assert.equal(peers.stats().waitingRequests, 513);
});

Deno.test("requests come at a rate, and answers too", () => {
  const time = new VirtualTime();
  const peers = new Peers(time);
  const asked = () => {
    let count = 0;
    for (; count < 5000 && peers.request("a"); count++) peers.answered("a");
    return count;
  };
  assert.equal(asked(), 1000);
  time.advance(100);
  assert.equal(asked(), 200);
  const answers = Array.from({ length: 1000 }, () => peers.answer("a")).filter(Boolean).length;
  assert.equal(answers, 200);
  const others =
    Array.from({ length: 3000 }, (_, number) => peers.answer(`s${number}`)).filter(Boolean).length;
  assert.equal(others, 800, "strangers share");
});

Deno.test("idle peers make room, busy ones are not forgotten", () => {
  const time = new VirtualTime();
  const peers = new Peers(time);
  peers.flowUp("busy");
  for (let number = 0; number < 10_000; number++) {
    peers.answer(`peer ${number}`);
    time.advance(1);
  }
  assert.equal(peers.stats().known, 4096);
  for (let number = 0; number < 1500; number++) assert(peers.answer("busy") || number >= 200);
  peers.flowDown("busy");
  peers.flowDown("nobody");
});

Deno.test("bytes that were not earned are few, for one and for all", () => {
  const peers = new Peers(new VirtualTime());
  assert(peers.extra("a", 32_768));
  assert.equal(peers.extra("a", 1), false);
  let all = 0;
  for (let number = 0; number < 100; number++) if (peers.extra(`p${number}`, 8192)) all++;
  assert.equal(all, 28);
});
