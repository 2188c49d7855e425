/** Tests of flow allocation between members of a layer. @module */
import assert from "node:assert/strict";
import { MessageSizeError } from "../../../core/contract/errors.ts";
import { address } from "../../../core/contract/ids.ts";
import { QOS } from "../../../core/contract/qos.ts";
import { Line, type LinkOptions } from "../../testing/unicast_line.ts";

const FAST: LinkOptions = { rate: 1e9, delay: 1 };
/** Code of the flow allocator's message in a packet; undefined for user data. */
const codeOf = (packet: Uint8Array) =>
  packet.length >= 76 && packet.subarray(7, 15).every((byte) => byte === 0) ? packet[15 + 58] : undefined;

Deno.test("a flow is allocated, carries packets both ways and is deallocated at both ends", () => {
  const line = new Line("none", [FAST, FAST]);
  const [first, last] = line.ends;
  const one = first.allocate(QOS.voice, Uint8Array.of(1, 2));
  line.time.advance(10);
  const [other] = last.offered;
  assert.deepEqual(one.reply, { response: 0, data: Uint8Array.of(7) });
  assert.deepEqual(last.requests[0], {
    hash: "ab".repeat(32),
    qos: QOS.voice,
    data: Uint8Array.of(1, 2),
  });
  one.write(Uint8Array.of(1));
  other.write(Uint8Array.of(2, 3));
  line.time.advance(10);
  assert.deepEqual([[...other.last], [...one.last]], [[1], [2, 3]]);
  const end = first.deallocate(one);
  line.time.advance(20);
  assert.equal(end.over, true);
  assert.equal(other.lost, "the other end has deallocated the flow");
  const otherEnd = last.deallocate(other);
  assert.equal(otherEnd.over, true);
  line.time.advance(60_000);
  assert.equal(one.lost, undefined);
});

Deno.test("a flow whose other end is gone without a word ends soon after something was written to it", () => {
  let cut = false;
  const line = new Line("none", [{ ...FAST, lose: () => cut }]);
  const [one, other] = line.flow();
  line.time.advance(1000);
  cut = true;
  line.ends[1].deallocate(other);
  line.time.advance(5000);
  cut = false;
  line.time.advance(3_600_000);
  assert.equal(one.lost, undefined, "nobody has asked for the other end");
  one.write(Uint8Array.of(1));
  line.time.advance(1000);
  one.write(Uint8Array.of(1));
  line.time.advance(1100);
  assert.equal(one.lost, "the other end has deallocated the flow");
});

Deno.test("checks of a flow leave it alone while its other end is there, and become rare", () => {
  let checks = 0;
  const lose = (packet: Uint8Array) => {
    if (codeOf(packet) === 7) checks++;
    return false;
  };
  const line = new Line("none", [{ ...FAST, lose }]);
  const [one, other] = line.flow();
  for (let second = 0; second < 600; second++) {
    one.write(Uint8Array.of(second));
    line.time.advance(1000);
  }
  assert.deepEqual([one.lost, other.lost], [undefined, undefined]);
  assert(checks >= 15 && checks <= 40, `${checks} checks in ten minutes`);
});

for (const code of [0, 1]) {
  Deno.test(`a lost ${code === 0 ? "request" : "reply"} costs a second, and makes one flow`, () => {
    let lost = 0;
    const lose = (packet: Uint8Array) => codeOf(packet) === code && lost++ < 2;
    const line = new Line("none", [{ ...FAST, lose }]);
    const [first, last] = line.ends;
    const one = first.allocate();
    line.time.advance(2900);
    assert.equal(one.response, undefined);
    line.time.advance(200);
    assert.equal(one.response, 0);
    assert.equal(last.requests.length, 1);
    one.write(Uint8Array.of(9));
    line.time.advance(5);
    assert.deepEqual([...last.offered[0].last], [9]);
  });
}

Deno.test("while the reply is lost again and again, the end that has accepted may ask for the other one: that waits for it", () => {
  let lost = 0, checks = 0;
  const lose = (packet: Uint8Array) => {
    if (codeOf(packet) === 7) checks++;
    return codeOf(packet) === 1 && lost++ < 2;
  };
  const line = new Line("none", [{ ...FAST, lose }]);
  const [first, last] = line.ends;
  const one = first.allocate();
  for (let passed = 0; passed < 3100; passed += 100) {
    line.time.advance(100);
    last.offered[0].write(Uint8Array.of(1));
  }
  assert(checks > 0, "it has not asked");
  assert.deepEqual([one.response, last.offered[0].lost], [0, undefined]);
});

Deno.test("a member that answers no probes is sent a request once: the reference does not take it again", () => {
  let requests = 0;
  const lose = (packet: Uint8Array) => {
    if (codeOf(packet) === 0) requests++;
    return codeOf(packet) !== undefined;
  };
  const line = new Line("none", [{ ...FAST, lose }]);
  const one = line.ends[0].allocate();
  line.time.advance(20_100);
  assert.deepEqual([requests, one.response], [1, -110]);
  assert.equal(line.time.armed, 1, "a late answer is still waited for");
});

Deno.test("a request that comes again while a process above thinks makes one flow", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.answersAfter = 5000;
  const one = first.allocate();
  line.time.advance(5100);
  assert.equal(one.response, 0);
  assert.equal(last.requests.length, 1);
});

Deno.test("nobody accepts: the refusal comes at once, with its number", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.accepts = false;
  const one = first.allocate();
  line.time.advance(10);
  assert.equal(one.response, -1007);
});

Deno.test("a refusal by the process above carries its number and data", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.answersAfter = undefined;
  const one = first.allocate();
  line.time.advance(10);
  last.allocator.respond(last.offered[0], { response: -1009, data: Uint8Array.of(4) }, () => {});
  line.time.advance(10);
  assert.deepEqual(one.reply, { response: -1009, data: Uint8Array.of(4) });
});

Deno.test("a request or an answer that the flows below do not carry is an error at once, at both ends", () => {
  const line = new Line("none", [{ ...FAST, maxPacket: 600 }]);
  const [first, last] = line.ends;
  assert.equal(first.allocate(QOS.raw, new Uint8Array(600)).response, -90);
  last.answersAfter = undefined;
  const one = first.allocate(QOS.raw, new Uint8Array(400));
  line.time.advance(10);
  let error: unknown;
  last.allocator.respond(last.offered[0], { response: 0, data: new Uint8Array(600) }, (outcome) => {
    error = outcome.ok || outcome.error;
  });
  line.time.advance(10);
  assert(error instanceof MessageSizeError && /too long for the flows below/.test(error.message));
  assert.equal(one.response, -90);
});

Deno.test("the next member that has the name is asked when one refuses, is out of reach, or is silent", () => {
  const line = new Line("none", [FAST, FAST]);
  const [first, middle, last] = line.members;
  middle.accepts = false;
  first.directory = [address(99), address(2), address(3)];
  const refused = first.allocate();
  line.time.advance(20);
  assert.equal(refused.response, 0);
  assert.equal(last.offered.length, 1);

  middle.accepts = true;
  middle.answersAfter = 4000;
  first.directory = [address(2), address(3)];
  const silent = first.allocate();
  line.time.advance(3100);
  assert.equal(silent.response, 0);
  assert.equal(last.offered.length, 2);
  line.time.advance(2000);
  assert.equal(middle.offered[0].lost, "the other end has deallocated the flow");
});

Deno.test("while the only member that has the name is silent, the name is looked up again, and a new one is asked", () => {
  const line = new Line("none", [FAST, FAST]);
  const [first, middle, last] = line.members;
  middle.answersAfter = 60_000;
  first.directory = [address(2)];
  const one = first.allocate();
  line.time.advance(4000);
  first.directory = [address(2), address(3)];
  line.time.advance(2500);
  assert.equal(one.response, 0);
  assert.deepEqual([middle.requests.length, last.offered.length], [1, 1]);
});

Deno.test("a member that did not answer, and now says that it has the name, is asked again for the same flow", () => {
  let cut = true;
  const line = new Line("none", [FAST, { ...FAST, lose: () => cut }]);
  const [first, middle, last] = line.members;
  middle.answersAfter = 60_000;
  first.directory = [address(3), address(2)];
  const one = first.allocate();
  line.time.advance(5000);
  cut = false;
  line.time.advance(1100);
  assert.equal(one.response, 0);
  assert.deepEqual([middle.requests.length, last.requests.length], [1, 1]);
  line.time.advance(60_000);
  one.write(Uint8Array.of(9));
  line.time.advance(5);
  assert.deepEqual([...last.offered[0].last], [9]);
});

Deno.test("nobody in the directory, and no way: errors at once", () => {
  const line = new Line("none", [FAST]);
  const [first] = line.ends;
  first.directory = [];
  assert.equal(first.allocate().response, -1007);
  first.directory = [address(99)];
  assert.equal(first.allocate().response, -1003);
});

Deno.test("no answer at all: the allocation ends after 20 s", () => {
  const line = new Line("none", [{ ...FAST, lose: () => true }]);
  const [first] = line.ends;
  const one = first.allocate();
  line.time.advance(19_900);
  assert.equal(one.response, undefined);
  line.time.advance(200);
  assert.equal(one.response, -110);
});

Deno.test("who gave up is not left with half a flow", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.answersAfter = 500;
  const one = first.allocate();
  line.time.advance(100);
  assert.equal(first.deallocate(one).over, true);
  line.time.advance(500);
  assert.equal(last.offered[0].lost, "the other end has deallocated the flow");
  assert.equal(one.response, undefined);
});

Deno.test("a responder that goes before its answer is a refusal", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.answersAfter = undefined;
  const one = first.allocate();
  line.time.advance(10);
  assert.equal(last.deallocate(last.offered[0]).over, true);
  line.time.advance(10);
  assert.equal(one.response, -1005);
});

Deno.test("requests are dealt with side by side", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  last.answersAfter = 900;
  const flows = Array.from({ length: 50 }, () => first.allocate());
  line.time.advance(950);
  assert(flows.every(({ response }) => response === 0));
});

Deno.test("data that overtakes the reply is delivered", () => {
  const late: Uint8Array[] = [];
  let hold = true;
  const lose = (packet: Uint8Array) => {
    if (!hold || codeOf(packet) !== 1) return false;
    late.push(packet);
    return true;
  };
  const line = new Line("none", [{ ...FAST, lose }]);
  const [first, last] = line.ends;
  const one = first.allocate();
  line.time.advance(10);
  last.offered[0].write(Uint8Array.of(5));
  line.time.advance(10);
  assert.deepEqual([one.response, [...one.last]], [undefined, [5]]);
  hold = false;
  line.links[0][0].arrive(late[0]);
  assert.equal(one.response, 0);
});

Deno.test("a flow to a name at the same member works", () => {
  const line = new Line("mb-ecn", [FAST]);
  const [first] = line.ends;
  first.directory = [first.own];
  const one = first.allocate();
  line.time.advance(1);
  const [other] = first.offered;
  assert.equal(one.response, 0);
  one.write(Uint8Array.of(1));
  other.write(Uint8Array.of(2));
  line.time.advance(1);
  assert.deepEqual([[...other.last], [...one.last]], [[1], [2]]);
});

Deno.test("lingering carries packets on, and packets on their way from above are not lost", () => {
  const line = new Line("mb-ecn", [FAST]);
  const [first] = line.ends;
  const [one, other] = line.flow();
  for (let count = 0; count < 100; count++) one.write(new Uint8Array(1400));
  assert.equal(one.paused, true);
  const end = first.deallocate(one);
  line.time.advance(500);
  assert.equal(end.over, true);
  assert.equal(other.received, 100);
  const [two, another] = line.flow();
  const lingering = first.deallocate(two, 3000);
  line.time.advance(2900);
  another.write(Uint8Array.of(3));
  line.time.advance(10);
  assert.deepEqual([lingering.over, [...two.last], another.lost], [false, [3], undefined]);
  line.time.advance(200);
  assert.equal(lingering.over, true);
  assert.notEqual(another.lost, undefined);
});

Deno.test("garbage is counted, logged once, and changes nothing", () => {
  const line = new Line("none", [FAST]);
  const [first, last] = line.ends;
  const [one, other] = line.flow();
  for (let length = 0; length < 200; length += 7) {
    first.dataTransfer.send(address(2), 0, 0, 0, new Uint8Array(length).fill(0xff));
    first.dataTransfer.send(address(2), 1, length, 0, new Uint8Array(length));
  }
  line.time.advance(50);
  assert.equal(last.log.lines.filter((text) => text.startsWith("flow-allocator(WW)")).length, 1);
  const stats = JSON.stringify(last.allocator.stats());
  assert(stats.includes('"dropped":{"malformed":29,"unknownEid":0,"unknownEidData":29}'), stats);
  one.write(Uint8Array.of(1));
  line.time.advance(10);
  assert.deepEqual([...other.last], [1]);
});

Deno.test("after shutdown nothing happens, and the other ends know", () => {
  const line = new Line("mb-ecn", [FAST]);
  const [first, last] = line.ends;
  const [one, other] = line.flow();
  one.greedy = 1000;
  one.resume();
  last.answersAfter = undefined;
  first.allocate();
  line.time.advance(1);
  first.allocator.shutdown();
  first.dataTransfer.shutdown();
  one.greedy = undefined;
  line.time.advance(2000);
  assert.notEqual(other.lost, undefined);
  last.deallocate(other);
  line.time.advance(10_000);
  assert.equal(line.time.armed, 0);
});
