/**
 * Random commands and deaths of IPCPs: in the end there is what was asked for, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { NotFoundError } from "../../contract/errors.ts";
import { failure } from "../../contract/outcome.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import type { World } from "../../testing/irmd/world.ts";

const NAMES = ["a", "b"] as const;
const STEPS = [
  "bootstrap",
  "destroy",
  "register",
  "unregister",
  "connect",
  "disconnect",
  "kill",
  "break",
  "wait",
] as const;

/** What stays asked for of one IPCP. */
interface Model {
  readonly registered: Set<string>;
  readonly connected: Set<string>;
}

class Run {
  readonly world: World;
  readonly #model = new Map<string, Model>();
  #broken = false;

  constructor() {
    this.world = emptyWorld({}).world;
    const { animate } = this.world;
    this.world.animate = (ipcp) => {
      animate(ipcp);
      for (const method of ["layer.bootstrap", "layer.register", "layer.connect"]) {
        const works = ipcp.answers.get(method);
        ipcp.answers.set(method, (params, reply) => {
          if (this.#broken) reply(failure(new NotFoundError("there is no device")));
          else works?.(params, reply);
        });
      }
    };
  }

  step(what: typeof STEPS[number], pick: number): void {
    const { world } = this;
    const name = NAMES[pick % 2], service = `s${pick % 3}`, destination = `d${pick % 3}`;
    const model = this.#model.get(name);
    const done = (method: string, params: Record<string, unknown>) =>
      world.command(method, params).error === undefined;
    const layer = `layer of ${name}`;
    switch (what) {
      case "bootstrap": {
        const params = { name, type: "unicast", layer, options: {}, autobind: false };
        if (done("ipcp.bootstrap", params) && !model) {
          this.#model.set(name, { registered: new Set(), connected: new Set() });
        }
        return;
      }
      case "destroy":
        if (done("ipcp.destroy", { name })) this.#model.delete(name);
        return;
      case "register":
        if (done("name.register", { name: service, layers: [layer] })) model?.registered.add(service);
        return;
      case "unregister":
        if (done("name.unregister", { name: service, layers: [], ipcps: [name] })) {
          model?.registered.delete(service);
        }
        return;
      case "connect":
        if (done("ipcp.connect", { name, destination, component: "mgmt" })) model?.connected.add(destination);
        return;
      case "disconnect":
        if (done("ipcp.disconnect", { name, destination, component: "*" })) {
          model?.connected.delete(destination);
        }
        return;
      case "kill": {
        const running = world.ipcps.filter(({ ended }) => !ended);
        const victim = running[pick % Math.max(1, running.length)];
        if (victim) {
          victim.end();
          world.irmd.childExited(victim.pid, "SIGKILL");
        }
        return;
      }
      case "break":
        this.#broken = pick % 2 === 0;
        return;
      case "wait":
        return world.time.advance(pick);
    }
  }

  finish(): void {
    this.#broken = false;
    this.world.time.advance(120_000);
    const { result } = this.world.command("ipcp.list");
    const rows: { name: string; layer: string; missing?: unknown }[] = Array.isArray(result) ? result : [];
    assert.deepEqual(
      rows.map(({ name, layer, missing }) => ({ name, layer, missing })).sort(byName),
      [...this.#model.keys()].map((name) => ({ name, layer: `layer of ${name}`, missing: undefined })).sort(
        byName,
      ),
    );
    const alive = this.world.ipcps.filter(({ ended }) => !ended);
    for (const { name, pid } of rows as { name: string; pid?: number }[]) {
      const process = alive.find((ipcp) => ipcp.pid === pid);
      const connects = process?.requests.flatMap(({ method, params }) =>
        method === "layer.connect" ? [params.destination] : []
      );
      for (const wanted of this.#model.get(name)?.connected ?? []) assert(connects?.includes(wanted), wanted);
    }
    const registrations = [...this.#model.values()].reduce(
      (count, { registered }) => count + registered.size,
      0,
    );
    assert.equal(this.world.tool.ask("status").result.registrations, registrations);
    assert.equal(alive.length, this.#model.size);
    assert.equal(this.world.time.settle(10_000), true, "no timer is left");
  }
}

const byName = (one: { name: string }, other: { name: string }) => one.name < other.name ? -1 : 1;

Deno.test("property: whatever dies, in the end there is what was asked for, and nothing else", () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.nat(2000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
      const run = new Run();
      for (const [what, pick] of steps) run.step(what, pick);
      run.finish();
    }),
    { numRuns: 200 },
  );
});
