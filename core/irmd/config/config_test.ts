import type { PluginKind } from "../../contract/plugin_kind.ts";
import { fitStats } from "../../ipcp/host/fit_stats.ts";
import { checkedValues } from "../../registry/check_values.ts";
import { checkOptions } from "../../registry/check_options.ts";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { UNICAST } from "../../../plugins/unicast/declaration.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../../contract/errors.ts";
import { planOf } from "./plan.ts";
import { parseConfig } from "./schema.ts";

const declarations = BUILTINS.map(({ declaration }) => declaration);
const policies = (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind);
const plan = (text: string) =>
  planOf(parseConfig(text, "irmd.conf"), policies("ipcp"), policies).map(({ method, params }) => ({
    method,
    params,
  }));

Deno.test("an IPCP is bootstrapped with its options and its names are registered", () => {
  assert.deepEqual(plan('[local.l1]\nbootstrap = "ll"\nhash = "SHA3_224"\nreg = ["a", "b"]'), [
    {
      method: "ipcp.bootstrap",
      params: { name: "l1", type: "local", layer: "ll", options: { hash: "SHA3_224" }, autobind: false },
    },
    { method: "name.register", params: { name: "a", layers: [], ipcps: ["l1"] } },
    { method: "name.register", params: { name: "b", layers: [], ipcps: ["l1"] } },
  ]);
});

Deno.test("enrolment wins over bootstrapping, and connects", () => {
  const requests = plan('[unicast.u]\nenrol = "d"\nbootstrap = "x"\nautobind = true\nconn = ["d"]');
  assert.deepEqual(requests.map(({ method }) => method), ["ipcp.enrol", "ipcp.connect"]);
  assert.equal(requests[0].params.autobind, true);
});

Deno.test("the reference's own words for keys and values are understood", () => {
  const requests = plan(
    '[unicast.u]\nbootstrap = "x"\naddr_size = 4\nrouting = "link-state"\ndirectory = "dht"\n[eth-dix.e]\nbootstrap = "y"\ndev = "eth0"\nethertype = 0xA000',
  );
  assert.deepEqual(requests.map(({ params }) => params.options), [
    { addr: "4", routing: "link-state", directory: "dht" },
    { device: "eth0", ethertype: "a000" },
  ]);
  const [{ params: { options } }] = requests;
  const { routing, directory } = checkOptions(UNICAST.options, Object(options), policies);
  assert.deepEqual([routing, directory], ["link_state", "DHT"], "declared as other words for the policies");
});

Deno.test("an option that may be repeated is a list", () => {
  const [{ params }] = plan('[udp.u]\nbootstrap = "y"\nip = "192.0.2.1"\npeer = ["b", "c:7"]');
  assert.deepEqual(params.options, { ip: "192.0.2.1", peer: "b,c:7" });
  assert.throws(() => plan('[udp.u]\nbootstrap = "y"\npeer = [1]'), /udp\.u/);
});

Deno.test("a name comes with its programs; arguments mean automatic start", () => {
  assert.deepEqual(
    plan('[name.n]\nlb = "spill"\nprog = ["/bin/a", "/bin/b"]\nargs = ["-l  -q"]\nusers = ["alice", "12"]'),
    [
      { method: "name.create", params: { name: "n", balancing: "spillover", paths: {} } },
      {
        method: "bind.program",
        params: { name: "n", program: "/bin/a", auto: true, arguments: ["-l", "-q"], users: ["alice", "12"] },
      },
      {
        method: "bind.program",
        params: { name: "n", program: "/bin/b", auto: false, arguments: [], users: ["alice", "12"] },
      },
    ],
  );
});

Deno.test("a balancing policy is one of those that there are, also a third party's", () => {
  const [local] = policies("ipcp");
  const youngest = { ...local, kind: "balancing", name: "youngest" } as const;
  const config = parseConfig('[name.n]\nlb = "youngest"', "f");
  const [{ params }] = planOf(config, [], (kind) => kind === "balancing" ? [youngest] : []);
  assert.equal(params.balancing, "youngest");
  assert.throws(
    () => plan('[name.n]\nlb = "round-robn"'),
    /line 2, column 1: name\.n: lb is "round-robn"; did you mean round-robin\?/,
  );
});

Deno.test("paths of programs and of security files are absolute", () => {
  for (const wrong of ['prog = ["oping"]', 'prog = [{ path = "./oping" }]', 'server_crt_file = "crt.pem"']) {
    assert.throws(
      () => plan(`[name.n]\n${wrong}`),
      /line 2, column 1: name\.n\.\S+ must be an absolute path/,
      wrong,
    );
  }
});

Deno.test("what can never work is refused before anything is done, with a proposal where a word is near", () => {
  const faults: [string, RegExp][] = [
    ['[local.l]\nbotstrap = "x"', /local\.l: botstrap is not known here; did you mean bootstrap\?/],
    ['[unicast.u]\nbootstrap = "x"\nrouting = "lfa"\nroutng = "lfa"', /did you mean routing\?/],
    ['[eth-dix.e]\nbootstrap = "x"\ndevice = "d"\nethertpye = 1', /did you mean ethertype\?/],
    ['[unicast.u]\nenrol = "x"\nautobimd = true', /did you mean autobind\?/],
    ['[loca.l]\nbootstrap = "x"', /Unknown toplevel key: loca; did you mean local\?/],
    ['[eth-dix.e]\nbootstrap = "x"', /eth-dix\.e: Option dev is missing/],
    ['[local.l]\nbootstrap = "x"\nhash = "MD4"', /local\.l: .*MD4/],
    ['[local.l]\nenrol = "x"', /local\.l: .*cannot enroll/],
    ['[local.l]\nreg = ["a"]', /local\.l: reg needs a layer/],
  ];
  for (const [text, message] of faults) assert.throws(() => plan(text), { name: "ConfigError", message });
});

Deno.test("two IPCPs with one name are refused, and two first members of one layer, before anything is done", () => {
  assert.throws(
    () => plan('[local.e]\nbootstrap = "x"\n[unicast.e]\nbootstrap = "y"'),
    /unicast\.e: .*another IPCP/,
  );
  assert.throws(
    () => plan('[udp.e]\nip = "192.0.2.1"\nbootstrap = "x"\n[udp4.e]'),
    /another IPCP with the name "e"/,
  );
  const layer = (type: string) => `[${type}.a]\nbootstrap = "x"\n[${type}.b]\nbootstrap = "x"`;
  for (const type of ["unicast", "broadcast"]) {
    assert.throws(() => plan(layer(type)), {
      name: "ConfigError",
      message: /b: "a" is bootstrapped.*enrol = "a"/,
    });
  }
  assert.equal(plan(layer("local")).length, 2);
  assert.equal(plan('[unicast.a]\nbootstrap = "x"\n[broadcast.b]\nbootstrap = "x"').length, 2);
});

Deno.test("faults are named with their place", () => {
  const faults: [string, RegExp][] = [
    ["[local.l1", /line 1/],
    ["[nonsense.x]\n", /Unknown toplevel key: nonsense; there are: plugins, rib, limits, name, local/],
    ["[name.n]\nlb = 1", /name\.n\.lb/],
    ["[name.n]\ncolour = 1", /name\.n/],
    ["[local.l1]\nautobind = 1", /local\.l1\.autobind/],
    ['[local."a.b"]\nautobind = 1', /local\."a\.b"\.autobind/],
    ['[local."a.b"]\ncolour = 1', /local\."a\.b": colour/],
    ['[local.""]', /local\."" must not be empty/],
    ['[name."a b"]\nlb = "x"', /name\."a b": lb is/],
    ["plugins = 3", /plugins/],
    ['plugin = ["x"]', /plugin must be a table, such as: \[plugin\.NAME\]; did you mean plugins\?/],
  ];
  for (const [text, message] of faults) {
    assert.throws(
      () => plan(text),
      (thrown) => thrown instanceof InvalidError && message.test(thrown.message),
      text,
    );
  }
});

Deno.test("what is wrong is told with file, line and column, whatever it is", () => {
  const faults: [string, string][] = [
    ['[local.l]\nbootstrap = "x"\n# A slip.\n\nbotstrap = "y"', "5:1"],
    ['[local.l]\nbootstrap = "x"\nbootstrap = "y"', "3:1"],
    ['[local.l]\nbootstrap = "x"\n[local.l]\n', "3:2"],
    ['[local.a]\nbootstrap = "x"\n\n[loca.l]\nbootstrap = "x"', "4:2"],
    ['[local.l]\nreg = [\n  "a",\n  "b",\n]\nautobind = 1', "6:1"],
    ['[local.l]\nreg = [\n  "a",\n  7,\n]\n', "2:1"],
    ["[local.l]\nbootstrap = 5", "2:1"],
    ['[local.l]\nbootstrap = "x"\nhash = "MD4"', "3:1"],
    ['[unicast.u]\nbootstrap = "x"\nttl = "many"\n', "3:1"],
    ['[unicast.u]\nbootstrap = "x"\naddr_size = 99', "3:1"],
    ['[eth-dix.e]\nbootstrap = "x"\ndev = 5', "3:1"],
    ['[eth-dix.e]\nbootstrap = "x"\ndev = ["a", "b"]', "3:1"],
    ['[eth-dix.e]\nbootstrap = "x"\ndev = "a"\ndevice = "b"', "4:1"],
    ['[local.l]\nbootstrap = "x"\n[eth-dix.e]\nbootstrap = "x"', "3:10"],
    ['[local.l]\nenrol = "x"', "2:1"],
    ['[udp.e]\nip = "192.0.2.1"\nbootstrap = "x"\n[udp4.e]', "4:7"],
    ['[name.n]\nlb = "x"\n\nprogs = ["/bin/a"]', "4:1"],
    ['[name.n]\nprog = "/bin/a"', "2:1"],
    ["[limits]\nflows = 5\nconections = 3", "3:1"],
    ["[limits]\nflows = -5", "2:1"],
    ["\nplugins = 3", "2:1"],
    ["\nname = 3", "2:1"],
    ["\nlocal = [[1]]", "2:1"],
    ['text = """\n[local.l]\n"""\n', "1:1"],
    ["local.l.bootstrap = 'x'\nlocal.l.bot = 'x'", "2:9"],
    ["[local]\nl = { bootstrap = 'x', bot = 'x' }", "2:24"],
    ["[local.constructor]\nbootstrap = 'x'\n__proto__ = 'x'", "3:1"],
    ["[local.l]\nbootstrap = 'x'\n[local.__proto__]\nconstructor = 5", "4:1"],
  ];
  for (const [text, position] of faults) {
    const [line, column] = position.split(":");
    const message = new RegExp(
      `^Failed to (load|parse) config file irmd\\.conf: line ${line}, column ${column}: `,
    );
    assert.throws(() => plan(text), { message }, text);
  }
});

Deno.test("errors call an option as the file does, whatever irm calls it", () => {
  const said = (key: string) => new RegExp(`line 3, column 3: unicast\\.u: Invalid value for ${key}: "0"`);
  for (const key of ["max_ttl", "ttl", "eid_size", "eid", "dht_t_expire", "dht_t_expiry"]) {
    assert.throws(() => plan(`[unicast.u]\nbootstrap = "x"\n  ${key} = 0`), { message: said(key) });
  }
  assert.throws(() => plan('[unicast.u]\nbootstrap = "x"\nmax_tl = 0'), /did you mean max_ttl\?/);
  assert.throws(
    () => plan('[unicast.u]\nbootstrap = "x"\nttl = 5\nmax_ttl = 6'),
    /line 4, column 1: unicast\.u: max_ttl is given twice: as ttl, too/,
  );
  assert.throws(
    () => plan('[unicast.u]\nbootstrap = "x"\nmax_ttl = 6\n"max_ttl" = 5'),
    /line 4, column 1: "max_ttl" is given twice/,
  );
});

Deno.test("what stands in place of a table is an error, also a date", () => {
  for (const value of ["3", "1979-05-27", "[1]", '"x"']) {
    for (const key of ["name", "name.n", "local", "local.l", "limits"]) {
      assert.throws(
        () => plan(`${key} = ${value}`),
        /line 1, column \d+: \S+ must be a table/,
        `${key} = ${value}`,
      );
    }
  }
});

Deno.test("a member may be connected by one component, with a quality, and by a table what a text cannot say", () => {
  const of = (table: string) =>
    plan(`[unicast.u]\n${table}`).slice(1).map(({ method, params }) => [method, params]);
  assert.deepEqual(
    of('enrol = "d"\nlayer = "net"\nbind = ["x"]\nconn = ["d", { dst = "e", comp = "mgmt" }]'),
    [
      ["bind.ipcp", { ipcp: "u", name: "x" }],
      ["ipcp.connect", { name: "u", destination: "d", component: "*" }],
      ["ipcp.connect", { name: "u", destination: "e", component: "mgmt" }],
    ],
  );
  assert.equal(of('bootstrap = "net"\nconn = ["d"]').length, 1, "a first member may connect, too");
  for (
    const wrong of [
      '{ dts = "e" }',
      '{ dst = "e", comp = "x" }',
      '{ dst = "e", qos = "fast" }',
      "{ }",
      "7",
      '{ dst = "" }',
    ]
  ) assert.throws(() => of(`bootstrap = "net"\nconn = [${wrong}]`), /line 3, column 1: unicast\.u/, wrong);
  assert.throws(() => plan('[local.l]\nbootstrap = "x"\nconn = ["d"]'), /type local has no connections/);
});

Deno.test("a program may have arguments with spaces, and users of its own", () => {
  const text = '[name.n]\ncreate = false\nusers = ["a"]\n' +
    'prog = [{ path = "/bin/s", args = ["-d", "a b", ""], users = ["b"] }, { path = "/bin/t" }]\n';
  assert.deepEqual(plan(text).map(({ params }) => params), [
    { name: "n", program: "/bin/s", auto: true, arguments: ["-d", "a b", ""], users: ["b"] },
    { name: "n", program: "/bin/t", auto: false, arguments: [], users: ["a"] },
  ]);
});

Deno.test("a word that is nearly right is proposed, of limits and of names too", () => {
  assert.throws(() => plan("[limits]\nconections = 3"), /did you mean connections\?/);
  assert.throws(() => plan('[name.n]\nprogs = ["x"]'), /did you mean prog\?/);
});

Deno.test("any text gives a plan or an InvalidError", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      plan(text);
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});

/** Words that objects of the language give a meaning of their own. */
const WORDS = ["__proto__", "constructor", "prototype", "toString"];

Deno.test("words that objects have by themselves are names of IPCPs, layers and names like others", () => {
  for (const word of WORDS) {
    const text =
      `[name.${word}]\nprog = ["/bin/${word}"]\n[local.${word}]\nbootstrap = "${word}"\nreg = ["${word}"]`;
    assert.deepEqual(plan(text).map(({ method, params: { name } }) => [method, name]), [
      ["name.create", word],
      ["bind.program", word],
      ["ipcp.bootstrap", word],
      ["name.register", word],
    ]);
  }
});

Deno.test("words that objects have by themselves are errors where others would be, as tables and as keys", () => {
  for (const word of WORDS) {
    for (
      const text of [
        `[${word}.a]`,
        `${word} = 5`,
        `${word} = "x"`,
        `[local.l]\n${word} = "x"`,
        `[name.n]\n${word} = "x"`,
      ]
    ) {
      assert.throws(
        () => plan(text),
        (thrown) => thrown instanceof InvalidError && thrown.message.includes(word),
        text,
      );
    }
  }
});

Deno.test("options may be called as what objects have by themselves", () => {
  for (const name of WORDS) {
    const option = { name, type: "text", value: "TEXT", help: "" } as const;
    const values = checkOptions([option], Object.fromEntries([[name, "x"]]));
    assert.deepEqual(Object.entries(values), [[name, "x"]]);
    assert.deepEqual(Object.entries(checkedValues([option], values)), [[name, "x"]]);
    const type = { ...UNICAST, name: "other", aliases: [], options: [option], uses: [] };
    const [{ params }] = planOf(
      parseConfig(`[other.l]\nbootstrap = "l"\n${name} = "x"`, "f"),
      [type],
      () => [],
    );
    assert.deepEqual(Object.entries(params.options ?? {}), [[name, "x"]]);
    assert.throws(() => checkOptions([], Object.fromEntries([[name, "x"]])), InvalidError);
  }
});

Deno.test("statistics of a plugin may be called as what objects have by themselves", () => {
  const stats = Object.fromEntries(WORDS.map((word) => [word, 1]));
  assert.deepEqual(Object.keys(fitStats(stats)), WORDS);
});

Deno.test("an IPCP that another one of the file enrolls with or connects to is bound, unless the file says no", () => {
  const autobind = (more: string) =>
    plan(
      `[broadcast.a]\nbootstrap = "all"\n${more}\n[local.x]\nbootstrap = "ll"\n[unicast.u]\nbootstrap = "other"`,
    )
      .filter(({ params }) => params.layer !== undefined).map(({ params }) => params.autobind);
  assert.deepEqual(autobind(""), [false, false, false]);
  assert.deepEqual(autobind('[broadcast.b]\nenrol = "a"'), [true, false, false]);
  assert.deepEqual(autobind('[broadcast.b]\nenrol = "all"'), [true, false, false]);
  assert.deepEqual(autobind('[broadcast.b]\nenrol = "elsewhere"\nconn = ["a", "x"]'), [true, false, false]);
  assert.deepEqual(autobind('autobind = false\n[broadcast.b]\nenrol = "a"'), [false, false, false]);
});
