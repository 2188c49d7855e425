/** The client in Python talks to a real server through a real IRMd: docs/local-protocol.md says enough. */
import assert from "node:assert/strict";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { localHost } from "../support/local_layer.ts";

const CLIENT = new URL("./oping.py", import.meta.url).pathname;

const test = unless(whyNoProgram("python3"));

test("a client in Python pings an oping server", async () => {
  await using host = await localHost("svc");
  await host.ok(`irm bind program ${host.programs}/oping name svc`);
  const server = host.spawn(["oping", "--listen"]);
  await host.irmd.waitFor(/accepts flows for/);
  const { code, stdout, stderr } = await host.program(["python3", CLIENT, "svc", "20"]).ended;
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  assert.equal(lines[0], "Pinging svc with 64 bytes of data (20 packets):");
  const replies = lines.slice(2);
  assert.equal(replies.length, 20);
  replies.forEach((line, seq) =>
    assert.match(line, new RegExp(`^64 bytes from svc: seq=${seq} time=\\d+\\.\\d{3} ms$`))
  );
  await server.waitFor(/Received 64 bytes on fd 64\./, 20);
  assert.equal((await host.status()).flows, 0);
});

test("the client in Python says why there is no flow", async () => {
  await using host = await localHost("svc");
  const { code, stderr } = await host.program(["python3", CLIENT, "nobody"]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /^flow\.allocate: .*\(OURO_NAME\)$/m);
});
