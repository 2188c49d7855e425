/**
 * Sockets of unix(7) by the calls of the C library.
 *
 * @module
 */
import { callError, CLOEXEC, netCalls, NON_BLOCKING } from "../../c/net_calls.ts";

const AF_UNIX = 1, SOCK_STREAM = 1;
/** `struct sockaddr_un`: the family, then the path with a zero behind it. */
const ADDRESS = 110, PATH = 2;

/** Makes a stream socket whose calls do not wait. @throws an error of the system */
export function unixSocket(): number {
  const fd = netCalls().socket(AF_UNIX, SOCK_STREAM | NON_BLOCKING | CLOEXEC, 0);
  if (fd < 0) throw callError("cannot make a socket");
  return fd;
}

/** Returns a path as an address; what is longer than an address can be is cut, and not found. */
export function unixAddress(path: string): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(new ArrayBuffer(ADDRESS));
  address[0] = AF_UNIX;
  new TextEncoder().encodeInto(path, address.subarray(PATH, ADDRESS - 1));
  return address;
}
