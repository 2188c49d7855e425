/**
 * What a soak looks at: memory and queues of the members of a layer, and what went into it and came out.
 *
 * @module
 */
import type { Host } from "../support/host.ts";

interface Packets {
  readonly packets: number;
}

/** The part of a member's statistics that is looked at. */
interface MemberStats {
  readonly ipcp: { readonly pid: number };
  readonly unicast: {
    readonly "data transfer": { readonly flows: readonly { readonly queued: number }[] };
    readonly "flow allocator": {
      readonly flows: readonly {
        readonly queued: number;
        readonly sent: Packets;
        readonly received: Packets;
        readonly receiveFailed: Packets;
      }[];
    };
  };
}

/** One look at all members. */
export interface Look {
  /** Milliseconds. */
  readonly at: number;
  /** Resident memory of each member, in megabytes. */
  readonly memory: readonly number[];
  /** The longest queue, in packets. */
  readonly queued: number;
  /** Packets so far: from applications, to applications, and lost before a slow one. */
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
}

/** Looks at the members with these names of one letter. */
export async function look(host: Host, members: string): Promise<Look> {
  const all = await Promise.all([...members].map(async (name): Promise<MemberStats> => {
    return JSON.parse(await host.ok(`irm ipcp stats name ${name} as JSON`));
  }));
  const users = all.flatMap(({ unicast }) => unicast["flow allocator"].flows);
  const lower = all.flatMap(({ unicast }) => unicast["data transfer"].flows);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    at: performance.now(),
    memory: await Promise.all(all.map(({ ipcp }) => resident(ipcp.pid))),
    queued: Math.max(0, ...[...users, ...lower].map(({ queued }) => queued)),
    sent: sum(users.map(({ sent }) => sent.packets)),
    delivered: sum(users.map(({ received }) => received.packets)),
    lost: sum(users.map(({ receiveFailed }) => receiveFailed.packets)),
  };
}

/** Resident memory of a process, in megabytes. @throws when it is gone */
export async function resident(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
