/** The configuration files of the hosts of a lab. @module */
import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { planOf } from "../../irmd/config/plan.ts";
import { parseConfig } from "../../irmd/config/schema.ts";
import { READY_MADE } from "../../sim/ready/ready_made.ts";
import { readScenario } from "../../sim/scenario/read_scenario.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import { hostConfig, type LinkEnds } from "./host_config.ts";

const declarations = BUILTINS.map(({ declaration }) => declaration);
const policies = (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind);
const read = (text: string): Scenario => readScenario({ text, path: "f.toml" }, policies);
const CABLES: LinkEnds = { type: "eth-dix", options: (link) => ({ dev: `link-${link}` }) };
const LOOPBACK: LinkEnds = {
  type: "udp",
  options: (link, end) => ({ ip: `127.1.${link}.${1 + end}`, peer: [`127.1.${link}.${2 - end}`] }),
};

Deno.test("a host has an IPCP for each of its links, joins through those who are nearer to the first, and is known below", () => {
  const scenario = read(
    '[topology]\nlinks = [["a", "b"], ["b", "c"], ["c", "a"]]\n[layer.net]\nttl = 9\ncongestion = "none"\n[layer.top]\nmembers = ["a", "c"]',
  );
  assert.equal(
    hostConfig(scenario, 0, CABLES, ["/p.ts"]),
    `plugins = ["/p.ts"]

[eth-dix.link-0]
bootstrap = "link-0"
dev = "link-0"
reg = ["net.a"]

[eth-dix.link-1]
bootstrap = "link-1"
dev = "link-1"
reg = ["net.a"]

[unicast."net.a"]
bootstrap = "net"
ttl = 9
congestion = "none"
autobind = true
reg = ["top.a"]

[unicast."top.a"]
bootstrap = "top"
autobind = true
`,
  );
  const last = hostConfig(scenario, 2, LOOPBACK, []);
  assert.match(last, /\[udp\.link-2\]\nbootstrap = "link-2"\nip = "127\.1\.2\.2"\npeer = \["127\.1\.2\.1"\]/);
  assert.match(last, /enrol = "net\.a"\nlayer = "net"\nconn = \["net\.a", "net\.b"\]/);
});

Deno.test("each host of the ready-made scenarios gets a file that an IRMd takes", () => {
  for (const { name, text } of READY_MADE.filter(({ name }) => !["storm", "nested"].includes(name))) {
    const scenario = read(text);
    for (const ends of [CABLES, LOOPBACK]) {
      for (const host of scenario.hosts.keys()) {
        const file = hostConfig(scenario, host, ends, []);
        assert(planOf(parseConfig(file, name), policies("ipcp"), policies).length > 1, file);
      }
    }
  }
});
