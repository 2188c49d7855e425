/**
 * Our end in the place of one end of recorded flows: what it sends to the other one, a reference peer, and when it is not the same
 * as what the recorded end sent.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS, type QosSpec } from "../contract/qos.ts";
import { VirtualTime } from "../sim/virtual_time.ts";
import { type LowerPacket, lowerPackets } from "../../tests/support/lower_packets.ts";
import { type PcapFrame, recorded } from "../../tests/support/pcap.ts";
import type { FlowProtocol } from "./flow_protocol.ts";
import { makeEndpoint } from "./make_endpoint.ts";
import { FLAG, pciFlags, pciSeqno } from "../wire/frct_header.ts";

const CLIENT = "10.44.0.1";

/** One recorded end, replaced by ours. */
class Replay {
  readonly time = new VirtualTime();
  readonly sent: string[] = [];
  readonly read: string[] = [];
  failure = "";
  readonly flow: FlowProtocol;
  readonly #frames: readonly PcapFrame[];
  readonly #packets: readonly LowerPacket[];
  readonly #ours: (packet: LowerPacket) => boolean;

  constructor(name: string, qos: QosSpec, client: boolean, readonly reads = true) {
    this.#frames = recorded(name);
    this.#packets = lowerPackets(this.#frames).filter(({ eid }) => eid !== 0);
    this.#ours = ({ from }) => (from === CLIENT) === client;
    const first = this.#packets.find((packet) => this.#ours(packet) && (packet.sdu[0] & FLAG.data) !== 0);
    const seqno = first === undefined ? 0x12345678 : pciSeqno(first.sdu);
    this.flow = makeEndpoint({
      qos,
      mpl: 5000,
      maxPdu: 8976,
      ports: {
        clock: this.time,
        timers: this.time,
        random: { uint32: () => seqno, bytes: (count) => new Uint8Array(count) },
      },
      send: (pdu, header = new Uint8Array(0)) => {
        this.sent.push(header.toHex() + pdu.toHex());
        return true;
      },
      events: {
        onDeliverable: () => {
          for (let packet; this.reads && (packet = this.flow.take());) this.read.push(packet.toHex());
        },
        onWritable() {},
        onFailed: (error) => this.failure = `${error.code} at ${this.time.now().toFixed(0)}`,
      },
    });
  }

  /** Plays the recording: what the other end sent arrives, and what ours wrote is written (not what it sent again). */
  play(header: number, trailer: number): void {
    const start = this.#frames[0].time;
    const written = new Set<string>();
    for (const packet of this.#packets) {
      this.time.advance(Math.max(0, (this.#frames[packet.frame - 1].time - start) * 1000 - this.time.now()));
      const { sdu } = packet;
      if (!this.#ours(packet)) this.flow.receive(sdu);
      else if (sdu.length > 0 && (header === 0 || (sdu[0] & FLAG.data) !== 0)) {
        const number = sdu.subarray(4, 8).toHex();
        if (header > 0 && written.has(number)) continue;
        written.add(number);
        if (this.failure === "") assert(this.flow.write(sdu.subarray(header, sdu.length - trailer)));
      }
    }
  }

  /** What the recorded end sent. */
  recorded(): string[] {
    return this.#packets.filter(this.#ours).map(({ sdu }) => sdu.toHex());
  }
}

const isData = (hex: string) => (parseInt(hex.slice(0, 2), 16) & FLAG.data) !== 0;
const withoutRun = (hex: string) => {
  const pdu = Uint8Array.fromHex(hex);
  pdu[0] &= ~FLAG.run;
  return pdu.fill(0, 4, 8).toHex();
};

for (const client of [true, false]) {
  const end = client ? "client" : "server";
  Deno.test(`recorded flow: data: our ${end} sends the same packets, and the same acknowledgements but for the run`, () => {
    const replay = new Replay("frct-data", QOS.data, client);
    replay.play(12, 0);
    const expected = replay.recorded().filter((hex) => !hex.startsWith("04"));
    const found = replay.sent.filter((hex) => hex !== "");
    const same = found.map((hex) => isData(hex) ? hex : withoutRun(hex));
    assert.deepEqual(same.slice(0, expected.length), expected);
  });

  Deno.test(`recorded flow: checksum: our ${end} sends the same packets; bare PDUs have a checksum too`, () => {
    const replay = new Replay("frct-crc", { ...QOS.data, ber: 0 }, client);
    replay.play(12, 4);
    const first = replay.recorded().filter((hex) => isData(hex) && hex.length === 112);
    assert.deepEqual(replay.sent.filter(isData), first);
    assert.equal(replay.read.length, 4);
    assert(replay.sent.filter((hex) => hex !== "" && !isData(hex)).every((hex) => hex.length === 32));
  });

  Deno.test(`recorded flow: best effort: our ${end} sends the same packets, with the window of one that reads`, () => {
    const replay = new Replay("frct-best", QOS.best, client);
    replay.play(12, 0);
    const withoutWindow = (hex: string) => hex.slice(0, 2) + hex.slice(8);
    const found = replay.sent.filter((hex) => hex !== "" && isData(hex));
    assert.deepEqual(found.map(withoutWindow), replay.recorded().filter(isData).map(withoutWindow));
    assert.equal(replay.read.length, 3);
  });

  Deno.test(`recorded flow: raw: our ${end} sends the same bytes`, () => {
    const replay = new Replay("frct-raw", QOS.raw, client);
    replay.play(0, 0);
    assert.deepEqual(replay.sent, replay.recorded());
    assert.equal(replay.read.length, 3);
  });
}

Deno.test("recorded flow: keep-alive: our client sends empty PDUs as often, and none to a dead peer", () => {
  const replay = new Replay("frct-keepalive", { ...QOS.raw, timeout: 2000 }, true);
  replay.play(0, 0);
  // The other end was stopped after 1.7 s; its last sign of life came after 1.5 s.
  assert.match(replay.failure, /^OURO_FLOW_PEER at 3[5-8]..$/);
  assert.equal(replay.recorded().filter((hex) => hex === "").length, 6);
  assert([6, 7].includes(replay.sent.filter((hex) => hex === "").length));
  assert.throws(() => replay.flow.write(new Uint8Array(1)), { code: "OURO_FLOW_PEER" });
});

Deno.test("recorded flow: our server's early acknowledgement begins its run, so that the reference keeps it in step", () => {
  const replay = new Replay("frct-quirk-early-ack", QOS.data, false);
  replay.play(12, 0);
  const [ack, data] = replay.sent.filter((hex) => hex !== "");
  assert.equal(ack, "0e589f3f9ea5b54b58589e3f");
  assert(data.startsWith("0f589f3f9ea5b54b58589e3f"), data);
});

Deno.test("recorded flow: our client takes the first packet behind an early acknowledgement", () => {
  const replay = new Replay("frct-quirk-early-ack", QOS.data, true);
  replay.play(12, 0);
  assert.equal(replay.read.length, 1);
  assert.equal(replay.flow.stats.unconfirmed, 0);
});

Deno.test("recorded flow: a window and an acknowledgement of 0 do not stop our server", () => {
  const replay = new Replay("frct-quirk-zero-window", QOS.data, false);
  replay.play(12, 0);
  assert.equal(replay.read.length, 2);
  assert(replay.flow.write(new Uint8Array(10)));
  assert.deepEqual([replay.flow.stats.acksIgnored, replay.flow.stats.windowsIgnored], [1, 1]);
});

Deno.test("recorded flow: our receiver of a stream in one direction opens the window at which the reference stopped", () => {
  const replay = new Replay("frct-quirk-oneway-stall", QOS.best, false);
  replay.play(12, 0);
  const windows = replay.sent.filter((hex) => hex !== "").map((hex) => Uint8Array.fromHex(hex));
  assert(windows.length >= 2 && windows.every((pdu) => pciFlags(pdu) === (FLAG.window | FLAG.run)));
});

Deno.test("recorded flow: our reader answers each rendezvous with the window, as the reference does", () => {
  const replay = new Replay("frct-rdv", QOS.best, false, false);
  replay.play(12, 0);
  const answers = replay.sent.filter((hex) => /^0[8a]/.test(hex));
  assert(answers.length >= 6);
  replay.flow.take();
  replay.flow.receive(Uint8Array.fromHex("100000000000000000000000"));
  assert.notEqual(replay.sent.at(-1), answers.at(-1));
});

Deno.test("recorded flow: what the lossy one delivered is read once and in order", () => {
  for (const client of [true, false]) {
    const replay = new Replay("frct-lossy", QOS.data, client);
    replay.play(12, 0);
    // As in the recording, up to where our own acknowledgements would have had to be heard.
    const ids = replay.read.map((hex) => new TextDecoder().decode(Uint8Array.fromHex(hex)).split("\0")[0]);
    assert(ids.length > 50, `${ids.length}`);
    assert.deepEqual(ids, ids.map((_, at) => `m${at}`));
  }
});
