/**
 * Tells one state of plugins' files from another.
 *
 * @module
 */
import { digest } from "../security/digests.ts";
import { entryOf, fileUrl } from "./plugin_file.ts";
import { sourcesOf } from "./plugin_sources.ts";

/**
 * Returns the digest of what files of plugins hold, with the files that they import by path, and of further texts. Where the
 * files are does not matter: it is the same on all machines that have the same plugins.
 *
 * @param paths of plugins, as for `irmd --plugin`
 */
export function fingerprintOf(paths: readonly string[], ...texts: readonly string[]): string {
  const all = paths.flatMap((path) => [...sourcesOf(fileUrl(entryOf(path)))].map(({ text }) => text));
  // Each text is a digest of its own: none can pass for two.
  const parts = [...all, ...texts].map((text) => digest("sha256", new TextEncoder().encode(text)));
  return digest("sha256", ...parts).toHex().slice(0, 32);
}
