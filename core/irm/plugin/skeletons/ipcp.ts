/**
 * A type of IPCP whose layers join processes of one host: it carries their packets itself, each some milliseconds late.
 *
 * @module
 */
import type {
  Done,
  FlowReply,
  FlowRequest,
  IpcpContext,
  Layer,
  OptionValues,
  Plugin,
  PluginHost,
  UpperFlow,
} from "../../../contract/author_types.ts";

const OK = { ok: true, value: undefined } as const;

class Loop implements Layer {
  readonly hash: string;
  readonly #errors: PluginHost["errors"];
  readonly #context: IpcpContext;
  readonly #hashes = new Set<string>();
  /** The other end of each flow; undefined once that is gone, or while it is looked for. */
  readonly #others = new Map<UpperFlow, UpperFlow | undefined>();
  /** Flows that wait for an answer from the process above. */
  readonly #waiting = new Set<UpperFlow>();
  readonly #delay: number;
  #over = false;

  constructor(
    readonly name: string,
    { hash, delay }: OptionValues,
    { errors }: PluginHost,
    context: IpcpContext,
  ) {
    this.hash = String(hash);
    this.#delay = Number(delay);
    this.#errors = errors;
    this.#context = context;
  }

  register(hash: string, done: Done): void {
    this.#hashes.add(hash);
    done(OK);
  }

  unregister(hash: string, done: Done): void {
    this.#hashes.delete(hash);
    done(OK);
  }

  query(hash: string, done: Done<boolean>): void {
    done({ ok: true, value: this.#hashes.has(hash) });
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    if (!this.#hashes.has(request.hash)) {
      return done({ ok: false, error: new this.#errors.NameError("the name is not registered here") });
    }
    this.#others.set(flow, undefined);
    done(OK);
    this.#later(() => this.#pass(flow, request));
  }

  #pass(flow: UpperFlow, request: FlowRequest): void {
    if (!this.#others.has(flow)) return;
    this.#context.upper.request(request, (outcome) => {
      if (this.#over) return;
      if (!outcome.ok) {
        if (this.#others.delete(flow)) this.#reply(flow, -outcome.error.errno);
        return;
      }
      const responder = outcome.value;
      const asked = this.#others.has(flow);
      this.#waiting.add(responder);
      this.#others.set(responder, asked ? flow : undefined);
      if (asked) this.#others.set(flow, responder);
      else this.#context.upper.down(responder, "the requester is gone");
    });
  }

  respond(responder: UpperFlow, reply: FlowReply, done: Done): void {
    const requester = this.#others.get(responder);
    this.#waiting.delete(responder);
    if (reply.response !== 0) this.#others.delete(responder);
    if (!requester) {
      return done({ ok: false, error: new this.#errors.FlowDownError("the requester is gone") });
    }
    if (reply.response === 0) {
      this.#carry(requester);
      this.#carry(responder);
    } else this.#others.delete(requester);
    this.#context.upper.allocated(requester, reply, 1000);
    done(OK);
  }

  deallocate(flow: UpperFlow, _linger: number, done: Done): void {
    const other = this.#others.get(flow);
    this.#others.delete(flow);
    if (other) {
      this.#others.set(other, undefined);
      if (this.#waiting.delete(flow)) {
        this.#others.delete(other);
        this.#reply(other, -1005);
      } else this.#context.upper.down(other, "the other end is gone");
    }
    done(OK);
  }

  stats() {
    return { flows: this.#others.size };
  }

  shutdown(): void {
    this.#over = true;
    this.#others.clear();
  }

  #carry(from: UpperFlow): void {
    from.onPacket((packet) => {
      const copy = packet.slice();
      this.#later(() => this.#others.get(from)?.send(copy));
    });
  }

  #reply(flow: UpperFlow, response: number): void {
    this.#context.upper.allocated(flow, { response, data: new Uint8Array(0) }, 1000);
  }

  #later(run: () => void): void {
    this.#context.timers.after(this.#delay, run);
  }
}

const plugin: Plugin<"ipcp"> = {
  kind: "ipcp",
  name: "loop",
  apiVersion: 1,
  version: "1.0.0",
  description: "flows between processes of this host, each packet late",
  options: [
    {
      name: "delay",
      type: "integer",
      min: 0,
      max: 10_000,
      default: 5,
      unit: "ms",
      help: "how late packets are",
    },
    { name: "hash", type: "policy", kind: "hash", default: "SHA3_256", help: "hash function of the layer" },
  ],
  create: (host, context) => ({
    bootstrap: ({ layer, options }, done) =>
      done({ ok: true, value: new Loop(layer, options, host, context) }),
  }),
};

export default plugin;
