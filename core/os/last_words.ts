/**
 * Tells the IRMd something over a connection of its own, in a process that is about to end: its other threads may hang.
 *
 * @module
 */
import { hello } from "../wire/local/local_protocol.ts";
import { MethodNotFoundError } from "../wire/local/rpc_peer.ts";
import { systemTimers } from "./clock.ts";

/** Longest that this may take, in milliseconds: an IRMd that is gone keeps nothing. */
const LIMIT = 1000;

/**
 * Sends a notification. Resolves when the IRMd has taken it, or does not answer.
 *
 * @param path of the IRMd's socket for commands
 * @param program that the IRMd is told
 */
export async function lastWords(
  path: string,
  program: string,
  method: string,
  params: unknown,
): Promise<void> {
  const late = new Promise<void>((done) => void systemTimers.after(LIMIT, done));
  const told = async () => {
    // Hardly any process comes to this.
    const { ControlConnection } = await import("./unix/control_connection.ts");
    const connection = await ControlConnection.connect([path], {
      request: (asked) => {
        throw new MethodNotFoundError(asked);
      },
      notification: () => {},
    }, () => {});
    const greeted = connection.call("hello", hello(program, "tool"));
    connection.peer.notify(method, params);
    // What is asked behind the notification is answered after it was taken.
    await Promise.all([greeted, connection.call("status", {})]);
    connection.close();
  };
  // Nobody is left who could be told that it did not work.
  await Promise.race([told().catch(() => undefined), late]);
}
