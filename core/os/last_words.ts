/**
 * Tells the IRMd something over a connection of its own, in a process that is about to end: its other threads may hang.
 *
 * @module
 */
import { hello } from "../wire/local/local_protocol.ts";
import { systemTimers } from "./clock.ts";
import { connectUnix } from "./unix/connect.ts";

/** Longest that this may take, in milliseconds: an IRMd that is gone keeps nothing. */
const LIMIT = 1000;

/** Requests have these numbers. */
const HELLO = 1, LAST = 2;

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
  let conn: Deno.UnixConn | undefined;
  const late = new Promise<void>((done) => void systemTimers.after(LIMIT, done));
  const told = async () => {
    conn = await connectUnix(path);
    // What is asked behind the notification is answered after it was taken.
    const messages = [
      { id: HELLO, method: "hello", params: hello(program, "tool") },
      { method, params },
      { id: LAST, method: "status", params: {} },
    ];
    const text = messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join("");
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    const [room, decoder] = [new Uint8Array(1024), new TextDecoder()];
    for (let lines = 0; lines < 2;) {
      const count = await conn.read(room);
      if (count === null) return;
      lines += decoder.decode(room.subarray(0, count)).split("\n").length - 1;
    }
  };
  // Nobody is left who could be told that it did not work.
  await Promise.race([told().catch(() => undefined), late]);
  conn?.close();
}
