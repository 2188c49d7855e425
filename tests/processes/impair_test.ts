/** `ouro impair` of real IPCPs: raw flows lose packets by it, reliable ones do not. @module */
import assert from "node:assert/strict";
import { UnicastHost } from "../support/unicast_layer.ts";

const COUNTS = /(\d+) packets transmitted, (\d+) received/;

async function pinged({ host }: UnicastHost, words: string): Promise<number[]> {
  const { stdout } = await host.ping(`-n svc ${words}`);
  return (COUNTS.exec(stdout) ?? []).slice(1).map(Number);
}

Deno.test("a reliable flow over an impaired N-1 flow loses nothing, a raw one does; off is off", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.line("a", "b");
  await layer.pinged();
  const set = await host.ok("impair a loss 5% reorder 5% duplicate 1% seed 7");
  assert.match(set, /^a, what it sends: loss 5% duplicate 1% reorder 5% seed 7\n {4}0 packets$/m);
  assert.match(set, /^a, what it receives: loss 5%/m);
  assert.deepEqual(await pinged(layer, "-q data -c 50 -i 10ms"), [50, 50]);
  const [sent, received] = await pinged(layer, "-c 200 -i 2ms");
  assert.equal(sent, 200);
  assert(received < 200, `${received}`);
  const shown = await host.ok("impair a");
  assert.match(shown, /^ {4}[1-9]\d+ packets, [1-9]\d* lost/m);
  const stats = await layer.stats("a");
  assert("out" in stats.impairment && "in" in stats.impairment);
  assert.equal(await host.ok("impair a off"), "a: nothing is impaired.\n");
  assert.deepEqual(await pinged(layer, "-c 20 -i 10ms"), [20, 20]);
  assert(host.log.some((line) => /ipcp\(WW\): Impaired below this IPCP is what is sent/.test(line)));
});

Deno.test("IPCPs without anything below them, and unknown ones, are refused in words", async () => {
  await using layer = await UnicastHost.start();
  const refused = async (words: string) => {
    const { code, stderr } = await layer.host.run(`impair ${words}`);
    assert.notEqual(code, 0);
    return stderr;
  };
  assert.match(await refused("l loss 5%"), /nothing to impair/);
  assert.match(await refused("x loss 5%"), /there is no IPCP "x"; there are: l/);
});

Deno.test("a member enrolls and connects over a path that loses a fifth of the packets, or is long", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  await layer.first("a");
  for (const [index, impairment] of ["loss 20% seed 1", "loss 20% seed 2", "delay 600ms"].entries()) {
    const name = `b${index}`;
    await host.ok(`irm ipcp create type unicast name ${name}`);
    await host.ok(`impair ${name} ${impairment}`);
    await host.ok(`irm ipcp enroll name ${name} layer net dst a autobind`);
    await host.ok(`irm ipcp connect name ${name} dst a`);
  }
});
