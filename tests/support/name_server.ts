/**
 * A real DNS server (BIND) on loopback, authoritative for the root zone, with a temporary configuration of its own.
 *
 * @module
 */
import { whyNoProgram } from "../../core/testing/left_out.ts";
import { Process } from "./process.ts";

const PROGRAM = "named";
const ADDRESS = "127.0.0.1";
/** Milliseconds that records may take to go; generous, because machines are busy. */
const PATIENCE = 20_000;

/** Why tests with a name server are left out; undefined: they are not. */
export const whyNoNameServer: string | undefined = whyNoProgram(PROGRAM);

/** A port that nobody uses at the moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: ADDRESS, port: 0 });
  return listener.addr.port;
}

/** A running server. */
export class NameServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Process;
  readonly #port: number;

  private constructor(folder: string, process: Process, port: number) {
    this.#folder = folder;
    this.#process = process;
    this.#port = port;
  }

  /** Starts one. @param updates whether it takes updates, from everybody */
  static async start({ updates = true } = {}): Promise<NameServer> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-dns-" });
    const port = freePort();
    await Deno.writeTextFile(`${folder}/named.conf`, configuration(folder, port, updates));
    await Deno.writeTextFile(`${folder}/root.db`, ZONE);
    const process = new Process([PROGRAM, "-g", "-n", "1", "-U", "1", "-c", `${folder}/named.conf`]);
    await process.waitFor(/ running$/);
    return new NameServer(folder, process, port);
  }

  /** What option `dns` says. */
  get option(): string {
    return `${ADDRESS}:${this.#port}`;
  }

  /** The addresses of a name. */
  async addresses(name: string, type: "A" | "AAAA" = "A"): Promise<string[]> {
    try {
      return await Deno.resolveDns(`${name}.`, type, { nameServer: { ipAddr: ADDRESS, port: this.#port } });
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return [];
      throw thrown;
    }
  }

  /** Waits until a name has no address any more. */
  async untilGone(name: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const left = await this.addresses(name);
      if (left.length === 0) return;
      if (Date.now() > end) throw new Error(`${name} still has the addresses ${left}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const configuration = (folder: string, port: number, updates: boolean) => `
options {
  directory "${folder}"; pid-file "${folder}/named.pid"; session-keyfile "${folder}/session.key"; lock-file none;
  listen-on port ${port} { ${ADDRESS}; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; allow-query { any; };
};
controls { };
zone "." { type primary; file "root.db"; allow-update { ${updates ? "any" : "none"}; }; };
`;

const ZONE = `$TTL 60
@ IN SOA ns.local. admin.local. ( 1 3600 600 86400 60 )
@ IN NS ns.local.
ns.local. IN A ${ADDRESS}
`;
