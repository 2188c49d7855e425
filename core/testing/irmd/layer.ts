/**
 * A layer inside one host, as a process that answers the IRMd: what the local IPCP type does, and ways to make it fail.
 *
 * @module
 */
import { FlowDownError, NameError, type OuroError } from "../../contract/errors.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import { type FakeProcess, type Message, World } from "./world.ts";

interface Pair {
  requester: number | undefined;
  responder: number | undefined;
}

/** What a layer may be made to do. */
export interface LayerManners {
  /** Joins the two processes directly. */
  splices?: boolean;
  /** Answers every allocation with this response. */
  response?: number;
  /** Says this with it. */
  reason?: string;
  /** Replaces the data of every answer, in base64. */
  changes?: (data: string) => string;
  /** Refuses every allocation with this error. */
  refuses?: OuroError;
  /** Says that it knows every name. */
  knowsAll?: boolean;
  /** Never answers these methods. */
  silent?: string[];
  /** The layer that enrollment leads into. */
  enrolls?: string;
}

/** Gives `ipcp` the answers of a layer inside one host. */
export function actAsLayer(world: World, ipcp: FakeProcess, manners: LayerManners = {}): void {
  const registered = new Set<string>();
  const pairs = new Map<number, Pair>();
  const answer = (method: string, run: (params: Message, reply: Done<unknown>) => void) => {
    ipcp.answers.set(method, (params, reply) => manners.silent?.includes(method) || run(params, reply));
  };
  answer("layer.bootstrap", ({ layer }, reply) => reply(success({ layer, hash: "FNV" })));
  answer("layer.enrol", ({ destination }, reply) => {
    if (destination === "nobody") return reply(failure(new NameError("nobody is not known")));
    reply(success({ layer: manners.enrolls ?? destination, hash: "FNV" }));
  });
  for (const method of ["layer.connect", "layer.disconnect"]) answer(method, (_params, reply) => reply(DONE));
  answer("layer.register", ({ hash }, reply) => {
    registered.add(hash);
    reply(DONE);
  });
  answer("layer.unregister", ({ hash }, reply) => {
    registered.delete(hash);
    reply(DONE);
  });
  answer(
    "layer.query",
    ({ hash }, reply) => reply(success({ found: manners.knowsAll || registered.has(hash) })),
  );
  answer("layer.stats", (_params, reply) => reply(success({ flows: pairs.size })));
  answer("layer.join", (_params, reply) => reply(success({ maxPacket: 1399 })));
  answer("layer.shutdown", (_params, reply) => {
    reply(DONE);
    world.exit(ipcp.pid, 0);
  });
  answer("layer.allocate", ({ flow, hash, qos, data }, reply) => {
    if (manners.refuses) return reply(failure(manners.refuses));
    const pair: Pair = { requester: flow, responder: undefined };
    pairs.set(flow, pair);
    if (manners.response !== undefined) {
      reply(DONE);
      pairs.delete(flow);
      const data = new TextEncoder().encode(manners.reason).toBase64();
      return ipcp.tell("upper.allocated", { flow, response: manners.response, mpl: 5, data });
    }
    ipcp.ask("upper.request", { hash, qos, data, maxPacket: 1300 }, (outcome) => {
      if (!outcome.ok) {
        // By now the id may be another flow's.
        if (pairs.get(flow) === pair) pairs.delete(flow);
        return reply(outcome);
      }
      const responder: number = outcome.value.flow;
      pairs.set(responder, pair);
      pair.responder = responder;
      if (pair.requester !== undefined) return reply(DONE);
      ipcp.tell("upper.down", { flow: responder, reason: "the requester is gone" });
      reply(failure(new FlowDownError("deallocated")));
    });
  });
  answer("layer.respond", ({ flow, data }, reply) => {
    const requester = pairs.get(flow)?.requester;
    if (requester === undefined) return reply(failure(new FlowDownError("the requester is gone")));
    const splice = manners.splices ? flow : undefined;
    const told = manners.changes?.(data) ?? data;
    ipcp.tell("upper.allocated", {
      flow: requester,
      response: 0,
      mpl: 5,
      maxPacket: 1400,
      data: told,
      splice,
    });
    reply(DONE);
  });
  answer("layer.deallocate", ({ flow }, reply) => {
    const pair = pairs.get(flow);
    pairs.delete(flow);
    if (pair && pair.requester === flow) {
      pair.requester = undefined;
      if (pair.responder !== undefined) {
        ipcp.tell("upper.down", { flow: pair.responder, reason: "the other end left" });
      }
    } else if (pair) {
      pair.responder = undefined;
      if (pair.requester !== undefined) {
        ipcp.tell("upper.down", { flow: pair.requester, reason: "the other end left" });
      }
    }
    reply(DONE);
  });
}

/** A world with one local layer `local_layer` in IPCP `local_1`. */
export function worldWithLayer(manners: LayerManners = { splices: true }): World {
  const { world } = emptyWorld(manners);
  void world.command("ipcp.bootstrap", { name: "local_1", type: "local", layer: "local_layer" }).result;
  world.log();
  return world;
}

/** A world without IPCPs; those that are started behave as `manners` says at that moment. */
export function emptyWorld(
  manners: LayerManners,
  wall?: number,
): { world: World; manners: LayerManners } {
  const world = new World(wall);
  world.animate = (ipcp) => actAsLayer(world, ipcp, { ...manners });
  return { world, manners };
}
