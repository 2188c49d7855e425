/**
 * What a daemon tells the service manager that started it: sd_notify(3) of systemd, which others know as well.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Log } from "../../contract/ports.ts";
import { closeFd, datagramSocket, errnoText, sendTo } from "../c/libc.ts";

/** The variable that names the socket. */
const SOCKET = "NOTIFY_SOCKET";

/** What the manager may be told. */
export type ServiceState = "READY=1" | "STOPPING=1";

/**
 * Returns what tells the manager; nothing happens where there is none. The variable is removed: it is not for the processes that
 * this one starts. A manager that does not listen is no reason to stop, and is told of in the log.
 */
export function serviceManager(log: Log): (state: ServiceState) => void {
  const path = Deno.env.get(SOCKET);
  Deno.env.delete(SOCKET);
  if (!path) return () => {};
  return (state) => {
    try {
      const fd = datagramSocket();
      const sent = sendTo(fd, path, new TextEncoder().encode(state));
      closeFd(fd);
      if (sent < 0) log.warning(`Cannot tell the service manager at ${path} ${state}: ${errnoText(-sent)}.`);
    } catch (thrown) {
      log.warning(`Cannot tell the service manager at ${path} ${state}: ${asOuroError(thrown).message}.`);
    }
  };
}
