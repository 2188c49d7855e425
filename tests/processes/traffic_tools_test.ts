/** oecho, operf and ocbr, client and server, over a local flow. @module */
import assert from "node:assert/strict";
import { localHost } from "../support/local_layer.ts";
import { writePrograms } from "../support/bin.ts";

Deno.test("oecho, operf and ocbr talk to their servers, and say what they have measured", async () => {
  await using host = await localHost("oecho");
  await writePrograms(host.programs, ["operf", "ocbr", "oecho"]);
  for (const name of ["operf", "ocbr"]) {
    await host.ok(`irm name create ${name}`);
    await host.ok(`irm name register ${name} layer ll`);
  }
  const servers = new Map<string, ReturnType<typeof host.spawn>>();
  for (const tool of ["oecho", "operf", "ocbr"]) {
    await host.ok(`irm bind program ${host.programs}/${tool} name ${tool}`);
    servers.set(tool, host.spawn([tool, "-l", ...tool === "operf" ? ["--verbose"] : []]));
    await host.irmd.waitFor(new RegExp(`^.*New instance \\(\\d+\\) of ${tool} added\\.`));
  }
  const [echo, reply, uni, bi, cbr] = await Promise.all([
    host.ok("oecho"),
    host.ok("oecho as JSON"),
    host.ok("operf -n operf -d 300ms -r 1M -s 100"),
    host.ok("operf -n operf -t bi -d 300ms -r 1M --json"),
    host.ok("ocbr -n ocbr -d 1 -r 80k -s 100"),
  ]);
  assert.equal(echo, "Server replied with Client says hi!\n");
  assert.equal(reply, '{"reply":"Client says hi!"}\n');
  assert.match(
    uni,
    /^Doing a unidirectional test\.\nSending 100 byte packets for 0\.3 s to operf at 1\.000 Mb\/s\.$/m,
  );
  assert.match(uni, /^(\d+) packets transmitted, \1 received, 0% packet loss, time: [\d.]+ ms, bandwidth: /m);
  const { sent, arrived, percentiles } = JSON.parse(bi);
  assert(sent.packets > 0 && arrived.packets === sent.packets && percentiles.p50 > 0);
  assert.match(
    cbr,
    /^Client started, duration 1, rate 80000 b\/s, size 100 B\.\nsent statistics: +\d+ packets, /,
  );
  await servers.get("oecho")?.waitFor(/^Message from client is Client says hi!\.$/);
  await servers.get("operf")?.waitFor(/^Seqno 0 from fd \d+: \d+\.\d{6}$/);
  await servers.get("ocbr")?.waitFor(
    /^Flow +\d+: +\d+ packets \( +\d+ bytes\) in +\d+ ms => +[\d.]+ pps, +[\d.]+ Mbps$/,
  );
  // An end that is killed in the middle: a server says what it got and serves on, a client ends with a reason.
  const middle = {
    operf: { words: "-n operf -d 60s -r 1M -s 100", begun: /^Sending/, told: /^Flow \d+: \d+ packets/ },
    ocbr: {
      words: "-n ocbr -d 60 -r 80k -s 100",
      begun: /^Client started/,
      told: /^Flow +\d+: +\d+ packets/,
    },
  };
  await Promise.all(
    Object.entries(middle).map(async ([tool, { words, begun, told }]) => {
      const server = servers.get(tool);
      assert(server);
      const before = server.lines.filter((line) => told.test(line)).length;
      const begin = async () => {
        const client = host.spawn([tool, ...words.split(" ")]);
        await client.waitFor(begun);
        return client;
      };
      (await begin()).kill("SIGKILL");
      await server.waitFor(told, before + 1);
      const client = await begin();
      server.kill("SIGKILL");
      const { code, stderr } = await client.ended;
      assert.match(stderr, new RegExp(`^${tool}: .+`, "m"));
      assert.notEqual(code, 0);
    }),
  );
  const wrong = [
    ["operf", 1, /No server specified\./],
    ["operf -n operf -t both", 1, /Invalid test type\./],
    ["operf -n operf -r 1Q", 1, /Unknown rate unit: Q\./],
    ["ocbr -n ocbr -s 600000", 1, /Maximum size: 524288\./],
    ["ocbr -n none -d 1", 255, /Failed to allocate flow\./],
    ["oecho --frob", 0, /unknown option/],
  ] as const;
  const results = await Promise.all(wrong.map(([words]) => host.run(words)));
  for (const [index, { code, stdout, stderr }] of results.entries()) {
    const [words, status, text] = wrong[index];
    assert.match(stdout + stderr, text, words);
    assert.equal(code, status, words);
  }
});
