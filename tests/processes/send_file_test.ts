/** The examples that send and receive a file, over a layer whose path loses, reorders and duplicates packets. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UnicastHost } from "../support/unicast_layer.ts";

const EXAMPLES = new URL("../../docs/examples/", import.meta.url).pathname;
const MEBIBYTE = 1024 * 1024;

Deno.test("the examples send a file over a bad path; both ends know its SHA-256", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  const example = (name: string, ...words: string[]) =>
    host.program([Deno.execPath(), "run", "-A", "-q", `${EXAMPLES}${name}.ts`, ...words]);
  const [from, to] = [`${host.folder}/from`, `${host.folder}/to`];
  const content = new Uint8Array(8 * MEBIBYTE + 7);
  for (let at = 0; at < content.length; at += 65_536) {
    crypto.getRandomValues(content.subarray(at, at + 65_536));
  }
  await Deno.writeFile(from, content);
  const receiver = example("receive_file", to);
  await host.ok(`irm bind process ${receiver.pid} name files`);
  await host.ok("irm name register files ipcp b");
  await host.ok("impair a loss 5% reorder 5% duplicate 1%");
  const sent = await example("send_file", "files", from).ended;
  const received = await receiver.ended;
  const digest = createHash("sha256").update(content).digest("hex");
  assert.deepEqual([sent.stdout, sent.code], [`sent ${from}, SHA-256 ${digest}\n`, 0], sent.stderr);
  assert.deepEqual(
    [received.stdout, received.code],
    [`received ${to}, SHA-256 ${digest}\n`, 0],
    received.stderr,
  );
  assert.deepEqual(await Deno.readFile(to), content);
  assert.match(await host.ok("impair a"), /[1-9]\d* lost/);
});
