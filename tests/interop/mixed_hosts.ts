/**
 * Hosts of ours and hosts of the reference, joined by cables. The commands are the same on both: what differs is hidden here.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Enclosure, type Replacement } from "../support/enclosure.ts";
import { Host } from "../support/host.ts";
import { Namespaces } from "../support/namespaces.ts";
import type { EdgeType } from "../support/networked_hosts.ts";
import type { Ended, Process } from "../support/process.ts";
import { ReferenceFault, ReferenceHost, withSecurity } from "../support/reference_host.ts";

/** Milliseconds after which an attempt to reach a server is given up. */
const ATTEMPT = 4000;
/** Attempts. */
const ATTEMPTS = 6;

/** What a test asks of a host, whoever made it. */
export type AnyHost = Pick<Host, "irmd" | "log" | "ok" | "spawn"> & { run(words: string): Promise<Ended> };

/** What a test plays on: hosts, which are letters, and cables, which are pairs of letters. */
export interface Scene {
  readonly ours: string;
  readonly theirs: string;
  readonly cables: readonly string[];
  /** Type of the layer `net`; left out: unicast. */
  readonly type?: "unicast" | "broadcast";
  /** Files of the security folder of theirs, by their paths in it. */
  readonly security?: Readonly<Record<string, string>>;
  /** Hosts of theirs refuse flows: their IPCPs get stuck by that now and then (quirk 4 of shims). */
  readonly refuses?: true;
}

/** The hosts and what joins them. */
export class MixedHosts implements AsyncDisposable {
  /** The network below. */
  readonly net = new Namespaces();
  readonly #ours = new Map<string, Host>();
  readonly #theirs = new Map<string, ReferenceHost>();
  readonly #enclosures = new Map<string, Enclosure>();
  #replacement: Replacement | undefined;

  private constructor(private readonly type: "unicast" | "broadcast") {}

  /** Makes hosts with nothing but an IRMd on each. `prefix` is where the reference is. */
  static async start(
    { ours, theirs, cables, security, type = "unicast" }: Scene,
    prefix: string,
  ): Promise<MixedHosts> {
    const made = new MixedHosts(type);
    try {
      if (security !== undefined) made.#replacement = await withSecurity(prefix, security);
      await made.net.add(...ours, ...theirs);
      for (const [one, other] of cables) await made.net.cable(one, other);
      for (const letter of ours + theirs) {
        made.#enclosures.set(letter, await Enclosure.make(made.net.on(letter), made.#replacement));
      }
      for (const letter of theirs) {
        made.#theirs.set(letter, await ReferenceHost.start(made.#enclosure(letter), prefix));
      }
      await Promise.all([...ours].map(async (letter) => {
        made.#ours.set(letter, await Host.start({ within: made.#enclosure(letter).within }));
      }));
    } catch (thrown) {
      await made[Symbol.asyncDispose]();
      throw thrown;
    }
    return made;
  }

  /** The host of a letter. */
  on(letter: string): AnyHost {
    const host = this.#ours.get(letter) ?? this.#theirs.get(letter);
    if (!host) throw new Error(`there is no host ${letter}`);
    return host;
  }

  /** Whether the host of a letter is ours. */
  isOurs(letter: string): boolean {
    return this.#ours.has(letter);
  }

  /** The host of ours of a letter. */
  ours(letter: string): Host {
    const host = this.#ours.get(letter);
    if (!host) throw new Error(`there is no host ${letter} of ours`);
    return host;
  }

  /** Puts a layer `TYPE-AB` over a cable: an IPCP of that name on both ends. `subnet` is the number of the cable, from 1. */
  async layerOver([one, other]: string, type: EdgeType, subnet = 1): Promise<string> {
    const name = `${type}-${one}${other}`;
    for (const [own, peer] of [[one, other], [other, one]]) {
      const options = this.#options(type, own, peer, subnet);
      await this.on(own).ok(`irm ipcp bootstrap type ${type} name ${name} layer ${name} ${options}`);
    }
    return name;
  }

  /** Makes a name known in a layer that {@link layerOver} made: both register it, and over UDP hosts files tell it. */
  async register(letter: string, name: string, layer: string, subnet = 1): Promise<void> {
    const type = /^udp[46]/.exec(layer)?.[0];
    const address = (type === "udp6" ? Namespaces.ip6 : Namespaces.ip4)(letter, subnet);
    const digest = createHash("md5").update(name).digest("hex");
    for (const [other, enclosure] of this.#enclosures) {
      if (type && other !== letter) await enclosure.knows(address, digest);
    }
    await this.on(letter).ok(`irm name register ${name} layer ${layer}`);
  }

  /** Starts a server for a name, an `oping` unless said otherwise, and registers that in a layer, see {@link register}. */
  async serve(
    letter: string,
    name: string,
    layer: string,
    subnet = 1,
    words: readonly string[] = ["oping", "--listen"],
  ): Promise<Process> {
    const host = this.on(letter);
    // The reference's tools keep their lines to themselves otherwise.
    const server = host.spawn(this.isOurs(letter) ? words : ["stdbuf", "-oL", ...words]);
    for (let tries = 1;; tries++) {
      // The process is not known before it has told the IRMd.
      const { code, stdout, stderr } = await host.run(`irm bind process ${server.pid} name ${name}`);
      if (code === 0) break;
      if (tries === 100) throw new Error(`could not bind the server: ${stdout}${stderr}`);
      await pause(100);
    }
    await this.register(letter, name, layer, subnet);
    return server;
  }

  /**
   * Pings a server until all packets are answered. More than one attempt is made for the sake of the reference: as a responder
   * it loses one reply in ten (quirk 4 of unicast, quirk 17 of flows), as a requester the answer to its first name query
   * (quirk 16 of shims), and as a new member of a layer what it was sent first (quirks L4 and D1).
   *
   * @returns what `oping` has written in the end
   */
  async pinged(letter: string, name: string, options = "-c 3 -i 10ms"): Promise<string> {
    if (this.#theirs.has(letter)) await this.mayAsk(letter, name);
    let last = "";
    for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
      const { stdout, stderr, signal } = await this.pings(letter, name, options);
      if (/(\d+) packets transmitted, \1 received/.test(stdout)) return stdout;
      // It spoils the memory that all processes of its host share.
      if (signal === "SIGSEGV") throw new ReferenceFault(`quirk 3 of flows: oping ${options} has crashed`);
      last = stdout + stderr;
      console.info(`attempt ${attempts} of ${letter} to reach ${name}: ${summary(last)}`);
      await this.assertAlive();
      await pause(200);
    }
    await this.assertAlive();
    throw new Error(`host ${letter} gets no answer from ${name}: ${last}\n${this.#state()}`);
  }

  /** Tells a host of the reference of a name. */
  async mayAsk(letter: string, name: string): Promise<void> {
    if (!this.#replacement) return void await this.on(letter).ok(`irm name create ${name}`);
    // A name that `irm name create` has made may miss its security files (quirk 15 of flows); a binding makes a good one, the first time.
    await this.on(letter).run(`irm bind program ${this.#replacement.folder}/bin/ocbr name ${name}`);
  }

  /** One attempt, which ends after a few seconds. */
  pings(letter: string, name: string, options: string): Promise<Ended> {
    return limited(this.on(letter).spawn(`oping -n ${name} ${options}`.split(" ")));
  }

  /** A client that goes on pinging: it has got its first answers when this returns. Attempts as with {@link pinged}. */
  async pinging(letter: string, name: string, options: string): Promise<Process> {
    for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
      const client = this.on(letter).spawn(`oping -n ${name} ${options}`.split(" "));
      const timer = setTimeout(() => client.stdout.includes("seq=") || client.kill("SIGINT"), ATTEMPT);
      const answered = client.until(() => client.stdout.includes("seq=20"), "answer");
      const found = await answered.then(() => true, () => false);
      clearTimeout(timer);
      if (found) return client;
      await this.assertAlive();
    }
    throw new Error(`host ${letter} gets no answer from ${name}\n${this.#state()}`);
  }

  /** Makes the first member of the layer `net` on a host, reachable in layers (and the subnets of these). */
  async first(letter: string, layers: Readonly<Record<string, number>>, options = ""): Promise<void> {
    const words = `irm ipcp bootstrap type ${this.type} name member-${letter} layer net ${options} autobind`;
    await this.on(letter).ok(words.replace("  ", " "));
    await this.#reachable(letter, layers);
  }

  /** Makes a host's IPCP a member of `net` through the member on another host, reachable in layers. */
  async enroll(letter: string, other: string, layers: Readonly<Record<string, number>>): Promise<void> {
    await this.#knows(letter, other);
    await this.#again(
      letter,
      `irm ipcp enroll type ${this.type} name member-${letter} layer net dst member-${other} autobind`,
    );
    await this.#reachable(letter, layers);
  }

  /** Connects the members on two hosts, all components. */
  async connect(letter: string, other: string): Promise<void> {
    await this.#knows(letter, other);
    for (const component of this.type === "unicast" ? ["mgmt", "dt"] : ["dt"]) {
      await this.#again(
        letter,
        `irm ipcp connect name member-${letter} dst member-${other} component ${component}`,
      );
    }
  }

  /** Enrolls and connects. */
  async join(letter: string, other: string, layers: Readonly<Record<string, number>>): Promise<void> {
    await this.enroll(letter, other, layers);
    await this.connect(letter, other);
  }

  /** Waits until a member of ours has so many ways to each of the others. */
  async hasWays(letter: string, others: number, ways: number): Promise<void> {
    for (let tries = 1;; tries++) {
      const stats = await this.ours(letter).ok(`irm ipcp stats name member-${letter} as JSON`);
      const forwarding: readonly { fds: string }[] = JSON.parse(stats).unicast.forwarding;
      const enough = forwarding.filter(({ fds }) => fds.split(" ").length >= ways);
      if (enough.length === others) return;
      if (tries === 100) throw new Error(`member-${letter} has too few ways: ${JSON.stringify(forwarding)}`);
      await pause(100);
    }
  }

  /**
   * The reference computes its routes once more up to `ls_t_recalc` seconds after each change, here one, and forgets when it does
   * which of its flows are down (routing §2.8).
   */
  async settled(): Promise<void> {
    await pause(2000);
  }

  /** @throws ReferenceFault when a daemon of the reference has died */
  async assertAlive(): Promise<void> {
    for (const host of this.#theirs.values()) await host.assertAlive();
  }

  /** Fails when a host of the reference was sent a request for a flow twice: it gets stuck by that. */
  assertNothingRepeated(): void {
    for (const [letter, { log }] of this.#theirs) {
      assert(!log.some((line) => line.includes("OAP header already known")), `${letter} got a request twice`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of [...this.#ours.values(), ...this.#theirs.values()]) await host[Symbol.asyncDispose]();
    for (const [letter, enclosure] of this.#enclosures) {
      if (!this.#theirs.has(letter)) await enclosure[Symbol.asyncDispose]();
    }
    await this.net[Symbol.asyncDispose]();
    if (this.#replacement) await Deno.remove(this.#replacement.by, { recursive: true });
  }

  #enclosure(letter: string): Enclosure {
    const enclosure = this.#enclosures.get(letter);
    if (!enclosure) throw new Error(`there is no host ${letter}`);
    return enclosure;
  }

  #options(type: EdgeType, own: string, peer: string, subnet: number): string {
    if (type.startsWith("eth")) return `dev to-${peer}`;
    const address = (host: string) => (type === "udp6" ? Namespaces.ip6 : Namespaces.ip4)(host, subnet);
    return `ip ${address(own)}${this.#ours.has(own) ? ` peer ${address(peer)}` : ""}`;
  }

  /** The reference asks its layers only for names that it was told of. */
  async #knows(letter: string, other: string): Promise<void> {
    if (this.#theirs.has(letter)) await this.on(letter).ok(`irm name create member-${other}`);
  }

  async #reachable(letter: string, layers: Readonly<Record<string, number>>): Promise<void> {
    for (const [layer, subnet] of Object.entries(layers)) {
      await this.register(letter, `member-${letter}`, layer, subnet);
    }
  }

  /** A command that needs a flow to a host of the reference, or from it: see {@link pinged}. */
  async #again(letter: string, words: string): Promise<void> {
    let last = "";
    for (let tries = 0; tries < 3; tries++) {
      const { code, stdout, stderr } = await this.on(letter).run(words);
      if (code === 0) return;
      last = stdout + stderr;
      console.info(`attempt ${tries + 1} of ${letter}: ${words}: ${last.trim().split("\n").at(-1)}`);
    }
    await this.assertAlive();
    throw new Error(`${words}: ${last}\n${this.#state()}`);
  }

  #state(): string {
    const hosts = [...this.#ours, ...this.#theirs];
    return hosts.map(([letter, { log }]) => `--- ${letter}\n${log.slice(-60).join("\n")}`).join("\n");
  }
}

/** The line that says most. */
const summary = (output: string): string =>
  /^.* packets transmitted, .*$/m.exec(output)?.[0] ?? output.trim().split("\n").at(-1) ?? "";

/** Runs an attempt to its end, but not for ever. */
async function limited(process: Process): Promise<Ended> {
  const soft = setTimeout(() => process.kill("SIGINT"), ATTEMPT);
  const hard = setTimeout(() => process.kill("SIGKILL"), ATTEMPT + 500);
  const ended = await process.ended;
  clearTimeout(soft);
  clearTimeout(hard);
  return ended;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
