/**
 * Finds a scenario, ready-made or in a file, and the plugins and files that it names.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { readTextUpTo } from "../../os/files.ts";
import { proposal } from "../../tools/suggest.ts";
import {
  isForLayers,
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

/** How errors name the options that have given the values of a run. */
export const SWEPT = "--set or --sweep";

/**
 * Checks that each option that is given for all layers is one in some of the runs of a sweep.
 *
 * @param runs the values of each
 * @throws InvalidError that names the value of the first run without it
 */
export async function checkUsed(
  source: ScenarioSource,
  runs: readonly Readonly<Record<string, string>>[],
  openRegistry: (plugins: readonly string[]) => Promise<Registry>,
): Promise<void> {
  const waiting = new Map<string, InvalidError | undefined>();
  for (const key of Object.keys(runs[0]).filter(isForLayers)) waiting.set(key, undefined);
  if (waiting.size === 0) return;
  const { files, whole } = await withGraph(source, {});
  const { policies } = await openRegistry(files);
  for (const values of runs) {
    if (waiting.size === 0) return;
    const unused = new Map<string, InvalidError>();
    readScenario(whole, policies, {
      values,
      option: SWEPT,
      onUnused: (key, fault) => unused.set(key, fault),
    });
    for (const [key, fault] of waiting) {
      if (unused.has(key)) waiting.set(key, fault ?? unused.get(key));
      else waiting.delete(key);
    }
  }
  for (const fault of waiting.values()) if (fault) throw fault;
}

/** Returns the paths of the plugins that a scenario names, that of its graph, and the scenario with the graph. */
async function withGraph(source: ScenarioSource, over: Overrides) {
  const { plugins, graphml } = namedFiles(source, over);
  const files = plugins.map((path) => beside(path, source.path));
  const graph = graphml === undefined ? undefined : beside(graphml, source.path);
  const text = graph === undefined ? undefined : await readTextUpTo(graph, MAX_GRAPH);
  return { files, graph, whole: { ...source, graphml: text } };
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
  const { files, whole } = await withGraph(source, over);
  const registry = await openRegistry(files);
  return { scenario: readScenario(whole, registry.policies, over), registry, plugins: files };
}

/** The files beside a scenario that its runs hang on, in one state. */
export interface ScenarioFiles {
  /** Their paths. */
  readonly paths: readonly string[];
  /** Of what they hold; empty when there are none. */
  readonly fingerprint: string;
}

/** Looks at the plugins and the graph that a scenario names. @throws OuroError when the graph cannot be read */
export async function filesOf(source: ScenarioSource): Promise<ScenarioFiles> {
  const { files, graph, whole: { graphml } } = await withGraph(source, {});
  const paths = graph === undefined ? files : [...files, graph];
  if (paths.length === 0) return { paths, fingerprint: "" };
  const { fingerprintOf } = await import("../../registry/fingerprint.ts");
  return { paths, fingerprint: fingerprintOf(files, ...graphml === undefined ? [] : [graphml]) };
}

/** Reads `KEY=VALUE`. @throws InvalidError */
export function readSetting(text: string, option: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidError(`--${option} needs KEY=VALUE, such as link.rate=10Mb, not '${text}'`);
}
