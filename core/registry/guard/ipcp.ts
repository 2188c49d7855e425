/**
 * A type of IPCP under guard: the host answers for what its calls throw; the guard notes that it runs, and takes what its timers throw.
 *
 * @module
 */
import type { FormerAddress, Ipcp, Layer, LayerConfig } from "../../contract/ipcp.ts";
import { type Done, success } from "../../contract/outcome.ts";
import type { IpcpContext } from "../../contract/plugin.ts";
import { plainStats } from "./describe.ts";
import { guardedTimers } from "./guarded_timers.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Returns what the type is made with. */
export const guardedIpcpContext = (context: IpcpContext, plugin: GuardedPlugin): IpcpContext => ({
  ...context,
  timers: guardedTimers(context.timers, plugin),
});

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
      return (...words: unknown[]) => running(plugin, () => value.apply(target, words));
    },
  });
}
