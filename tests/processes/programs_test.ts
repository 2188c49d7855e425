/** Programs of every kind that are bound to names: how they are started, who counts as one, and who of several gets a flow. @module */
import assert from "node:assert/strict";
import { connect } from "../../mod.ts";
import { irmHere } from "../support/irm_here.ts";
import { type LocalHost, localHost, waitUntil } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;
const DENO = Deno.execPath();

/** Says who it is, with what it was started, on each flow; then waits until the other end closes it before it takes the next. */
const SERVER = `#!/usr/bin/env -S ${DENO} run -A -q
import { accept } from "${MOD}";
const { PATH, OURO_RUNTIME_DIR } = Deno.env.toObject();
const said = { pid: Deno.pid, args: Deno.args, folder: Deno.cwd(), PATH, OURO_RUNTIME_DIR };
for (;;) {
  const flow = await accept();
  await flow.write(new TextEncoder().encode(JSON.stringify(said)));
  for await (const _packet of flow);
  await flow.deallocate();
}
`;

/** What a server says of itself. */
interface Said {
  readonly pid: number;
  readonly args: readonly string[];
  readonly folder: string;
  readonly PATH: string;
  readonly OURO_RUNTIME_DIR: string;
}

/** Asks for a flow and gives what the other end says first, and the flow. */
async function asked(host: LocalHost, name: string) {
  const client = await connect({ runtimeFolder: host.folder, program: "asking" });
  const flow = await client.allocate(name);
  const said: Said = JSON.parse(new TextDecoder().decode(await flow.read()));
  return { said, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

async function ask(host: LocalHost, name: string): Promise<Said> {
  await using answer = await asked(host, name);
  return answer.said;
}

async function hostWithServers(names: readonly string[]): Promise<LocalHost> {
  const host = await localHost(names[0]);
  for (const name of names.slice(1)) await host.ok(`irm name register ${name} layer ll`);
  for (const file of ["one.ts", "two.ts", "three.ts"]) {
    await Deno.writeTextFile(`${host.programs}/${file}`, SERVER);
    await Deno.chmod(`${host.programs}/${file}`, 0o755);
  }
  return host;
}

const instances = (host: LocalHost): number[] =>
  host.log.flatMap((line) => /Instantiated .* as process (\d+)/.exec(line)?.[1] ?? []).map(Number);

Deno.test("a compiled program, a script, and what a runtime is told to run are started with their words, in the root folder", async () => {
  await using host = await hostWithServers(["compiled", "script", "runtime"]);
  // Any executable will do; of the runtime there is one everywhere.
  await Deno.copyFile(DENO, `${host.programs}/server`);
  const words = ["--listen", "two words", "-x"];
  const run = (file: string) => ["run", "-A", "-q", `${host.programs}/${file}`, ...words];
  const programs: [string, string, string[]][] = [
    ["compiled", `${host.programs}/server`, run("two.ts")],
    ["script", `${host.programs}/one.ts`, words],
    ["runtime", DENO, run("three.ts")],
  ];
  for (const [name, program, rest] of programs) {
    const bound = await irmHere(host.folder, [
      "bind",
      "program",
      program,
      "name",
      name,
      "auto",
      "--",
      ...rest,
    ]);
    assert.equal(bound.code, 0, bound.stderr);
    const { pid, ...said } = await ask(host, name);
    assert.equal(instances(host).at(-1), pid);
    const { folder: OURO_RUNTIME_DIR } = host;
    assert.deepEqual(said, { args: words, folder: "/", PATH: Deno.env.get("PATH"), OURO_RUNTIME_DIR }, name);
  }
  assert.equal(instances(host).length, 3);
});

Deno.test("all instances that somebody starts accept flows for the name, and none does after unbind", async () => {
  await using host = await hostWithServers(["svc"]);
  const env = { PATH: `${host.programs}:${Deno.env.get("PATH")}` };
  // By a relative path, and as a word that is looked for in PATH.
  for (const [program, cwd] of [["./bin/one.ts", host.folder], ["two.ts", "/"]]) {
    const { code, stderr } = await host.run(`irm bind program ${program} name svc`, { cwd, env });
    assert.equal(code, 0, stderr);
  }
  const start = async (command: string[], cwd?: string) => {
    const process = host.program(command, { cwd });
    await host.irmd.waitFor(new RegExp(`New instance \\(${process.pid}\\) of`));
    return process;
  };
  const servers: Process[] = [];
  for (
    const [command, cwd] of [
      [[`${host.programs}/one.ts`]],
      [[DENO, "run", "-A", "-q", "one.ts"], host.programs],
      [[DENO, "run", "-A", "-q", "../bin/two.ts"], host.programs],
    ] as const
  ) servers.push(await start([...command], cwd));
  const held = [];
  for (const _server of servers) held.push(await asked(host, "svc"));
  assert.deepEqual(held.map(({ said }) => said.pid).sort(), servers.map(({ pid }) => pid).sort());
  for (const one of held) await one[Symbol.asyncDispose]();
  assert.deepEqual(instances(host), []);
  await host.ok("irm unbind program one.ts name svc");
  for (let count = 0; count < 3; count++) assert.equal((await ask(host, "svc")).pid, servers[2].pid);
  await host.ok("irm unbind program two.ts");
  await assert.rejects(ask(host, "svc"), /no process accepts flows/);
});

Deno.test("a program that is unbound is started no more; bound again, the instance that runs serves on", async () => {
  await using host = await hostWithServers(["svc"]);
  const bind = `irm bind program ${host.programs}/one.ts name svc auto`;
  await host.ok(bind);
  const { pid } = await ask(host, "svc");
  await host.ok("irm unbind program one.ts name svc");
  await assert.rejects(ask(host, "svc"), /no process accepts flows/);
  assert.deepEqual(instances(host), [pid]);
  await host.ok(bind);
  assert.equal((await ask(host, "svc")).pid, pid);
  Deno.kill(pid, "SIGKILL");
  await waitUntil(
    () => host.log.includes(`irmd(DB): Dead process removed: ${pid}.`),
    "the end of the instance",
  );
  assert.notEqual((await ask(host, "svc")).pid, pid);
  assert.equal(instances(host).length, 2);
});

for (const [policy, idle, busy] of [["round-robin", "abcabc", "abc"], ["spillover", "cccccc", "cba"]]) {
  Deno.test(`two programs and a process share a name by ${policy}: ${idle}, and while they are busy ${busy}`, async () => {
    await using host = await hostWithServers(["other"]);
    await host.ok(`irm name create svc lb ${policy}`);
    await host.ok("irm name register svc layer ll");
    for (const file of ["one.ts", "two.ts"]) {
      await host.ok(`irm bind program ${host.programs}/${file} name svc`);
    }
    const letters = new Map<number, string>();
    for (const [letter, file] of [["a", "one.ts"], ["b", "two.ts"], ["c", "three.ts"]]) {
      const { pid } = host.program([DENO, "run", "-A", "-q", `${host.programs}/${file}`]);
      letters.set(pid, letter);
      if (letter === "c") await host.ok(`irm bind process ${pid} name svc`);
      await host.irmd.waitFor(new RegExp(`New instance \\(${pid}\\) of .* added\\.\n.*\n.* {8}svc`));
    }
    const letterOf = ({ pid }: Said) => letters.get(pid) ?? "";
    let order = "";
    for (let count = 1; count <= idle.length; count++) {
      order += letterOf(await ask(host, "svc"));
      await host.irmd.waitFor(/New instance/, 3 + count);
    }
    assert.equal(order, idle);
    order = "";
    const held = [];
    for (const _letter of busy) {
      held.push(await asked(host, "svc"));
      order += letterOf(held[held.length - 1].said);
    }
    assert.equal(order, busy);
    for (const one of held) await one[Symbol.asyncDispose]();
  });
}
