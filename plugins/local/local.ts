/**
 * The local IPCP type: flows between processes of one host. It passes requests up with the same hash and joins the two
 * flows; packets never come here.
 *
 * @module
 */
import { NameError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, Layer, UpperFlow } from "../../core/contract/ipcp.ts";
import { definePlugin, type IpcpContext } from "../../core/contract/plugin.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { DONE, type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Log } from "../../core/contract/ports.ts";
import { OwnFlows } from "../../core/ipcp/allocation/own_flows.ts";
import { LOCAL } from "./declaration.ts";

/** Longest life of a packet in the layer, in milliseconds (reference: `src/ipcpd/local/main.c`). */
const MPL = 100;

class LocalLayer implements Layer {
  readonly #registered = new Set<NameHash>();
  readonly #flows: OwnFlows;
  #completed = 0;
  #failed = 0;

  constructor(
    readonly name: string,
    readonly hash: string,
    private readonly context: IpcpContext,
    private readonly log: Log,
  ) {
    const { upper } = context;
    this.#flows = new OwnFlows({
      request: (request, done) => upper.request(request, done),
      splice: (requester, responder) => this.#join(requester, responder),
      allocated: (flow, reply, mpl) => {
        if (reply.response !== 0) this.#logFailure(reply.response);
        upper.allocated(flow, reply, mpl);
      },
      down: (flow, reason) => upper.down(flow, reason),
    }, MPL);
  }

  register(hash: NameHash, done: Done): void {
    this.#registered.add(hash);
    this.log.info(`Registered ${shortHash(hash)}.`);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#registered.delete(hash);
    this.log.info(`Unregistered ${shortHash(hash)}.`);
    done(DONE);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    done(success(this.#registered.has(hash)));
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    const shown = shortHash(request.hash);
    this.log.debug(`Allocating flow to ${shown} on fd ${flow.fd}.`);
    if (!this.#registered.has(request.hash)) {
      this.#logFailure(-new NameError("").errno);
      return done(failure(new NameError(`${shown} is not registered in this layer`)));
    }
    this.#flows.allocate(flow, request, (outcome) => {
      if (outcome.ok) this.log.info(`Pending local allocation request on fd ${flow.fd}.`);
      else this.#logFailure(-outcome.error.errno);
      done(outcome);
    });
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#flows.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, _linger: number, done: Done): void {
    this.#flows.deallocate(flow);
    this.log.info(`Flow with fd ${flow.fd} deallocated.`);
    done(DONE);
  }

  stats(): Stats {
    return {
      registered: this.#registered.size,
      flows: this.#flows.size,
      allocations: { completed: this.#completed, failed: this.#failed },
    };
  }

  shutdown(): void {
    this.#flows.shutdown();
    this.#registered.clear();
  }

  #join(requester: UpperFlow, responder: UpperFlow): void {
    this.#completed++;
    this.context.upper.splice(requester, responder);
    this.log.info(`Flow allocation completed, fds (${requester.fd}, ${responder.fd}).`);
  }

  #logFailure(response: number): void {
    this.#failed++;
    this.log.debug(`Flow allocation failed: ${response}`);
  }
}

/** The local IPCP type. */
export const local = definePlugin(LOCAL, (_host, context) => {
  const log = context.log.component("ipcpd-local");
  return {
    bootstrap: ({ layer, options: { hash } }, done) => {
      const member = new LocalLayer(layer, hash, context, log);
      log.info(`Bootstrapped local IPCP with pid ${context.pid}.`);
      done(success(member));
    },
  };
});
