/**
 * Flows without a client of one's own: the functions here share one client, which connects when it is first needed.
 *
 * @module
 */
import { type ConnectOptions, Ouroboros } from "./client.ts";
import type { Flow } from "./flow.ts";
import type { AcceptOptions, AllocateOptions, JoinOptions } from "./irmd/request.ts";

let client: Ouroboros | undefined;

const shared = (): Ouroboros => client ??= Ouroboros.lazy();

/** Sets how the shared client connects, in place of the environment. Closes the one in use. */
export async function useClient(options: ConnectOptions | undefined): Promise<void> {
  const before = client;
  client = options && Ouroboros.lazy(options);
  await before?.close();
}

/**
 * Allocates a flow to a name and waits until the other end has accepted it. (Reference: `flow_alloc`.)
 *
 * @example
 * ```ts
 * import { accept, allocate } from "./default_client.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using _irmd = await TestingIrmd.start({ shared: true }); // In place of a real IRMd.
 * const serving = accept();
 * await using flow = await allocate("echo", { timeout: 1000 });
 * await using server = await serving;
 *
 * await flow.write(new TextEncoder().encode("hello"));
 * await server.write(await server.read());
 * console.assert(new TextDecoder().decode(await flow.read()) === "hello");
 * ```
 * @throws NameError, IpcpError, TimedOutError, CancelledError, NotSupportedError, CryptError, AuthError, IrmdError
 */
export function allocate(name: string, options: AllocateOptions = {}): Promise<Flow> {
  return shared().allocate(name, options);
}

/**
 * Waits for a flow to a name that this program or process is bound to. (Reference: `flow_accept`.)
 *
 * @example
 * ```ts
 * import { accept, allocate } from "./default_client.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using _irmd = await TestingIrmd.start({ shared: true }); // In place of a real IRMd.
 * const client = allocate("hello");
 * await using flow = await accept();
 * console.assert(flow.name === "hello");
 * await flow.write(new Uint8Array([1, 2, 3]));
 * await using other = await client;
 * console.assert((await other.read()).length === 3);
 * ```
 * @throws TimedOutError, CancelledError, IrmdError
 * @throws AuthError, CryptError when the security options cannot be used
 */
export function accept(options: AcceptOptions = {}): Promise<Flow> {
  return shared().accept(options);
}

/**
 * Joins a broadcast layer: what one member writes, all others read. (Reference: `flow_join`.)
 *
 * @example
 * ```ts
 * import { join } from "./default_client.ts";
 * import { NotSupportedError } from "../contract/errors.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using _irmd = await TestingIrmd.start({ shared: true }); // In place of a real IRMd; it has no broadcast layers.
 * const refused = await join("chat").catch((error) => error);
 * console.assert(refused instanceof NotSupportedError);
 * ```
 * @throws IpcpError, NotSupportedError, TimedOutError, CancelledError, IrmdError
 */
export function join(layer: string, options: JoinOptions = {}): Promise<Flow> {
  return shared().join(layer, options);
}
