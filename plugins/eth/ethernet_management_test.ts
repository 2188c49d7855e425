/** Tests of management messages on Ethernet: recorded, damaged, and our own. @module */
import assert from "node:assert/strict";
import { checkMutations } from "../../tests/support/mutations.ts";
import { recorded } from "../../tests/support/pcap.ts";
import { QOS } from "../../core/contract/qos.ts";
import { nameHash } from "../../core/contract/ids.ts";
import * as frames from "../../core/wire/ethernet_frame.ts";
import {
  decodeEthernetManagement,
  DIX_MANAGEMENT,
  encodeEthernetManagement,
  LLC_MANAGEMENT,
  type ManagementFormat,
} from "./ethernet_management.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";

interface Recorded {
  readonly where: string;
  readonly bytes: Uint8Array;
  readonly hashLength: number;
}

const VECTORS = new URL("../../tests/vectors/", import.meta.url);
const CAPTURES = [...Deno.readDirSync(VECTORS)].map(({ name }) => name)
  .filter((name) => name.endsWith(".pcap")).map((name) => name.slice(0, -".pcap".length)).sort();
const LLC = ["eth-llc", "eth-llc-flow2", "eth-llc-sentinel", "eth-llc-reject"];
/** The captures of anything over DIX. */
const DIX = CAPTURES.filter((name) =>
  recorded(name).some(({ bytes }) => [0xa000, 0xa123].includes(frames.etherType(bytes)))
);

/** Management messages of a recording. */
function managementOf(name: string): Recorded[] {
  const dix = DIX.includes(name);
  const hashLength = name === "eth-dix-sha3-512" ? 64 : 32;
  return recorded(name).flatMap(({ number, bytes }) => {
    const whole = dix ? frames.isDixFrame(bytes) : frames.isLlcFrame(bytes);
    if (!whole || (dix ? frames.dixEid(bytes) !== 0 : frames.llcTo(bytes) !== 1)) return [];
    const payload = dix ? frames.dixPayload(bytes) : frames.llcPayload(bytes);
    return [{ where: `${name} frame ${number}`, bytes: payload, hashLength }];
  });
}

const RECORDED: readonly [format: ManagementFormat, what: string, names: readonly string[], count: number][] =
  [
    [DIX_MANAGEMENT, "DIX", DIX, 130],
    [LLC_MANAGEMENT, "LLC", LLC, 18],
  ];

for (const [format, what, names, count] of RECORDED) {
  const messages = names.flatMap(managementOf);

  Deno.test(`${count} recorded ${what} management messages encode to the same bytes again`, () => {
    assert.equal(messages.length, count);
    const codes = new Set<string>();
    for (const { where, bytes, hashLength } of messages) {
      const message = decodeEthernetManagement(format, bytes, hashLength);
      codes.add(message.code);
      assert.equal(encodeEthernetManagement(format, message).toHex(), bytes.toHex(), where);
    }
    assert.deepEqual([...codes].sort(), ["answer", "query", "reply", "request"]);
  });

  Deno.test(`damaged ${what} management messages decode or give a ProtocolError`, () => {
    const short = messages.filter(({ hashLength }) => hashLength === 32).map(({ bytes }) => bytes);
    checkMutations<ShimMessage>(
      short,
      (bytes) => decodeEthernetManagement(format, bytes, 32),
      (message) => encodeEthernetManagement(format, message),
    );
  });

  Deno.test(`short and unknown ${what} management messages are refused by name`, () => {
    const decode = (bytes: Uint8Array) => decodeEthernetManagement(format, bytes, 32);
    const { fixed } = format;
    assert.throws(() => decode(new Uint8Array(fixed - 1)), /at least \d+ bytes; this one has \d+/);
    for (const code of [0, 2, 3]) {
      const bytes = new Uint8Array(fixed + 31);
      bytes[format.code] = code;
      assert.throws(() => decode(bytes), /with a hash has at least \d+ bytes here/);
    }
    for (const code of [10, 255]) {
      const bytes = new Uint8Array(fixed + 32);
      bytes[format.code] = code;
      assert.throws(() => decode(bytes), new RegExp(`unknown code ${code}`));
    }
  });

  Deno.test(`${what} messages about former addresses come back, and one that seeks is a query to who does not know it`, () => {
    const address = Uint8Array.of(2, 0, 0, 0, 0, 9);
    for (const bytes of [28, 32, 64]) {
      const seek = { code: "seek", hash: nameHash("00".repeat(bytes)), address } as const;
      const encoded = encodeEthernetManagement(format, seek);
      assert.deepEqual(decodeEthernetManagement(format, encoded, bytes), seek);
      const query = encodeEthernetManagement(format, { code: "query", hash: seek.hash });
      assert.deepEqual(encoded.subarray(0, query.length), query);
      assert.equal(decodeEthernetManagement(format, encoded.subarray(0, -1), bytes).code, "query");
    }
    const former = encodeEthernetManagement(format, { code: "former", address });
    assert.deepEqual(decodeEthernetManagement(format, former, 32), { code: "former", address });
    assert.throws(() => decodeEthernetManagement(format, former.subarray(0, -1), 32), /have no address/);
  });

  Deno.test(`ends of flows change places in ${what} messages with who sends them`, () => {
    const ids = (message: ShimMessage) => [...encodeEthernetManagement(format, message).subarray(0, 4)];
    const data = new Uint8Array(0);
    const dix = format === DIX_MANAGEMENT;
    const pair = (sender: number, receiver: number, rest: readonly number[]) =>
      dix ? [0, sender, 0, receiver] : [sender, receiver, ...rest];
    assert.deepEqual(
      ids({ code: "reply", requester: 64, responder: 65, response: 0, data }),
      pair(65, 64, [1, 0]),
    );
    for (const [code, byte] of [["deallocate", 4], ["check", 6], ["present", 9]] as const) {
      assert.deepEqual(ids({ code, source: 64, destination: 65 }), pair(64, 65, [byte, 0]));
    }
    const address = Uint8Array.of(2, 0, 0, 0, 0, 9);
    assert.deepEqual(ids({ code: "move", source: 64, destination: 65, address }), pair(64, 65, [7, 0]));
    assert.deepEqual(ids({ code: "absent", destination: 65 }), pair(0, 65, [5, 0]));
    const request = { code: "request", requester: 64, qos: QOS.voice, hash: nameHash("ab".repeat(32)), data };
    assert.deepEqual(ids({ ...request, code: "request" }), pair(64, 0, [0, QOS.voice.availability]));
  });
}

Deno.test("the recorded request with a quality of its own is read field by field", () => {
  for (
    const [format, name] of [[DIX_MANAGEMENT, "eth-dix-sentinel"], [
      LLC_MANAGEMENT,
      "eth-llc-sentinel",
    ]] as const
  ) {
    const message = managementOf(name).map(({ bytes }) => decodeEthernetManagement(format, bytes, 32))
      .find(({ code }) => code === "request");
    assert(message?.code === "request");
    assert.deepEqual(message.qos, {
      delay: 0x11121314,
      bandwidth: 0x2122232425262728n,
      availability: 0x31,
      loss: 0x41424344,
      ber: 1,
      inOrder: 0,
      maxGap: 0x71727374,
      timeout: 4000,
    });
    assert.equal(message.requester, format === DIX_MANAGEMENT ? 0x40 : 2);
    assert.equal(message.data.length, 36);
  }
});
