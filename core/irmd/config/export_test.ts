import assert from "node:assert/strict";
import fc from "fast-check";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { pid, uid } from "../../contract/ids.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { QOS } from "../../contract/qos.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import { emptyWorld } from "../../testing/irmd/layer.ts";
import type { World } from "../../testing/irmd/world.ts";
import { fieldsOf, text } from "../../wire/local/fields.ts";
import { qosToJson } from "../../wire/local/qos_json.ts";
import { planOf } from "./plan.ts";
import { parseConfig } from "./schema.ts";

const declared = BUILTINS.map(({ declaration }) => ({ declaration, origin: BUILT_IN }));
const policies = (kind: PluginKind) =>
  declared.map(({ declaration }) => declaration).filter((declaration) => declaration.kind === kind);
const plan = (config: string) => planOf(parseConfig(config, "irmd.conf"), policies("ipcp"), policies);

type Step = readonly [method: string, params: Record<string, unknown>];

function emptyHost(): World {
  const { world } = emptyWorld({ enrolls: "net" });
  world.declared = declared;
  return world;
}

/** A host on which root has given commands; those that fail change nothing. */
function hostOf(steps: readonly Step[]): World {
  const world = emptyHost();
  const root = world.connect("irm", "tool", undefined, { uid: 0 });
  for (const [method, params] of steps) {
    root.ask(method, params);
    world.time.advance(100);
  }
  root.end();
  return world;
}

function exportOf(world: World): string {
  let all = "";
  for (let length = 1; all.length < length;) {
    const part = fieldsOf(world.command("config.export", { from: all.length }).result, "a part");
    all += text(part, "text", 100_000);
    length = Number(part.length);
  }
  return all;
}

/** Another host that is made of what the file says. */
function imported(config: string): World {
  const world = emptyHost();
  const faults: string[] = [];
  const root = { pid: pid(1), uid: uid(0), gid: 0 };
  world.irmd.follow(root, plan(config), ({ message }) => faults.push(message));
  world.time.advance(60_000);
  assert.deepEqual(faults, []);
  return world;
}

/** What users see of a host. */
function shown(world: World): unknown {
  const rows = (method: string) => {
    const { result } = world.command(method);
    return (Array.isArray(result) ? result : []).map(({ pid: _, ...row }) => JSON.stringify(row)).sort();
  };
  const { flows: _, sessions: _s, ...counts } = world.status();
  return { ipcps: rows("ipcp.list"), names: rows("name.list"), counts };
}

/** What a file asks for, whatever its order. */
const wishes = (config: string) =>
  plan(config).map(({ method, params }) => JSON.stringify([method, params])).sort();

function checkRoundTrip(steps: readonly Step[]): string {
  const world = hostOf(steps);
  const config = exportOf(world);
  const other = imported(config);
  assert.deepEqual(wishes(exportOf(other)), wishes(config), config);
  assert.deepEqual(shown(other), shown(world), config);
  return config;
}

const boot = (name: string, type: string, layer: string, options = {}, autobind = false): Step => [
  "ipcp.bootstrap",
  { name, type, layer, options, autobind },
];

Deno.test("while a configuration file is still being followed, what is written says so", () => {
  const world = emptyHost();
  const root = { pid: pid(1), uid: uid(0), gid: 0 };
  const config = `[local.one]\nbootstrap = "a"\n[local.two]\nbootstrap = "b"\n`;
  world.irmd.follow(root, plan(config), ({ message }) => assert.fail(message));
  assert.match(
    exportOf(world),
    /^# The IRMd is still following its configuration file, \d+ of its requests/m,
  );
  world.time.advance(60_000);
  assert.doesNotMatch(exportOf(world), /still following/);
});

Deno.test("what a host is made of is written as one would write it", () => {
  const config = checkRoundTrip([
    ["name.create", { name: "svc", balancing: "round-robin", paths: { scrtpath: "/etc/crt.pem" } }],
    ["bind.program", { name: "svc", program: "/bin/manual" }],
    ["bind.program", { name: "svc", program: "/bin/auto", auto: true, arguments: ["-l", "-q"] }],
    ["bind.program", { name: "web", program: "/usr/bin/deno", arguments: ["run", "/srv/web.ts"] }],
    ["bind.program", { name: "later", program: "/bin/s", auto: true, arguments: ["a b"], users: ["7"] }],
    boot("l1", "local", "ll", { hash: "SHA3_224" }),
    boot("e1", "eth-dix", "cable", { device: "eth0", ethertype: "a000" }),
    boot("i1", "udp4", "net4", { ip: "192.0.2.1", peer: "b,c:7" }),
    boot("u1", "unicast", "net", { ttl: "9", dht_t_expire: "100", routing: "lfa" }, true),
    ["ipcp.enrol", { name: "u2", type: "unicast", destination: "u1", autobind: false }],
    ["ipcp.connect", { name: "u2", destination: "u1", component: "*" }],
    ["ipcp.connect", { name: "u1", destination: "u2", component: "mgmt" }],
    ["ipcp.connect", { name: "u2", destination: "u3", component: "dt", qos: qosToJson(QOS.video) }],
    ["bind.ipcp", { ipcp: "u2", name: "alias" }],
    ["name.register", { name: "svc", layers: ["net"], ipcps: ["l1"] }],
    ["ipcp.create", { name: "idle", type: "broadcast" }],
  ]);
  assert.equal(
    config.split("\n").slice(3).join("\n"),
    `[name.svc]
lb = "round-robin"
prog = ["/bin/auto", "/bin/manual"]
args = ["-l -q"]
server_crt_file = "/etc/crt.pem"

[name.web]
create = false
prog = [{ path = "/usr/bin/deno", args = ["run", "/srv/web.ts"], auto = false }]

[name.later]
create = false
prog = [{ path = "/bin/s", args = ["a b"], users = ["7"] }]

[local.l1]
bootstrap = "ll"
hash = "SHA3_224"
reg = ["svc"]

[eth-dix.e1]
bootstrap = "cable"
dev = "eth0"
ethertype = 0xA000

[udp4.i1]
bootstrap = "net4"
ip = "192.0.2.1"
peer = ["b", "c:7"]

[unicast.u1]
bootstrap = "net"
max_ttl = 9
dht_t_expire = 100
routing = "lfa"
autobind = true
conn = [{ dst = "u2", comp = "mgmt" }]
reg = ["svc"]

[broadcast.idle]

[unicast.u2]
enrol = "u1"
autobind = false
bind = ["alias"]
conn = ["u1", { dst = "u3", comp = "dt", qos = "video" }]
reg = ["svc"]
`,
  );
});

Deno.test("what a file cannot say is a comment: bindings of processes, programs of other users, names that were destroyed", () => {
  const world = hostOf([
    boot("l1", "local", "ll"),
    ["name.register", { name: "gone", layers: ["ll"] }],
    ["name.destroy", { name: "gone" }],
  ]);
  const server = world.connect("server");
  world.command("bind.process", { name: "svc", pid: server.pid });
  // The tool of this world belongs to user 1000.
  world.command("bind.program", { name: "svc", program: "/home/a/s", auto: true, arguments: ["it's"] });
  world.command("bind.program", { name: "svc", program: "/home/a/t" });
  const config = exportOf(world);
  for (
    const line of [
      `#   irm bind process ${server.pid} name svc (server)`,
      "#   irm name destroy gone",
      "# User 1000 has bound a program that is started with the rights of that user, who can say again:",
      "#   irm bind program /home/a/s name svc auto -- 'it'\\''s'",
      'prog = ["/home/a/t"]',
      'users = ["1000"]',
    ]
  ) assert(config.split("\n").includes(line), `${line}\n${config}`);
  assert.doesNotMatch(
    config.replaceAll(/^#.*$/gm, ""),
    /home\/a\/s/,
    "nobody's program gets other rights by a file",
  );
  plan(config);
});

Deno.test("no word of a name or a program ends its line", () => {
  const world = hostOf([
    ["bind.program", {
      name: 'a"\\é 😀',
      program: "/b\n[local.evil]\n",
      auto: true,
      arguments: ["\x7f\n\ud800"],
    }],
    boot("x]#", "local", "l.l = '"),
  ]);
  const stranger = world.connect("s\n[local.evil]");
  world.command("bind.process", { name: "n", pid: stranger.pid });
  world.command("bind.program", { name: "n", program: "/c\n[local.evil]\n", auto: true });
  assert.deepEqual(Object.keys(parseConfig(exportOf(world), "f").ipcps.local), ["x]#"]);
});

Deno.test("a state of thousands of names comes in parts", () => {
  const names = Array.from(
    { length: 2000 },
    (_, index): Step => ["name.create", { name: `${index}é`.repeat(8) }],
  );
  const config = exportOf(hostOf(names));
  assert.equal(Object.keys(parseConfig(config, "f").names).length, 2000);
});

Deno.test("property: another IRMd makes the same of an exported state, whatever led to it", () => {
  const name = fc.constantFrom("a", "b", "c", "net", "toString");
  const ipcp = fc.constantFrom("u1", "u2", "b1", "l1", "l2");
  const typeOf: Record<string, string> = { u: "unicast", b: "broadcast", l: "local" };
  const layer = fc.constantFrom("net", "l");
  const options = fc.constantFrom({}, { hash: "SHA3_512" });
  const program = fc.constantFrom("/bin/a", "/bin/b", "/usr/bin/deno", "/opt/b");
  const words = fc.array(fc.constantFrom("-l", "", "a b", "/srv/x.ts", "é"), { maxLength: 3 });
  const qos = fc.constantFrom(undefined, qosToJson(QOS.voice), qosToJson(QOS.raw));
  const component = fc.constantFrom("*", "mgmt", "dt");
  const step = fc.oneof(
    fc.record({ name, balancing: fc.constantFrom("spillover", "round-robin", undefined) })
      .map((params): Step => ["name.create", params]),
    fc.record({ name, program, auto: fc.boolean(), arguments: words, users: fc.constantFrom([], ["5"]) })
      .map((params): Step => ["bind.program", params]),
    fc.record({ program }).map((params): Step => ["unbind.program", params]),
    fc.record({ name: ipcp, layer, options, autobind: fc.boolean() })
      .map(({ options, ...params }): Step => {
        const type = typeOf[params.name[0]];
        return ["ipcp.bootstrap", { ...params, type, options: type === "broadcast" ? {} : options }];
      }),
    fc.record({ name: ipcp, destination: fc.constantFrom("u1", "net", undefined), autobind: fc.boolean() })
      .map((params): Step => ["ipcp.enrol", { ...params, type: typeOf[params.name[0]], layer: "net" }]),
    fc.record({ name: ipcp }).map((
      params,
    ): Step => ["ipcp.create", { ...params, type: typeOf[params.name[0]] }]),
    fc.record({ name: ipcp }).map((params): Step => ["ipcp.destroy", params]),
    fc.record({ ipcp, name }).map((params): Step => ["bind.ipcp", params]),
    fc.record({ ipcp, name: fc.option(name, { nil: undefined }) }).map((
      params,
    ): Step => ["unbind.ipcp", params]),
    fc.record({ name: ipcp, destination: name, component, qos }).map((
      params,
    ): Step => ["ipcp.connect", params]),
    fc.record({ name: ipcp, destination: name, component }).map((
      params,
    ): Step => ["ipcp.disconnect", params]),
    fc.record({ name, ipcps: fc.tuple(ipcp), layers: fc.constant([]) })
      .map((params): Step => ["name.register", params]),
    fc.record({ name, ipcps: fc.tuple(ipcp), layers: fc.constant([]) })
      .map((params): Step => ["name.unregister", params]),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 12, maxLength: 30 }), (steps) => void checkRoundTrip(steps)),
    {
      numRuns: 60,
    },
  );
});
