/**
 * Builds the package for npm: the library and its types, for Deno (all of it) and for Node (what applications call).
 *
 * @module
 */
import { VERSION } from "../core/version.ts";
import { output, ROOT, run } from "./programs.ts";

/** What the package exports, by the files of the checkout; Node gets the first only. */
const ENTRIES = {
  ".": "mod",
  "./sim": "core/sim/mod",
  "./testing": "core/testing/mod",
  "./conformance": "core/conformance/mod",
};
/** In the place of `Deno` under Node. */
const NODE_RUNTIME = "core/os/node/runtime.ts";
/** Makes the declarations. */
const TYPESCRIPT = "npm:typescript@5.9.3/tsc";

/** Writes the package into `folder`; gives its path. */
export async function buildNpm(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "ouro-npm-" });
  try {
    await bundle(Object.values(ENTRIES).map((path) => `${path}.ts`), `${work}/deno`);
    await forNode(`${work}/node`);
    await declarations(`${work}/types`);
    await Deno.writeTextFile(`${work}/package.json`, JSON.stringify(description(), undefined, 2) + "\n");
    for (const [from, to] of [["LICENSE", "LICENSE"], [".ci/npm_readme.md", "README.md"]]) {
      await Deno.copyFile(`${ROOT}/${from}`, `${work}/${to}`);
    }
    const packed = await output([
      "npm",
      "pack",
      "--silent",
      "--pack-destination",
      await Deno.realPath(folder),
    ], { cwd: work });
    return `${folder}/${packed.trim()}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Bundles what others debug: it stays readable, but for comments that say where on this machine each module was. */
async function bundle(entries: readonly string[], folder: string): Promise<void> {
  const flags = ["--platform", "deno", "--code-splitting", "--outdir", folder];
  await run([Deno.execPath(), "bundle", "-q", ...flags, ...entries], { cwd: ROOT });
  await change(folder, ".js", (text) => text.replaceAll(/^\/\/ .*\n/gm, ""));
}

/** Changes the text of all files of a folder whose names end so. */
async function change(folder: string, ending: string, to: (text: string) => string): Promise<void> {
  const found = await output(["find", folder, "-name", `*${ending}`]);
  for (const path of found.trim().split("\n")) {
    await Deno.writeTextFile(path, to(await Deno.readTextFile(path)));
  }
}

/** The library for Node: the same code, in which `Deno` is not the global object but what is imported here. */
async function forNode(folder: string): Promise<void> {
  await bundle([`${ENTRIES["."]}.ts`], folder);
  await change(folder, ".js", (text) => `import { Deno } from "./runtime/runtime.js";\n${text}`);
  await bundle([NODE_RUNTIME], `${folder}/runtime`);
}

/** The declarations of the library, which name each other as the JavaScript does, and nothing of the runtime. */
async function declarations(folder: string): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "ouro-types-" });
  try {
    await Deno.writeTextFile(`${work}/deno.d.ts`, await output([Deno.execPath(), "types"]));
    const compilerOptions = {
      target: "esnext",
      module: "nodenext",
      lib: ["esnext"],
      types: [],
      strict: true,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      rootDir: ROOT,
      outDir: folder,
    };
    const files = [...Object.values(ENTRIES).map((path) => `${ROOT}/${path}.ts`), `${work}/deno.d.ts`];
    await Deno.writeTextFile(`${work}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
    await run([Deno.execPath(), "run", "-A", "-q", "--no-config", "--no-lock", TYPESCRIPT, "-p", work]);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  await change(
    folder,
    ".d.ts",
    (text) =>
      text.replaceAll(/(from |import\()"(\.[^"]+)\.ts"/g, '$1"$2.js"')
        .replaceAll(/\bDeno\.[A-Z][A-Za-z.]*(<[^<>]*>)?(\["symbols"\])?/g, "unknown"),
  );
}

function description() {
  const exported = Object.entries(ENTRIES).map(([name, path]) => [name, {
    types: `./types/${path}.d.ts`,
    deno: `./deno/${path}.js`,
    ...name === "." ? { node: "./node/mod.js" } : {},
  }]);
  return {
    name: "@ouro/ouro",
    version: VERSION,
    description: "The Ouroboros recursive packet network: flows for applications, the contract for plugins",
    license: "MIT",
    type: "module",
    exports: Object.fromEntries(exported),
    engines: { node: ">=20" },
    os: ["linux"],
  };
}
