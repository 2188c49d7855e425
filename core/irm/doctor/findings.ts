/**
 * What a user should know of the host and the running system, from what was found there.
 *
 * @module
 */
import type { HostFacts } from "../../os/process/host_facts.ts";
import { counted } from "../../tools/columns.ts";
import { ADMIN_GROUP } from "../../os/unix/runtime_folder.ts";

/** `fault`: something that is wanted does not work. `note`: something cannot be used here, which need not matter. */
export type Level = "ok" | "note" | "fault";

/** One thing that was looked at. */
export interface Finding {
  readonly about: "installed" | "running" | "allowed" | "reachable";
  readonly level: Level;
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What does not come about, as the IRMd tells it. */
export interface Absent {
  readonly ipcp: string;
  readonly what: string;
  /** Why the last try failed. */
  readonly problem?: string;
}

/** What the IRMd has told. */
export interface System {
  /** Sentences that say why it tells nothing, when it does not: where it was looked for, or who may ask it. */
  readonly refusal?: { readonly kind: "absent" | "denied"; readonly why: string };
  readonly ipcps: readonly { readonly name: string; readonly type: string; readonly layer: string | null }[];
  readonly names: number;
  readonly missing: readonly Absent[];
  /** Plugins that have failed, with what they did. */
  readonly faults: readonly string[];
}

/** Fewer open files than this are soon used up by flows: each takes two. */
const FEW_FILES = 1024;

/** Says what was found, in the order in which a user would look for it. */
export const findings = (version: string, host: HostFacts, system: System): Finding[] => [
  ...installed(version, host),
  ...running(host, system),
  ...allowed(host),
  ...reachable(system),
];

function installed(version: string, { runtime, libcrypto, openFiles }: HostFacts): Finding[] {
  const about = "installed";
  return [
    { about, level: "ok", what: `ouro ${version} (${runtime})` },
    libcrypto ? { about, level: "ok", what: "libcrypto is there: encrypted flows are fast" } : {
      about,
      level: "note",
      what: "there is no libcrypto: encrypted flows work, but cost several times as much",
      remedy: "install OpenSSL's library, libssl3",
    },
    openFiles >= FEW_FILES ? { about, level: "ok", what: `${openFiles} files may be open in a process` } : {
      about,
      level: "note",
      what: `only ${openFiles} files may be open in a process; each flow takes one or two`,
      remedy: `ulimit -n ${FEW_FILES * 64}, or LimitNOFILE= in the unit of the IRMd`,
    },
  ];
}

function running({ user, group }: HostFacts, { refusal, ipcps, names, faults }: System): Finding[] {
  const about = "running";
  if (refusal?.kind === "absent") {
    return [{ about, level: "fault", what: refusal.why, remedy: "start it: ouro irmd --stdout" }];
  }
  if (refusal) {
    const join = `usermod -a -G ${ADMIN_GROUP} ${user.name}`;
    return [{
      about,
      level: "fault",
      what: refusal.why,
      remedy: group === "missing"
        ? `as root: groupadd ${ADMIN_GROUP}; ${join}; start the IRMd again`
        : `as root: ${join}`,
    }];
  }
  return [
    {
      about,
      level: "ok",
      what: `the IRMd answers: ${counted(ipcps.length, "IPCP")}, ${counted(names, "name")}`,
    },
    ...faults.map((what): Finding => ({
      about,
      level: "fault",
      what: `plugin ${what}`,
      remedy: "see its lines in the log of the IRMd and the IPCPs: journalctl -u ouroboros",
    })),
  ];
}

function allowed({ user, rawNetwork, networkAdmin, tun, fuse, mayMount }: HostFacts): Finding[] {
  const about = "allowed";
  const root = "run the IRMd as root, or: setcap cap_net_raw+ep on the program that runs it";
  const usable = (state: HostFacts["tun"], path: string, what: string): Finding =>
    state === "usable" ? { about, level: "ok", what: `${what}: ${path} can be used` } : {
      about,
      level: "note",
      what: `${what} cannot be had by this user: ${path} is ${state === "missing" ? "not there" : "not his"}`,
      remedy: state === "missing"
        ? `modprobe ${path.slice(path.lastIndexOf("/") + 1)}; in a container: --device ${path}`
        : "be root",
    };
  return [
    rawNetwork ? { about, level: "ok", what: "layers over Ethernet (eth-dix, eth-llc)" } : {
      about,
      level: "note",
      what: `layers over Ethernet cannot be had by user ${user.name}; layers over UDP and on this host can`,
      remedy: root,
    },
    networkAdmin ? usable(tun, "/dev/net/tun", "IP over flows (ovpn)") : {
      about,
      level: "note",
      what: `IP over flows (ovpn) cannot be had by user ${user.name}: it sets up a network device`,
      remedy: "be root",
    },
    fuse !== "usable" || mayMount ? usable(fuse, "/dev/fuse", "statistics as files (irmd --rib)") : {
      about,
      level: "note",
      what: `statistics as files (irmd --rib) cannot be had by user ${user.name}: there is no fusermount3`,
      remedy: "as root: apt install fuse3, or the package of this system with fusermount3",
    },
  ];
}

function reachable({ refusal, ipcps, missing }: System): Finding[] {
  const about = "reachable";
  if (refusal) return [];
  if (ipcps.length === 0 && missing.length === 0) {
    const remedy = "irm ipcp bootstrap type local name l1 layer local";
    return [{ about, level: "note", what: "there is no layer yet: nothing can be reached", remedy }];
  }
  const layers = Map.groupBy(ipcps, ({ layer }) => layer);
  return [
    ...[...layers].map(([layer, members]): Finding => {
      const named = members.map(({ name, type }) => `${name} (${type})`).join(", ");
      return layer === null
        ? {
          about,
          level: "note",
          what: `in no layer: ${named}`,
          remedy: `irm ipcp bootstrap name ${members[0].name} …, or irm ipcp enroll name ${
            members[0].name
          } …`,
        }
        : { about, level: "ok", what: `layer ${layer}: ${named}` };
    }),
    ...missing.map(({ ipcp, what, problem }): Finding => ({
      about,
      level: "fault",
      what: `${ipcp}: ${what} is asked for and not there${problem === undefined ? "" : `: ${problem}`}`,
      remedy: "it is tried again by itself; to give it up, take it back with the command that undoes it",
    })),
  ];
}
