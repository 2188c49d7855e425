/**
 * A tool's connection to the IRMd: made when the first request needs it, one for all requests.
 *
 * @module
 */
import { asOuroError, IrmdError, PermissionError, ProtocolError } from "../contract/errors.ts";
import { ControlConnection } from "../os/unix/control_connection.ts";
import { RuntimeFolder } from "../os/unix/runtime_folder.ts";
import { hello } from "../wire/local/local_protocol.ts";

/** What a tool calls itself, and what its users are told who may not use it. */
export interface ToolIdentity {
  readonly program: string;
  /** @param path of the IRMd's socket for commands, or several */
  refusal(path: string): string;
}

const IRM: ToolIdentity = {
  program: "irm",
  refusal: (path) =>
    `this user may not command the IRMd at ${path}: be root, or a member of the group "ouroboros"`,
};

const adminSockets = () => RuntimeFolder.search().map(({ adminSocket }) => adminSocket);

/** Asks the IRMd behind one socket. */
export class IrmdClient {
  readonly #paths: () => readonly string[];
  readonly #identity: ToolIdentity;
  #connection: Promise<ControlConnection> | undefined;
  #greeting: Promise<unknown> | undefined;

  /** @param paths gives where the IRMd's socket for commands may be; the first at which somebody listens is taken */
  constructor(paths: () => readonly string[] = adminSockets, identity: ToolIdentity = IRM) {
    this.#paths = paths;
    this.#identity = identity;
  }

  /** Returns what the IRMd answers to the hello. @param within milliseconds in which it must @throws OuroError */
  async hello(within?: number): Promise<unknown> {
    return await this.#greet(await this.#connected(), within);
  }

  /**
   * Asks; the first request goes out in one write with the hello.
   *
   * @param within milliseconds in which the IRMd must answer
   * @throws OuroError
   */
  async call(method: string, params: unknown, within?: number): Promise<unknown> {
    const connection = await this.#connected();
    // A refused hello ends the connection; the request behind it fails with the reason.
    if (!this.#greeting) this.#greet(connection, within).catch((error) => connection.close(error));
    return await connection.call(method, params, within);
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  #connected(): Promise<ControlConnection> {
    return this.#connection ??= this.#connect();
  }

  #greet(connection: ControlConnection, within?: number): Promise<unknown> {
    return this.#greeting ??= connection.call("hello", hello(this.#identity.program, "tool"), within);
  }

  async #connect(): Promise<ControlConnection> {
    let paths: readonly string[] = [];
    try {
      paths = this.#paths();
      return await ControlConnection.connect(paths, {
        request: (method) => {
          throw new ProtocolError(`a tool does not answer ${method}`);
        },
        notification: () => {},
      }, () => {});
    } catch (thrown) {
      if (paths.length === 0) throw new IrmdError(asOuroError(thrown).message, { cause: thrown });
      if (thrown instanceof IrmdError && thrown.cause instanceof Deno.errors.PermissionDenied) {
        throw new PermissionError(this.#identity.refusal(paths.join(" or ")), { cause: thrown });
      }
      throw thrown;
    }
  }
}
