/** `ouro capture` of real IPCPs: what is in the file is what went over the flows, to our reader and to tshark. @module */
import assert from "node:assert/strict";
import { leaveOut } from "../../core/testing/left_out.ts";
import { type CapturePacketHeader, decodeCapturePacket } from "../../core/wire/capture/capture_packet.ts";
import { LINK_TYPES, PCAP_HEADER_BYTES, PCAP_RECORD_BYTES } from "../../core/wire/capture/pcap.ts";
import { OURO } from "../support/host.ts";
import { waitUntil } from "../support/local_layer.ts";
import { readPcap } from "../support/pcap.ts";
import type { Ended, Process } from "../support/process.ts";
import { UnicastHost } from "../support/unicast_layer.ts";
import { dissect, whyNoTshark } from "../wireshark/tshark.ts";

const SUMMARY = /^(\d+) packets? captured, (\d+) bytes?; (\d+) packets? dropped$/m;

/** Bytes of a ping within the layer: of oping's packet, and of the header in front. */
const PING = 79;

/** Size of a file; 0 when it is not there. */
function size(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw thrown;
  }
}

/** A capture that is under way. */
async function capture(
  { host }: UnicastHost,
  target: string,
  ...words: string[]
): Promise<[Process, string]> {
  const path = await Deno.makeTempFile({ dir: host.folder, suffix: ".pcap" });
  const process = host.spawn(["capture", target, path, ...words]);
  // The header is there once the capture is under way.
  await waitUntil(() => size(path) > 0, `the capture of ${target}`);
  return [process, path];
}

/** Ends it as Ctrl-C does; gives its counts. */
async function stop(process: Process): Promise<number[]> {
  process.kill("SIGINT");
  const { code, stderr, stdout } = await process.ended;
  assert.deepEqual([code, stdout], [0, ""], stderr);
  return counts(stderr);
}

function counts(stderr: string): number[] {
  const [, ...numbers] = SUMMARY.exec(stderr) ?? [];
  assert.equal(numbers.length, 3, stderr);
  return numbers.map(Number);
}

interface Lower extends CapturePacketHeader {
  readonly packet: Uint8Array;
}

const lowerPackets = (path: string): Lower[] => packetsIn(Deno.readFileSync(path));

function packetsIn(file: Uint8Array<ArrayBuffer>): Lower[] {
  return readPcap(file, LINK_TYPES.lower).map(({ bytes }) => ({
    ...decodeCapturePacket(bytes),
    packet: bytes.subarray(8),
  }));
}

/** Those that are written whole, of a capture that goes on. */
function wholePackets(path: string): Lower[] {
  const file = Deno.readFileSync(path);
  const view = new DataView(file.buffer);
  let end = PCAP_HEADER_BYTES;
  for (let next = end; next <= file.length;) {
    end = next;
    if (end + PCAP_RECORD_BYTES > file.length) break;
    next += PCAP_RECORD_BYTES + view.getUint32(end + 8, true);
  }
  return packetsIn(file.subarray(0, end));
}

const hexOf = (packets: readonly Lower[], direction: string, component: string) =>
  packets.filter((one) => one.direction === direction && one.component === component)
    .map(({ packet }) => packet.toHex());

Deno.test("captures of three members in a line", async (test) => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b", "c");
  await layer.pinged();
  await test.step("the member in the middle sees flow allocations and pings pass, in and out", async () => {
    const [process, path] = await capture(layer, "b");
    await layer.pinged(5);
    await stop(process);
    const frames = leaveOut(whyNoTshark) ? [] : dissect(path);
    const packets = lowerPackets(path).filter(({ component }) => component === "transfer");
    const pings = (direction: string) =>
      packets.filter((one) => one.direction === direction && one.packet.length === PING);
    assert(pings("in").length >= 10 && pings("out").length === pings("in").length);
    if (leaveOut(whyNoTshark)) return;
    const seen = (kind: string) =>
      frames.filter((frame) => frame.values("ouro.carries").includes(kind)).length;
    assert(seen("oping") >= 20, `${seen("oping")} pings`);
    assert(seen("OAP request") >= 2 && seen("OAP response") >= 2);
  });
  await test.step("a capture that stands still costs its own packets, and no pings", async () => {
    const [process, path] = await capture(layer, "b");
    process.kill("SIGSTOP");
    const { code, stdout } = await host.run("oping -n svc -f -Q -c 5000 -s 1000");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /5000 packets transmitted, 5000 received/);
    process.kill("SIGCONT");
    // What the reader has missed is told when it has caught up; a ping comes after that.
    const end = Date.now() + 30_000;
    while (!wholePackets(path).some(({ packet }) => packet.length === PING)) {
      assert(Date.now() < end, "no ping is captured");
      await layer.pinged();
    }
    const [packets, , dropped] = await stop(process);
    assert.equal(lowerPackets(path).length, packets);
    assert(dropped > 1000, `${dropped} dropped of ${packets}`);
  });
  await test.step("a count, a duration and a length limit a capture; lines show it too", async () => {
    const [counted, path] = await capture(layer, "b", "-c", "3", "-s", "20");
    const lines = host.spawn(["capture", "b", "--lines", "-c", "6"]);
    const pinging = host.spawn("oping -n svc -i 20ms -c 100000".split(" "));
    const ended = await counted.ended;
    assert.deepEqual([ended.code, counts(ended.stderr)[0]], [0, 3]);
    assert(readPcap(await Deno.readFile(path), LINK_TYPES.lower).every(({ bytes }) => bytes.length <= 20));
    const { code, stdout } = await lines.ended;
    assert.equal(code, 0);
    assert.equal(stdout.match(/^\d\d:\d\d:\d\d\.\d{6} [<>] flow \d+: .+, \d+ bytes$/gm)?.length, 6, stdout);
    const timed = await host.run("capture b -d 300ms -l");
    assert.equal(timed.code, 0);
    pinging.kill("SIGINT");
    await pinging.ended;
  });
  await test.step("a reader that goes away ends a capture, and so does an IPCP, which is said", async () => {
    const words = OURO.map((word) => `'${word}'`).join(" ");
    const piped = host.program(["sh", "-c", `{ ${words} capture b -; echo status $? >&2; } | head -c 24`]);
    await piped.until(() => piped.stdout.length > 0, "header");
    // The reader is gone with its 24 bytes; the next packet tells.
    await host.ok("irm ipcp disconnect name b dst a comp dt");
    await piped.ended;
    assert.match(piped.stderr, /^status 0$/m);
    counts(piped.stderr);
    const [process, path] = await capture(layer, "b");
    await host.ok("irm ipcp destroy name b");
    const { code, stderr } = await process.ended;
    assert.equal(code, 1);
    assert.match(stderr, /the IPCP "b" has ended/);
    counts(stderr);
    readPcap(await Deno.readFile(path), LINK_TYPES.lower);
  });
});

Deno.test("captures from the first member on", async (test) => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await test.step("both ends of a unicast layer's flows are captured alike, from enrollment to pings", async () => {
    await layer.first("a");
    await host.ok("irm ipcp create type unicast name b");
    const [[one, first], [other, second]] = [await capture(layer, "a"), await capture(layer, "b")];
    await layer.join("b", "a", { over: "none" });
    await host.ok("irm name register svc ipcp b");
    await layer.pinged();
    const [countsA, countsB] = [await stop(one), await stop(other)];
    const [a, b] = [lowerPackets(first), lowerPackets(second)];
    assert.deepEqual([countsA[0], countsA[2]], [a.length, 0]);
    assert.deepEqual([countsB[0], countsB[2]], [b.length, 0]);
    for (const component of ["enrollment", "management", "transfer"]) {
      for (const [from, to] of [[a, b], [b, a]]) {
        const sent = hexOf(from, "out", component);
        // The first packet each way names the component; before that it is not known.
        const received = [...hexOf(to, "in", "unknown"), ...hexOf(to, "in", component)];
        // What goes later may go after the other end's capture has ended.
        const last = sent.findLastIndex((packet) => received.includes(packet));
        assert(last >= 0, `${component}: nothing`);
        const missed = sent.slice(0, last).filter((packet) => !received.includes(packet));
        assert.deepEqual(missed, [], component);
      }
    }
    if (leaveOut(whyNoTshark)) return;
    for (const [path, packets] of [[first, a], [second, b]] as const) {
      const frames = dissect(path);
      assert.equal(frames.length, packets.length);
      assert.deepEqual(frames.flatMap(({ faults }) => faults), []);
      for (const [index, { direction, component, fd }] of packets.entries()) {
        assert.deepEqual(frames[index].values("ouro.cap.fd"), [String(fd)]);
        assert.deepEqual(frames[index].values("ouro.cap.direction"), [direction === "out" ? "1" : "0"]);
        const carries = frames[index].values("ouro.carries");
        const [, kind] = carries;
        const wanted = {
          management: /^(LSU|CEP)$/,
          enrollment: /^(enrolment|CEP)/,
          transfer: /^(DT header|CEP)$/,
        };
        if (component in wanted) assert.match(kind, wanted[component as keyof typeof wanted]);
        else assert.equal(kind, "CEP");
      }
      const kinds = new Set(frames.flatMap((frame) => frame.values("ouro.carries")));
      for (const kind of ["enrolment response", "LSU", "DHT"]) assert(kinds.has(kind), kind);
    }
  });
  await test.step("what cannot be captured, or written, is one clear error each", async () => {
    await Deno.mkdir(`${host.folder}/folder`);
    const wrong: [string, RegExp, RegExp?][] = [
      ["nosuch", /no network device "nosuch", and as an IPCP: there is no IPCP "nosuch"; there are: l, a/],
      ["l", /IPCPs of type local have no layer and no network below them/],
      [`a ${host.folder}/missing/x.pcap`, /cannot write .*missing\/x\.pcap: No such file or directory/],
      [`a ${host.folder}/folder`, /cannot write .*folder: Is a directory/],
      ["a /dev/full -d 500ms", /cannot write \/dev\/full: No space left on device/],
      ["a -c 0", /the count must be a whole number/],
      ["--device nosuch", /there is no network device nosuch here/],
      ["", /the target is missing/],
    ];
    for (const [words, error] of wrong) {
      const { code, stderr, stdout }: Ended = await host.run([
        "capture",
        ...words.split(" ").filter(Boolean),
      ]);
      assert.equal(code, 1, `${words}: ${stderr}`);
      assert.match(stderr, error, words);
      assert.equal(stdout.startsWith("Usage"), words === "");
    }
    await layer.pinged();
  });
  await test.step("without an IRMd, the error says both", async () => {
    host.irmd.kill("SIGTERM");
    await host.irmd.ended;
    const { code, stderr } = await host.run("capture nosuch");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /no network device "nosuch", and as an IPCP: no IRMd answers at .*; start one with: ouro irmd/,
    );
  });
});
