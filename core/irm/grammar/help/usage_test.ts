import assert from "node:assert/strict";
import { type Command, type Group, isGroup } from "../command.ts";
import { IRM } from "../../commands/tree.ts";
import { REFERENCE, THIRD_PARTY } from "../../../testing/irm/world.ts";
import { helpOf, usageOf } from "./usage.ts";

const nodes = (node: Group | Command): (Group | Command)[] =>
  isGroup(node) ? [node, ...node.children.flatMap(nodes)] : [node];

for (const node of nodes(IRM)) {
  Deno.test(`help of ${node.path}`, async (t) => {
    const text = helpOf(node, [...REFERENCE, THIRD_PARTY]);
    for (const line of text.split("\n")) assert(line.length <= 80 && !line.endsWith(" "), line);
    await t.assertSnapshot(text);
  });
}

Deno.test("usage for one type has that type's options alone", async (t) => {
  const [bootstrap] = nodes(IRM).filter(({ path }) => path === "irm ipcp bootstrap");
  assert(!isGroup(bootstrap));
  await t.assertSnapshot(usageOf(bootstrap, REFERENCE, "unicast"));
});
