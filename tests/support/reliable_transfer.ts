/**
 * Transfers over a reliable flow with checksum between two hosts, on a path that is impaired once the flow is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type EdgeType, NetworkedHosts } from "./networked_hosts.ts";

const END = new URL("transfer_end.ts", import.meta.url).pathname;

/** What one transfer came to. */
export interface TransferResult {
  /** Both ends have the same bytes. */
  readonly same: boolean;
  readonly bytes: number;
  readonly seconds: number;
  /** Packets that the sender's and the receiver's path have lost, each way. */
  readonly lost: readonly number[];
}

/** How one is done. */
export interface TransferOptions {
  readonly type: EdgeType;
  readonly bytes: number;
  readonly seed: number;
  /** Words for `ouro impair`, for what each host sends. */
  readonly impairment: string;
}

/** The figures that reliable flows are held to. */
export const BAD_PATH = "loss 5% reorder 5% duplicate 1% corrupt 0.1%";

/** Sends from host a to host b of a new pair of hosts. */
export async function transfer({ type, bytes, seed, impairment }: TransferOptions): Promise<TransferResult> {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  const layer = await hosts.layerOver("ab", type);
  const [a, b] = [hosts.on("a"), hosts.on("b")];
  const program = (
    role: string,
    folder: string,
    ...words: string[]
  ) => [Deno.execPath(), "run", "-A", "-q", END, role, folder, ...words];
  const receiver = b.program(program("receive", b.folder));
  await receiver.waitFor(/"pid"/);
  await b.ok(`irm bind process ${receiver.pid} name sink`);
  await b.ok(`irm name register sink layer ${layer}`);
  const sender = a.program(program("send", a.folder, "sink", `${bytes}`));
  await sender.waitFor(/"maxPacket"/);
  const impaired = [a, b].map((host, index) =>
    host.ok(`impair ${layer} ${impairment} seed ${2 * seed + index} direction out`)
  );
  await Promise.all(impaired);
  sender.kill("SIGUSR1");
  const { code, stdout, stderr } = await sender.ended;
  assert.equal(code, 0, stdout + stderr);
  const lost = await Promise.all(
    [a, b].map(async (host) => lostIn(await host.ok(`impair ${layer} as JSON`))),
  );
  await receiver.waitFor(/"sha256"/);
  const [sent, got] = [sender, receiver].map(({ lines }) => JSON.parse(lines[1]));
  const same = got.sha256 === sent.sha256 && got.bytes === bytes && got.disorder === 0;
  return { same, bytes: got.bytes, seconds: sent.ms / 1000, lost };
}

const lostIn = (json: string): number => JSON.parse(json).out.counts.lost;
