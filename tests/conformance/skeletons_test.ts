/** What new plugins begin with does what its kind asks for, and what its own tests say. @module */
import { PLUGIN_KINDS } from "../../core/contract/plugin_kind.ts";
import type { PluginTests } from "../../core/contract/author_types.ts";
import { registerChecks } from "../../core/conformance/suite.ts";
import { authorChecks, checksOf } from "../../core/conformance/suites.ts";
import { SKELETONS } from "../../core/irm/plugin/skeletons.ts";
import { checkPlugin } from "../../core/registry/check_plugin.ts";
import { sha3With256 } from "../../plugins/hash/runtime_hash.ts";

const needs = { uses: [sha3With256] };

/** From a file: a module that is known as a text cannot be imported in the same process. */
async function imported<T>(text: string): Promise<T> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, text);
    const { default: exported }: { default: T } = await import(`file://${file}`);
    return exported;
  } finally {
    await Deno.remove(file);
  }
}

for (const kind of PLUGIN_KINDS) {
  const { plugin: text, tests } = SKELETONS[kind];
  const plugin = checkPlugin(await imported<unknown>(text), kind);
  registerChecks(plugin, [
    ...checksOf(plugin, needs),
    ...authorChecks(plugin, await imported<PluginTests>(tests), needs),
  ]);
}
