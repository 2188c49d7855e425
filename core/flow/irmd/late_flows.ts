/**
 * Flows that were given to this process, and whose other ends are slow to connect. Nobody waits for them: the next call of accept
 * gets those that have come.
 *
 * @module
 */
import type { FlowChannel } from "../channel/flow_channel.ts";

/** The flows of one process. */
export class LateFlows<Flow extends { readonly channel: Pick<FlowChannel, "close"> }> {
  /** Flows that nobody has taken, by what they were accepted for. */
  readonly #ready = new Map<string, Flow[]>();
  /** Calls of accept that wait. */
  readonly #calls = new Map<string, Set<() => void>>();
  #closed = false;

  /** Returns a flow that has come; undefined when there is none. */
  take(kind: string): Flow | undefined {
    const ready = this.#ready.get(kind);
    const flow = ready?.shift();
    if (ready?.length === 0) this.#ready.delete(kind);
    return flow;
  }

  /** Has a call told, once, when there is a flow for it. @returns what says that it waits no more */
  call(kind: string, wake: () => void): () => void {
    let calls = this.#calls.get(kind);
    if (!calls) this.#calls.set(kind, calls = new Set());
    calls.add(wake);
    return () => {
      if (calls.delete(wake) && calls.size === 0) this.#calls.delete(kind);
    };
  }

  /** Waits for a flow instead of the call that was given it. */
  async add(kind: string, coming: Promise<Flow | undefined>): Promise<void> {
    // Why one did not come concerns nobody: it was not asked for any more.
    const flow = await coming.catch(() => undefined);
    if (!flow) return;
    if (this.#closed) return flow.channel.close();
    const ready = this.#ready.get(kind);
    if (ready) ready.push(flow);
    else this.#ready.set(kind, [flow]);
    const [wake] = this.#calls.get(kind) ?? [];
    wake?.();
  }

  /** Ends the flows that nobody has taken. */
  close(): void {
    this.#closed = true;
    for (const flow of [...this.#ready.values()].flat()) flow.channel.close();
    this.#ready.clear();
  }
}
