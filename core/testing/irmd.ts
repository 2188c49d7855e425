/**
 * A stand-in for the IRMd, for tests and examples: it joins whoever allocates a flow directly with whoever accepts, on any name,
 * and gives both a key where encryption is required.
 *
 * @module
 */
import {
  CancelledError,
  NameError,
  NotAllocatedError,
  NotSupportedError,
  type OuroError,
  TimedOutError,
} from "../contract/errors.ts";
import { DONE, type Done, failure, success } from "../contract/outcome.ts";
import type { Timer } from "../contract/ports.ts";
import type { FlowRole } from "../contract/security.ts";
import { systemRandom, systemTimers } from "../os/clock.ts";
import { ControlConnection } from "../os/unix/control_connection.ts";
import { type Fields, fieldsOf, integer, name, optional, text } from "../wire/local/fields.ts";
import type { RpcId } from "../wire/local/json_rpc.ts";
import { securityOptionsFromJson } from "../wire/local/security_json.ts";
import { MethodNotFoundError } from "../wire/local/rpc_peer.ts";
import { useClient } from "../flow/default_client.ts";

/** How to start a {@link TestingIrmd}. */
export interface TestingIrmdOptions {
  /** The functions `allocate`, `accept` and `join` of this program use it. */
  readonly shared?: boolean;
}

interface End {
  readonly owner: Client;
  readonly id: number;
  other?: End;
}

interface Waiting {
  readonly client: Client;
  readonly id: RpcId;
  readonly fields: Fields;
  readonly reply: Done<unknown>;
  readonly timer?: Timer;
}

interface Client {
  readonly control: ControlConnection;
  data: string;
}

/**
 * A stand-in for the IRMd. Names that begin with `unknown` are not known to it.
 *
 * @example
 * ```ts
 * import { Ouroboros } from "../flow/client.ts";
 * import { TestingIrmd } from "./irmd.ts";
 * await using irmd = await TestingIrmd.start();
 * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
 * const refused = await ouro.allocate("unknown name").catch((error) => error);
 * console.assert(refused.code === "OURO_NAME");
 * ```
 */
export class TestingIrmd implements AsyncDisposable {
  /** Its runtime folder. */
  readonly folder: string;
  readonly #listener: Deno.UnixListener;
  readonly #shared: boolean;
  readonly #clients = new Set<Client>();
  readonly #ends = new Map<number, End>();
  #allocating: Waiting[] = [];
  #accepting: Waiting[] = [];
  #serving: Promise<void>;

  private constructor(folder: string, shared: boolean) {
    this.folder = folder;
    this.#shared = shared;
    Deno.mkdirSync(`${folder}/flows`);
    this.#listener = Deno.listen({ transport: "unix", path: `${folder}/irmd.sock` });
    this.#serving = this.#serve();
  }

  /** Starts one in a new folder, or in `folder`. */
  static async start(options: TestingIrmdOptions = {}, folder?: string): Promise<TestingIrmd> {
    const irmd = new TestingIrmd(
      folder ?? await Deno.makeTempDir({ prefix: "ouro-" }),
      options.shared ?? false,
    );
    if (irmd.#shared) await useClient({ runtimeFolder: irmd.folder });
    return irmd;
  }

  /** Flows' ends that are allocated. */
  get flows(): number {
    return this.#ends.size;
  }

  /** Tells both ends of all flows that they are down. */
  takeDown(reason: string): void {
    for (const end of this.#ends.values()) {
      end.owner.control.peer.notify("flow.down", { flow: end.id, reason });
    }
  }

  /** Goes away as a killed IRMd does: its connections end. */
  async kill(): Promise<void> {
    this.#listener.close();
    await this.#serving;
    for (const client of [...this.#clients]) client.control.close();
  }

  /** Stops and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#shared) await useClient(undefined);
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #serve(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#welcome(conn);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
    }
  }

  #welcome(conn: Deno.UnixConn): void {
    const control = new ControlConnection(conn, {
      request: (method, params, reply, id) =>
        this.#answer(client, method, fieldsOf(params, "params"), reply, id),
      notification: () => {},
    }, () => this.#leave(client));
    const client: Client = { control, data: "" };
    this.#clients.add(client);
  }

  #answer(client: Client, method: string, fields: Fields, reply: Done<unknown>, id: RpcId): void {
    switch (method) {
      case "hello":
        text(fields, "program");
        client.data = `${this.folder}/flows/${systemRandom.bytes(4).toHex()}`;
        return reply(success({ protocol: 1, version: "testing", pid: Deno.pid, data: client.data }));
      case "flow.allocate":
        if (name(fields, "name").startsWith("unknown")) throw new NameError(`no such name: ${fields.name}`);
        securityOptionsFromJson(fields, "security");
        this.#allocating.push(this.#waiting(client, fields, reply, id));
        return this.#match();
      case "flow.accept":
        this.#accepting.push(this.#waiting(client, fields, reply, id));
        return this.#match();
      case "flow.join":
        throw new NotSupportedError("there is no broadcast layer here");
      case "flow.deallocate":
        return this.#deallocate(client, integer(fields, "flow", 0, 1 << 20), reply);
      case "cancel":
        this.#drop(
          (waiting) => waiting.client === client && waiting.id === fields.id,
          new CancelledError("cancelled"),
        );
        return reply(DONE);
      default:
        throw new MethodNotFoundError(`no method ${method}`);
    }
  }

  #waiting(client: Client, fields: Fields, reply: Done<unknown>, id: RpcId): Waiting {
    const timeout = optional(
      fields,
      "timeout",
      (from, key) => integer(from, key, 0, Number.MAX_SAFE_INTEGER),
    );
    const timer = timeout === undefined ? undefined : systemTimers.after(timeout, () => {
      this.#drop((waiting) => waiting.reply === reply, new TimedOutError(`nobody came within ${timeout} ms`));
    });
    return { client, id, fields, reply, timer };
  }

  #drop(which: (waiting: Waiting) => boolean, error: OuroError): void {
    const keep = (waiting: Waiting) => {
      if (!which(waiting)) return true;
      waiting.timer?.cancel();
      waiting.reply(failure(error));
      return false;
    };
    this.#allocating = this.#allocating.filter(keep);
    this.#accepting = this.#accepting.filter(keep);
  }

  #match(): void {
    while (this.#allocating.length > 0 && this.#accepting.length > 0) {
      const [from, to] = [this.#allocating.shift(), this.#accepting.shift()];
      if (!from || !to) return;
      from.timer?.cancel();
      to.timer?.cancel();
      const near = this.#newEnd(from.client);
      const far = this.#newEnd(to.client);
      [near.other, far.other] = [far, near];
      const { name, qos, data } = from.fields;
      const key = securityOptionsFromJson(from.fields, "security")?.require?.includes("encryption")
        ? systemRandom.bytes(32).toBase64()
        : undefined;
      const security = (role: FlowRole) => key && { encryption: { cipher: "aes-256-gcm", key, role } };
      to.reply(success({ flow: far.id, qos, mpl: 1, name, data, security: security("server") }));
      const connect = { path: to.client.data, token: text(to.fields, "token") };
      from.reply(success({ flow: near.id, qos, mpl: 1, connect, security: security("client") }));
    }
  }

  #newEnd(owner: Client): End {
    let id = 0;
    while (this.#ends.has(id)) id++;
    const end: End = { owner, id };
    this.#ends.set(id, end);
    return end;
  }

  #deallocate(client: Client, id: number, reply: Done<unknown>): void {
    const end = this.#ends.get(id);
    if (end?.owner !== client) return reply(failure(new NotAllocatedError(`flow ${id} is not allocated`)));
    this.#remove(end, "the other end deallocated the flow");
    reply(DONE);
  }

  #remove(end: End, reason: string): void {
    this.#ends.delete(end.id);
    if (!end.other) return;
    end.other.other = undefined;
    end.other.owner.control.peer.notify("flow.down", { flow: end.other.id, reason });
  }

  #leave(client: Client): void {
    this.#clients.delete(client);
    this.#drop((waiting) => waiting.client === client, new CancelledError("the process is gone"));
    for (const end of [...this.#ends.values()]) {
      if (end.owner === client) this.#remove(end, "the process at the other end is gone");
    }
  }
}
