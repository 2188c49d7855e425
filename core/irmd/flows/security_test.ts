/**
 * Encryption and certificates in the allocations of a host.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AuthError, CryptError, ExhaustedError, MessageSizeError } from "../../contract/errors.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { authorityOf, certify, NOW, pairOf } from "../../testing/security/certificates.ts";
import { PLAIN_POLICY } from "../../security/policy/flow_policy.ts";
import { pem } from "../../security/x509/pem.ts";
import { decodeOapHeader, encodeOapHeader } from "../../wire/oap_header.ts";
import { emptyWorld, type LayerManners } from "../../testing/irmd/layer.ts";
import { hashOf } from "../../testing/irmd/plugins.ts";
import type { Asked, FakeProcess, World } from "../../testing/irmd/world.ts";
import { ClientHandshake } from "../oap/client_handshake.ts";
import { encrypting } from "../../testing/irmd/handshake.ts";

const TOKEN = "00112233445566778899aabbccddeeff";
const encoder = new TextEncoder();

interface Two {
  readonly world: World;
  readonly server: FakeProcess;
  readonly client: FakeProcess;
}

/** A host with files, a server that is bound to `x`, and a client. */
function host(
  files: Readonly<Record<string, string>>,
  paths?: Record<string, string>,
  manners: LayerManners = { splices: true },
): Two {
  const { world } = emptyWorld(manners, NOW);
  for (const [path, text] of Object.entries(files)) world.files.set(path, encoder.encode(text));
  void world.command("ipcp.bootstrap", { name: "i", type: "local", layer: "l" }).result;
  world.command("name.create", { name: "x", paths });
  void world.command("name.register", { name: "x", ipcps: ["i"] }).result;
  const server = world.connect("server");
  world.command("bind.process", { name: "x", pid: server.pid });
  world.log();
  return { world, server, client: world.connect("client") };
}

const accept = ({ server }: Two, rest = {}): Asked =>
  server.ask("flow.accept", { token: TOKEN, security: {}, ...rest });

function allocate({ client, world }: Two, rest = {}): Asked {
  const asked = client.ask("flow.allocate", { name: "x", security: {}, ...rest });
  world.time.advance(20);
  return asked;
}

/** Lets time pass, real and virtual, until a request is answered: ML-KEM answers later. */
async function answered({ world }: Two, ...asked: readonly Asked[]): Promise<void> {
  while (asked.some(({ answers }) => answers.length === 0)) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    world.time.advance(1);
  }
}

function requestOf(world: World, policy = encrypting("X25519")): Uint8Array {
  let made: Outcome<ClientHandshake> | undefined;
  const context = { clock: world.time, random: world.random, name: "x", policy };
  ClientHandshake.begin(context, new Uint8Array(0), (outcome) => made = outcome);
  if (!made?.ok) throw new Error("no request was made");
  return made.value.request;
}

const pass = ({ world }: Two, data: Uint8Array): Asked =>
  world.ipcps[0].ask("upper.request", { hash: hashOf("x"), data: data.toBase64() });

for (const [where, splices] of [["directly", true], ["through the layer", false]] as const) {
  Deno.test(`both processes get the same key when a file says so, joined ${where}`, () => {
    for (const file of ["server/x/enc.conf", "client/x/enc.conf"]) {
      const two = host({ [file]: "kex=X25519\ncipher=aes-128-gcm" }, undefined, { splices });
      const [accepted, allocated] = [accept(two), allocate(two)];
      if (file.startsWith("server")) {
        assert(
          allocated.error instanceof CryptError &&
            /asks for a flow in clear/.test(allocated.error.message),
        );
        assert.equal(accepted.answers.length, 0);
        continue;
      }
      const [one, other] = [allocated.result.security?.encryption, accepted.result.security?.encryption];
      assert.deepEqual(one, { ...other, role: "client" });
      assert.deepEqual([other?.role, other?.cipher], ["server", "aes-128-gcm"]);
      assert.equal(Uint8Array.fromBase64(one?.key ?? "").length, 32);
    }
  });
}

Deno.test("the paths of a name take the place of those of the folder", () => {
  const files = { "/s.conf": "kex=X448\ncipher=chacha20-poly1305", "/c.conf": "kex=X448" };
  const two = host(files, { sencpath: "/s.conf", cencpath: "/c.conf" });
  const [accepted, allocated] = [accept(two), allocate(two)];
  assert.equal(accepted.result.security?.encryption?.cipher, "chacha20-poly1305");
  assert.equal(allocated.result.security?.encryption?.cipher, "chacha20-poly1305");
});

Deno.test("without files and wishes nothing is said of security", () => {
  const two = host({});
  const [accepted, allocated] = [accept(two), allocate(two)];
  assert.deepEqual([accepted.result.security, allocated.result.security], [undefined, undefined]);
});

Deno.test("a process that cannot encrypt gets no flow that has to be encrypted, at either end", () => {
  const two = host({ "client/x/enc.conf": "" });
  const waiting = accept(two, { security: undefined });
  const asked = allocate(two, { security: undefined });
  assert(asked.error instanceof CryptError && /this program cannot encrypt/.test(asked.error.message));
  assert.equal(two.world.status().handshakes.received, 0);
  assert(allocate(two).error instanceof CryptError);
  assert.match(two.world.log(0).join("\n"), /refused: the flow has to be encrypted, and process \d+/);
  assert.equal(waiting.answers.length, 0);
  two.world.files.clear();
  assert.equal(allocate(two).result.flow, waiting.result.flow ^ 1);
});

Deno.test("what a process that accepts requires counts, and it goes on waiting for a flow that has it", async () => {
  const authority = await authorityOf("the authority");
  const pair = await pairOf("Ed25519");
  const certificate = pem("CERTIFICATE", await certify({ subject: "me", pair, issuer: authority }));
  const authorities = pem("CERTIFICATE", authority.certificate.der);
  const two = host({});
  const accepted = accept(two, { security: { authorities, require: ["encryption"] } });
  assert(allocate(two).error instanceof CryptError);
  assert(allocate(two, { security: { require: ["encryption"] } }).error instanceof AuthError);
  assert.equal(accepted.answers.length, 0);
  const own = { certificate, privateKey: pair.text };
  const allocated = two.client.ask("flow.allocate", {
    name: "x",
    security: { require: ["encryption"], ...own },
  });
  await answered(two, allocated, accepted);
  assert.equal(accepted.result.security?.peer?.name, "me");
  assert.equal(allocated.result.security?.encryption?.role, "client");
  const { handshakes } = two.world.status();
  assert.deepEqual(handshakes, {
    received: 3,
    agreed: 1,
    refusedEarly: 0,
    unauthenticated: 1,
    unencrypted: 1,
  });
});

Deno.test("wishes that cannot be used are refused to the process that has them", () => {
  const two = host({});
  for (const ask of [accept, allocate]) {
    const { error } = ask(two, { security: { authorities: "nonsense" } });
    assert(error instanceof AuthError && /authorities/.test(error.message), String(error));
    assert.match(String(ask(two, { security: { cypher: "x" } }).error), /security has no field "cypher"/);
  }
});

Deno.test("key exchanges that take time: both ends get their flow", async () => {
  const two = host({ "client/x/enc.conf": "kex=X25519MLKEM768" });
  const accepted = accept(two);
  const allocated = two.client.ask("flow.allocate", { name: "x", security: {} });
  await answered(two, allocated, accepted);
  assert.equal(allocated.result.security?.encryption?.key, accepted.result.security?.encryption?.key);
});

Deno.test("who goes away during a key exchange leaves nothing behind", async () => {
  const start = () => {
    const two = host({ "client/x/enc.conf": "kex=ML-KEM-512" });
    const accepted = accept(two);
    const allocated = two.client.ask("flow.allocate", { name: "x", security: {} });
    return { two, accepted, allocated };
  };
  for (const who of ["client", "server", "layer"] as const) {
    for (let turns = 0; turns < 6; turns++) {
      const { two, accepted, allocated } = start();
      for (let turn = 0; turn < turns; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        two.world.time.advance(1);
      }
      if (who === "layer") two.world.exit(two.world.ipcps[0].pid, "SIGKILL");
      else two[who].end();
      two.world.time.advance(10);
      await answered(two, allocated);
      if (who !== "server" && accepted.answers.length === 0) {
        two.server.ask("cancel", { id: two.server.lastId });
      }
      for (const process of [two.client, two.server]) process.end();
      for (let turn = 0; turn < 5; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        two.world.time.advance(1000);
      }
      const { flows, waitingCalls, waitingRequests } = two.world.status();
      assert.deepEqual([flows, waitingCalls, waitingRequests], [0, 0, 0], `${who} after ${turns}`);
    }
  }
});

Deno.test("requests that wait are limited, and what is refused costs no key exchange", () => {
  const two = host({});
  const asked = Array.from({ length: 1100 }, () => pass(two, requestOf(two.world, PLAIN_POLICY)));
  const refused = asked.filter(({ error }) => error instanceof ExhaustedError);
  assert.deepEqual([two.world.status().waitingRequests, refused.length], [1024, 76]);
  two.world.time.advance(2000);
  assert.equal(two.world.status().waitingRequests, 0);
  assert.equal(pass(two, requestOf(two.world)).answers.length, 0);
});

Deno.test("each refused handshake gives others their turn before the next", () => {
  const two = host({});
  const bad = () => {
    const header = decodeOapHeader(requestOf(two.world), 0);
    // A point of small order: the exchange gives nothing.
    return encodeOapHeader({
      ...header,
      keyExchange: header.keyExchange.map((byte, at) => at < 12 ? byte : 0),
    });
  };
  for (let count = 0; count < 3; count++) pass(two, bad());
  const good = pass(two, requestOf(two.world));
  accept(two);
  const refusals = () => two.world.status().handshakes.unencrypted;
  assert.equal(refusals(), 1);
  two.world.time.advance(10);
  assert.equal(refusals(), 3);
  assert.deepEqual([two.world.status().handshakes.agreed, good.result.flow], [1, 0]);
});

Deno.test("an allocation that is too large for the control protocol is refused with what to do", () => {
  const two = host({});
  const data = new Uint8Array(32_768).toBase64();
  const waiting = accept(two);
  assert.equal(allocate(two, { data }).result.flow, waiting.result.flow ^ 1);
  two.world.ipcps[0].answers.set("layer.allocate", (_params, reply) => {
    reply({ ok: false, error: new MessageSizeError("the data is 9 bytes too long for this layer") });
  });
  const { error } = allocate(two, { security: { keyExchange: "ffdhe4096" } });
  assert(error instanceof MessageSizeError);
  assert.match(
    error.message,
    /9 bytes too long for this layer \(it has \d+ bytes: a certificate with Ed25519/,
  );
});
