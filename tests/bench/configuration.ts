/**
 * How long a host with 50 IPCPs and 200 names takes until all that its configuration file asks for is there, and how long until that is
 * exported. The floor is what as many empty scripts take, four side by side, as IPCPs are started.
 *
 * @module
 */
import { Host, OURO } from "../support/host.ts";
import { median, type Row } from "./table.ts";

const LAYERS = 10;
const MEMBERS = 30;
const NAMES = 200;
const SIDE_BY_SIDE = 4;
const EXPORTS = 9;
const MAX_UP = 8000;
const MAX_EXPORT = 500;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Ten local layers, on each a layer that routes, with three more members that are enrolled and connected, and names in them. */
function configuration(): string {
  const services = NAMES / LAYERS;
  return [
    ...numbers(NAMES).map((index) => `[name.s${index}]\nlb = "round-robin"\nprog = ["/usr/bin/p${index}"]`),
    ...numbers(LAYERS).map((index) => `[local.l${index}]\nbootstrap = "L${index}"\nreg = ["u${index}"]`),
    ...numbers(LAYERS).map((index) => {
      const names = numbers(services).map((name) => `"s${index * services + name}"`);
      return `[unicast.u${index}]\nbootstrap = "U${index}"\nautobind = true\nreg = [${names.join(", ")}]`;
    }),
    ...numbers(MEMBERS).map((index) =>
      `[unicast.m${index}]\nenrol = "u${index % LAYERS}"\nconn = ["u${index % LAYERS}"]`
    ),
  ].join("\n");
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function command(words: readonly string[], env: Record<string, string>): Promise<void> {
  const output = await new Deno.Command(words[0], { args: words.slice(1), env, stdin: "null" }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
}

async function allThere(host: Host): Promise<void> {
  const wanted = { ipcps: 2 * LAYERS + MEMBERS, registrations: LAYERS + NAMES };
  for (;;) {
    const { ipcps, registrations, missing } = JSON.parse(await host.ok("irm status as JSON"));
    if (ipcps === wanted.ipcps && registrations === wanted.registrations && missing === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Measures with an IRMd of its own. */
export async function benchConfiguration(): Promise<Row[]> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-bench-" });
  const file = `${folder}/irmd.conf`;
  await Deno.writeTextFile(file, configuration());
  const script = `${folder}/empty.ts`;
  await Deno.writeTextFile(script, "");
  const empty = [Deno.execPath(), "run", "-A", "-q", script];
  const count = 2 * LAYERS + MEMBERS;
  const starts = async () => {
    for (let each = 0; each < Math.ceil(count / SIDE_BY_SIDE); each++) await command(empty, {});
  };
  const floor = await time(() => Promise.all(numbers(SIDE_BY_SIDE).map(starts)));
  const one = median(await series(() => command(empty, {})));
  await using host = await Host.start({ idle: true, logToFile: true, args: ["--config", file] });
  const up = await time(async () => {
    await host.startIrmd();
    await allThere(host);
  });
  const exported = median(await series(() => command([...OURO, "irm", "config", "export"], host.env)));
  await Deno.remove(folder, { recursive: true });
  return [{
    what: `a configuration file of ${count} IPCPs and ${NAMES} names, until all is there`,
    value: `${(up / 1000).toFixed(1)} s`,
    floor: `${(floor / 1000).toFixed(1)} s (${count} empty scripts)`,
    ratio: up / floor,
    required: `≤ ${MAX_UP / 1000} s`,
    reached: up <= MAX_UP,
  }, {
    what: "its `irm config export`, whole process, median",
    value: `${exported.toFixed(0)} ms`,
    floor: `${one.toFixed(0)} ms (empty script)`,
    ratio: exported / one,
    required: `≤ ${MAX_EXPORT} ms`,
    reached: exported <= MAX_EXPORT,
  }];
}

async function series(run: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let each = 0; each < EXPORTS; each++) times.push(await time(run));
  return times;
}
