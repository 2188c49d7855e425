/**
 * A checkout as programs, without building: `ouro` is a script of two lines that runs the checkout's `main.ts`.
 *
 * @module
 */
import { installFile, linkPrograms, ROOT } from "./programs.ts";

/** `text` as one word of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Writes `ouro` and the links `irm`, `irmd`, `oping`, … into `folder`; they run this checkout with this deno. */
export async function linkCheckout(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const script = "#!/bin/sh\n" +
    `OURO_CALLED_AS=\${0##*/} exec ${quoted(Deno.execPath())} run -A -q ${quoted(`${ROOT}/main.ts`)} "$@"\n`;
  await installFile(`${folder}/ouro`, (temporary) => Deno.writeTextFile(temporary, script));
  await linkPrograms(folder);
}
