/** Tests of loading plugins from files, and of the check of what they export. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PluginError } from "../contract/errors.ts";
import type { Log } from "../contract/ports.ts";
import { checkPlugin } from "./check_plugin.ts";
import { openRegistry } from "./open_registry.ts";
import { loadPluginFile } from "./plugin_file.ts";

const silent: Log = { error() {}, warning() {}, info() {}, debug() {}, component: () => silent };

const GOOD = {
  kind: "hash",
  name: "tiny",
  apiVersion: 1,
  description: "the length in one byte",
  options: [{ name: "rounds", type: "integer", min: 1, max: 9, default: 3, help: "how often" }],
  create: () => ({}),
};

/** Runs `test` with the path of a file of that text. */
async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a #1 100%?.ts`;
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TINY = `{ kind: "hash", name: "tiny", apiVersion: 1, description: "d", options: [],
  create: () => ({ length: 1, digest: (bytes) => Uint8Array.of(bytes.length) }) }`;

Deno.test("a file gives one plugin or several", async () => {
  await withFile(`export default ${TINY};`, async (path) => {
    assert.deepEqual((await loadPluginFile(path)).map(({ name }) => name), ["tiny"]);
    const registry = await openRegistry(() => Promise.resolve([]), [path], silent);
    assert.equal(registry.find("hash", "tiny").origin, path);
    await registry.load("hash", "tiny");
    assert.equal(registry.make("hash", "tiny", {}).length, 1);
  });
  await withFile(`export default [${TINY}, { ...${TINY}, name: "small" }];`, async (path) => {
    assert.deepEqual((await loadPluginFile(path)).map(({ name }) => name), ["tiny", "small"]);
  });
});

Deno.test("what keeps a file from being loaded is told without colours, which runtimes and plugins put into messages", async () => {
  const told: [string, RegExp][] = [
    ['import x from "./none.ts"; export default x;', /Module not found ".*none\.ts"\. at .*:1:15$/],
    ['throw new Error("\\x1b[31mred\\x1b[0m");', /it throws Error: red$/],
    ['throw "\\x1b]0;title\\x07plain";', /it throws plain$/],
  ];
  for (const [text, message] of told) {
    await withFile(text, async (path) => {
      await assert.rejects(loadPluginFile(path), (thrown) => {
        assert(thrown instanceof PluginError);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(thrown.message, /\x1b/);
        assert.match(thrown.message, message);
        return true;
      });
    });
  }
});

Deno.test("what is no file is refused with what to do: a package, an address", async () => {
  const told: [string, RegExp][] = [
    [
      "npm:@a/gentle@1.2",
      /it is a package, .* make one with: deno bundle -o plugin\.js npm:@a\/gentle@1\.2$/,
    ],
    [`${Deno.cwd()}/jsr:@a/gentle`, /it is a package, .* deno bundle -o plugin\.js jsr:@a\/gentle$/],
    ["https://example.org/gentle.ts", /it is an address, .*; download it$/],
    ["file:///gentle.ts", /give its path, without file:$/],
    ["./npm/gentle.ts", /there is no such file$/],
  ];
  for (const [path, message] of told) {
    await assert.rejects(loadPluginFile(path), (thrown) => {
      assert(thrown instanceof PluginError);
      assert(thrown.message.startsWith(`plugin file ${path} cannot be loaded: `));
      assert.match(thrown.message, message);
      return true;
    });
  }
});

Deno.test("a file that imports from the network, itself or by its helper files, is refused before anything of it runs", async () => {
  const folder = await Deno.makeTempDir();
  const imports = [
    'import x from "http://127.0.0.1:9/y.js";',
    "import 'https://127.0.0.1:9/y.js';",
    'export * from /* all */ "jsr:@a/gentle";',
    'export {\n  x } from "npm:gentle";',
    "const x = await import(`npm:gentle`);",
    'const x = await import(\n "HTTP://127.0.0.1:9/y.js");',
  ];
  try {
    for (const [at, text] of imports.entries()) {
      const [path, helper, user] = ["a", "help", "user"].map((name) => `${folder}/${name}${at}.ts`);
      const line = text.split("\n").length + 1;
      await Deno.writeTextFile(path, `globalThis.name = "it ran";\n${text}\nexport default ${TINY};`);
      await Deno.writeTextFile(helper, `\n${text}`);
      await Deno.writeTextFile(user, `import "./help${at}.ts"; export default ${TINY};`);
      for (const [file, place] of [[path, path], [user, helper]]) {
        await assert.rejects(loadPluginFile(file), (thrown) => {
          assert(thrown instanceof PluginError, String(thrown));
          assert(
            thrown.message.includes(`${file} cannot be loaded: ${place}:${line} imports `),
            thrown.message,
          );
          assert.match(thrown.message, /nothing from the network; copy it beside the plugin/);
          return true;
        });
      }
    }
    assert.notEqual(Reflect.get(globalThis, "name"), "it ran");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that puts the address of an import together while it runs is refused before anything is fetched", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    asked.push(url);
    return new Response(`export default ${TINY};`, { headers: { "content-type": "text/javascript" } });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  try {
    await withFile(
      `export default (await import(["http", "//${host}/x.js"].join(":"))).default;`,
      async (path) => {
        await assert.rejects(loadPluginFile(path), (thrown) => {
          assert(thrown instanceof PluginError);
          assert(
            thrown.message.includes(`it imports from ${host} while it is loaded; make one file`),
            thrown.message,
          );
          return true;
        });
      },
    );
    // What it does when it is called is refused, too.
    const late =
      `globalThis.later = () => import(["http", "//${host}/y.js"].join(":")); export default ${TINY};`;
    await withFile(late, async (path) => {
      await loadPluginFile(path);
      const later: unknown = Reflect.get(globalThis, "later");
      assert(typeof later === "function");
      await assert.rejects(async () => await later(), /import access/);
      Reflect.deleteProperty(globalThis, "later");
    });
    assert.deepEqual(asked, []);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a folder is the plugin that its mod.ts or mod.js exports; one without is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      loadPluginFile(folder),
      /cannot be loaded: it is a folder without mod\.ts or mod\.js/,
    );
    await Deno.writeTextFile(`${folder}/part.js`, `export default ${TINY};`);
    await Deno.writeTextFile(`${folder}/mod.js`, 'export { default } from "./part.js";');
    for (const path of [folder, `${folder}/`]) {
      assert.deepEqual((await loadPluginFile(path)).map(({ name }) => name), ["tiny"]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is not a plugin is refused by path and reason", async () => {
  const texts: Record<string, RegExp> = {
    "export default (": /SyntaxError|Expected|Unexpected/,
    'import "./none.ts"; export default 1;': /none\.ts/,
    'throw new RangeError("boom");': /it throws RangeError: boom/,
    "export const a = 1;": /default export/,
    "export default [];": /default export/,
    "export default 7;": /a plugin must be an object/,
    [`export default [${TINY}, {}];`]: /kind must be one of ipcp,/,
    "export default Promise.resolve(1);": /kind must be one of ipcp,/,
    'export default new Proxy({}, { get() { throw new Error("boom"); } });': /boom/,
    [`export default { ...${TINY}, apiVersion: 2 };`]: /apiVersion is 2, and this version of ouro wants 1/,
  };
  for (const [text, reason] of Object.entries(texts)) {
    await withFile(text, (path) =>
      assert.rejects(loadPluginFile(path), (thrown) => {
        assert(thrown instanceof PluginError, String(thrown));
        assert(thrown.message.includes(path), thrown.message);
        assert.match(thrown.message, reason);
        return true;
      }));
  }
  await assert.rejects(
    loadPluginFile("/nowhere/at/all.ts"),
    (thrown) =>
      thrown instanceof PluginError && /\/nowhere\/at\/all\.ts.*there is no such file/.test(thrown.message),
  );
});

Deno.test("of what cannot be read it is said why, in one line that names the place", async () => {
  const messageOf = (path: string) =>
    loadPluginFile(path).then(() => "it was loaded", (thrown) => String(thrown?.message));
  const folder = await Deno.makeTempDir();
  try {
    assert.equal(
      await messageOf(folder),
      `plugin file ${folder} cannot be loaded: it is a folder without mod.ts or mod.js`,
    );
    const path = `${folder}/a.ts`;
    await Deno.writeTextFile(path, 'import type { Plugin } from "@ouro/ouro";\nconst a: = 1;\n');
    assert.match(await messageOf(path), /^plugin file .* Unexpected token `=`\..* at file:.*\/a\.ts:2:10$/);
    assert.match(await messageOf(`${path}/b.ts`), /a\.ts\/b\.ts cannot be loaded: there is no such file$/);
    await Deno.chmod(path, 0);
    if (Deno.uid() !== 0) assert.match(await messageOf(path), /cannot be loaded: this user may not read it$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("two files with the same name are refused", async () => {
  await withFile(
    `export default ${TINY};`,
    (one) =>
      withFile(`export default ${TINY};`, (two) =>
        assert.rejects(
          openRegistry(() => Promise.resolve([]), [one, two], silent),
          (thrown) =>
            thrown instanceof PluginError && thrown.message.includes(one) && thrown.message.includes(two),
        )),
  );
});

Deno.test("each field at fault is named", () => {
  const option = (fields: object) => ({
    options: [{ name: "x", type: "integer", min: 1, max: 9, help: "h", ...fields }],
  });
  const faults: [object, RegExp][] = [
    [{ kind: "hsah" }, /kind must be one of .*; it is "hsah"/],
    [{ name: "" }, /name must not be empty/],
    [{ name: "a b" }, /name must be at most 63 letters.*"a b"/],
    [{ name: "-x" }, /start with a letter or digit/],
    [
      { options: [{ name: "reg", type: "flag", help: "a key of configuration files" }] },
      /option reg: the word "reg" is taken/,
    ],
    [{ version: "new" }, /version must be numbers with dots between them, such as "1\.2\.0"; it is "new"/],
    [{ version: 2 }, /version must be a text/],
    [{ apiVersion: undefined }, /apiVersion is missing, and this version of ouro wants 1/],
    [{ apiVersion: "1" }, /apiVersion is "1"/],
    [{ description: "two\nlines" }, /description must be one line/],
    [{ options: undefined }, /options must be a list; it is missing/],
    [{ options: [7] }, /options\[0\] must be an object/],
    [{ aliases: ["ok", ""] }, /aliases\[1\] must not be empty/],
    [{ uses: ["balancing", "magic"] }, /uses\[1\] must be one of/],
    [{ abilities: ["fly"] }, /abilities\[0\] must be one of enrol, connect, join/],
    [{ position: -1 }, /position must be a whole number/],
    [{ rank: "1" }, /rank must be a whole number/],
    [{ create: "new" }, /create must be a function/],
    [option({ name: "layer" }), /option layer: the word "layer" is taken/],
    [option({ aliases: ["x"] }), /option x: the word "x" is taken/],
    [option({ help: undefined }), /option x: help must be a text/],
    [option({ type: "float" }), /option x: type must be one of integer, text/],
    [option({ min: 10 }), /option x: max must be a whole number of 10/],
    [option({ default: 10 }), /option x: default must be a whole number of 1 to 9/],
    [option({ required: 1 }), /option x: required must be true or false/],
    [option({ type: "choice", values: [] }), /option x: values must not be empty/],
    [option({ type: "choice", values: ["a"], default: "b" }), /option x: default must be one of a/],
    [option({ type: "policy", kind: "ipcp" }), /option x: kind must be one of routing/],
    [option({ type: "text" }), /option x: value must be a text/],
  ];
  for (const [fields, message] of faults) {
    assert.throws(
      () => checkPlugin({ ...GOOD, ...fields }, "bad.ts"),
      (thrown) => {
        assert(thrown instanceof PluginError && thrown.message.includes("bad.ts"), String(thrown));
        assert.match(thrown.message, message);
        return true;
      },
    );
  }
  assert.equal(checkPlugin(GOOD, "good.ts").name, "tiny");
});

Deno.test("whatever a file exports, the check gives the plugin or a PluginError", () => {
  const field = fc.constantFrom(...Object.keys(GOOD), "aliases", "uses", "abilities", "position");
  fc.assert(fc.property(field, fc.anything({ withBigInt: true, withNullPrototype: true }), (key, value) => {
    const changed = { ...GOOD, [key]: value };
    try {
      assert.equal(checkPlugin(changed, "any.ts"), changed);
    } catch (thrown) {
      assert(thrown instanceof PluginError, String(thrown));
    }
  }));
  fc.assert(fc.property(fc.anything(), (value) => {
    assert.throws(() => checkPlugin(value, "any.ts"), PluginError);
  }));
});
