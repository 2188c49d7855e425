/**
 * The applications of a lab: a process on each host that sends or accepts.
 *
 * @module
 */
import { InternalError, OuroError } from "../../contract/errors.ts";
import type { Random } from "../../contract/ports.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { type LineChild, spawnLineChild } from "../../os/process/line_child.ts";
import { drawEnds } from "../../sim/play/draw_ends.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import type { AppCount, AppOrders } from "./app.ts";
import { memberName } from "./host_config.ts";
import type { LabHosts } from "./hosts.ts";

const RETRY = 250;

/** What a process answers. */
interface Answer {
  readonly ready?: true;
  readonly error?: string;
  readonly counts?: readonly AppCount[];
}

/** The applications of one host. */
class HostApps {
  readonly #child: LineChild;
  #waiting: PromiseWithResolvers<Answer> | undefined;
  /** What it has counted before it was killed is lost. */
  over = false;

  constructor(hosts: LabHosts, host: number) {
    this.#child = spawnLineChild("labd", hosts.variables(host), {
      line: (line) => {
        const answer: Answer = JSON.parse(line);
        if (answer.error === undefined) this.#waiting?.resolve(answer);
        else this.#waiting?.reject(new InternalError(`the applications of a host: ${answer.error}`));
      },
      ended: (how) => {
        this.over = true;
        this.#waiting?.reject(new InternalError(`the applications of a host have ended: ${how}`));
      },
    });
  }

  /** Tells it something, and waits for the answer. */
  ask(told: unknown): Promise<Answer> {
    this.#waiting = Promise.withResolvers();
    this.tell(told);
    return this.#waiting.promise;
  }

  tell(told: unknown): void {
    this.#child.send(JSON.stringify(told));
  }

  end(): void {
    this.#waiting = undefined;
    this.#child.kill();
  }
}

/** Returns what applications have seen, unless they have ended. */
async function report(app: HostApps): Promise<readonly AppCount[]> {
  return app.over ? [] : (await app.ask({ report: true })).counts ?? [];
}

/** All of them. */
export class LabApps {
  readonly #orders = new Map<number, AppOrders>();
  readonly #apps = new Map<number, HostApps>();
  readonly #gone: HostApps[] = [];
  /** What those have counted whose hosts were killed. */
  readonly #saved: AppCount[] = [];
  #origin = 0;

  /** Draws who sends to whom, as the simulator does. */
  constructor(
    scenario: Scenario,
    private readonly hosts: LabHosts,
    random: Random & { below(bound: number): number },
  ) {
    const marks = scenario.events.map(({ at }) => at);
    const orders = new Map<
      number,
      { serve: AppOrders["serve"][number][]; send: AppOrders["send"][number][] }
    >();
    const of = (host: number) => {
      const own = orders.get(host) ?? { serve: [], send: [] };
      orders.set(host, own);
      return own;
    };
    scenario.flows.forEach((spec, table) => {
      const layer = scenario.layers[spec.layer];
      for (let index = 0; index < spec.count; index++) {
        const [from, to] = drawEnds(spec, index, layer.members, random);
        const name = `flow.${table}.${scenario.hosts[to]}`;
        of(from).send.push({ table, index, name });
        const { serve } = of(to);
        if (!serve.some((one) => one.name === name)) {
          serve.push({ name, ipcp: memberName(scenario, layer, to) });
        }
      }
    });
    for (const [host, own] of orders) {
      this.#orders.set(host, { ...own, flows: scenario.flows, duration: scenario.duration, marks });
    }
  }

  /** Starts them, and waits until their names are registered. @throws OuroError */
  async open(): Promise<void> {
    await Promise.all([...this.#orders.keys()].map((host) => this.#open(host)));
  }

  /** Lets them begin; returns when that is, by the clock of this process. */
  start(): number {
    this.#origin = systemClock.now() + 100;
    for (const app of this.#apps.values()) app.tell({ origin: performance.timeOrigin + this.#origin });
    return this.#origin;
  }

  /** The applications of a host that starts again do so, too, when its members are there. */
  restart(host: number): void {
    if (!this.#orders.has(host)) return;
    const again = async () => {
      try {
        await this.hosts.impair();
        await this.#open(host);
        this.#apps.get(host)?.tell({ origin: performance.timeOrigin + this.#origin });
        const renew = this.#orders.get(host)?.serve.map(({ name }) => name);
        for (const app of this.#apps.values()) app.tell({ renew });
      } catch (thrown) {
        if (!(thrown instanceof OuroError)) throw thrown;
        systemTimers.after(RETRY, again);
      }
    };
    systemTimers.after(RETRY, again);
  }

  /** Keeps what the applications of a host have seen, which is going to be killed. */
  async save(host: number): Promise<void> {
    const app = this.#apps.get(host);
    if (app) this.#saved.push(...await report(app));
  }

  /** Asks all what they have seen. */
  async counts(): Promise<AppCount[]> {
    const reports = await Promise.all([...this.#apps.values()].map(report));
    return [...this.#saved, ...reports.flat()];
  }

  /** Ends them. */
  end(): void {
    for (const app of [...this.#apps.values(), ...this.#gone]) app.end();
  }

  async #open(host: number): Promise<void> {
    const before = this.#apps.get(host);
    if (before) this.#gone.push(before);
    const app = new HostApps(this.hosts, host);
    this.#apps.set(host, app);
    await app.ask({ orders: this.#orders.get(host) });
  }
}
