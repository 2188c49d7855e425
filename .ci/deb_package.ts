/**
 * Builds `ouro_VERSION_ARCH.deb`: the runtime and the bundled JavaScript unpacked, so that users need no folder to unpack into, with
 * what else belongs to a host. Needs no root and no tool of Debian's: a package is an `ar` of two `tar`s.
 *
 * @module
 */
import { sectionOf } from "../core/tools/manual.ts";
import { manualPage, PAGE_NAMES } from "../core/irm/man/pages.ts";
import { loadTool } from "../core/testing/irm/world.ts";
import { SHELLS } from "../core/irm/completion/shells.ts";
import { SHOWN_TOOLS } from "../core/tools/table.ts";
import { BUILTINS } from "../plugins/builtins.ts";
import { VERSION } from "../core/version.ts";
import { installFile, output, PROGRAM_NAMES, ROOT, run } from "./programs.ts";
import { digestOf, makeContent, SAME } from "./single_file.ts";

/** What Debian calls the kinds of machines that the runtime is built for. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
/** Where a shell looks for the completion of a command: a folder, and a file for each. */
const COMPLETIONS: Readonly<Record<string, readonly [string, (command: string) => string]>> = {
  bash: ["usr/share/bash-completion/completions", (command) => command],
  zsh: ["usr/share/zsh/vendor-completions", (command) => `_${command}`],
  fish: ["usr/share/fish/vendor_completions.d", (command) => `${command}.fish`],
};
const SCRIPTS = ["preinst", "postinst", "prerm", "postrm"];
const CONFIGURATION = ["irmd.conf", "irmd.conf.example"].map((name) => `etc/ouroboros/${name}`);

/** Returns the name of the package's file. */
export const debName = (): string => `ouro_${VERSION}_${ARCHITECTURES[Deno.build.arch]}.deb`;

/** Writes the package into `folder`; gives its path. */
export async function buildDeb(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const content = await Deno.makeTempDir({ prefix: "ouro-build-" });
  try {
    await makeContent(content);
    const path = `${folder}/${debName()}`;
    await joinDeb(content, path);
    return path;
  } finally {
    await Deno.remove(content, { recursive: true });
  }
}

/** Makes a package of what `content` holds, `deno` and `js`. */
export async function joinDeb(content: string, path: string, version = VERSION): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "ouro-deb-" });
  try {
    const tree = `${work}/tree`, control = `${work}/control`;
    const id = await digestOf(content);
    await program(content, tree, id);
    await system(tree);
    await manuals(tree);
    await completions(tree);
    await controlFiles(tree, control, id, version);
    const parts = await Promise.all([control, tree].map(pack));
    await installFile(path, (temporary) => archive(parts, temporary), 0o644);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The program, in a folder that says which one it is: another version stands beside it, not in its place. */
async function program(content: string, tree: string, id: string): Promise<void> {
  const home = `${tree}/usr/lib/ouro/${id}`;
  await Deno.mkdir(home, { recursive: true });
  for (const part of ["deno", "js"]) await run(["cp", "-a", "--reflink=auto", `${content}/${part}`, home]);
  await copy("debian/ouro", `${tree}/usr/bin/ouro`, id, 0o755);
  for (const name of PROGRAM_NAMES) await Deno.symlink("ouro", `${tree}/usr/bin/${name}`);
}

async function system(tree: string): Promise<void> {
  const examples = "../docs/examples", doc = `${tree}/usr/share/doc/ouro`;
  await copy(`${examples}/ouroboros.service`, `${tree}/usr/lib/systemd/system/ouroboros.service`);
  await copy("debian/irmd.conf", `${tree}/${CONFIGURATION[0]}`);
  await copy(`${examples}/irmd.conf`, `${tree}/${CONFIGURATION[1]}`);
  await copy("../LICENSE", `${doc}/copyright`);
  await copy("../README.md", `${doc}/README.md`);
  await run(["cp", "-R", `${ROOT}/docs`, `${doc}/docs`]);
}

/** The pages. Those of words that are no programs have short names, which others may use: here they begin with `ouro-`. */
async function manuals(tree: string): Promise<void> {
  const words = new Set(SHOWN_TOOLS.filter(({ program }) => !program).map(({ word }) => word));
  const installed = (name: string) => words.has(name) ? `ouro-${name}` : name;
  const declarations = BUILTINS.map(({ declaration }) => declaration).filter(({ internal }) => !internal);
  for (const name of PAGE_NAMES) {
    const page = await manualPage(name, loadTool, () => Promise.resolve(declarations), VERSION);
    const text = PAGE_NAMES.reduce(
      (text, other) => text.replaceAll(`.BR ${other} (`, `.BR ${installed(other)} (`),
      page ?? "",
    );
    const path = `${tree}/usr/share/man/man${sectionOf(name)}/${installed(name)}.${sectionOf(name)}`;
    await write(path, `${text}\n`);
    await run(["gzip", "-9n", path]);
  }
}

async function completions(tree: string): Promise<void> {
  for (const [shell, [folder, file]] of Object.entries(COMPLETIONS)) {
    await write(`${tree}/${folder}/${file("ouro")}`, SHELLS[shell]);
    // One of zsh's says itself what it completes; the others are looked for by the name of the command.
    for (const name of shell === "zsh" ? [] : PROGRAM_NAMES) {
      await Deno.symlink(file("ouro"), `${tree}/${folder}/${file(name)}`);
    }
  }
}

async function controlFiles(tree: string, control: string, id: string, version: string): Promise<void> {
  const size = (await output(["du", "-sk", "--apparent-size", tree])).split("\t")[0];
  const fields = {
    Package: "ouro",
    Version: version,
    Architecture: ARCHITECTURES[Deno.build.arch],
    Maintainer: "The ouro authors <ouro@localhost>",
    "Installed-Size": size,
    Depends: "libc6 (>= 2.27), libgcc-s1, passwd",
    Suggests: "man-db, fuse3",
    Section: "net",
    Priority: "optional",
    Homepage: "https://ouroboros.rocks",
    Description: "Ouroboros recursive packet network\n" +
      " Gives processes flows to names, over as many layers as one likes: the daemon,\n" +
      " the command tool, the IPC processes and the tools of Ouroboros in one program.",
  };
  await write(
    `${control}/control`,
    Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`).join(""),
  );
  await write(`${control}/conffiles`, CONFIGURATION.map((path) => `/${path}\n`).join(""));
  await write(
    `${control}/md5sums`,
    await output(["sh", "-c", "find usr -type f -exec md5sum {} +"], { cwd: tree }),
  );
  for (const name of SCRIPTS) await copy(`debian/${name}`, `${control}/${name}`, id, 0o755);
}

/** Packs a folder into a file beside it. */
async function pack(folder: string): Promise<string> {
  const tar = folder.replace(/\/tree$/, "/data").concat(".tar");
  await run(["tar", "-cf", tar, ...SAME, "--mode=u+rwX,go+rX,go-w", "-C", folder, "."]);
  await run(["gzip", "-6n", tar]);
  return `${tar}.gz`;
}

/** Joins files into an `ar`, behind the one that says which format of packages this is. */
async function archive(parts: readonly string[], path: string): Promise<void> {
  const encoder = new TextEncoder();
  await using target = await Deno.open(path, { write: true, create: true });
  const put = async (name: string, content: Uint8Array) => {
    const fields = [name.padEnd(16), "0".padEnd(12), "0".padEnd(6), "0".padEnd(6), "100644".padEnd(8)];
    await writeAll(target, encoder.encode(`${fields.join("")}${`${content.length}`.padEnd(10)}\`\n`));
    await writeAll(target, content);
    if (content.length % 2 === 1) await writeAll(target, encoder.encode("\n"));
  };
  await writeAll(target, encoder.encode("!<arch>\n"));
  await put("debian-binary", encoder.encode("2.0\n"));
  for (const part of parts) await put(part.slice(part.lastIndexOf("/") + 1), await Deno.readFile(part));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** Copies a file of this folder, with the place of the program filled in. */
async function copy(from: string, to: string, id = "", mode = 0o644): Promise<void> {
  await write(to, (await Deno.readTextFile(`${ROOT}/.ci/${from}`)).replaceAll("@ID@", id), mode);
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text, { mode });
}
