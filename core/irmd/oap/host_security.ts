/**
 * The allocation protocol of one host: handshakes with the policies of its security folder. It is what the rest of the IRMd
 * calls.
 *
 * @module
 */
import { asOuroError, CryptError } from "../../contract/errors.ts";
import { type Done, failure } from "../../contract/outcome.ts";
import type { Ports } from "../../contract/ports.ts";
import type { FlowSecurity, SecurityOptions } from "../../contract/security.ts";
import { type FlowPolicy, PLAIN_POLICY, withOptions } from "../../security/policy/flow_policy.ts";
import { SecurityFolder } from "../../security/policy/security_folder.ts";
import {
  NO_SECURITY_FILES,
  type PathOverrides,
  type SecurityFiles,
} from "../../security/policy/security_files.ts";
import { ClientHandshake } from "./client_handshake.ts";
import { type ServerCounts, type ServerHandshake, ServerHandshakes } from "./server_handshake.ts";

/** A flow that a process of this host asks for. */
export interface AskedFlow {
  /** The name that is asked for. */
  readonly name: string;
  /** What the process wishes (`security` of `flow.allocate`); undefined: it knows nothing of encryption. */
  readonly options: SecurityOptions | undefined;
  /** Paths of `irm name create`. */
  readonly paths?: PathOverrides;
  /** The application's data for the other end. */
  readonly data: Uint8Array;
}

/** Handshakes of a host. */
export class HostSecurity {
  readonly #ports: Ports;
  readonly #folder: SecurityFolder;
  readonly #server: ServerHandshakes;

  constructor(ports: Ports, files: SecurityFiles = NO_SECURITY_FILES) {
    this.#ports = ports;
    this.#folder = new SecurityFolder(files, ports.log);
    this.#server = new ServerHandshakes(ports.clock);
  }

  /** Returns the counts of requests that came. */
  counts(): ServerCounts {
    return this.#server.counts();
  }

  /**
   * Makes a request, one for each layer that is tried. `done` may be called before this returns; it fails with a CryptError,
   * an AuthError or a MessageSizeError, before anything goes out.
   */
  ask({ name, options, paths, data }: AskedFlow, done: Done<ClientHandshake>): void {
    const { clock, random } = this.#ports;
    let policy: FlowPolicy;
    try {
      policy = this.#folder.policy("client", name, options, paths);
      if (policy.encryption && !options) {
        throw new CryptError(`flows to "${name}" are encrypted, and this program cannot encrypt`);
      }
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    ClientHandshake.begin({ clock, random, name, policy }, data, done);
  }

  /**
   * Takes a request that a layer passes up; what costs nothing is checked now, the rest when it is answered.
   *
   * @param name that it is for
   * @throws AuthError and CryptError, whose number the layer answers with
   */
  receive(request: Uint8Array, name: string, paths?: PathOverrides): ServerHandshake {
    return this.#server.receive(request, (options) => this.#folder.policy("server", name, options, paths));
  }

  /** Checks that what a process wishes can be used. @throws AuthError for certificates and keys that cannot */
  checkOptions(options: SecurityOptions): void {
    withOptions(PLAIN_POLICY, options, this.#folder);
  }
}

/** Overwrites the key of a flow in this process: it has been passed on, or nobody wants it. */
export function wipeKey({ encryption }: FlowSecurity): void {
  encryption?.key.fill(0);
}
