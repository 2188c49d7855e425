/**
 * The security folder of this host.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { SecurityFiles } from "../../security/policy/security_files.ts";
import { runtimeError } from "../c/errno.ts";
import { systemClock } from "../clock.ts";
import { isThere } from "../c/libc.ts";

/** Where the folder is unless the environment says another place. */
const DEFAULT_FOLDER = "/etc/ouroboros/security";
/** Larger files are none of security. */
const MAX_BYTES = 1 << 20;

/** Milliseconds for which the folder is taken to be there, or not, after a look: many flows may come in them. */
const LOOK = 5;

interface Known {
  readonly stamp: string;
  readonly bytes: Uint8Array;
}

/**
 * Files of `$OURO_SECURITY_DIR`, else of `/etc/ouroboros/security`. Whether a file has changed is told by its times, size and
 * number, each time it is read.
 */
export function systemSecurityFiles(
  root = Deno.env.get("OURO_SECURITY_DIR") ?? DEFAULT_FOLDER,
): SecurityFiles {
  const known = new Map<string, Known>();
  let there = false;
  /** Until when that counts. */
  let fresh = -Infinity;
  const absolute = (path: string) => path.startsWith("/") ? path : `${root}/${path}`;
  return {
    read(path) {
      const full = absolute(path);
      // Most names have no files, and to be told so by an error takes ten times as long.
      if (!isThere(full)) {
        known.delete(full);
        return undefined;
      }
      try {
        const { mtime, ctime, size, ino, isFile } = Deno.statSync(full);
        if (!isFile) throw new InvalidError(`${full} is not a file`);
        if (size > MAX_BYTES) throw new InvalidError(`${full} has more than ${MAX_BYTES} bytes`);
        const stamp = [mtime?.getTime(), ctime?.getTime(), size, ino].join(" ");
        const before = known.get(full);
        if (before?.stamp === stamp) return before.bytes;
        const bytes = Deno.readFileSync(full);
        known.set(full, { stamp, bytes });
        return bytes;
      } catch (thrown) {
        known.delete(full);
        if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
          return undefined;
        }
        throw runtimeError(thrown, `cannot read ${full}`);
      }
    },
    // A file of that name says nothing of the files that are looked for.
    hasFolder(folder) {
      if (folder !== "") return isThere(absolute(folder));
      const now = systemClock.now();
      if (now >= fresh) {
        there = isThere(root);
        fresh = now + LOOK;
      }
      return there;
    },
    list(folder) {
      const full = absolute(folder);
      if (!isThere(full)) return [];
      try {
        return [...Deno.readDirSync(full)].filter(({ isDirectory }) => !isDirectory)
          .map(({ name }) => name).sort();
      } catch (thrown) {
        if (thrown instanceof Deno.errors.NotFound) return [];
        throw runtimeError(thrown, `cannot list ${full}`);
      }
    },
  };
}
