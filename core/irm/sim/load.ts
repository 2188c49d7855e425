/**
 * Finds a scenario, ready-made or in a file, and the plugins and files that it names.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { readTextUpTo } from "../../os/files.ts";
import { proposal } from "../../tools/suggest.ts";
import {
  namedFiles,
  type Overrides,
  readScenario,
  type ScenarioSource,
} from "../../sim/scenario/read_scenario.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import type { Registry } from "../../registry/registry.ts";
import { READY_MADE } from "../../sim/ready/ready_made.ts";

/** Largest scenario, and largest graph, in bytes. */
const MAX_SCENARIO = 4 * 1024 * 1024, MAX_GRAPH = 32 * 1024 * 1024;

/** Returns the text of a scenario. @throws OuroError when there is none of that name, ready-made or as a file */
export async function findScenario(word: string): Promise<ScenarioSource> {
  const ready = READY_MADE.find(({ name }) => name === word);
  if (ready) return { text: ready.text, path: word };
  try {
    return { text: await readTextUpTo(word, MAX_SCENARIO), path: word };
  } catch (thrown) {
    if (!(thrown instanceof NotFoundError)) throw thrown;
    const names = READY_MADE.map(({ name }) => name);
    throw new NotFoundError(
      `there is no file "${word}"${proposal(word, names)}; ready-made scenarios are: ${names.join(", ")}`,
      { cause: thrown },
    );
  }
}

/** A scenario, with what it needs. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly registry: Registry;
  /** Files with plugins. */
  readonly plugins: readonly string[];
}

/** A path of a scenario's, which is relative to its file. */
const beside = (path: string, file: string): string =>
  path.startsWith("/") ? path : file.slice(0, file.lastIndexOf("/") + 1) + path;

/**
 * Reads a scenario with all that it names.
 *
 * @param openRegistry gives a registry with the plugins of files
 * @throws OuroError
 */
export async function loadScenario(
  source: ScenarioSource,
  over: Overrides,
  openRegistry: (plugins: readonly string[]) => Promise<Registry>,
): Promise<LoadedScenario> {
  const { plugins, graphml } = namedFiles(source, over);
  const files = plugins.map((path) => beside(path, source.path));
  const registry = await openRegistry(files);
  const graph = graphml === undefined
    ? undefined
    : await readTextUpTo(beside(graphml, source.path), MAX_GRAPH);
  const whole = { ...source, graphml: graph };
  return { scenario: readScenario(whole, registry.policies, over), registry, plugins: files };
}

/** Reads `KEY=VALUE`. @throws InvalidError */
export function readSetting(text: string, option: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidError(`--${option} needs KEY=VALUE, such as link.rate=10Mb, not '${text}'`);
}
