/**
 * Paths of Unix sockets: the limit that the kernel sets, names until a socket is ready, and what is there.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { systemRandom } from "../clock.ts";

/** Longest path of a Unix socket, in bytes. */
export const MAX_SOCKET_PATH = 107;

/** Length of a path in bytes. */
export const pathBytes = (path: string): number => new TextEncoder().encode(path).length;

/** Returns a free name beside `path`, for the time until the socket is ready. */
export const nameBeside = (path: string): string =>
  path.slice(0, path.lastIndexOf("/") + 1) + "." + systemRandom.bytes(4).toHex().slice(0, 7);

/** Returns whether anything is at a path; also when what is there may not be looked at. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Deno.errors.NotFound);
  }
}

/** @throws InvalidError when the path is longer than {@link MAX_SOCKET_PATH} */
export function checkSocketPath(path: string): void {
  const bytes = pathBytes(path);
  if (bytes > MAX_SOCKET_PATH) {
    throw new InvalidError(
      `the path of a socket has at most ${MAX_SOCKET_PATH} bytes; this one has ${bytes}: ${path}`,
    );
  }
}
