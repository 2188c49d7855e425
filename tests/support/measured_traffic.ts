/**
 * Two hosts with a unicast layer over a cable that `ouro impair` makes slow, and traffic between them that is measured.
 *
 * @module
 */
import type { QosName } from "../../core/contract/qos.ts";
import { type EdgeType, NetworkedHosts } from "./networked_hosts.ts";

const END = new URL("traffic_end.ts", import.meta.url).pathname;

/** A kind of traffic: flows of a quality, and packets of a size, one every so many milliseconds; 0: all that the flow takes. */
export interface Kind {
  readonly quality: QosName;
  readonly flows: number;
  readonly bytes: number;
  readonly interval: number;
}

/** What is sent, and for how many milliseconds. */
export interface Plan {
  readonly kinds: readonly Kind[];
  readonly duration: number;
}

/** What became of one flow. */
export interface MeasuredFlow {
  /** Number of its kind in the plan. */
  readonly kind: number;
  /** Packets that came. */
  readonly packets: number;
  /** Bits a second that came, of the application's bytes, after the beginning. */
  readonly rate: number;
  /** Milliseconds from the sender's making a packet to its being read: the middle, one in a hundred more than, the longest. */
  readonly delay: { readonly middle: number; readonly late: number; readonly longest: number };
}

/** What became of all. */
export interface Measured {
  readonly flows: readonly MeasuredFlow[];
  /** Packets that were written and did not come. */
  readonly lost: number;
  readonly sent: number;
}

/** The hosts and the line. */
export interface MeasuredLine {
  readonly type: EdgeType;
  /** As `ouro impair` takes it, without the unit of bits: `10M`. */
  readonly rate: string;
  /** Options of the unicast layer, as `irm ipcp bootstrap` takes them. */
  readonly options: string;
  /** Milliseconds at the beginning of each flow that do not count. */
  readonly skip: number;
}

/** Sends what the plan says from one host to the other. */
export async function measureTraffic(line: MeasuredLine, plan: Plan): Promise<Measured> {
  const { type, rate, options, skip } = line;
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  const layer = await hosts.layerOver("ab", type);
  await hosts.first("a", [layer], options);
  await hosts.join("b", "a", [layer]);
  const [a, b] = [hosts.on("a"), hosts.on("b")];
  const program = [Deno.execPath(), "run", "-A", "-q", END];
  const receiver = b.program([...program, "receive", b.folder, `${skip}`]);
  const [, pid] = await receiver.waitFor(/"pid":(\d+)/);
  await b.ok(`irm bind process ${pid} name sink`);
  await b.ok("irm name register sink layer net");
  await a.ok(`impair ${layer} rate ${rate}b direction out`);
  await a.ok("irm name create sink");
  const sender = a.program([...program, "send", a.folder, "sink", JSON.stringify(plan)]);
  await sender.waitFor(/"over"/);
  const count = plan.kinds.reduce((sum, { flows }) => sum + flows, 0);
  const read = (lines: readonly string[]) =>
    lines.map((text) => JSON.parse(text)).filter(({ kind }) => kind >= 0);
  await receiver.until(() => read(receiver.lines).length >= count, `${count} flows`);
  const flows: MeasuredFlow[] = read(receiver.lines);
  const sent = read(sender.lines).reduce((sum, { packets }) => sum + packets, 0);
  return { flows, sent, lost: sent - flows.reduce((sum, { packets }) => sum + packets, 0) };
}
