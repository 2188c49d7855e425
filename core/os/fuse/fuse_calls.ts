/**
 * Mounts a file system that a process answers for, and takes it away: as root by calls of the kernel, else by the helper of libfuse.
 *
 * @module
 */
import { NotFoundError, PermissionError } from "../../contract/errors.ts";
import { openCalls } from "../c/open_calls.ts";
import { callError, CLOEXEC, closeFd, cText, lastErrno, netCalls } from "../c/net_calls.ts";
import { MessageBlock } from "../c/message_block.ts";

const SYMBOLS = {
  mount: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
  umount2: { parameters: ["buffer", "i32"], result: "i32" },
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const DEVICE = "/dev/fuse";
const O_RDWR = 0o2, O_NONBLOCK = 0o4000;
const ENOENT = 2, EPERM = 1;
const RDONLY = 1, NOSUID = 2, NODEV = 4, NOEXEC = 8;
/** Also while somebody looks: it is gone when the last one has ended. */
const MNT_DETACH = 2;
/** Names of the helper of libfuse, which may mount for users. */
export const HELPERS = ["fusermount3", "fusermount"];
const AF_UNIX = 1, SOCK_STREAM = 1, SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_DONTWAIT = 0x40;
const F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, FD_CLOEXEC = 1;
/** Bytes of a `struct cmsghdr` with one descriptor. */
const ONE_DESCRIPTOR = 24;

let calls: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] | undefined;

/** Opens the library; tests do that before the first `Deno.test`. */
export function fuseCalls(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  netCalls();
  return calls ??= openCalls(SYMBOLS);
}

/** How a file system is mounted. The kernel lets nobody look but the user whom it belongs to. */
export interface MountSettings {
  readonly folder: string;
  /** Its type is `fuse.NAME`, its source `NAME`. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A mounted file system. */
export interface Mount {
  /** Requests come from it, answers go to it. */
  readonly fd: number;
  readonly unmount: () => Promise<void>;
}

/**
 * Mounts a file system to read.
 *
 * @throws NotFoundError where the kernel has none
 * @throws PermissionError when this process may not, and there is no helper that may
 */
export async function mountFuse(settings: MountSettings, device = DEVICE): Promise<Mount> {
  const { folder } = settings;
  fuseCalls();
  const fd = netCalls().open(cText(device), O_RDWR | O_NONBLOCK | CLOEXEC);
  if (fd < 0) {
    const errno = lastErrno();
    if (errno === ENOENT) {
      throw new NotFoundError(`this system has no ${device}: load the module fuse of its kernel`);
    }
    throw callError(`cannot open ${device}`, errno);
  }
  if (mountHere(fd, settings)) return { fd, unmount: () => Promise.resolve(unmountHere(folder)) };
  const errno = lastErrno();
  closeFd(fd);
  if (errno !== EPERM) throw callError(`cannot mount ${folder}`, errno);
  return { fd: await mountByHelper(settings), unmount: () => unmountByHelper(folder) };
}

/** Takes away what is mounted, though nobody answers for it any more. */
export async function unmountStale(folder: string): Promise<void> {
  if (fuseCalls().umount2(cText(folder), MNT_DETACH) === 0) return;
  const errno = lastErrno();
  if (errno !== EPERM) throw callError(`cannot unmount ${folder}`, errno);
  await unmountByHelper(folder);
}

function mountHere(fd: number, { name, folder, uid, gid }: MountSettings): boolean {
  const flags = BigInt(RDONLY | NOSUID | NODEV | NOEXEC);
  const options = `fd=${fd},rootmode=40000,user_id=${uid},group_id=${gid}`;
  return fuseCalls().mount(cText(name), cText(folder), cText(`fuse.${name}`), flags, cText(options)) === 0;
}

function unmountHere(folder: string): void {
  if (fuseCalls().umount2(cText(folder), MNT_DETACH) !== 0) {
    throw callError(`cannot unmount ${folder}`, lastErrno());
  }
}

/** The helper opens the device and mounts; it passes the descriptor over a socket that it is given. */
async function mountByHelper({ folder, name }: MountSettings): Promise<number> {
  const pair = new Int32Array(2);
  if (fuseCalls().socketpair(AF_UNIX, SOCK_STREAM | CLOEXEC, 0, new Uint8Array(pair.buffer)) !== 0) {
    throw callError("cannot make a pair of sockets", lastErrno());
  }
  const [own, its] = pair;
  try {
    // Only the helper gets it: nothing else is started before that.
    netCalls().fcntl(its, F_SETFD, 0);
    const starting = runHelper(
      ["-o", `ro,nosuid,nodev,noexec,fsname=${name},subtype=${name}`, "--", folder],
      { _FUSE_COMMFD: String(its) },
    );
    netCalls().fcntl(its, F_SETFD, FD_CLOEXEC);
    await starting;
    return receiveDescriptor(own, folder);
  } finally {
    closeFd(own);
    closeFd(its);
  }
}

const unmountByHelper = (folder: string): Promise<void> => runHelper(["-u", "-q", "-z", "--", folder]);

async function runHelper(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const folder = args.at(-1);
  for (const program of HELPERS) {
    try {
      const { success, stderr } = await new Deno.Command(program, {
        args: [...args],
        env,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).output();
      if (success) return;
      const why = new TextDecoder().decode(stderr).trim() || "it did not say why";
      throw new PermissionError(`${program} cannot mount or unmount ${folder}: ${why}`);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
  throw new PermissionError(
    `only root may mount ${folder}, or a user where there is ${
      HELPERS[0]
    }: install fuse3, or start it as root`,
  );
}

function receiveDescriptor(socket: number, folder: string): number {
  const block = new MessageBlock({ messages: 1, slots: 1, slotBytes: 8 });
  block.setMessage(0, 0, 1, 0);
  block.setControl(0, ONE_DESCRIPTOR);
  const { recvmmsg, fcntl } = netCalls();
  const count = recvmmsg(socket, block.messagePointer(0), 1, MSG_DONTWAIT, null);
  const control = new DataView(block.bytes.buffer, block.controlAt(0), ONE_DESCRIPTOR);
  const passed = count === 1 && block.controlLength(0) >= 20 && control.getInt32(8, true) === SOL_SOCKET &&
    control.getInt32(12, true) === SCM_RIGHTS;
  if (!passed) throw new PermissionError(`${HELPERS[0]} has not mounted ${folder}`);
  const fd = control.getInt32(16, true);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
  return fd;
}
