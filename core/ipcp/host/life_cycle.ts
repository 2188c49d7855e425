/**
 * The states of an IPCP and what may be asked in each (reference: `src/ipcpd/ipcp.c`).
 *
 * @module
 */
import { IpcpStateError } from "../../contract/errors.ts";
import type { Layer } from "../../contract/ipcp.ts";

/** `boot`: takes commands; `joining`: bootstraps or enrolls; `operational`: member of a layer; `shutdown`: ends. */
export type LifeCycleState = "boot" | "joining" | "operational" | "shutdown";

/** The state of one IPCP. */
export class LifeCycle {
  #state: LifeCycleState = "boot";
  #layer: Layer | undefined;

  /** @param name of the IPCP, for errors */
  constructor(private readonly name: string) {}

  /** The state. */
  get state(): LifeCycleState {
    return this.#state;
  }

  /** The layer, once the IPCP is a member of one. */
  get layer(): Layer | undefined {
    return this.#layer;
  }

  /** Bootstrapping or enrolling begins. @throws IpcpStateError unless it may */
  join(): void {
    if (this.#state !== "boot") throw this.#refusal();
    this.#state = "joining";
  }

  /** Bootstrapping or enrolling has ended: with the layer, or without success, after which it may be tried again. */
  joined(layer: Layer | undefined): void {
    if (this.#state !== "joining") return;
    this.#layer = layer;
    this.#state = layer ? "operational" : "boot";
  }

  /** Returns the layer that is at work. @throws IpcpStateError unless the IPCP is a member of one */
  needLayer(): Layer {
    if (this.#state !== "operational" || !this.#layer) throw this.#refusal();
    return this.#layer;
  }

  /** The IPCP ends. False: it did already. */
  shutdown(): boolean {
    if (this.#state === "shutdown") return false;
    this.#state = "shutdown";
    return true;
  }

  #refusal(): IpcpStateError {
    switch (this.#state) {
      case "boot":
        return new IpcpStateError(
          `IPCP ${this.name} is in no layer yet; bootstrap it or enroll it first`,
        );
      case "joining":
        return new IpcpStateError(`IPCP ${this.name} is being bootstrapped or enrolled`);
      case "operational":
        return new IpcpStateError(`IPCP ${this.name} is in layer ${this.#layer?.name} already`);
      case "shutdown":
        return new IpcpStateError(`IPCP ${this.name} is shutting down`);
    }
  }
}
