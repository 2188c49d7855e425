/**
 * What happens to hosts in the chaos soak: each disturbance is made, lasts, and is over.
 *
 * @module
 */
import type { SeededRandom } from "../../../core/kit/seeded_random.ts";
import type { ChaosHost } from "./chaos_host.ts";

/** One disturbance. */
export interface Disturbance {
  /** What it is, for people. */
  readonly what: string;
  begin(): Promise<void> | void;
  /** Undoes what nobody else would undo: a service manager starts again what it has started, somebody plugs the cable in. */
  end(): Promise<void> | void;
}

type Make = (host: ChaosHost, pick: <T>(from: readonly T[]) => T) => Disturbance;

const ipcpsOf = ({ role }: ChaosHost): string[] =>
  [...role.config.matchAll(/^\[(?!name)[\w-]+\.([\w-]+)\]/gm)].map(([, name]) => name);
const devicesOf = ({ role }: ChaosHost): string[] =>
  [...role.config.matchAll(/dev="([\w-]+)"/g)].map(([, device]) => device);
const shimsOf = (host: ChaosHost): string[] => ipcpsOf(host).filter((name) => !name.startsWith("mem-"));

const nothing = () => {};

const KINDS: readonly Make[] = [
  (host, pick) => {
    const { program } = pick(host.role.applications);
    return {
      what: `kill -9 ${program} on ${host.role.letter}`,
      begin: () => host.kill(program),
      end: () => host.startApplication(program),
    };
  },
  (host, pick) => {
    const ipcp = pick(ipcpsOf(host));
    return {
      what: `kill -9 IPCP ${ipcp} on ${host.role.letter}`,
      begin: () => host.kill(ipcp),
      end: nothing,
    };
  },
  (host) => ({
    what: `kill -9 IRMd on ${host.role.letter}`,
    begin: () => host.kill("irmd"),
    end: () => host.startIrmd(),
  }),
  (host, pick) => {
    const device = pick(devicesOf(host));
    return {
      what: `${device} of ${host.role.letter} down`,
      begin: async () => void await host.ip(`link set ${device} down`),
      // The kernel takes addresses of IPv6 away with the device; those of IPv4 stay.
      end: async () => void await host.ip(`link set ${device} up`),
    };
  },
  (host, pick) => {
    const ipcp = pick(shimsOf(host));
    return {
      what: `30 % loss at ${ipcp} of ${host.role.letter}`,
      begin: async () => void await host.ask(`impair ${ipcp} loss 30%`),
      end: async () => void await host.ask(`impair ${ipcp} off`),
    };
  },
  (host, pick) => {
    const device = pick(devicesOf(host));
    const octet = () => pick(["11", "22", "33", "44", "55", "66", "77", "88"]);
    return {
      what: `another hardware address for ${device} of ${host.role.letter}`,
      begin: async () =>
        void await host.ip(`link set ${device} address 02:00:${octet()}:${octet()}:${octet()}:${octet()}`),
      end: nothing,
    };
  },
  (host, pick) => {
    const [, address, device] = pick([...host.role.config.matchAll(/ip="([\d.]+)" # (\S+)/g)]);
    return {
      what: `${address} taken from ${device} of ${host.role.letter}`,
      begin: async () => void await host.ip(`addr del ${address}/24 dev ${device}`),
      end: async () => void await host.ip(`addr add ${address}/24 dev ${device}`),
    };
  },
  (host, pick) => {
    const by = pick([-3_600_000, -5000, 5000, 3_600_000]);
    return {
      what: `clock of ${host.role.letter} ${by / 1000} s off`,
      begin: () => host.shiftClock(by),
      end: () => host.shiftClock(0),
    };
  },
  (host) => ({
    what: `${host.role.letter} sleeps`,
    begin: () => host.suspend(true),
    end: () => host.suspend(false),
  }),
];

/** Picks some disturbances, of different kinds. */
export function disturbances(hosts: readonly ChaosHost[], random: SeededRandom): Disturbance[] {
  const pick = <T>(from: readonly T[]): T => from[random.uint32() % from.length];
  const kinds = new Set<Make>();
  for (let count = 1 + random.uint32() % 3; count > 0; count--) kinds.add(pick(KINDS));
  return [...kinds].map((make) => make(pick(hosts), pick));
}
