/** @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { AuthError, CryptError } from "../../contract/errors.ts";
import type { Log } from "../../contract/ports.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import { authorityOf, certify, NOW, pairOf } from "../../testing/security/certificates.ts";
import { pem } from "../../security/x509/pem.ts";
import { valueOf } from "../../testing/security/recorded.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import type { ClientAgreement, ClientHandshake } from "./client_handshake.ts";
import { HostSecurity } from "./host_security.ts";
import type { ServerAgreement } from "./server_handshake.ts";

const encoder = new TextEncoder();

let hosts = 0;

function host(texts: Readonly<Record<string, string>>): HostSecurity {
  const seed = ++hosts;
  const clock = new VirtualTime(NOW);
  const log: Log = {
    error: () => {},
    warning: () => {},
    info: () => {},
    debug: () => {},
    component: () => log,
  };
  const files = new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
  return new HostSecurity({ clock, timers: clock, random: new SeededRandom(seed), log }, {
    read: (path) => files.get(path),
    list: (folder) =>
      [...files.keys()].filter((file) => file.startsWith(`${folder}/`)).map((file) =>
        file.slice(folder.length + 1)
      ),
  });
}

/** A flow from one host to another. */
async function flow(client: HostSecurity, server: HostSecurity, options: SecurityOptions | "unable" = {}) {
  const asked = await valueOf<ClientHandshake>((done) =>
    client.ask({ name: "x", options: options === "unable" ? undefined : options, data: NO_BYTES }, done)
  );
  const received = server.receive(asked.request, "x");
  const answered = await valueOf<ServerAgreement>((done) => received.answer(NO_BYTES, done));
  const checked = await valueOf<ClientAgreement>((done) => asked.check(answered.response, done));
  assert.equal(received.encrypted, answered.security.encryption !== undefined);
  assert.deepEqual(answered.security.encryption?.key, checked.security.encryption?.key);
  return { client: checked.security, server: answered.security };
}

Deno.test("hosts without files have flows in clear, unless the application requires encryption", async () => {
  const [a, b] = [host({}), host({})];
  assert.equal((await flow(a, b)).client.encryption, undefined);
  assert.equal((await flow(a, b, "unable")).client.encryption, undefined);
  assert.equal((await flow(a, b, { require: ["encryption"] })).server.encryption?.cipher, "aes-256-gcm");
});

Deno.test("a program that cannot encrypt is not given a flow that is encrypted", async () => {
  const a = host({ "client/x/enc.conf": "" });
  await assert.rejects(flow(a, host({}), "unable"), (thrown) => {
    return thrown instanceof CryptError && /flows to "x" are encrypted/.test(thrown.message);
  });
  assert.equal((await flow(a, host({}), {})).client.encryption?.role, "client");
});

Deno.test("a name that requires certificates of an authority takes no others", async () => {
  const authority = await authorityOf("the authority");
  const ca = pem("CERTIFICATE", authority.certificate.der);
  const credentials = async (subject: string) => {
    const pair = await pairOf("P-256");
    return [pem("CERTIFICATE", await certify({ subject, pair, issuer: authority })), pair.text];
  };
  const [serverCertificate, serverKey] = await credentials("x");
  const [clientCertificate, clientKey] = await credentials("somebody");
  const server = host({
    "server/x/enc.conf": "kex=X25519\nca=members.pem",
    "server/x/members.pem": ca,
    "server/x/crt.pem": serverCertificate,
    "server/x/key.pem": serverKey,
  });
  const wanted: SecurityOptions = { authorities: ca, require: ["encryption"], keyExchange: "X25519" };
  await assert.rejects(flow(host({}), server, wanted), AuthError);
  const own = { certificate: clientCertificate, privateKey: clientKey };
  const security = await flow(host({}), server, { ...wanted, ...own });
  assert.deepEqual([security.client.peer?.name, security.server.peer?.name], ["x", "somebody"]);
  assert.equal(security.client.encryption?.cipher, "aes-256-gcm");
  const files = { "client/x/crt.pem": clientCertificate, "client/x/key.pem": clientKey, "cacert/ca.pem": ca };
  assert.equal((await flow(host(files), server, { keyExchange: "X448" })).server.peer?.name, "somebody");
  assert.deepEqual(server.counts(), {
    received: 3,
    agreed: 2,
    refusedEarly: 0,
    unauthenticated: 1,
    unencrypted: 0,
  });
});

Deno.test("a configuration that cannot be read refuses the flow, with file and line", async () => {
  const bad = { "server/x/enc.conf": "kex=X25519\ncipher=rot13", "client/x/enc.conf": "kdf=md5" };
  await assert.rejects(
    flow(host({}), host(bad)),
    /server\/x\/enc\.conf, line 2: cipher cannot be "rot13"/,
  );
  await assert.rejects(flow(host(bad), host({})), /client\/x\/enc\.conf, line 1: kdf cannot be "md5"/);
});
