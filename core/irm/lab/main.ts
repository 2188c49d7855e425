/**
 * Runs `ouro lab`.
 *
 * @module
 */
import { CancelledError, InvalidError, TimedOutError } from "../../contract/errors.ts";
import { systemClock, systemTimers } from "../../os/clock.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import { StatusLine } from "../../os/log/status_line.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { findingsOf } from "../../sim/play/findings.ts";
import type { Happening, Scenario } from "../../sim/scenario/scenario.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Output } from "../../tools/environment.ts";
import { wholeNumber } from "../../tools/numbers.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";
import { findScenario, loadScenario, readSetting } from "../sim/load.ts";
import { playScenario, type SimContext, withRegistries } from "../sim/run_scenario.ts";
import { LabApps } from "./apps.ts";
import { compared, type RealFindings, realFindings } from "./compare.ts";
import { drained } from "./drain.ts";
import { LabHosts } from "./hosts.ts";
import { leftLabs, newLab, removeLab } from "./lab_folder.ts";
import { TOOL } from "./tool.ts";

/** Most hosts of a lab: each is several processes. */
const MOST = 64;
/** Milliseconds in which all layers have to come up. */
const LIMIT = 120_000;

/** Runs the words behind `ouro lab`; gives the exit status. */
export const runLab = reported(
  "ouro lab",
  async (words, environment, context: SimContext) => {
    const parsed = parseCommandLine(TOOL, words);
    if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
    const { options: { seed, set, json, stay, loopback }, operands: [word] } = parsed;
    if (word === undefined) {
      throw new InvalidError("a scenario is missing: a file, or one of those that ouro sim --list lists");
    }
    if (word === "clean") {
      const left = await leftLabs();
      for (const place of left) await removeLab(place);
      environment.print(left.length === 1 ? "1 lab was removed." : `${left.length} labs were removed.`);
      return 0;
    }
    const source = await findScenario(word);
    return await withRegistries(context, "ouro lab", environment.complain, async (open) => {
      const over = {
        values: Object.fromEntries(set.map((text) => readSetting(text, "set"))),
        ...seed === undefined ? {} : { seed: wholeNumber("seed", seed, 0, 2 ** 32 - 1) },
      };
      const { scenario, registry, plugins } = await loadScenario(source, over, open);
      for (const note of scenario.notes) environment.complain(`ouro lab: ${note}`);
      if (scenario.hosts.length > MOST) {
        throw new InvalidError(`a lab has ${MOST} hosts at most, and this scenario ${scenario.hosts.length}`);
      }
      const paths = await Promise.all(plugins.map((path) => environment.realPath(path)));
      const real = await inLab(scenario, paths, Deno.uid() === 0 && !loopback, stay, environment);
      const simulated = findingsOf(await playScenario(scenario, { registry }));
      if (json) environment.print(JSON.stringify({ simulated, real }));
      else {environment.print(
          `${scenario.title}, simulated and real:\n\n${compared(simulated, real)}`,
        );}
      return simulated.faults.length + real.faults.length === 0 ? 0 : 1;
    });
  },
);

/** Makes the lab, plays the scenario in it, and removes it. @throws OuroError */
async function inLab(
  scenario: Scenario,
  plugins: readonly string[],
  namespaces: boolean,
  stay: boolean,
  { print, complain }: Output,
): Promise<RealFindings> {
  const place = await newLab();
  const hosts = new LabHosts(place, scenario, namespaces, plugins);
  const line = new StatusLine(systemClock);
  const stop = new AbortController();
  const undo = onStopSignal(() => stop.abort());
  let whole = false;
  try {
    const started = systemClock.now();
    line.show(() => "starting the hosts");
    await hosts.start();
    const up = await hosts.up(LIMIT, () => systemClock.now(), stop.signal);
    if (stop.signal.aborted) throw new CancelledError("the lab was stopped");
    if (!up) {
      throw new TimedOutError(
        `the layers of the lab were not up within ${
          LIMIT / 1000
        } s; with --stay, the logs of its hosts stay there`,
      );
    }
    const took = systemClock.now() - started;
    await hosts.impair();
    const { counts, still } = await play(scenario, hosts, line, stop.signal);
    whole = true;
    if (!still) {
      complain("ouro lab: packets still arrive a minute after the end; what is under way counts as lost");
    }
    return realFindings(scenario, took, counts, await hosts.faults());
  } finally {
    line.clear();
    undo();
    if (stay && (whole || !stop.signal.aborted)) {
      for (const [host, name] of scenario.hosts.entries()) print(`${name}: ${hosts.entrance(host)}`);
      print("ouro lab clean removes it.");
    } else await removeLab(place);
  }
}

async function play(scenario: Scenario, hosts: LabHosts, line: StatusLine, stop: AbortSignal) {
  const apps = new LabApps(scenario, hosts, new SeededRandom(~scenario.seed));
  try {
    await apps.open();
    const origin = apps.start();
    const events = [...scenario.events];
    for (;;) {
      const now = systemClock.now() - origin;
      if (stop.aborted) throw new CancelledError("the lab was stopped");
      line.show(() => `playing, ${(now / 1000).toFixed(1)} of ${scenario.duration / 1000} s`);
      while (events.length > 0 && events[0].at <= now) {
        const [{ what }] = events.splice(0, 1);
        await happen(what, hosts, apps);
      }
      if (now > scenario.duration) break;
      const next = Math.min(events[0]?.at ?? Infinity, now + 100, scenario.duration + 1);
      await new Promise<void>((done) => systemTimers.after(Math.max(1, next - now), done));
    }
    line.show(() => "waiting for what is under way");
    const still = await drained({ clock: systemClock, timers: systemTimers }, async () => {
      if (stop.aborted) return undefined;
      const counts = await apps.counts();
      return counts.reduce((sum, { sent, received }) => sum + sent + received, 0);
    });
    if (stop.aborted) throw new CancelledError("the lab was stopped");
    return { counts: await apps.counts(), still };
  } finally {
    apps.end();
  }
}

async function happen(what: Happening, hosts: LabHosts, apps: LabApps): Promise<void> {
  switch (what.kind) {
    case "down":
    case "up":
      for (const link of what.links) await hosts.setLink(link, what.kind === "up", what.silent);
      break;
    case "kill":
      await apps.save(what.host);
      hosts.killHost(what.host);
      break;
    case "start":
      hosts.startHost(what.host);
      // Its links are impaired, and its applications run, as soon as its IRMd has made its IPCPs.
      apps.restart(what.host);
  }
}

/** Runs it. */
export const run = withSystem(runLab);
