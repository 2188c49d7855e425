/**
 * How a flow tells the set that it is in what happens to it.
 *
 * @module
 */
import type { Flow } from "./flow.ts";

/** Told of changes of a flow. */
export interface FlowWatcher {
  /** A packet can be read, or the flow went down. */
  changed(flow: Flow): void;
  /** The flow may have been suspended, or carry packets again. */
  stateChanged(flow: Flow): void;
  /** The flow was deallocated by this process. */
  deallocated(flow: Flow): void;
}

const watchers = new WeakMap<Flow, FlowWatcher>();

/** Who watches the flow. */
export const watcherOf = (flow: Flow): FlowWatcher | undefined => watchers.get(flow);

/** Sets who watches the flow; nobody when left out. */
export function watch(flow: Flow, watcher?: FlowWatcher): void {
  if (watcher) watchers.set(flow, watcher);
  else watchers.delete(flow);
}
