/**
 * How long routing takes to handle a link-state update: a new one, a refresh, and a duplicate from another neighbour.
 *
 * @module
 */
import { address, fd } from "../../core/contract/ids.ts";
import type { ManagementFlow, Routing } from "../../core/contract/policies/routing.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { encodeLinkStateUpdate } from "../../plugins/routing/link_state_update.ts";
import { LinkState } from "../../plugins/routing/link_state.ts";
import { PRIMARY } from "../../plugins/routing/paths/routes.ts";
import { SILENT } from "../../core/contract/ports.ts";
import { markdown, median, type Row } from "./table.ts";

const MEMBERS = 1000;
const NEIGHBOURS = 6;
const ROUNDS = 60;
/** Most microseconds for each kind of update. */
const MAX_US = { new: 5, refresh: 2, duplicate: 0.5 };

type Kind = keyof typeof MAX_US;

/** The updates of a layer in which each member has six neighbours. */
function updates(sequence: number): Uint8Array[] {
  return Array.from({ length: MEMBERS * NEIGHBOURS }, (_, index) => {
    const source = index % MEMBERS;
    const destination = (source + 1 + Math.floor(index / MEMBERS)) % MEMBERS;
    return encodeLinkStateUpdate({
      source: address(0x1000_0000 + source * 0x1234),
      destination: address(0x1000_0000 + destination * 0x1234),
      sequence,
    });
  });
}

/** Measures the handling of updates. */
export function benchLinkStateUpdates(): Row[] {
  const times: Record<Kind, number[]> = { new: [], refresh: [], duplicate: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const time = new VirtualTime();
    const routing: Routing = new LinkState(
      {
        own: address(1),
        clock: time,
        timers: time,
        random: new SeededRandom(round),
        log: SILENT,
        options: { ls_t_timeo: 60, ls_t_update: 15, ls_t_recalc: 4 },
        install: () => {},
      },
      "simple",
      PRIMARY,
    );
    const flows: ManagementFlow[] = Array.from({ length: NEIGHBOURS }, (_, index) => {
      const flow = { neighbour: address(2 + index), fd: fd(64 + index), send: () => true };
      routing.managementUp(flow);
      return flow;
    });
    const handle = (kind: Kind, flow: number, sequence: number) => {
      const list = updates(sequence);
      const start = performance.now();
      for (const update of list) routing.receive(flows[flow], update);
      times[kind].push((performance.now() - start) / list.length * 1000);
    };
    handle("new", 0, 1);
    handle("duplicate", 1, 1);
    handle("refresh", 2, 2);
    handle("duplicate", 3, 2);
    routing.shutdown();
  }
  return (["new", "refresh", "duplicate"] as const).map((kind) => {
    const value = median(times[kind].slice(10)); // The first ones warm up.
    return {
      what: `a link-state update, ${kind}, ${MEMBERS * NEIGHBOURS} entries, ${NEIGHBOURS} neighbours`,
      value: `${value.toFixed(2)} µs`,
      required: `≤ ${MAX_US[kind]} µs`,
      reached: value <= MAX_US[kind],
    };
  });
}

if (import.meta.main) {
  const rows = benchLinkStateUpdates();
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
