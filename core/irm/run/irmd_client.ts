/**
 * The tool's connection to the IRMd: made when the first request needs it, one for all requests of a command.
 *
 * @module
 */
import { asOuroError, IrmdError, PermissionError, ProtocolError } from "../../contract/errors.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { PROTOCOL_VERSION } from "../../wire/local/local_protocol.ts";

/** Asks the IRMd behind one socket. */
export class IrmdClient {
  readonly #path: () => string;
  #connection: Promise<ControlConnection> | undefined;
  #greeted = false;

  /** @param path gives the path of the IRMd's socket for commands */
  constructor(path: () => string) {
    this.#path = path;
  }

  /** Asks; the first request goes out in one write with the hello. @throws OuroError */
  async call(method: string, params: unknown): Promise<unknown> {
    this.#connection ??= connect(this.#path);
    const connection = await this.#connection;
    if (!this.#greeted) {
      this.#greeted = true;
      // A refused hello ends the connection; the request behind it fails with the reason.
      connection.call("hello", { protocol: PROTOCOL_VERSION, program: "irm", role: "tool" })
        .catch((error) => connection.close(error));
    }
    return await connection.call(method, params);
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }
}

async function connect(socket: () => string): Promise<ControlConnection> {
  let path = "";
  try {
    path = socket();
    return await ControlConnection.connect(path, {
      request: (method) => {
        throw new ProtocolError(`a tool does not answer ${method}`);
      },
      notification: () => {},
    }, () => {});
  } catch (thrown) {
    if (path === "") throw new IrmdError(asOuroError(thrown).message, { cause: thrown });
    if (thrown instanceof IrmdError && thrown.cause instanceof Deno.errors.PermissionDenied) {
      throw new PermissionError(
        `this user may not command the IRMd at ${path}: be root, or a member of the group "ouroboros"`,
        { cause: thrown },
      );
    }
    throw thrown;
  }
}
