/**
 * Runs oping's client within the test's process: the same words, client and lines as the program, without the start of a process for
 * each ping.
 *
 * @module
 */
import { asOuroError } from "../../core/contract/errors.ts";
import { Ouroboros } from "../../core/flow/client.ts";
import { openLibc } from "../../core/os/c/libc.ts";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { parseCommandLine } from "../../core/tools/command_line.ts";
import { runClient } from "../../core/tools/oping/client.ts";
import { clientSettings } from "../../core/tools/oping/settings.ts";
import { TOOL } from "../../core/tools/oping/tool.ts";
import { ResultOutput } from "../../core/tools/result_output.ts";
import type { Answered } from "./irm_here.ts";

// The runtime counts a library that is opened in a test as a leak of that test.
openLibc();
libcryptoBackend();

/** Runs the words behind `oping` against the IRMd of a runtime folder; they make it a client. */
export async function opingHere(folder: string, words: readonly string[]): Promise<Answered> {
  let [stdout, stderr] = ["", ""];
  const complain = (sentence: string) => stderr += `oping: ${sentence}\n`;
  const parsed = parseCommandLine(TOOL, words);
  const name = parsed.ok ? parsed.options["server-name"] : undefined;
  if (!parsed.ok || parsed.options.listen || name === undefined) {
    throw new Error(`oping ${words.join(" ")} is no client's command`);
  }
  const output = new ResultOutput({ print: (line) => stdout += `${line}\n`, complain }, parsed.options.json);
  try {
    const settings = clientSettings(name, parsed.options, (line) => output.notice(line));
    await using ouro = await Ouroboros.connect({ program: TOOL.name, runtimeFolder: folder });
    const code = await runClient(ouro, settings, output, new AbortController().signal);
    return { code, stdout, stderr };
  } catch (thrown) {
    complain(asOuroError(thrown).message);
    return { code: 1, stdout, stderr };
  }
}

/** Pings `svc` until all packets are answered; gives what oping says then. Fails after a long time. */
export async function pingedHere(folder: string, count: number): Promise<string> {
  const end = Date.now() + 30_000;
  for (;;) {
    const { code, stdout, stderr } = await opingHere(folder, `-n svc -c ${count} -i 10ms`.split(" "));
    if (code === 0 && stdout.includes(`${count} packets transmitted, ${count} received`)) return stdout;
    if (Date.now() > end) throw new Error(`no answer: ${stdout}${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
