/** Broadcast layers with members of both, in a line, and in a ring that ours keep from going round for ever. @module */
import assert from "node:assert/strict";
import type { Process } from "../support/process.ts";
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

/** A reader on each host, and what is said on a host heard by all others. */
async function readers(hosts: MixedHosts, letters: string) {
  const found = new Map<string, Process>();
  for (const letter of letters) {
    // The reference's keeps its lines to itself otherwise.
    const words = hosts.isOurs(letter) ? ["obc"] : ["stdbuf", "-oL", "obc"];
    found.set(letter, hosts.on(letter).spawn([...words, "-n", "net", "-l"]));
  }
  for (const reader of found.values()) await reader.waitFor(/^New flow\.$/);
  return {
    say: async (letter: string, text: string) => {
      assert.equal((await hosts.on(letter).run(`obc -n net -m ${text}`)).code, 0);
      for (const reader of found.values()) await reader.waitFor(new RegExp(`^Message is ${text}\\.$`));
    },
    heard: () => [...found.values()].map(({ lines }) => lines.filter((line) => line.startsWith("Message"))),
  };
}

async function line(hosts: MixedHosts): Promise<void> {
  const left = { [await hosts.layerOver("ab", "eth-dix")]: 1 };
  const right = { [await hosts.layerOver("bc", "eth-dix", 2)]: 2 };
  await hosts.first("a", left);
  await hosts.join("b", "a", { ...left, ...right });
  await hosts.join("c", "b", right);
  const { say } = await readers(hosts, "abc");
  for (const letter of "abc") await say(letter, `from-${letter}`);
}

const cables = ["ab", "bc"];
interop(
  "a broadcast layer, theirs in the middle",
  { ours: "ac", theirs: "b", cables, type: "broadcast" },
  line,
);
interop(
  "a broadcast layer, ours in the middle",
  { ours: "b", theirs: "ac", cables, type: "broadcast" },
  line,
);

interop(
  "a ring in a broadcast layer with one of theirs: every message comes once",
  { ours: "ac", theirs: "b", cables: ["ab", "bc", "ca"], type: "broadcast" },
  async (hosts) => {
    const ab = { [await hosts.layerOver("ab", "eth-dix", 1)]: 1 };
    const bc = { [await hosts.layerOver("bc", "eth-dix", 2)]: 2 };
    const ca = { [await hosts.layerOver("ca", "eth-dix", 3)]: 3 };
    await hosts.first("a", { ...ab, ...ca });
    await hosts.join("b", "a", { ...ab, ...bc });
    await hosts.join("c", "b", { ...bc, ...ca });
    await hosts.connect("c", "a");
    const { say, heard } = await readers(hosts, "ac");
    for (const letter of ["a", "b", "c"]) await say(letter, `from-${letter}`);
    for (const lines of heard()) assert.equal(new Set(lines).size, lines.length, lines.join("\n"));
  },
);
