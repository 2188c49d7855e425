/** Encrypted and authenticated flows between processes of one host, and layers that ask for them. @module */
import assert from "node:assert/strict";
import {
  AuthError,
  connect,
  CryptError,
  type Flow,
  type Ouroboros,
  OuroError,
  type QosName,
  type SecurityOptions,
} from "../../mod.ts";
import { ControlConnection } from "../../core/os/unix/control_connection.ts";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { authority, type Credentials, EXPIRED, selfSigned } from "../support/certificates.ts";
import type { Host } from "../support/host.ts";
import { type LocalHost, localHost } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";
import { UnicastHost } from "../support/unicast_layer.ts";

// The library stays loaded: not as a leak of the first test.
libcryptoBackend();

const SERVER = new URL("../support/echo_server.ts", import.meta.url).pathname;
const HELLO = new TextEncoder().encode("hello");

interface Echo {
  readonly host: LocalHost;
  readonly server: Process;
  readonly client: Ouroboros;
}

/** A host with an echo server for `x`, in a process of its own. */
async function withEcho(run: (echo: Echo) => Promise<void>, security?: SecurityOptions): Promise<void> {
  await using host = await localHost("x");
  const server = host.program([
    Deno.execPath(),
    "run",
    "-A",
    "-q",
    SERVER,
    ...security ? [JSON.stringify(security)] : [],
  ]);
  await server.waitFor(/ready/);
  await host.ok(`irm bind process ${server.pid} name x`);
  await using client = await connect({ runtimeFolder: host.folder });
  await run({ host, server, client });
}

/** Asks for a flow and sends a packet there and back. */
async function echoed(
  { client }: Echo,
  security?: SecurityOptions,
  qos?: QosName,
): Promise<Flow["security"]> {
  await using flow = await client.allocate("x", { security, qos });
  await flow.write(HELLO);
  assert.deepEqual(await flow.read(), HELLO);
  return flow.security;
}

const show = async (host: Host, role: "server" | "client", name: string, own: Credentials): Promise<void> => {
  await host.secure(`${role}/${name}/crt.pem`, own.certificate);
  await host.secure(`${role}/${name}/key.pem`, own.privateKey);
};

const refused = (
  echo: Echo,
  Class: typeof AuthError | typeof CryptError,
  words: RegExp,
  security?: SecurityOptions,
) =>
  assert.rejects(echoed(echo, security), (thrown) => {
    assert(thrown instanceof Class && words.test(thrown.message), String(thrown));
    return true;
  });

Deno.test("files say how flows are encrypted; programs need not know", () =>
  withEcho(async (echo) => {
    const { host, server } = echo;
    assert.equal((await echoed(echo)).cipher, undefined);
    await server.waitFor(/flow clear anonymous/);
    await host.secure("server/x/enc.conf", "kex=X25519");
    await refused(echo, CryptError, /request for "x" is refused: the other end asks for a flow in clear/);
    await host.secure("client/x/enc.conf", "kex=X448\ncipher=chacha20-poly1305\n");
    for (const qos of ["raw", "data", "voice"] as const) {
      assert.equal((await echoed(echo, undefined, qos)).cipher, "chacha20-poly1305");
    }
    await server.waitFor(/flow chacha20-poly1305 anonymous/, 3);
    await host.secure("client/x/enc.conf", "kex=X25519MLKEM768");
    assert.equal((await echoed(echo)).cipher, "aes-256-gcm");
    await host.secure("client/x/enc.conf", "kex=rot13");
    await refused(echo, CryptError, /client\/x\/enc\.conf, line 1: kex cannot be "rot13"/);
  }));

Deno.test("an application asks for encryption; nothing weaker than what either end wants comes about", () =>
  withEcho(async (echo) => {
    const { host } = echo;
    assert.equal((await echoed(echo, { require: ["encryption"] })).cipher, "aes-256-gcm");
    await host.secure("server/x/enc.conf", "kex=secp521r1\ncipher=aes-256-gcm");
    const weak = /X25519; secp521r1 is the least for this name/;
    await refused(echo, CryptError, weak, { keyExchange: "X25519" });
    const { cipher } = await echoed(echo, { keyExchange: "secp521r1", cipher: "aes-128-ctr" });
    assert.equal(cipher, "aes-256-gcm");
    assert.match(host.log.join("\n"), weak);
  }));

Deno.test("a server that requires certificates of an authority takes those and no others", async () => {
  const [good, other] = [await authority(), await authority("another authority")];
  await withEcho(async (echo) => {
    const { host, server } = echo;
    await refused(echo, AuthError, /shows no certificate; this flow requires one/);
    for (
      const [own, why] of [
        [await other.issue("me"), /no trusted authority/],
        [await good.issue("me", EXPIRED), /expired/],
        [await selfSigned("me"), /signed by itself/],
      ] as const
    ) {
      await show(host, "client", "x", own);
      await refused(echo, AuthError, why);
    }
    await show(host, "client", "x", await good.issue("me"));
    await echoed(echo, { require: ["encryption"] });
    await server.waitFor(/flow aes-256-gcm me/);
    const { handshakes } = JSON.parse(await host.ok("irm status as JSON"));
    assert.deepEqual([handshakes.agreed, handshakes.unauthenticated, handshakes.refusedEarly], [1, 4, 0]);
  }, { authorities: good.certificate });
});

Deno.test("a client that requires a certificate takes that of the name, of its authorities, and no other", () =>
  withEcho(async (echo) => {
    const { host } = echo;
    const [good, other] = [await authority(), await authority("another authority")];
    const wanted: SecurityOptions = { require: ["encryption"], authorities: good.certificate };
    await refused(echo, AuthError, /shows no certificate; this flow requires one/, wanted);
    for (
      const [own, why] of [
        [await other.issue("x"), /authority/],
        [await good.issue("y"), /certificate is for "y", not for "x"/],
        [await good.issue("x", EXPIRED), /expired/],
        [await selfSigned("x"), /signed by itself/],
      ] as const
    ) {
      await show(host, "server", "x", own);
      await refused(echo, AuthError, why, wanted);
    }
    await show(host, "server", "x", await good.issue("x"));
    const { cipher, peer } = await echoed(echo, wanted);
    assert.deepEqual([cipher, peer?.name, peer?.issuer], ["aes-256-gcm", "x", "CN=the authority"]);
    // The authorities of the host have to vouch for it too, where the application names none.
    await refused(echo, AuthError, /authority/);
    await host.secure("cacert/ca.pem", good.certificate);
    assert.equal((await echoed(echo)).peer?.name, "x");
  }));

Deno.test("a program that speaks the local protocol without security gets no flow that has to be encrypted", () =>
  withEcho(async ({ host }) => {
    await host.secure("client/x/enc.conf", "");
    const connection = await ControlConnection.connect([`${host.folder}/irmd.sock`], {
      request: () => {},
      notification: () => {},
    }, () => {});
    await connection.call("hello", { protocol: 1, program: "old", role: "application" });
    await assert.rejects(connection.call("flow.allocate", { name: "x" }), (thrown) => {
      return thrown instanceof OuroError && thrown.errno === 1008 &&
        /this program cannot encrypt/.test(thrown.message);
    });
    await host.secure("client/x/enc.conf", "none");
    await connection.call("flow.allocate", { name: "x" });
    connection.close();
  }));

Deno.test("a layer whose members require certificates decides who may enroll and connect", async () => {
  await using layer = await UnicastHost.start();
  const { host } = layer;
  const members = await authority("the layer");
  await layer.first("a");
  await host.secure("server/a/enc.conf", "kex=X25519\nca=members.pem");
  await host.secure("server/a/members.pem", members.certificate);
  const enroll = "irm ipcp enroll name b layer net dst a autobind";
  const none = await host.run(enroll);
  assert.notEqual(none.code, 0);
  assert.match(none.stderr, /request for "a" is refused: the other end asks for a flow in clear/);
  await host.secure("client/a/enc.conf", "kex=X25519");
  await show(host, "client", "a", await (await authority("somebody")).issue("b"));
  const foreign = await host.run(enroll);
  assert.notEqual(foreign.code, 0);
  assert.match(foreign.stderr, /request for "a" is refused: .*no trusted authority/);
  await show(host, "client", "a", await members.issue("b"));
  await layer.join("b", "a");
  await host.ok("irm name register svc ipcp b");
  await layer.pinged();
  await Deno.remove(`${host.security}/client/a/crt.pem`);
  const again = await host.irm("ipcp connect name b dst a comp mgmt");
  assert.notEqual(again.code, 0);
});
