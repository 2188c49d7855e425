/**
 * The local IPCP type: flows between processes of one host. It passes requests up with the same hash and joins the two
 * flows; packets never come here.
 *
 * @module
 */
import { CancelledError, FlowDownError, InvalidError, NameError } from "../../core/contract/errors.ts";
import { type FlowId, type NameHash, shortHash } from "../../core/contract/ids.ts";
import type {
  FlowReply,
  FlowRequest,
  Ipcp,
  IpcpContext,
  LayerConfig,
  LayerInfo,
  Stats,
  UpperFlow,
} from "../../core/contract/ipcp.ts";
import { DONE, type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import { LOCAL } from "./declaration.ts";

/** Longest life of a packet in the layer, in milliseconds (reference: `src/ipcpd/local/main.c`). */
const MPL = 100;
const REQUESTER_GONE = "the process that asked for the flow is gone";
const NO_DATA = new Uint8Array(0);

/** Two flows that are, or are to be, joined. */
interface Pair {
  /** Undefined once it was deallocated. */
  requester: UpperFlow | undefined;
  /** Undefined until somebody above was found, and once it was deallocated. */
  responder: UpperFlow | undefined;
  joined: boolean;
}

class LocalIpcp implements Ipcp {
  readonly #context: IpcpContext;
  readonly #log: Log;
  readonly #registered = new Set<NameHash>();
  /** By the id of either flow. */
  readonly #pairs = new Map<FlowId, Pair>();
  #completed = 0;
  #failed = 0;

  constructor(context: IpcpContext) {
    this.#context = context;
    this.#log = context.log.component("ipcpd-local");
  }

  bootstrap({ layer, options: { hash } }: LayerConfig, done: Done<LayerInfo>): void {
    if (typeof hash !== "string") return done(failure(new InvalidError("the layer needs a hash function")));
    this.#log.info(`Bootstrapped local IPCP with pid ${this.#context.pid}.`);
    done(success({ layer, hash }));
  }

  register(hash: NameHash, done: Done): void {
    this.#registered.add(hash);
    this.#log.info(`Registered ${shortHash(hash)}.`);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#registered.delete(hash);
    this.#log.info(`Unregistered ${shortHash(hash)}.`);
    done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    done(success(this.#registered.has(hash)));
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    const shown = shortHash(request.hash);
    this.#log.debug(`Allocating flow to ${shown} on fd ${flow.fd}.`);
    if (!this.#registered.has(request.hash)) {
      this.#logFailure(-new NameError("").errno);
      return done(failure(new NameError(`${shown} is not registered in this layer`)));
    }
    const pair: Pair = { requester: flow, responder: undefined, joined: false };
    this.#pairs.set(flow.id, pair);
    this.#context.upper.request(request, (outcome) => {
      if (!outcome.ok) {
        if (pair.requester) this.#pairs.delete(flow.id);
        this.#logFailure(-outcome.error.errno);
        return done(outcome);
      }
      pair.responder = outcome.value;
      this.#pairs.set(outcome.value.id, pair);
      if (pair.requester) {
        this.#log.info(`Pending local allocation request on fd ${flow.fd}.`);
        return done(DONE);
      }
      this.#failed++;
      this.#context.upper.down(outcome.value, REQUESTER_GONE);
      done(failure(new CancelledError("the flow was deallocated before it was allocated")));
    });
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    const pair = this.#pairs.get(flow.id);
    const requester = pair?.requester;
    const refused = reply.response !== 0;
    if (refused) this.#pairs.delete(flow.id);
    if (!pair || !requester) return done(failure(new FlowDownError(REQUESTER_GONE)));
    if (refused) this.#refuse(requester, reply);
    else this.#join(pair, requester, flow, reply);
    done(DONE);
  }

  deallocate(flow: UpperFlow, _linger: number, done: Done): void {
    const pair = this.#pairs.get(flow.id);
    this.#pairs.delete(flow.id);
    if (pair?.requester === flow) {
      pair.requester = undefined;
      if (pair.responder && !pair.joined) this.#context.upper.down(pair.responder, REQUESTER_GONE);
    } else if (pair) {
      pair.responder = undefined;
      if (pair.requester && !pair.joined) {
        this.#refuse(pair.requester, { response: -new FlowDownError("").errno, data: NO_DATA });
      }
    }
    this.#log.info(`Flow with fd ${flow.fd} deallocated.`);
    done(DONE);
  }

  stats(): Stats {
    return {
      registered: this.#registered.size,
      flows: this.#pairs.size,
      allocations: { completed: this.#completed, failed: this.#failed },
    };
  }

  shutdown(): void {
    this.#pairs.clear();
    this.#registered.clear();
  }

  #join(pair: Pair, requester: UpperFlow, responder: UpperFlow, reply: FlowReply): void {
    pair.joined = true;
    this.#completed++;
    this.#context.upper.splice(requester, responder);
    this.#context.upper.allocated(requester, reply, MPL);
    this.#log.info(`Flow allocation completed, fds (${requester.fd}, ${responder.fd}).`);
  }

  #refuse(requester: UpperFlow, reply: FlowReply): void {
    this.#pairs.delete(requester.id);
    this.#logFailure(reply.response);
    this.#context.upper.allocated(requester, reply, MPL);
  }

  #logFailure(response: number): void {
    this.#failed++;
    this.#log.debug(`Flow allocation failed: ${response}`);
  }
}

/** The local IPCP type. */
export const local: Plugin<"ipcp"> = {
  ...LOCAL,
  create: (_host, context) => new LocalIpcp(context),
};
