/**
 * The part of the runtime's functions that the client library of applications calls, made of Node's: the package for npm puts it in the
 * place of `Deno` where it runs under Node. There is no way to call the C library.
 *
 * @module
 */
import fs from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { classOf, errors, translated } from "./errors.ts";
import { addMissing } from "./newer_language.ts";
import { connect, listen } from "./unix_sockets.ts";

addMissing();

/** What a file is, as the library asks for it. */
const infoOf = (stats: fs.Stats) => ({
  isFile: stats.isFile(),
  isDirectory: stats.isDirectory(),
  isSymlink: stats.isSymbolicLink(),
  isSocket: stats.isSocket(),
  mode: stats.mode,
  uid: stats.uid,
  gid: stats.gid,
  ino: stats.ino,
  dev: stats.dev,
});

const runtime = {
  build: { standalone: false },
  mainModule: pathToFileURL(process.argv[1] ?? process.execPath).href,
  pid: process.pid,
  errors,
  uid: () => process.getuid?.() ?? null,
  gid: () => process.getgid?.() ?? null,
  env: {
    get: (name: string): string | undefined => process.env[name],
    delete: (name: string): void => void delete process.env[name],
  },
  unrefTimer: (timer: unknown): void => {
    if (typeof timer === "object" && timer !== null) Reflect.get(timer, "unref")?.call(timer);
  },
  dlopen: () => {
    throw new (classOf("NotSupported"))("Node has no way to call the C library");
  },
  kill: translated((pid: number, signal: string | number) => void process.kill(pid, signal)),
  statSync: translated((path: string | URL) => infoOf(fs.statSync(path))),
  lstatSync: translated((path: string | URL) => infoOf(fs.lstatSync(path))),
  readTextFileSync: translated((path: string | URL) => fs.readFileSync(path, "utf8")),
  readDirSync: translated((path: string | URL) => fs.readdirSync(path).map((name) => ({ name }))),
  writeFileSync: translated((path: string | URL, bytes: Uint8Array) => fs.writeFileSync(path, bytes)),
  chmodSync: translated(fs.chmodSync),
  renameSync: translated(fs.renameSync),
  mkdirSync: translated((path: string, options?: fs.MakeDirectoryOptions) =>
    void fs.mkdirSync(path, options)
  ),
  removeSync: translated((path: string | URL) => fs.rmSync(path)),
  connect,
  listen,
};

export { runtime as Deno };
