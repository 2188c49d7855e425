/**
 * What this host and this process are, as far as it decides what `ouro` can do here.
 *
 * @module
 */
import { groupId, isThere, userAccount } from "../c/libc.ts";
import { libcryptoBackend } from "../crypto/libcrypto.ts";
import { HELPERS } from "../fuse/fuse_calls.ts";

/** Capabilities of Linux that IPCPs and tools need, by their numbers (capabilities(7)). */
const CAP_NET_ADMIN = 12, CAP_NET_RAW = 13, CAP_SYS_ADMIN = 21;

/** How far a device file can be used. */
export type DeviceState = "usable" | "missing" | "denied";

/** What was found. */
export interface HostFacts {
  /** Runtime and platform, in words. */
  readonly runtime: string;
  readonly user: { readonly id: number; readonly name: string };
  /** Whether the group of those who may command the IRMd exists, and this user is in it. */
  readonly group: "missing" | "other" | "member";
  /** Frames of Ethernet may be sent. */
  readonly rawNetwork: boolean;
  /** Devices and addresses may be set up. */
  readonly networkAdmin: boolean;
  readonly tun: DeviceState;
  readonly fuse: DeviceState;
  /** File systems may be mounted: by this process, or by the helper that does so for users. */
  readonly mayMount: boolean;
  /** The library that makes encrypted flows fast is installed. */
  readonly libcrypto: boolean;
  /** How many files the process may have open; infinity: as many as it likes. */
  readonly openFiles: number;
}

/** Looks at the host. @param group of those who may command the IRMd */
export function hostFacts(group: string): HostFacts {
  const id = Deno.uid() ?? 0;
  const status = read("/proc/self/status");
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const may = (capability: number) => (capabilities >> BigInt(capability) & 1n) === 1n;
  const gid = groupId(group);
  const groups = /^Groups:\s*(.*)$/m.exec(status)?.[1].trim().split(/\s+/).map(Number) ?? [];
  const limit = /^Max open files\s+(\S+)/m.exec(read("/proc/self/limits"))?.[1];
  const { standalone, target } = Deno.build;
  return {
    runtime: `deno ${Deno.version.deno}${standalone ? ", compiled" : ""}, ${target}`,
    user: { id, name: userAccount(id)?.name ?? String(id) },
    group: gid === undefined ? "missing" : groups.includes(gid) || Deno.gid() === gid ? "member" : "other",
    rawNetwork: may(CAP_NET_RAW),
    networkAdmin: may(CAP_NET_ADMIN),
    tun: device("/dev/net/tun"),
    fuse: device("/dev/fuse"),
    mayMount: may(CAP_SYS_ADMIN) || HELPERS.some(isOnPath),
    libcrypto: libcryptoBackend() !== undefined,
    openFiles: limit === undefined || limit === "unlimited" ? Infinity : Number(limit),
  };
}

const isOnPath = (program: string): boolean =>
  (Deno.env.get("PATH") ?? "").split(":").some((folder) => folder !== "" && isThere(`${folder}/${program}`));

function device(path: string): DeviceState {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return "usable";
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound ? "missing" : "denied";
  }
}

/** The kernel's files say what they can; where /proc is not mounted, nothing. */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
