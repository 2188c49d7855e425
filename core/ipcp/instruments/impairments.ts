/**
 * The impairments of one IPCP (`layer.impair`): what is set for what it sends and for what it receives.
 *
 * @module
 */
import { NotSupportedError } from "../../contract/errors.ts";
import type { Stats } from "../../contract/stats.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Ports } from "../../contract/ports.ts";
import type { Fields } from "../../wire/local/fields.ts";
import { type ImpairmentSettings, readImpairmentRequest } from "../../wire/local/impairment_json.ts";
import { ImpairedPath, type ImpairedPaths } from "./delay_line.ts";

/** The impairments. */
export class Impairments implements ImpairedPaths {
  readonly #users = new Set<() => void>();
  /** What happens to packets that are received; undefined: nothing. */
  in: ImpairedPath | undefined;
  /** What happens to packets that are sent; undefined: nothing. */
  out: ImpairedPath | undefined;

  constructor(private readonly ports: Ports) {}

  /** Something is impaired. */
  get active(): boolean {
    return this.in !== undefined || this.out !== undefined;
  }

  /** From now on `changed` is called when {@link in} or {@link out} is another. Returns what ends that. */
  watch(changed: () => void): () => void {
    this.#users.add(changed);
    return () => this.#users.delete(changed);
  }

  /**
   * Answers `layer.impair`: with what is set then.
   *
   * @throws InvalidError when the parameters are wrong
   * @throws NotSupportedError when IPCPs of this type have nothing below them
   */
  handle(fields: Fields, type: Pick<PluginDeclaration<"ipcp">, "name" | "abilities" | "networks">): Stats {
    const { direction, impairment } = readImpairmentRequest(fields);
    const flows = type.abilities?.some((ability) => ability === "enrol" || ability === "connect");
    if (!flows && type.networks === false) {
      throw new NotSupportedError(
        `IPCPs of type ${type.name} have no layer and no network below them: there is nothing to impair`,
      );
    }
    if (impairment !== undefined) {
      const settings = impairment === "off" ? undefined : impairment;
      if (direction !== "out") this.in = this.#path(settings, 1);
      if (direction !== "in") this.out = this.#path(settings, 0);
      this.#tell();
    }
    return this.stats();
  }

  /** What is set, and what it has done; a direction without impairment is left out. */
  stats(): Stats {
    return { ...statsOf("in", this.in), ...statsOf("out", this.out) };
  }

  /** What is set, in a sentence. */
  summary(): string {
    if (!this.active) return "What goes over the flows or the network below is impaired no more.";
    const texts = [["sent", this.out] as const, ["received", this.in] as const].flatMap(([what, path]) =>
      path === undefined ? [] : [`what is ${what} (${textOf(path.settings)})`]
    );
    return `Impaired below this IPCP is ${texts.join(", and ")}.`;
  }

  /** The IPCP ends: what waits goes on its way. */
  end(): void {
    if (!this.active) return;
    this.in = this.out = undefined;
    this.#tell();
  }

  #path(settings: ImpairmentSettings | undefined, stream: 0 | 1): ImpairedPath | undefined {
    if (settings === undefined) return undefined;
    const { random } = this.ports;
    return new ImpairedPath({ ...settings, seed: settings.seed ?? random.uint32() }, stream, this.ports);
  }

  #tell(): void {
    for (const changed of [...this.#users]) changed();
  }
}

function statsOf(direction: "in" | "out", path: ImpairedPath | undefined): Stats {
  if (path === undefined) return {};
  return { [direction]: { settings: path.settings, counts: { ...path.counts, waiting: path.held } } };
}

const textOf = (settings: ImpairmentSettings): string =>
  Object.entries(settings).map(([key, value]) => `${key} ${value}`).join(", ");
