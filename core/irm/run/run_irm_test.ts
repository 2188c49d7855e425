import assert from "node:assert/strict";
import { InvalidError, IrmdError, NotSupportedError, PermissionError } from "../../contract/errors.ts";
import { FakeWorld } from "../../testing/irm/world.ts";
import { runIrm } from "./run_irm.ts";

/** Runs a line; gives what came of it. */
async function run(line: string | readonly string[], prepare: (world: FakeWorld) => void = () => {}) {
  const world = new FakeWorld();
  prepare(world);
  const words = typeof line !== "string" ? line : line === "" ? [] : line.split(" ");
  const status = await runIrm(words, world);
  return { status, out: world.out.join("\n"), error: world.errors.join("\n"), calls: world.calls };
}

const answer = (method: string, result: unknown) => (world: FakeWorld) => {
  world.answers[method] = result;
};

Deno.test("success is silent", async () => {
  const { status, out, error, calls } = await run("n c s");
  assert.deepEqual([status, out, error], [0, "", ""]);
  assert.deepEqual(calls, [["name.create", { name: "s" }]]);
});

Deno.test("programs to bind and security files become absolute; a program to unbind need not exist", async () => {
  assert.deepEqual((await run("b p oping n s")).calls, [
    ["bind.program", { program: "/bin/oping", name: "s", auto: false, arguments: [] }],
  ]);
  assert.deepEqual((await run("u p gone n s")).calls, [["unbind.program", { program: "gone", name: "s" }]]);
  assert.deepEqual((await run("n c s skeypath k.pem")).calls, [
    ["name.create", { name: "s", paths: { skeypath: "/abs/k.pem" } }],
  ]);
});

Deno.test("IPCPs are listed as the reference does", async () => {
  const rows = [
    { pid: 2070, name: "l1", type: "local", layer: "ll" },
    { pid: 2759, name: "a name that is longer than its column", type: "unicast", layer: null },
  ];
  const { status, out } = await run("i l", answer("ipcp.list", rows));
  assert.equal(status, 0);
  assert.equal(
    out,
    `+---------+----------------------+------------+----------------------+
|     pid |                 name |       type |                layer |
+---------+----------------------+------------+----------------------+
|    2070 |                   l1 |      local |                   ll |
|    2759 | a name that is longer than its column |    unicast |        Not enrolled. |
+---------+----------------------+------------+----------------------+
`,
  );
});

Deno.test("names are listed as the reference does", async () => {
  const rows = [{ name: "oping_server", balancing: "spillover" }, { name: "rr", balancing: "round-robin" }];
  const { out } = await run("n l", answer("name.list", rows));
  assert.equal(
    out,
    `+----------------------------------------------------+----------------------+
|                                               name |  load-balance policy |
+----------------------------------------------------+----------------------+
|                                       oping_server |            spillover |
|                                                 rr |          round-robin |
+----------------------------------------------------+----------------------+`,
  );
});

Deno.test("what is wanted and not there stands below the list, also when its IPCP has no process", async () => {
  const missing = [
    {
      ipcp: "e",
      what: "bootstrapped in layer cable",
      since: 61_500,
      next: 2100,
      problem: "there is no device v9",
    },
    { ipcp: "e", what: "registered for svc", since: 61_500 },
  ];
  const rows = [
    { pid: 2070, name: "l1", type: "local", layer: "ll" },
    { pid: null, name: "e", type: "eth-dix", layer: null, missing },
  ];
  const { status, out } = await run("i l", answer("ipcp.list", rows));
  assert.equal(status, 0);
  assert.match(
    out,
    /\| +l1 \| +local \| +ll \|\n\+[-+]+\+\n\nWanted and not there:\n {2}e: bootstrapped in layer cable, for 62 s: there is no device v9; next try in 3 s\n {2}e: registered for svc, for 62 s\n/,
  );
  const { out: none } = await run("i l", answer("ipcp.list", rows.slice(1)));
  assert.match(none, /^No IPCPs in system\.\n/);
});

Deno.test("empty lists say so, and succeed", async () => {
  const lists: [string, string, string][] = [
    ["i l", "ipcp.list", "No IPCPs in system.\n"],
    ["i l n x", "ipcp.list", "No such IPCPs in system.\n"],
    ["n l", "name.list", "No names in system.\n"],
    ["n l x", "name.list", "No such names in system.\n"],
  ];
  for (const [line, method, text] of lists) {
    const { status, out } = await run(line, answer(method, []));
    assert.deepEqual([status, out], [0, text]);
  }
});

Deno.test("as JSON: the IRMd's answer", async () => {
  const tree = { flows: { used: 2 }, names: ["a"] };
  assert.deepEqual(JSON.parse((await run("status as JSON", answer("status", tree))).out), tree);
  assert.equal(
    (await run("i stats n x", answer("ipcp.stats", tree))).out,
    "flows:\n  used: 2\nnames:\n  0: a",
  );
});

Deno.test("a part of the statistics that has nothing in it is no error", async () => {
  const { status, out } = await run("i stats n x path plugins", answer("ipcp.stats", []));
  assert.deepEqual([status, out], [0, "none"]);
});

Deno.test("registering where nothing matches fails", async () => {
  const { status, error } = await run("n r s layer L ipcp b*", answer("name.register", []));
  assert.equal(status, 1);
  assert.equal(error, "irm name register: no IPCP matches L, b*; see: irm ipcp list");
  assert.equal((await run("n r s layer L", answer("name.register", ["l"]))).status, 0);
});

const FAULTS: [line: string, message: RegExp][] = [
  [
    "frobnicate",
    /^"frobnicate" is unknown, try "irm help"\.\nValid here: ipcp, bind, unbind, name, status, config, help\.$/,
  ],
  ["ipcp creat", /^The keyword "type" is missing\.$/],
  ["ipcp cretae", /^"cretae" is unknown, try "irm ipcp help"\.\n.*\nDid you mean "create"\?$/],
  ["bind frob", /^"frob" is unknown, try "irm bind help"/],
  ["name frob", /^"frob" is unknown, try "irm name help"/],
  ["i c type local nane x", /^"nane" is unknown, try "irm ipcp create"\.\n.*\nDid you mean "name"\?$/],
  ["i c type frob name x", /^IPCP type "frob" is unknown\.\nValid here: unicast, broadcast, udp4/],
  ["i c type local name", /^The keyword "name" needs a value\.$/],
  ["i b t local n x l L hash MD4", /^Unknown parameter for hash: "MD4"\..*SHA3_224/],
  ["i b t local n x l L colour red", /^Unknown option: "colour"\.\nValid here: .*hash/],
  ["i b t unicast n x l L ttl many", /ttl.*"many"/],
  ["i b t unicast n x l L routing foo", /^Unknown parameter for routing: "foo"\..*lfa/],
  ["i b t eth-dix n x l L dev e ethertype 5", /ethertype.*"5"/],
  ["i b n x", /^The keyword "layer" is missing/],
  ["i e n x", /^One of the keywords "layer" and "dst" is missing/],
  ["i con n x d y qos fast", /^Unknown QoS cube "fast"\.\nValid here: raw/],
  ["b process zero n s", /^"zero" is not a valid process id\.$/],
  ["b process 0 n s", /^"0" is not a valid process id\.$/],
  ["b process 1e3 n s", /^"1e3" is not a valid process id\.$/],
  ["n r s", /^One of the keywords "layer" and "ipcp" is missing/],
  ["n r", /^The name is missing/],
  [`n r s ${"layer x ".repeat(129)}`.trim(), /^Too many layers specified\./],
  [`n r s ${"ipcp x ".repeat(129)}`.trim(), /^Too many IPCPs specified\./],
  [`n c ${"x".repeat(256)}`, /^Name too long\. It has 256 bytes/],
  [`n c ${"é".repeat(128)}`, /^Name too long\. It has 256 bytes/],
  [`i b t local n x l ${"x".repeat(256)}`, /^Layer name too long\./],
  ["i l as XML", /"XML" is unknown\.\nValid here: JSON\.$/],
  ["n d s t", /^"t" is unknown, try "irm name destroy"\.\nNothing more is valid here\.$/],
];

for (const [line, message] of FAULTS) {
  Deno.test(`wrong: irm ${line.slice(0, 60)}`, async () => {
    const { status, error, calls } = await run(line);
    assert.equal(status, 1);
    assert.match(error, message);
    assert.deepEqual(calls, []);
  });
}

Deno.test("a state that changes while it is exported is read anew", async () => {
  const parts = [["[local", 18, 1], [".b]\n", 9, 2], ["[local.", 10, 3], ["b]\n", 10, 3]];
  const { status, out, calls } = await run("config export", (world) => {
    world.call = (method, params) => {
      world.calls.push([method, params]);
      const [text, length, edition] = parts.shift() ?? [];
      return Promise.resolve({ text, length, edition });
    };
  });
  assert.deepEqual([status, out], [0, "[local.b]"]);
  assert.deepEqual(calls.map(([, params]) => params), [{}, { from: 6 }, {}, { from: 7 }]);
});

Deno.test("a state that never stands still is an error, as is an answer that is not as agreed", async () => {
  let edition = 0;
  const changing = await run("config export", (world) => {
    world.call = () => Promise.resolve({ text: "x", length: 9, edition: edition++ });
  });
  assert.deepEqual(
    [changing.status, changing.error],
    [1, "irm config export: the state changes all the time; try again"],
  );
  const wrong = await run("config export", answer("config.export", { text: 5 }));
  assert.match(wrong.error, /^irm config export: the answer of the IRMd is not as agreed/);
  const none = await run("config export", (world) => world.irmd = false);
  assert.match(none.error, /^Failed to communicate/);
});

Deno.test("the example of a configuration file needs no IRMd", async () => {
  const { status, out } = await run("config example", (world) => world.irmd = false);
  assert.equal(status, 0);
  assert.match(out, /^\[unicast\.lan1\]$/m);
});

Deno.test("empty words and control characters are refused", async () => {
  assert.match((await run([""])).error, /^"" is unknown/);
  assert.match((await run(["ipcp", ""])).error, /^"" is unknown/);
  assert.match((await run(["name", "create", ""])).error, /^Name is empty/);
  assert.match((await run(["name", "create", "a\nb"])).error, /control characters/);
  assert.equal((await run(["\x1b[2J"])).error.includes("\x1b"), false);
});

Deno.test("without an IRMd, every command says so", async () => {
  for (
    const line of [
      "i l",
      "n c s",
      "i c t local n x",
      "i b t local n x l L",
      "n r s layer L",
      "status",
      "b i l n s",
    ]
  ) {
    const { status, error } = await run(line, (world) => world.irmd = false);
    assert.equal(status, 1, line);
    assert.match(
      error,
      /^Failed to communicate with the Ouroboros IPC Resource Manager daemon\.\nirm .*\/run\/x/,
      line,
    );
  }
});

Deno.test("without an IRMd, a word that a plugin from a file may have is not just called unknown", async () => {
  const note = /\nOnly built-in plugins are known: .*\/run\/x.*; start one with: ouro irmd$/;
  for (
    const [line, unknown] of [
      ["i b t unicast n x l L congestion gentle", /^Unknown parameter for congestion: "gentle"/],
      ["i b t unicast n x l L gain 5", /^Unknown option: "gain"/],
      ["i b t pigeon n x l L", /^IPCP type "pigeon" is unknown/],
    ] as const
  ) {
    const { error } = await run(line, (world) => world.irmd = false);
    assert.match(error, unknown);
    assert.match(error, note, line);
    assert.doesNotMatch((await run(line)).error, /Only built-in/, line);
  }
  assert.doesNotMatch((await run("i b t unicast n x", (world) => world.irmd = false)).error, /Only built-in/);
});

Deno.test("what the IRMd refuses is said, with the reference's sentence before it", async () => {
  const refuse = (method: string, error: Error) => (world: FakeWorld) => {
    world.answers[method] = error;
  };
  assert.deepEqual(
    await run("n c s", refuse("name.create", new InvalidError("no"))),
    { status: 1, out: "", error: "irm name create: no", calls: [["name.create", { name: "s" }]] },
  );
  const enroll = await run("i e n x l L", refuse("ipcp.enrol", new NotSupportedError("unicast comes later")));
  assert.equal(enroll.error, "Failed to enroll IPCP.\nirm ipcp enroll: unicast comes later");
  const denied = await run("i l", refuse("ipcp.list", new PermissionError("be root")));
  assert.equal(denied.error, "irm ipcp list: be root");
  const lost = await run("i l", refuse("ipcp.list", new IrmdError("the other end is gone")));
  assert.match(lost.error, /^Failed to communicate/);
});

Deno.test("an answer that is not as agreed is an error, not a crash", async () => {
  for (const result of [null, 5, [{ pid: "x" }], [5]]) {
    const { status, error } = await run("i l", answer("ipcp.list", result));
    assert.equal(status, 1);
    assert.match(error, /^irm ipcp list: the answer of the IRMd is not as agreed/);
  }
});

Deno.test("an IPCP without a type on the command line is looked up for its options", async () => {
  const rows = [{ pid: 1, name: "x", type: "unicast", layer: null }];
  const { status, calls } = await run("i b n x l L c none", answer("ipcp.list", rows));
  assert.equal(status, 0);
  assert.deepEqual(calls, [
    ["ipcp.list", { name: "x" }],
    ["ipcp.bootstrap", {
      name: "x",
      type: "unicast",
      layer: "L",
      autobind: false,
      options: { congestion: "none" },
    }],
  ]);
  const absent = await run("i b n x l L hash SHA3_224", answer("ipcp.list", []));
  assert.deepEqual([absent.status, absent.error], [1, "No IPCPs matching x found."]);
});

Deno.test("usage goes to standard output, the fault to standard error", async () => {
  const { out, error } = await run("i b t udp4 n x l L");
  assert.equal(error, 'The keyword "ip" is missing.');
  assert.match(out, /^Usage: irm ipcp bootstrap\n/);
  assert.match(out, /if <type> is udp4/);
  assert.doesNotMatch(out, /if <type> is unicast/);
});
