/**
 * `deno task policies`: what congestion and scheduling policies do, in the simulator; with `--real` also between two hosts of network
 * namespaces (needs root, two minutes). `--write` puts the tables into docs/policies.md; `deno fmt docs/policies.md` comes after.
 *
 * @module
 */
import { realCubesTable, realSharingTable } from "./real.ts";
import { behindTable, comingTable, cubesTable, markdown, PAGE, type Rows, sharingTable } from "./tables.ts";

/** Tables by their marks in the page, and how many columns of each are words. */
const TABLES: readonly (readonly [name: string, words: number, real: boolean, make: () => Promise<Rows>])[] =
  [
    ["congestion", 3, false, () => sharingTable([10e6, 100e6, 1e9])],
    ["behind", 3, false, () => behindTable([10e6, 100e6, 1e9])],
    ["coming", 3, false, () => comingTable([10e6, 100e6, 1e9])],
    ["scheduling", 4, false, () => cubesTable(10e6)],
    ["real-congestion", 4, true, () => realSharingTable()],
    ["real-scheduling", 3, true, () => realCubesTable()],
  ];

const [write, withReal] = ["--write", "--real"].map((word) => Deno.args.includes(word));
const wanted = Deno.args.filter((word) => !word.startsWith("--"));
for (const [name, words, real, make] of TABLES) {
  if ((real && !withReal) || (wanted.length > 0 && !wanted.includes(name))) continue;
  const table = markdown(await make(), words);
  console.log(`${name}:\n\n${table}\n`);
  if (!write) continue;
  const mark = new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`);
  const page = await Deno.readTextFile(PAGE);
  await Deno.writeTextFile(PAGE, page.replace(mark, `<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->`));
}
