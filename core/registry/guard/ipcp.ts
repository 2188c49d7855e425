/**
 * A type of IPCP under guard: the host answers for what its calls throw; the guard notes that it runs, and takes what it throws where
 * it is called back: by timers, flows and answers.
 *
 * @module
 */
import type {
  FormerAddress,
  Ipcp,
  Layer,
  LayerConfig,
  Lower,
  LowerFlow,
  Upper,
  UpperFlow,
} from "../../contract/ipcp.ts";
import { type Done, success } from "../../contract/outcome.ts";
import type { IpcpContext } from "../../contract/plugin.ts";
import { plainStats } from "./describe.ts";
import { guardedTimers } from "./guarded_timers.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Returns what the type is made with. */
export const guardedIpcpContext = (context: IpcpContext, plugin: GuardedPlugin): IpcpContext => ({
  ...context,
  timers: guardedTimers(context.timers, plugin),
  upper: guardedUpper(context.upper, plugin),
  lower: guardedLower(context.lower, plugin),
});

/** An answer that the type takes. */
const answered =
  <T>(plugin: GuardedPlugin, done: Done<T>, seen: (value: T) => void): Done<T> => (outcome) => {
    if (outcome.ok) seen(outcome.value);
    plugin.tell("an answer", () => done(outcome));
  };

const guardedUpper = (upper: Upper, plugin: GuardedPlugin): Upper => ({
  request: (request, done) =>
    upper.request(request, answered(plugin, done, (flow) => guardPackets(flow, plugin))),
  allocated: (flow, reply, mpl) => upper.allocated(flow, reply, mpl),
  splice: (requester, responder) => upper.splice(requester, responder),
  down: (flow, reason) => upper.down(flow, reason),
});

const guardedLower = (lower: Lower, plugin: GuardedPlugin): Lower => ({
  allocate: (name, qos, done) =>
    lower.allocate(name, qos, answered(plugin, done, (flow) => guardLowerFlow(flow, plugin))),
  accept: (accept) =>
    lower.accept((flow) => {
      guardLowerFlow(flow, plugin);
      plugin.tell("accept", () => accept(flow));
    }),
});

/** Flows that are under guard already. */
const guardedFlows = new WeakSet<object>();

/** Guards what takes the packets of a flow. The flow stays the same one, as the type hands it back. */
function guardPackets(flow: UpperFlow | LowerFlow, plugin: GuardedPlugin): boolean {
  if (guardedFlows.has(flow)) return false;
  guardedFlows.add(flow);
  const { onPacket } = flow;
  flow.onPacket = (receive) =>
    onPacket.call(flow, (packet) => {
      if (plugin.out) return;
      const before = plugin.enter();
      try {
        receive(packet);
      } catch (thrown) {
        return plugin.threw(before, "receive", thrown, undefined);
      }
      plugin.leave(before);
    });
  return true;
}

function guardLowerFlow(flow: LowerFlow, plugin: GuardedPlugin): void {
  if (!guardPackets(flow, plugin)) return;
  const { onDrained, onChange, onDown } = flow;
  flow.onDrained = (level, drained) =>
    onDrained.call(flow, level, () => void plugin.tell("drained", drained));
  flow.onChange = (changed) => onChange.call(flow, () => void plugin.tell("changed", changed));
  flow.onDown = (down) => onDown.call(flow, (reason) => void plugin.tell("down", () => down(reason)));
}

/** Guards a type. */
export class GuardedIpcp implements Ipcp {
  readonly enroll?: Ipcp["enroll"];

  constructor(private readonly type: Ipcp, private readonly plugin: GuardedPlugin) {
    if (type.enroll === undefined) return;
    this.enroll = (destination: string, done: Done<Layer>, former?: FormerAddress) =>
      running(plugin, () => type.enroll?.(destination, this.#joined(done), former));
  }

  bootstrap(config: LayerConfig, done: Done<Layer>): void {
    running(this.plugin, () => this.type.bootstrap(config, this.#joined(done)));
  }

  shutdown(): void {
    this.plugin.tell("shutdown", () => this.type.shutdown?.());
  }

  #joined(done: Done<Layer>): Done<Layer> {
    return (outcome) => done(outcome.ok ? success(guardedLayer(outcome.value, this.plugin)) : outcome);
  }
}

/** Runs a call whose errors its caller takes for its answer. */
function running<T>(plugin: GuardedPlugin, call: () => T): T {
  const before = plugin.begin();
  try {
    return call();
  } finally {
    plugin.leave(before);
  }
}

/** Returns a layer whose methods are noted while they run. What is no layer stays as it is: the host refuses it. */
function guardedLayer(layer: Layer, plugin: GuardedPlugin): Layer {
  if (typeof layer !== "object" || layer === null) return layer;
  return new Proxy(layer, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key === "stats") return () => plugin.call("stats", () => value.call(target), {}, plainStats);
      return (...words: unknown[]) => {
        const [flow] = words;
        if (isUpperFlow(flow)) guardPackets(flow, plugin);
        return running(plugin, () => value.apply(target, words));
      };
    },
  });
}

const isUpperFlow = (value: unknown): value is UpperFlow =>
  typeof value === "object" && value !== null && "onPacket" in value;
