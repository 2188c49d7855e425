/** @module */
import assert from "node:assert/strict";
import { InvalidError, NameError, NotFoundError, type OuroError } from "../../contract/errors.ts";
import { pid, uid } from "../../contract/ids.ts";
import { failure, success } from "../../contract/outcome.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import { type FakeProcess, World } from "../../testing/irmd/world.ts";
import type { Wish } from "./intention.ts";

const CALLER = { pid: pid(1), uid: uid(0), gid: 0 };

const bootstrap = (name: string, type: string, layer: string, rest: Record<string, unknown> = {}) => ({
  method: "ipcp.bootstrap",
  params: { name, type, layer, options: {}, autobind: false, ...rest },
});

/** The newest process of an IPCP. */
const newest = (world: World): FakeProcess => world.ipcps[world.ipcps.length - 1];

const kill = (world: World, ipcp: FakeProcess) => {
  ipcp.end();
  world.irmd.childExited(ipcp.pid, "SIGKILL");
};

const asked = ({ requests }: FakeProcess) => requests.map(({ method }) => method);

const listed = (world: World): Record<string, unknown>[] => {
  const { result } = world.command("ipcp.list");
  return Array.isArray(result) ? result : [];
};

/** Lets every newly started IPCP fail a request until `broken()` gives nothing. */
function failing(world: World, method: string, broken: () => OuroError | undefined): void {
  const animate = world.animate;
  world.animate = (ipcp) => {
    animate(ipcp);
    const works = ipcp.answers.get(method);
    ipcp.answers.set(method, (params, reply) => {
      const error = broken();
      if (error) reply(failure(error));
      else works?.(params, reply);
    });
  };
}

function follow(world: World, plan: readonly Wish[]): string[] {
  const faults: string[] = [];
  world.irmd.follow(CALLER, plan, ({ message }) => faults.push(message));
  return faults;
}

/** A member `n2` of the layer `net`, bound, registered and connected. */
function memberWorld(): World {
  const { world } = emptyWorld({ enrolls: "net" });
  const { method, params } = bootstrap("low", "local", "ll");
  void world.command(method, params).result;
  void world.command("ipcp.enrol", { name: "n2", layer: "net", destination: "n1", autobind: true }).result;
  void world.command("bind.ipcp", { ipcp: "n2", name: "alias" }).result;
  void world.command("name.register", { name: "svc", layers: ["net"], ipcps: [] }).result;
  void world.command("ipcp.connect", { name: "n2", destination: "n1", component: "*" }).result;
  world.log();
  return world;
}

Deno.test("an IPCP that is killed is started again, with its layer, bindings, registrations and connections", () => {
  const world = memberWorld();
  const [, before] = world.ipcps;
  const what = [...asked(before)].sort();
  kill(world, before);
  const lines = world.log(50);
  const after = newest(world);
  assert.equal(world.ipcps.length, 3);
  assert.deepEqual([...asked(after)].sort(), what);
  assert.deepEqual(after.requests[0].params, { destination: "n1" });
  const row = listed(world).find(({ name }) => name === "n2");
  assert.deepEqual(row, { pid: after.pid, name: "n2", type: "unicast", layer: "net" });
  after.ask("flow.accept", { token: "0".repeat(32) });
  const bound = world.log().filter((line) => /^irmd\(DB\): {9}/.test(line)).map((line) => line.slice(18));
  assert.deepEqual(bound.sort(), ["alias", "n2", "net"]);
  const told = lines.filter((line) => line.includes("IPCP n2 "));
  assert.equal(told[0], 'irmd(WW): IPCP n2 is lost: the IPCP "n2" is gone; it is started again.');
  assert.match(told[1], /^irmd\(II\): IPCP n2 is enrolled in layer net with n1 again, after 0\.0 s\.$/);
  assert.equal(world.status().missing, undefined);
});

Deno.test("what is asked for while its IPCP is started again waits for that, and says why when it cannot be", () => {
  for (const problem of [undefined, new NameError("n1 is not known")]) {
    const world = memberWorld();
    failing(world, "layer.enrol", () => problem);
    kill(world, world.ipcps[1]);
    const answers = [
      world.command("name.register", { name: "new", layers: ["net"], ipcps: [] }),
      world.command("name.register", { name: "other", layers: [], ipcps: ["n2"] }),
      world.command("ipcp.connect", { name: "n2", destination: "n3", component: "dt" }),
    ];
    world.time.advance(50);
    if (problem) {
      for (const { error } of answers) assert.match(error?.message ?? "", /n1 is not known/);
      continue;
    }
    assert.deepEqual(answers.map(({ error }) => error), [undefined, undefined, undefined]);
    assert.deepEqual(answers.map(({ result }) => result), [["n2"], ["n2"], null]);
    kill(world, newest(world));
    world.time.advance(5000);
    const count = (method: string) => asked(newest(world)).filter((one) => one === method).length;
    assert.deepEqual([count("layer.register"), count("layer.connect")], [3, 3]);
  }
});

Deno.test("what was taken back by command stays so, also while it is not there", () => {
  for (const away of [false, true]) {
    const world = memberWorld();
    if (away) {
      failing(world, "layer.enrol", () => new NameError("n1 is not known"));
      kill(world, world.ipcps[1]);
      world.time.advance(50);
    }
    const done = (method: string, params: unknown) => {
      const { error } = world.command(method, params);
      assert.equal(error, undefined, `${method}: ${error?.message}`);
    };
    done("ipcp.disconnect", { name: "n2", destination: "n1", component: "dt" });
    done("name.unregister", { name: "svc", layers: ["net"], ipcps: [] });
    if (!away) done("unbind.ipcp", { ipcp: "n2", name: "alias" });
    if (!away) done("unbind.ipcp", { ipcp: "n2", name: "net" });
    if (away) failing(world, "layer.enrol", () => undefined);
    kill(world, newest(world));
    world.time.advance(10_000);
    if (!away) {
      assert.deepEqual(asked(newest(world)), ["layer.enrol", "layer.connect"]);
      newest(world).ask("flow.accept", { token: "0".repeat(32) });
      assert.deepEqual(world.log().filter((line) => /DB\): {9}/.test(line)), ["irmd(DB):         n2"]);
    }
    const before = world.ipcps.length;
    done("ipcp.destroy", { name: "n2" });
    world.time.advance(60_000);
    assert.equal(world.ipcps.length, before, "it is not started again");
    assert.deepEqual(listed(world).map(({ name }) => name), ["low"]);
    assert.equal(world.time.settle(10_000), true, "no timer is left");
  }
});

Deno.test("an IPCP is destroyed by command while it has no process", () => {
  const { world } = emptyWorld({});
  const { method, params } = bootstrap("l", "local", "ll");
  void world.command(method, params).result;
  failing(world, "layer.bootstrap", () => undefined);
  kill(world, newest(world));
  assert.deepEqual(listed(world).map(({ pid, name }) => [pid, name]), [[null, "l"]]);
  assert.equal(world.command("ipcp.destroy", { name: "l" }).error, undefined);
  world.time.advance(60_000);
  assert.equal(world.ipcps.length, 1);
  assert(world.command("ipcp.destroy", { name: "l" }).error instanceof NotFoundError);
});

Deno.test("a failed command leaves no intention", () => {
  const { world } = emptyWorld({});
  failing(world, "layer.bootstrap", () => new NotFoundError("no such device"));
  const { method, params } = bootstrap("l", "local", "ll");
  assert(world.command(method, params).error);
  world.time.advance(60_000);
  assert.equal(world.ipcps.length, 1);
  assert.deepEqual(listed(world), []);
  assert.equal(world.time.settle(10_000), true, "no timer is left");
});

Deno.test("who brings an IPCP back by hand finds it there, once; a later command is refused as ever", () => {
  for (const wait of [0, 4, 500]) {
    const world = memberWorld();
    kill(world, world.ipcps[1]);
    world.time.advance(wait);
    const enrol = { name: "n2", layer: "net", destination: "n1", autobind: true };
    assert.equal(world.command("ipcp.enrol", enrol).error, undefined);
    const connect = { name: "n2", destination: "n1", component: "*" };
    assert.equal(world.command("ipcp.connect", connect).error, undefined);
    assert.equal(world.command("name.register", { name: "svc", layers: ["net"] }).error, undefined);
    assert.equal(world.ipcps.length, 3);
    assert.match(world.command("ipcp.enrol", enrol).error?.message ?? "", /in layer "net" already/);
  }
});

Deno.test("what is asked for by hand in place of what was lost replaces it", () => {
  const { world } = emptyWorld({});
  const first = bootstrap("l", "local", "one");
  void world.command(first.method, first.params).result;
  world.command("name.register", { name: "svc", layers: ["one"] });
  let broken = true;
  failing(world, "layer.bootstrap", () => broken ? new NotFoundError("no such device") : undefined);
  kill(world, newest(world));
  world.time.advance(50);
  broken = false;
  const second = bootstrap("l", "local", "two");
  assert.equal(world.command(second.method, second.params).error, undefined);
  world.time.advance(60_000);
  assert.deepEqual(listed(world), [{ pid: newest(world).pid, name: "l", type: "local", layer: "two" }]);
  assert(!asked(newest(world)).includes("layer.register"));
});

Deno.test("a file asks for what is not there yet: told once, tried until it is there, while the rest goes on", () => {
  const { world } = emptyWorld({});
  let device = false;
  failing(world, "layer.bootstrap", () => device ? undefined : new NotFoundError("there is no device v9"));
  const faults = follow(world, [
    { method: "name.create", params: { name: "svc", balancing: "round-robin", paths: {} } },
    bootstrap("e", "local", "late"),
    { method: "name.register", params: { name: "svc", layers: [], ipcps: ["e"] } },
    { method: "ipcp.create", params: { name: "other", type: "unicast" } },
  ]);
  world.time.advance(20_000);
  assert.deepEqual(faults, []);
  const [late, other] = listed(world);
  assert.equal(other.name, "other");
  assert.deepEqual([late.name, late.layer], ["e", null]);
  assert.match(
    JSON.stringify(late.missing),
    /"what":"bootstrapped in layer late","since":\d{5},"next":\d{1,4}/,
  );
  assert.match(JSON.stringify(world.status().missing), /there is no device v9/);
  assert.equal(world.ipcps.length, 2, "its process stays while it waits");
  const lines = world.log().filter((line) => line.includes("IPCP e "));
  assert.deepEqual(lines, [
    "irmd(WW): IPCP e cannot be bootstrapped in layer late yet: there is no device v9; it is tried again until it can be.",
  ]);
  device = true;
  world.time.advance(3100);
  assert.deepEqual(asked(world.ipcps[0]).slice(-2), ["layer.bootstrap", "layer.register"]);
  assert.match(world.log().join("\n"), /IPCP e is bootstrapped in layer late, after \d\d\.\d s\./);
  assert.equal(world.status().missing, undefined);
});

Deno.test("a device that comes late is taken within three seconds, however late it is", () => {
  for (const late of [300, 3000, 60_000, 3_600_000]) {
    const { world } = emptyWorld({});
    let device = false;
    failing(world, "layer.bootstrap", () => device ? undefined : new NotFoundError("there is no device v9"));
    follow(world, [bootstrap("e", "local", "late")]);
    world.time.advance(late);
    device = true;
    world.time.advance(3020);
    assert.equal(listed(world)[0].layer, "late");
    assert(newest(world).requests.length < 20 + late / 2000, "it does not ask all the time");
  }
});

Deno.test("a peer that is not up yet, or does not answer, holds nothing up for more than a second", () => {
  const { world } = emptyWorld({ silent: ["layer.enrol"] });
  const enrol = { name: "n2", type: "unicast", destination: "n1", autobind: false };
  const connect = { name: "n2", destination: "n1", component: "*" };
  follow(world, [
    { method: "ipcp.enrol", params: enrol },
    { method: "ipcp.connect", params: connect },
    bootstrap("l", "local", "ll"),
  ]);
  world.time.advance(1100);
  assert.equal(listed(world).find(({ name }) => name === "l")?.layer, "ll");
  world.ipcps[0].answers.set(
    "layer.enrol",
    (_params, reply) => reply(success({ layer: "net", hash: "FNV" })),
  );
  world.time.advance(25_000);
  assert.deepEqual(asked(world.ipcps[0]).slice(-3), ["layer.enrol", "layer.connect", "layer.connect"]);
});

Deno.test("a fault in what a file asks for is final, and is said", () => {
  const cases: [string, Wish][] = [
    ["no-such-policy", { method: "name.create", params: { name: "x", balancing: "no-such-policy" } }],
    ["what", bootstrap("a", "what", "x")],
    ["192.0.2.300", bootstrap("bad", "local", "x")],
  ];
  for (const [reason, wish] of cases) {
    const { world } = emptyWorld({});
    failing(world, "layer.bootstrap", () => new InvalidError("192.0.2.300 is no address"));
    const faults = follow(world, [wish, bootstrap("l", "local", "ll")]);
    world.time.advance(5000);
    assert.equal(faults.length, 1);
    assert(faults[0].includes(reason), reason);
  }
});

Deno.test("an IPCP whose process ends soon after each start is started later and later", () => {
  const { world } = emptyWorld({});
  const { method, params } = bootstrap("l", "local", "ll");
  void world.command(method, params).result;
  const animate = world.animate;
  world.animate = (ipcp) => {
    animate(ipcp);
    world.time.after(20, () => kill(world, ipcp));
  };
  kill(world, newest(world));
  world.time.advance(600_000);
  const starts = world.ipcps.length;
  assert(starts > 15 && starts < 40, `${starts} starts in ten minutes`);
});

Deno.test("an IPCP that comes back asks for the address that it had, also from an IRMd that was killed", () => {
  const addressed = (world: World) => {
    const animate = world.animate;
    world.animate = (ipcp) => {
      animate(ipcp);
      ipcp.answers.set("layer.bootstrap", ({ layer, former }, reply) => {
        const address = former?.layer === layer ? former.address : world.ipcps.length * 1000;
        reply(success({ layer, hash: "FNV", address }));
      });
    };
    return world;
  };
  const { world } = emptyWorld({});
  addressed(world);
  const { method, params } = bootstrap("n1", "unicast", "net");
  void world.command(method, params).result;
  assert.equal(newest(world).requests[0].params.former, undefined);
  kill(world, newest(world));
  world.time.advance(50);
  const former = { layer: "net", address: 1000 };
  assert.deepEqual(newest(world).requests[0].params.former, former);
  void world.command("ipcp.destroy", { name: "n1" }).result;
  void world.command(method, params).result;
  assert.deepEqual(newest(world).requests[0].params.former, former);
  const next = addressed(new World(undefined, world.saved));
  void next.command(method, params).result;
  assert.deepEqual(newest(next).requests[0].params.former, former);
  for (const saved of ["", "{", '{"addresses":[{"ipcp":"n1"}]}', "[]"]) {
    const damaged = addressed(new World(undefined, saved));
    assert.match(damaged.log().join("\n"), /The former addresses of IPCPs cannot be read/);
    void damaged.command(method, params).result;
  }
});

Deno.test("an IPCP that comes back is told the place that it had last, also by an IRMd that was started again", () => {
  const placed = (world: World) => {
    const animate = world.animate;
    world.animate = (ipcp) => {
      animate(ipcp);
      ipcp.answers.set(
        "layer.bootstrap",
        ({ layer }, reply) => reply(success({ layer, hash: "FNV", place: "0a" })),
      );
    };
    return world;
  };
  const { world } = emptyWorld({});
  placed(world);
  const { method, params } = bootstrap("e1", "local", "net");
  void world.command(method, params).result;
  world.time.advance(50);
  newest(world).tell("upper.moved", { place: "0a0b" });
  newest(world).tell("upper.moved", { place: "no place" });
  world.time.advance(50);
  kill(world, newest(world));
  world.time.advance(50);
  const former = { layer: "net", place: "0a0b" };
  assert.deepEqual(newest(world).requests[0].params.former, former);
  newest(world).tell("upper.moved", { place: "0c" });
  world.time.advance(50);
  const next = placed(new World(undefined, world.saved));
  void next.command(method, params).result;
  assert.deepEqual(newest(next).requests[0].params.former, { ...former, place: "0c" });
});

Deno.test("a layer may have the name of a layer of another type below it, and one of its own type is refused", () => {
  const { world } = emptyWorld({ splices: true, enrolls: "net" });
  const low = bootstrap("low", "local", "net"), first = bootstrap("n1", "unicast", "net");
  void world.command(low.method, low.params).result;
  void world.command(first.method, first.params).result;
  void world.command("name.register", { name: "n1", layers: [], ipcps: ["low"] }).result;
  void world.command("bind.ipcp", { ipcp: "n1", name: "n1" }).result;
  const [below, n1] = world.ipcps;
  n1.ask("flow.accept", { token: "0".repeat(32) });
  void world.command("ipcp.enrol", { name: "n2", layer: "net", destination: "n1", autobind: false }).result;
  const flow = newest(world).ask("flow.allocate", { name: "n1" });
  world.time.advance(50);
  assert.equal(flow.error, undefined);
  assert(asked(below).includes("layer.allocate"));
  assert(!asked(n1).includes("layer.query"), "a member never uses its own layer");
  const again = bootstrap("n3", "unicast", "net");
  assert.match(
    world.command(again.method, again.params).error?.message ?? "",
    /"n1" is in a unicast layer "net" on this host already; take another name for the new layer, or: irm ipcp enroll/,
  );
  kill(world, n1);
  world.time.advance(50);
  assert.equal(listed(world).find(({ name }) => name === "n1")?.layer, "net", "its first member comes back");
});

Deno.test("a connection that its IPCP makes again itself is listed as missing until it is back", () => {
  const world = memberWorld();
  const [, member] = world.ipcps;
  const lost = { destination: "n1", component: "Data Transfer", state: "lost", reason: "no answer" };
  member.tell("upper.connection", lost);
  world.time.advance(3000);
  assert.deepEqual(listed(world).find(({ name }) => name === "n2")?.missing, [
    { ipcp: "n2", what: "connected to n1 (dt)", since: 2999, problem: "no answer" },
  ]);
  member.tell("upper.connection", { ...lost, state: "back", reason: undefined });
  world.time.advance(10);
  assert.equal(world.status().missing, undefined);
});

Deno.test("a layer that is reached over one of the same name and type is refused where it is joined", () => {
  const { world } = emptyWorld({ splices: true });
  const low = bootstrap("low", "unicast", "net");
  void world.command(low.method, low.params).result;
  const server = world.connect("server");
  void world.command("bind.process", { pid: server.pid, name: "n1" }).result;
  void world.command("name.register", { name: "n1", layers: [], ipcps: ["low"] }).result;
  server.ask("flow.accept", { token: "0".repeat(32) });
  const animate = world.animate;
  world.animate = (ipcp) => {
    animate(ipcp);
    ipcp.answers.set("layer.enrol", (_params, reply) => {
      ipcp.ask("flow.allocate", { name: "n1" }, (outcome) => {
        reply(outcome.ok ? success({ layer: "net", hash: "FNV" }) : outcome);
      });
    });
  };
  const { error } = world.command("ipcp.enrol", { name: "n2", layer: "net", destination: "n1" });
  assert.match(error?.message ?? "", /reached over the IPCP "low", whose layer has the same name and type/);
  assert.deepEqual(listed(world).map(({ name }) => name), ["low"]);
});

Deno.test("an IPCP that tries again and again fills no log", () => {
  const world = memberWorld();
  failing(world, "layer.enrol", () => new NameError("n1 is not known"));
  kill(world, world.ipcps[1]);
  world.time.advance(600_000);
  const ipcp = newest(world);
  for (let tries = 0; tries < 100; tries++) {
    ipcp.ask("flow.allocate", { name: "nobody" });
    world.time.advance(1000);
  }
  const lines = world.log();
  assert(lines.length < 15, lines.join("\n"));
});

Deno.test("the processes of a file's IPCPs start some side by side, and each comes into its layer in the file's order", () => {
  const { world } = emptyWorld({});
  const names = [..."abcdefg"];
  const order: string[] = [];
  const animate = world.animate;
  world.animate = (ipcp) => {
    animate(ipcp);
    const works = ipcp.answers.get("layer.bootstrap");
    ipcp.answers.set("layer.bootstrap", (params, reply) => {
      order.push(String(params.layer));
      works?.(params, reply);
    });
  };
  const faults = follow(world, names.map((name) => bootstrap(name, "local", `l${name}`)));
  assert.equal(world.ipcps.length, 4);
  world.time.advance(5000);
  assert.deepEqual([faults, world.ipcps.length], [[], names.length]);
  assert.deepEqual(order, names.map((name) => `l${name}`));
  assert.deepEqual(
    listed(world).map(({ name, layer }) => [name, layer]),
    names.map((name) => [name, `l${name}`]),
  );
});

Deno.test("a process that ends while it is started ahead is started again when its turn comes", () => {
  const { world } = emptyWorld({});
  let broken = true;
  const animate = world.animate;
  world.animate = (ipcp) => {
    if (!broken || world.ipcps.length !== 2) return animate(ipcp);
    broken = false;
    world.time.after(1, () => kill(world, ipcp));
  };
  const faults = follow(world, ["a", "b", "c"].map((name) => bootstrap(name, "local", `l${name}`)));
  world.time.advance(5000);
  assert.deepEqual(faults, []);
  assert.deepEqual(listed(world).map(({ layer }) => layer).sort(), ["la", "lb", "lc"]);
});
