/**
 * Lets a process end though a call that a thread of the runtime makes for it is under way. The runtime has this for its own timers and
 * sockets, though not as a documented interface for such calls; so nothing is taken for granted.
 *
 * @module
 */

type Settle = (call: Promise<unknown>) => void;

const ref = coreFunction("refOpPromise"), unref = coreFunction("unrefOpPromise");

/** Whether the runtime can let a process end in spite of such calls. */
export const CAN_LEAVE_CALLS = ref !== undefined && unref !== undefined;

/** Says whether the process stays alive for a call. */
export function keepAliveFor(call: Promise<unknown>, wanted: boolean): void {
  (wanted ? ref : unref)?.(call);
}

function coreFunction(name: string): Settle | undefined {
  const key: unknown = Reflect.get(Deno, "internal");
  const internal: unknown = typeof key === "symbol" ? Reflect.get(Deno, key) : undefined;
  const core: unknown = isObject(internal) ? Reflect.get(internal, "core") : undefined;
  const found: unknown = isObject(core) ? Reflect.get(core, name) : undefined;
  if (typeof found !== "function") return undefined;
  return (call) => void Reflect.apply(found, core, [call]);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
