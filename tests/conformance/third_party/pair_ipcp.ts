/**
 * A third party's IPCP type that enrolls: a layer of two members with one connection between them, over which all flows go.
 * Each name is reachable at the other member; every packet has the flow's number in front.
 *
 * @module
 */
import type {
  Address,
  Connection,
  Done,
  FlowReply,
  FlowRequest,
  IpcpContext,
  Layer,
  LayerConfiguration,
  Members,
  NameHash,
  Plugin,
  PluginHost,
  QosSpec,
  UpperFlow,
} from "../../../mod.ts";

const OK = { ok: true, value: undefined } as const;
const [REQUEST, REPLY, DATA, END] = [1, 2, 3, 4];

interface Parts {
  readonly host: PluginHost;
  readonly context: IpcpContext;
  readonly members: Members;
}

class Pair implements Layer {
  readonly name: string;
  readonly hash: string;
  readonly #parts: Parts;
  readonly #most: number;
  readonly #flows = new Map<number, UpperFlow>();
  readonly #numbers = new Map<UpperFlow, number>();
  #connection: Connection | undefined;
  #next = 0;

  constructor(parts: Parts, { layer, hash, options }: LayerConfiguration) {
    this.name = layer;
    this.hash = hash;
    this.#parts = parts;
    this.#most = Number(options.flows);
    for (const name of ["mgmt", "dt"]) {
      const component = { name, protocol: "pair", version: 1, syntax: 2, address: 0 as Address };
      parts.members.register(component, {
        up: (connection) => {
          if (name !== "dt") return;
          this.#connection = connection;
          connection.flow.onPacket((packet) => this.#received(connection.flow.qos, packet));
        },
        down: () => {
          for (const flow of this.#flows.values()) parts.context.upper.down(flow, "the other member is gone");
        },
      });
    }
  }

  connect(destination: string, component: string, qos: QosSpec, done: Done): void {
    this.#parts.members.connect(destination, component, qos, (outcome) => done(outcome.ok ? OK : outcome));
  }

  disconnect(destination: string, component: string, done: Done): void {
    this.#parts.members.disconnect(destination, component, done);
  }

  register(_hash: NameHash, done: Done): void {
    done(OK);
  }

  unregister(_hash: NameHash, done: Done): void {
    done(OK);
  }

  query(_hash: NameHash, done: Done<boolean>): void {
    done({ ok: true, value: this.#connection !== undefined });
  }

  allocate(flow: UpperFlow, { hash, data }: FlowRequest, done: Done): void {
    const { host: { errors }, context } = this.#parts;
    if (this.#flows.size >= this.#most) {
      return done({ ok: false, error: new errors.ExhaustedError(`there are ${this.#most} flows already`) });
    }
    // Each side counts its own: odd at the member with the odd process id.
    const number = 2 * this.#next++ + context.pid % 2;
    this.#keep(flow, number);
    done(OK);
    this.#send(REQUEST, number, Uint8Array.from([...Uint8Array.fromHex(hash), ...data]));
  }

  respond(flow: UpperFlow, { response, data }: FlowReply, done: Done): void {
    const number = this.#numbers.get(flow) ?? 0;
    this.#send(REPLY, number, Uint8Array.from([response === 0 ? 0 : 1, ...data]));
    if (response !== 0) this.#forget(flow);
    done(OK);
  }

  deallocate(flow: UpperFlow, _linger: number, done: Done): void {
    const number = this.#numbers.get(flow);
    if (number !== undefined) this.#send(END, number, new Uint8Array(0));
    this.#forget(flow);
    done(OK);
  }

  shutdown(): void {
    this.#parts.members.shutdown();
  }

  #received(qos: QosSpec, [kind, number, ...rest]: Uint8Array): void {
    const { context: { upper }, host } = this.#parts;
    const flow = this.#flows.get(number);
    const bytes = Uint8Array.from(rest);
    if (kind === REQUEST) {
      const { length } = host.make("hash", this.hash, {});
      const hash = bytes.subarray(0, length).toHex() as NameHash;
      upper.request({ hash, qos, data: bytes.subarray(length) }, (outcome) => {
        if (outcome.ok) this.#keep(outcome.value, number);
        else this.#send(REPLY, number, Uint8Array.of(1));
      });
    } else if (!flow) return;
    else if (kind === DATA) flow.send(bytes);
    else if (kind === END) upper.down(flow, "the other end is gone");
    else if (kind === REPLY) {
      upper.allocated(flow, { response: bytes[0] === 0 ? 0 : -1, data: bytes.subarray(1) }, 1000);
      if (bytes[0] !== 0) this.#forget(flow);
    }
  }

  #keep(flow: UpperFlow, number: number): void {
    this.#flows.set(number, flow);
    this.#numbers.set(flow, number);
    flow.onPacket((packet) => this.#send(DATA, number, packet));
  }

  #forget(flow: UpperFlow): void {
    this.#flows.delete(this.#numbers.get(flow) ?? -1);
    this.#numbers.delete(flow);
  }

  #send(kind: number, number: number, packet: Uint8Array): void {
    this.#connection?.flow.send(packet, Uint8Array.of(kind, number));
  }
}

const pair: Plugin<"ipcp"> = {
  kind: "ipcp",
  name: "pair",
  apiVersion: 1,
  description: "a layer of two members, with one connection between them",
  options: [
    { name: "flows", type: "integer", min: 1, max: 100, default: 50, help: "flows at a time" },
    { name: "hash", type: "policy", kind: "hash", default: "SHA3_256", help: "hash function of the layer" },
  ],
  uses: ["hash"],
  abilities: ["enrol", "connect"],
  create: (host, context) => {
    const members = context.members();
    const join = (configuration: LayerConfiguration) => {
      members.open(configuration);
      return new Pair({ host, context, members }, configuration);
    };
    return {
      bootstrap: ({ layer, options }, done) =>
        done({
          ok: true,
          value: join({ type: "pair", layer, hash: String(options.hash), options, peer: undefined }),
        }),
      enroll: (destination, done) => members.enroll(destination, join, done),
      shutdown: () => members.shutdown(),
    };
  },
};

export default pair;
