/** Tests of the doctor: what it says of a host and of a running system. @module */
import assert from "node:assert/strict";
import { NameError, PermissionError } from "../../contract/errors.ts";
import type { HostFacts } from "../../os/process/host_facts.ts";
import { hostFacts } from "../../os/process/host_facts.ts";
import { FakeWorld } from "../../testing/irm/world.ts";
import { findings, type System } from "./findings.ts";
import { runDoctor } from "./tool.ts";

// Libraries of the system stay open for the life of the process.
hostFacts("ouroboros");

const HOST: HostFacts = {
  runtime: "deno 2.9.6",
  user: { id: 7, name: "ada" },
  group: "member",
  rawNetwork: true,
  networkAdmin: true,
  tun: "usable",
  fuse: "usable",
  mayMount: true,
  libcrypto: true,
  openFiles: 20_000,
};
const SYSTEM: System = {
  ipcps: [{ name: "l1", type: "local", layer: "net" }],
  names: 1,
  missing: [],
  faults: [],
};

/** What is not in order: level, text and remedy. */
const troubles = (host: Partial<HostFacts>, system: Partial<System> = {}): string[] =>
  findings("1", { ...HOST, ...host }, { ...SYSTEM, ...system })
    .filter(({ level }) => level !== "ok")
    .map(({ level, what, remedy }) => `${level}: ${what} → ${remedy}`);

Deno.test("a host on which all is well has no troubles", () => {
  assert.deepEqual(troubles({}), []);
});

Deno.test("each thing that a host lacks is said, with what to do", () => {
  const cases: [Partial<HostFacts>, RegExp][] = [
    [{ libcrypto: false }, /^note: there is no libcrypto.* → install/],
    [{ openFiles: 256 }, /^note: only 256 files .* → ulimit -n 65536/],
    [{ rawNetwork: false }, /^note: layers over Ethernet cannot be had by user ada.* → run the IRMd as root/],
    [{ networkAdmin: false }, /^note: IP over flows .* → be root/],
    [{ tun: "missing" }, /^note: IP over flows .*\/dev\/net\/tun is not there → modprobe tun/],
    [
      { mayMount: false },
      /^note: statistics as files .*user ada: there is no fusermount3 → as root: apt install fuse3/,
    ],
    [{ fuse: "denied" }, /^note: statistics as files .*\/dev\/fuse is not his → be root/],
  ];
  for (const [host, trouble] of cases) {
    const found = troubles(host);
    assert.equal(found.length, 1);
    assert.match(found[0], trouble);
  }
});

Deno.test("without an IRMd, and without the right to ask it, it says what to do", () => {
  const absent = troubles({}, { refusal: { kind: "absent", why: "no IRMd answers at /r" } });
  assert.deepEqual(absent, ["fault: no IRMd answers at /r → start it: ouro irmd --stdout"]);
  const denied = { refusal: { kind: "denied", why: "this user may not" } } as const;
  assert.match(troubles({ group: "other" }, denied)[0], /as root: usermod -a -G ouroboros ada$/);
  assert.match(troubles({ group: "missing" }, denied)[0], /as root: groupadd ouroboros; usermod/);
});

Deno.test("IPCPs in no layer, what is missing and plugins that fail are said", () => {
  assert.match(troubles({}, { ipcps: [] })[0], /there is no layer yet.* → irm ipcp bootstrap/);
  const ipcps = [{ name: "u", type: "unicast", layer: null }];
  assert.match(troubles({}, { ipcps })[0], /^note: in no layer: u \(unicast\) → irm ipcp bootstrap name u/);
  const missing = [{ ipcp: "u", what: "Management connection to v", problem: "no route" }];
  assert.match(
    troubles({}, { missing })[0],
    /^fault: u: Management connection to v .* not there: no route →/,
  );
  assert.match(troubles({}, { faults: ['hash "x": 3 faults'] })[0], /^fault: plugin hash "x": 3 faults → /);
});

Deno.test("it asks the IRMd, prints for people or as JSON, and fails when something is at fault", async () => {
  const run = async (words: readonly string[], prepare: (world: FakeWorld) => void) => {
    const world = new FakeWorld();
    prepare(world);
    const status = await runDoctor(words, world);
    return { status, out: world.out.join("\n") };
  };
  const healthy = (world: FakeWorld) => {
    world.answers.status = { names: 2 };
    world.answers["ipcp.list"] = [{ pid: 3, name: "l1", type: "local", layer: "net" }];
  };
  const well = await run([], healthy);
  assert.equal(well.status, 0);
  assert.match(well.out, /^Installed:\n {2}ok {5}ouro /);
  assert.match(well.out, /\nRunning:\n {2}ok {5}the IRMd answers: 1 IPCP, 2 names\n/);
  assert.match(well.out, /\nReachable:\n {2}ok {5}layer net: l1 \(local\)$/);
  const json = await run(["as", "JSON"], healthy);
  assert.deepEqual(json, await run(["--json"], healthy));
  assert(JSON.parse(json.out).every(({ level }: { level: string }) => level !== "fault"));
  const away = await run([], (world) => {
    healthy(world);
    const missing = [{ ipcp: "n", what: "layer", since: 5, problem: "no device" }];
    world.answers.status = { names: 0, missing };
  });
  assert.equal(away.status, 1);
  assert.match(away.out, /FAULT {2}n: layer is asked for and not there: no device\n {9}→ it is tried again/);
  assert.equal((await run([], (world) => world.irmd = false)).status, 1);
  const denied = await run([], (world) => world.answers.status = new PermissionError("you may not"));
  assert.match(denied.out, /FAULT {2}you may not\n {9}→ as root: /);
  await assert.rejects(async () => {
    const world = new FakeWorld();
    world.answers.status = new NameError("odd");
    if (await runDoctor([], world) === 1) throw new Error(world.errors.join());
  }, /odd/);
});

Deno.test("what is found of this host is about this process", () => {
  const facts = hostFacts("no such group");
  assert.deepEqual([facts.user.id, facts.group], [Deno.uid(), "missing"]);
  assert(facts.openFiles > 0 && /^deno \d/.test(facts.runtime));
});
