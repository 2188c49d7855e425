/**
 * The limit that the kernel sets to paths of Unix sockets.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

/** Longest path of a Unix socket, in bytes. */
export const MAX_SOCKET_PATH = 107;

/** Length of a path in bytes. */
export const pathBytes = (path: string): number => new TextEncoder().encode(path).length;

/** @throws InvalidError when the path is longer than {@link MAX_SOCKET_PATH} */
export function checkSocketPath(path: string): void {
  const bytes = pathBytes(path);
  if (bytes > MAX_SOCKET_PATH) {
    throw new InvalidError(
      `the path of a socket has at most ${MAX_SOCKET_PATH} bytes; this one has ${bytes}: ${path}`,
    );
  }
}
