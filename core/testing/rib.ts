/**
 * A host with two IPCPs, as far as the RIB sees it: what the IRMd answers for it.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../contract/errors.ts";
import type { Stats } from "../contract/stats.ts";
import { partOf } from "../ipcp/host/fit_stats.ts";
import { fieldsOf, optional, text } from "../wire/local/fields.ts";

/** The time of the host: 2026-11-20 07:40:00. */
export const WALL = Date.UTC(2026, 10, 20, 7, 40);

const none = { packets: 0, bytes: 0 };
const counters = {
  received: none,
  localSent: none,
  localReceived: none,
  droppedTtl: none,
  failedWrites: none,
  failedNextHop: none,
};
const cubes = (packets: number) =>
  [0, 1, 2].map((cube) => ({
    cube,
    ...counters,
    sent: cube === 0 ? { packets, bytes: 67 * packets } : none,
  }));
const A = "e1.87.b3.66", B = "ea.c7.9c.42";

const MEMBER: Stats = {
  ipcp: { name: "normal_1", type: "unicast", pid: 4363, state: "operational", layer: "normal_layer" },
  flows: { open: 1, dropped: 0 },
  unicast: {
    address: A,
    "data transfer": {
      address: A,
      established: "2026-11-20T07:26:00.000Z",
      flows: [{
        fd: 65,
        established: "2026-11-20T07:26:26.123Z",
        neighbour: B,
        queued: 2,
        cubes: cubes(4),
      }],
      components: [{ eid: 0, name: "flow-allocator", cubes: cubes(0) }, {
        eid: 1,
        name: "dht",
        cubes: cubes(3),
      }],
    },
    "flow allocator": {
      flows: [{
        fd: 66,
        established: "2026-11-20T07:30:00.000Z",
        remoteAddress: B,
        localEid: "8000000000000042",
        remoteEid: "0000000100000041",
        sent: { packets: 1605719, bytes: 1605719000 },
        sendFailed: none,
        received: none,
        receiveFailed: none,
        updates: { sent: 0, received: 7 },
        congestion: {
          algorithm: "Multi-bit ECN",
          upstreamLevel: 0,
          upstreamPackets: 0,
          downstreamLevel: 48,
          downstreamPackets: 0,
          windowNs: 65536,
          windowPackets: 7,
          windowBytes: 7000,
          windowMaxBytes: 61136,
          regime: "Multiplicative decrease",
        },
      }],
    },
    directory: {
      id: "16475c20812f26da",
      address: A,
      created: "2026-11-20T07:36:27.000Z",
      parameters: { alpha: 3, k: 8, expire: 86400, refresh: 900, replicate: 900 },
      keys: 2,
      ownValues: 1,
      foreignValues: 1,
      database: [{
        key: "bd2e04ff77cef9a2",
        own: { published: true, expires: "2026-11-21T07:36:52.000Z" },
        foreign: [],
      }, {
        key: "9023e97d0377e92b",
        foreign: [{ value: "8e.52.15.87", expires: "2026-11-21T07:36:52.000Z", storedSecondsAgo: 60 }],
      }],
    },
    routing: {
      neighbours: [{ type: "dt", address: B, flows: "65" }, { type: "mgmt", address: B, flows: "64" }],
      database: [
        { source: A, destination: B, sequence: 1, age: 813_900 },
        { source: B, destination: A, sequence: 4505395661003216, age: 1000 },
        // Of a list that was cut.
        { more: 7 },
      ],
    },
  },
};

const SHIM: Stats = {
  ipcp: { name: "odd/name", type: "local", pid: 4364, state: "boot" },
  local: { flows: 4 },
};

/** The IPCPs of the host, by their names; tests change it. */
export const ribHost = (): Map<string, Stats> => new Map([["normal_1", MEMBER], ["odd/name", SHIM]]);

/** Answers as the IRMd of the host; what was asked is noted in `asked`. */
export const askOf =
  (host: ReadonlyMap<string, Stats>, asked: string[] = []) =>
  (method: string, params: unknown): Promise<unknown> => {
    asked.push(method);
    if (method === "ipcp.list") {
      return Promise.resolve(
        [...host.values()].map(({ ipcp }) => ({ layer: null, ...fieldsOf(ipcp, "ipcp") })),
      );
    }
    if (method !== "ipcp.stats") return Promise.reject(new InvalidError(`there is no method ${method}`));
    const fields = fieldsOf(params, "params");
    const stats = host.get(text(fields, "name"));
    if (!stats) return Promise.reject(new NotFoundError("there is no such IPCP"));
    const { type } = fieldsOf(stats.ipcp, "ipcp");
    return Promise.resolve().then(() => partOf(stats, optional(fields, "path", text) ?? "", String(type)));
  };
