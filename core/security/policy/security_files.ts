/**
 * The security folder: which file is for what (docs/security.md). It has the reference's layout.
 *
 * @module
 */
import type { FlowRole } from "../../contract/security.ts";

/** Reads files. Paths are absolute, or relative to the security folder. */
export interface SecurityFiles {
  /**
   * Reads what is in a file; undefined when it is not there. As long as the file does not change, the same array.
   *
   * @throws OuroError when it is there and cannot be read
   */
  read(path: string): Uint8Array | undefined;
  /** Names of the files in a folder, in the order of the alphabet; none when it is not there. */
  list(folder: string): readonly string[];
  /** Whether there is such a folder (`""`: the security folder itself): to look saves looking for its files. Left out: it may be there. */
  hasFolder?(folder: string): boolean;
}

/** No files at all. */
export const NO_SECURITY_FILES: SecurityFiles = { read: () => undefined, list: () => [] };

/** Folder of trust anchors. */
export const ANCHORS = "cacert";
/** Folder of intermediate authorities. */
export const INTERMEDIATES = "untrusted";

/** Where the files of a name are. */
export interface NamePaths {
  /** `enc.conf`. */
  readonly encryption: string;
  /** The own certificate. */
  readonly certificate: string;
  /** Its private key. */
  readonly privateKey: string;
  /** The server's static key, without `.pem` or `.raw`: the private one at the server, the public one at the client. */
  readonly staticKey: string;
}

/** Paths of `irm name create` that stand in for those of the folder, by the words of that command. */
export type PathOverrides = Readonly<Record<string, string>>;

/**
 * Returns the files of a name; undefined for a name that cannot have any because it is no name of a folder (`a/b`, `..`).
 *
 * @example
 * ```ts
 * import { namePaths } from "./security_files.ts";
 * import assert from "node:assert/strict";
 * assert.equal(namePaths("server", "web")?.encryption, "server/web/enc.conf");
 * assert.equal(namePaths("server", "../web"), undefined);
 * ```
 */
export function namePaths(
  role: FlowRole,
  name: string,
  overrides: PathOverrides = {},
): NamePaths | undefined {
  const isFolder = name !== "" && name !== "." && name !== ".." && !/[/\\\p{Cc}]/u.test(name);
  if (!isFolder && Object.keys(overrides).length === 0) return undefined;
  const folder = isFolder ? `${role}/${name}` : `${role}/.none`;
  const [encryption, certificate, privateKey] = overridesOf(role, overrides);
  return {
    encryption: encryption ?? `${folder}/enc.conf`,
    certificate: certificate ?? `${folder}/crt.pem`,
    privateKey: privateKey ?? `${folder}/key.pem`,
    staticKey: role === "server" ? `${folder}/kex.key` : `${folder}/kex.srv.pub`,
  };
}

/** Returns the paths that were given for one end: of its configuration, certificate and key. */
export const overridesOf = (role: FlowRole, overrides: PathOverrides = {}): (string | undefined)[] =>
  ["encpath", "crtpath", "keypath"].map((word) => overrides[`${role === "server" ? "s" : "c"}${word}`]);

/** Returns a path that stands in a file, seen from the folder of that file. */
export function besides(file: string, path: string): string {
  return path.startsWith("/") ? path : `${file.slice(0, file.lastIndexOf("/") + 1)}${path}`;
}
