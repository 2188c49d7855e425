import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { parseConfig } from "../../irmd/config/schema.ts";
import { planOf } from "../../irmd/config/plan.ts";
import { FILE_KEYS, IPCP_KEYS, LIMITS, NAME_KEYS } from "../../irmd/config/keys.ts";
import { exampleOf } from "./example.ts";
import { fileOptions } from "./file_options.ts";
import { configPage } from "./page.ts";

const declarations = BUILTINS.map(({ declaration }) => declaration).filter(({ internal }) => !internal);
const policies = (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind);
const types = policies("ipcp");
const example = exampleOf(declarations);

/** The example with all that it only shows. */
const shown = example.replaceAll(/^# ([\w-]+ = (\S+|\[.*\]))$/gm, "$1").replaceAll(
  /^#(\[.*\]|[\w-]+ = .*)$/gm,
  "$1",
);

Deno.test("docs/examples/irmd.conf is what irm config example prints", async () => {
  const file = new URL("../../../docs/examples/irmd.conf", import.meta.url);
  assert.equal(
    await Deno.readTextFile(file),
    example,
    "write it anew: ouro irm config example >docs/examples/irmd.conf",
  );
});

Deno.test("the example gives a plan, also with every key that it only shows", () => {
  assert(shown.split("\n# ").length < example.split("\n# ").length - 40);
  for (const [text, bootstraps] of [[example, 7], [shown, 9]] as const) {
    const plan = planOf(parseConfig(text, "f"), types, policies);
    const count = (request: string) => plan.filter(({ method }) => method === request).length;
    assert.deepEqual(
      ["ipcp.bootstrap", "ipcp.enrol", "ipcp.connect", "bind.program", "name.register"].map(count),
      [bootstraps, 2, 1, 5, 4],
    );
  }
});

Deno.test("example and manual page name every key that the file may have", () => {
  const page = configPage(declarations, "1").replaceAll("\\-", "-");
  const limits = Object.keys(LIMITS);
  const options = types.flatMap((type) => fileOptions(type, declarations).map(({ word }) => word));
  const keys = [FILE_KEYS, IPCP_KEYS, NAME_KEYS].flatMap((table) => Object.keys(table));
  for (const word of [...keys, ...limits, ...options]) {
    assert(page.includes(`\\fB${word}\\fR`), word);
    assert.match(example, new RegExp(`^#? *${word} = `, "m"), word);
  }
});

Deno.test("a third party's type and options are shown, too, whatever their words are", () => {
  const type: PluginDeclaration = {
    kind: "ipcp",
    name: "carrier pigeon",
    apiVersion: 1,
    description: "a layer of birds",
    options: [
      { name: "cote", type: "text", value: "PLACE", required: true, help: "where they live" },
      { name: "fast", type: "flag", help: "no rest" },
    ],
  };
  const text = exampleOf([...declarations, type]).replaceAll(/^#(\[.*\]|[\w-]+ = .*)$/gm, "$1");
  const plan = planOf(parseConfig(text, "f"), [...types, type], policies);
  assert.deepEqual(plan.find(({ params }) => params.type === type.name)?.params.options, {
    cote: "PLACE",
    fast: "true",
  });
});
