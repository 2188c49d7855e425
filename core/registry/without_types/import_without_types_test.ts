/** Tests of importing TypeScript without the runtime's help. @module */
import assert from "node:assert/strict";
import { importWithoutTypes } from "./import_without_types.ts";

/** Imports `main.ts` of a folder of those files. */
async function imported(files: Record<string, string>, main = "main.ts") {
  const folder = await Deno.makeTempDir({ prefix: "it's #1 100% " });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/lib`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const url = new URL(folder.split("/").map(encodeURIComponent).join("/"), "file:///").href;
    const { default: value } = await importWithoutTypes(`${url}/${main}`);
    return { value, url };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a TypeScript file is imported with its helper files, of TypeScript and JavaScript", async () => {
  const { value, url } = await imported({
    "main.ts": `import type { Plugin } from "@ouro/ouro";
      import { Options } from "@ouro/ouro"; // Used as a type only.
      import { one, type One } from './lib/one.ts';
      import { two } from "./lib/two.js";
      export * from "./lib/three.mts";
      enum Size { small = 3 }
      class Sum { constructor(private readonly of: One[]) {} get all(): number { return this.of.length; } }
      const later: Promise<{ four: number }> = import("./lib/four.ts");
      const found = { one, two, four: (await later).four, size: Size.small, sum: new Sum([one]).all, url: import.meta.url };
      export default found satisfies object as unknown as Options<Plugin>;`,
    "lib/one.ts":
      `import { two } from "./two.js"; export type One = 1; export const one: One = (two - 1) as One;`,
    "lib/two.js": `import { base } from "./base.ts"; export const two = base + 2;`,
    "lib/base.ts":
      `import data from "./data.json" with { type: "json" }; export const base: number = data.base;`,
    "lib/data.json": `{ "base": 0 }`,
    "lib/three.mts": `export const three: 3 = 3;`,
    "lib/four.ts": `export const four: number = 4;`,
  });
  assert.deepEqual(value, { one: 1, two: 2, four: 4, size: 3, sum: 1, url: `${url}/main.ts` });
});

Deno.test("JavaScript files that import each other stay what they are", async () => {
  const { value } = await imported({
    "main.ts": `import { a } from "./a.js"; export default a() as string;`,
    "a.js": `import { b } from "./b.js"; export const a = () => b(1); export const name = "a";`,
    "b.js": `import { name } from "./a.js"; export const b = (n) => name + n;`,
  });
  assert.equal(value, "a1");
});

Deno.test("a file that cannot be read is named, with the place", async () => {
  const fails = async (files: Record<string, string>, text: RegExp) => {
    await assert.rejects(imported(files), (thrown) => {
      assert(thrown instanceof SyntaxError, String(thrown));
      assert.match(thrown.message, text);
      return true;
    });
  };
  const helped = (helper: string) => ({ "main.ts": `import "./help.ts";`, "help.ts": helper });
  await fails({ "main.ts": "\nconst a: = 1;" }, /main\.ts: Unexpected token `=`.* at line 2, column 10/);
  await fails(helped("class {"), /help\.ts: .* at line 1, column/);
  await fails({ "main.ts": `import "./none.ts";` }, /what \S.*main\.ts imports is not there: .*none\.ts/);
  await fails({}, /it is not there: Module not found/);
  await fails(helped(`import "./main.ts";`), /main\.ts imports itself by way of others/);
});

Deno.test("what a module throws is thrown as it is", async () => {
  await assert.rejects(imported({ "main.ts": `const a: number = 1; throw new RangeError("boom " + a);` }), {
    name: "RangeError",
    message: "boom 1",
  });
});
