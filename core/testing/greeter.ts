/**
 * A small IPCP type for the simulator's own tests: members greet each other over N-1 flows, and flows of applications go over
 * one link.
 *
 * @module
 */
import { NO_BYTES } from "../kit/bytes.ts";
import { NameError, NotAllocatedError } from "../contract/errors.ts";
import { type NameHash, nameHash } from "../contract/ids.ts";
import type { FlowReply, FlowRequest, Ipcp, Layer, LayerConfig, UpperFlow } from "../contract/ipcp.ts";
import { type IpcpContext, type Plugin, PLUGIN_API_VERSION } from "../contract/plugin.ts";
import { DONE, type Done, failure, success } from "../contract/outcome.ts";
import { QOS } from "../contract/qos.ts";

class Greeter implements Ipcp, Layer {
  readonly name = "layer";
  readonly hash = "plain";
  readonly #context: IpcpContext;
  readonly #registered = new Set<NameHash>();
  readonly #answers = new Map<UpperFlow, (reply: FlowReply) => void>();

  constructor(context: IpcpContext) {
    this.#context = context;
    context.lower.accept((flow) =>
      flow.onPacket((greeting) => {
        if (greeting.length === 1) return flow.send(Uint8Array.of(greeting[0] + 1));
        const hash = nameHash(greeting.toHex());
        const request: FlowRequest = { hash, qos: QOS.raw, data: NO_BYTES };
        context.upper.request(request, (outcome) => {
          if (!outcome.ok) return flow.deallocate();
          this.#answers.set(outcome.value, (reply) => {
            if (reply.response !== 0) return flow.deallocate();
            flow.send(NO_BYTES);
            flow.onPacket((packet) => outcome.value.send(packet));
            outcome.value.onPacket((packet) => flow.send(packet));
            flow.onDown((reason) => context.upper.down(outcome.value, reason));
          });
        });
      })
    );
  }

  bootstrap(_config: LayerConfig, done: Done<Layer>): void {
    done(success(this));
  }

  enroll(destination: string, done: Done<Layer>): void {
    this.connect(destination, "enrolment", QOS.raw, (outcome) => done(outcome.ok ? success(this) : outcome));
  }

  connect(destination: string, _component: string, _qos: unknown, done: Done): void {
    this.#context.lower.allocate(destination, QOS.raw, (outcome) => {
      if (!outcome.ok) return done(outcome);
      outcome.value.onPacket(() => done(DONE));
      outcome.value.send(Uint8Array.of(1));
    });
  }

  disconnect(_destination: string, _component: string, done: Done): void {
    done(DONE);
  }

  register(hash: NameHash, done: Done): void {
    this.#registered.add(hash);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#registered.delete(hash);
    done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    done(success(this.#registered.has(hash)));
  }

  /** All flows go to the next node. */
  allocate(flow: UpperFlow, { hash }: FlowRequest, done: Done): void {
    const next = `node.${Number(this.#context.name.slice(5)) + 1}`;
    this.#context.lower.allocate(next, QOS.raw, (outcome) => {
      if (!outcome.ok) return done(failure(new NameError("there is no next node")));
      const lower = outcome.value;
      done(DONE);
      lower.onDown(() =>
        this.#context.upper.allocated(
          flow,
          { response: -new NotAllocatedError("").errno, data: NO_BYTES },
          0,
        )
      );
      lower.onPacket(() => {
        lower.onPacket((packet) => flow.send(packet));
        lower.onDown((reason) => this.#context.upper.down(flow, reason));
        flow.onPacket((packet) => lower.send(packet));
        this.#context.upper.allocated(flow, { response: 0, data: NO_BYTES }, 0);
      });
      lower.send(Uint8Array.fromHex(hash));
    });
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#answers.get(flow)?.(reply);
    done(DONE);
  }

  deallocate(_flow: UpperFlow, _linger: number, done: Done): void {
    done(DONE);
  }

  shutdown(): void {}
}

/** The IPCP type. */
export const greeter: Plugin<"ipcp"> = {
  kind: "ipcp",
  name: "greeter",
  apiVersion: PLUGIN_API_VERSION,
  description: "members greet each other",
  options: [{ name: "hash", type: "policy", kind: "hash", default: "plain", help: "hash function" }],
  abilities: ["enrol", "connect"],
  create: (_host, context) => new Greeter(context),
};

/** A hash that can be read. */
export const plain: Plugin<"hash"> = {
  kind: "hash",
  name: "plain",
  apiVersion: PLUGIN_API_VERSION,
  description: "the bytes themselves, 16 of them",
  options: [],
  create: () => ({
    length: 16,
    digest: (bytes) => Uint8Array.from({ length: 16 }, (_, at) => bytes[at] ?? 0),
  }),
};
