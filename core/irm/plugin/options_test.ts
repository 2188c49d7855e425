/** The options of a third party's policies are words of the commands that take them. @module */
import assert from "node:assert/strict";
import { checkPlugin } from "../../registry/check_plugin.ts";
import { FakeWorld, loadTool, REFERENCE } from "../../testing/irm/world.ts";
import { completeOuro } from "../completion/complete_ouro.ts";
import { commandsOf, IRM } from "../commands/tree.ts";
import { usageOf } from "../grammar/help/usage.ts";
import { parse } from "../grammar/parse/parse.ts";
import { manualPage } from "../man/pages.ts";

const GENTLE = checkPlugin({
  kind: "congestion",
  name: "gentle",
  apiVersion: 1,
  description: "slowly",
  options: [{
    name: "pace",
    type: "integer",
    min: 1,
    max: 9,
    default: 3,
    unit: "kbit/s",
    help: "how slowly",
  }],
  create: () => ({}),
}, "gentle.ts");
const PLUGINS = [...REFERENCE, GENTLE];

Deno.test("the options of a third party's policy stand in help, completion and the manual page, and are read as words", async () => {
  const bootstrap = commandsOf(IRM).find(({ path }) => path === "irm ipcp bootstrap");
  assert(bootstrap);
  const usage = usageOf(bootstrap, PLUGINS, "unicast");
  assert.match(
    usage,
    /if congestion is gentle:\n +\[pace <number>\] +how slowly: 1 to 9 kbit\/s \(default: 3\)/,
  );
  const page = await manualPage("irm", loadTool, () => Promise.resolve(PLUGINS), "1");
  assert.match(
    page ?? "",
    /^\.SS congestion gentle\n\.TP\n\[\\fBpace\\fR \\fInumber\\fR\]\nhow slowly: 1 to 9 kbit\/s/m,
  );
  const world = new FakeWorld();
  world.plugins = PLUGINS;
  const words = ["irm", "ipcp", "bootstrap", "type", "unicast", "congestion"];
  const offered = async (...more: string[]) =>
    (await completeOuro([...words, ...more], world, loadTool)).map((line) => line.split("\t")[0]);
  assert.deepEqual(await offered("g"), ["gentle"]);
  assert.deepEqual(await offered("gentle", "pa"), ["pace"]);
  const line = "ipcp bootstrap type unicast name a layer net congestion gentle pace 7";
  const parsed = parse(IRM, line.split(" "), PLUGINS);
  assert(parsed.kind === "request");
  assert.deepEqual(parsed.params.options, { congestion: "gentle", pace: "7" });
});
