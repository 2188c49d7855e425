/** `ouro capture` on two hosts: of IPCPs at the edge, and of the device below them, which sees the same. @module */
import assert from "node:assert/strict";
import { leaveOut } from "../../core/testing/left_out.ts";
import { testWithHosts } from "../support/namespaces.ts";
import { LINK_TYPES } from "../../core/wire/capture/pcap.ts";
import { OURO } from "../support/host.ts";
import { waitUntil } from "../support/local_layer.ts";
import { type EdgeType, NetworkedHosts } from "../support/networked_hosts.ts";
import { readPcap } from "../support/pcap.ts";
import type { Process } from "../support/process.ts";
import { dissect, type Dissected, type DissectOptions, whyNoTshark } from "../wireshark/tshark.ts";

const SUMMARY = /^(\d+) packets captured, \d+ bytes; (\d+) packets dropped$/m;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** A capture on a host. */
class Running {
  constructor(readonly path: string, readonly process: Process) {}

  /** Ends it; gives what it says it has captured and dropped. */
  async stop(): Promise<[packets: number, dropped: number]> {
    this.process.kill("SIGINT");
    const { code, stderr } = await this.process.ended;
    assert.equal(code, 0, stderr);
    const [, packets, dropped] = SUMMARY.exec(stderr) ?? [];
    return [Number(packets), Number(dropped)];
  }

  packets(linkType?: number): string[] {
    return readPcap(Deno.readFileSync(this.path), linkType).map(({ bytes }) => bytes.toHex());
  }
}

async function capture(hosts: NetworkedHosts, letter: string, ...words: string[]): Promise<Running> {
  const host = hosts.on(letter);
  const path = await Deno.makeTempFile({ dir: host.folder, suffix: ".pcap" });
  const [target, ...options] = words;
  const process = host.program([...hosts.net.on(letter), ...OURO, "capture", target, path, ...options]);
  await waitUntil(() => Deno.statSync(path).size > 0, `the capture of ${target}`);
  return new Running(path, process);
}

/** Those that are left when each of the others has taken away one that is the same. */
function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...texts];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/** Checks and gives what tshark shows of a capture with pings over a layer of this type. */
function check(type: EdgeType, path: string, pings: number, options?: DissectOptions): readonly Dissected[] {
  if (leaveOut(whyNoTshark)) return [];
  const frames = dissect(path, options);
  assert.deepEqual(frames.flatMap(({ faults }) => faults), []);
  const count = (kind: string) =>
    frames.filter((frame) => frame.values("ouro.carries").includes(kind)).length;
  const carrier = type.startsWith("udp") ? "udp" : type;
  assert(count(carrier) > 2 * pings, `${count(carrier)} of ${carrier}`);
  assert(count("oping") >= 2 * pings, `${count("oping")} pings`);
  assert(count("OAP request") >= 1 && count("OAP response") >= 1);
  return frames;
}

/** Hosts with an oping server on `b`. */
async function served(): Promise<NetworkedHosts> {
  const hosts = await NetworkedHosts.start("ab", ["ab"]);
  await hosts.listen("b");
  return hosts;
}

/** Puts a layer over the cable, in which `svc` is, for as long as `use` takes. */
async function overCable(
  hosts: NetworkedHosts,
  type: EdgeType,
  use: (layer: string) => Promise<void>,
): Promise<void> {
  const layer = await hosts.layerOver("ab", type);
  await hosts.on("b").ok(`irm name register svc layer ${layer}`);
  await use(layer);
  for (const letter of "ab") await hosts.on(letter).ok(`irm ipcp destroy name ${layer}`);
}

testWithHosts("captures of frames", async (test) => {
  await using hosts = await served();
  for (const type of ["eth-dix", "eth-llc"] as const) {
    await test.step(
      `a device shows what its IPCP of type ${type} does, both ways`,
      () => overCable(hosts, type, (layer) => framesAlike(hosts, type, layer)),
    );
  }
  await test.step(
    "lines of a device say when, which way, with whom and what; its end is said",
    () => overCable(hosts, "eth-dix", () => linesOfDevice(hosts)),
  );
});

async function framesAlike(hosts: NetworkedHosts, type: EdgeType, layer: string): Promise<void> {
  const [ipcp, device] = [await capture(hosts, "a", layer), await capture(hosts, "a", "to-b")];
  await hosts.pinged("a", 10);
  const [counts, deviceCounts] = [await ipcp.stop(), await device.stop()];
  const [mine, all] = [ipcp.packets(LINK_TYPES.ethernet), device.packets(LINK_TYPES.ethernet)];
  assert.deepEqual([counts, deviceCounts], [[mine.length, 0], [all.length, 0]]);
  assert.deepEqual(mine.filter((frame) => !all.includes(frame)), []);
  for (const { path } of [ipcp, device]) check(type, path, 10);
}

/** The notice for an end that nobody has, with which peers hear from an IPCP. */
const STARTED = /^0*60{4}$/;

testWithHosts("captures of datagrams", async (test) => {
  await using hosts = await served();
  // A cable takes several datagrams of one send as one frame; here it has a frame for each, as there is on a wire.
  for (const [host, device] of [["a", "to-b"], ["b", "to-a"]]) {
    await hosts.net.ip(host, `link set ${device} gso_max_segs 1`);
  }
  for (const type of ["udp4", "udp6"] as const) {
    await test.step(
      `datagrams of an IPCP of type ${type} are captured with headers that hold`,
      () => overCable(hosts, type, (layer) => datagramsAlike(hosts, type, layer)),
    );
  }
});

async function datagramsAlike(hosts: NetworkedHosts, type: "udp4" | "udp6", layer: string): Promise<void> {
  // The one of the device begins first and ends last: it has all of the other.
  const device = await capture(hosts, "b", "to-a", "--device");
  const ipcp = await capture(hosts, "b", layer);
  await hosts.pinged("a", 10);
  const [[packets], [frames]] = [await ipcp.stop(), await device.stop()];
  // What both have in common: the datagrams, behind their checksums.
  const payloads = (texts: string[], header: number) => texts.map((text) => text.slice(2 * header));
  const ip = type === "udp4" ? 20 : 40;
  const [mine, all] = [ipcp.packets(LINK_TYPES.ip), device.packets(LINK_TYPES.ethernet)];
  assert.deepEqual([packets, frames], [mine.length, all.length]);
  const [inIpcp, onDevice] = [payloads(mine, ip + 8), payloads(all, 14 + ip + 8)];
  assert.deepEqual(without(inIpcp, onDevice), []);
  // What was said again, in want of an answer, may have come between the two ends, and so may the word that an IPCP was started.
  const said = (payload: string) => inIpcp.includes(payload) || STARTED.test(payload);
  assert.deepEqual(without(onDevice, inIpcp).filter((payload) => !said(payload)), []);
  check(type, device.path, 10);
  if (leaveOut(whyNoTshark)) return;
  const words = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
  const statuses = check(type, ipcp.path, 10, {
    words,
    fields: ["udp.checksum.status", "ip.checksum.status"],
  });
  for (const frame of statuses) {
    assert.deepEqual(frame.values("udp.checksum.status"), ["1"]);
    assert.deepEqual(frame.values("ip.checksum.status"), type === "udp4" ? ["1"] : []);
  }
}

async function linesOfDevice(hosts: NetworkedHosts): Promise<void> {
  const host = hosts.on("a");
  const lines = host.program([...hosts.net.on("a"), ...OURO, "capture", "to-b", "-l"]);
  // It has no sign of being ready: pings go on until the first line is there.
  while (lines.lines.length === 0) await hosts.pinged("a");
  await hosts.pinged("a");
  await lines.waitFor(/flow request for /);
  for (const line of lines.lines) {
    const [, way, peer] = /^\d\d:\d\d:\d\d\.\d{6} ([<>]) (\S+): (?:.+), \d+ bytes$/.exec(line) ?? [];
    assert(["<", ">"].includes(way), line);
    assert.match(peer, MAC);
  }
  assert(lines.lines.some((line) => / > .*: flow request for /.test(line)));
  assert(lines.lines.some((line) => / < .*: flow reply to end \d+: accepted/.test(line)));
  await hosts.net.ip("a", "link delete to-b");
  const { code, stderr } = await lines.ended;
  assert.equal(code, 1);
  assert.match(stderr, /network device to-b is gone/);
}
