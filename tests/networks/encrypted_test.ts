/** What a wire between two hosts shows of their flows: nothing of those that are encrypted. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { connect, CryptError, type QosName } from "../../mod.ts";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { authority } from "../support/certificates.ts";
import { OURO } from "../support/host.ts";
import { waitUntil } from "../support/local_layer.ts";
import { type EdgeType, NetworkedHosts } from "../support/networked_hosts.ts";
import { readPcap } from "../support/pcap.ts";
import type { Process } from "../support/process.ts";

// The library stays loaded: not as a leak of the first test.
libcryptoBackend();

const SERVER = new URL("../support/echo_server.ts", import.meta.url).pathname;
/** So many bytes of a secret are found in no other bytes by chance. */
const TELLING = 8;

/** Starts an echo server on host b, as `svc` in a layer. */
async function serve(hosts: NetworkedHosts, layer: string): Promise<Process> {
  const host = hosts.on("b");
  const server = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
  await server.waitFor(/ready/);
  await host.ok(`irm bind process ${server.pid} name svc`);
  await host.ok(`irm name register svc layer ${layer}`);
  return server;
}

/** Sends a secret to and fro over a flow from host a; gives the cipher. */
async function exchange(
  hosts: NetworkedHosts,
  secret: Uint8Array,
  qos: QosName,
): Promise<string | undefined> {
  await using client = await connect({ runtimeFolder: hosts.on("a").folder });
  await using flow = await client.allocate("svc", { qos });
  flow.readTimeout = 10_000;
  for (let packet = 0; packet < 5; packet++) {
    await flow.write(secret);
    assert.deepEqual(await flow.read(), secret);
  }
  return flow.security.cipher;
}

/** Runs something while the wire of host a is captured; gives the frames. */
async function captured(hosts: NetworkedHosts, run: () => Promise<void>): Promise<Uint8Array[]> {
  const path = `${hosts.on("a").folder}/wire.pcap`;
  const within = hosts.net.on("a");
  const process = hosts.on("a").program([...within, ...OURO, "capture", "--device", "to-b", path]);
  await waitUntil(() => size(path) > 0, "the capture");
  await run();
  process.kill("SIGINT");
  const { code, stderr } = await process.ended;
  assert.equal(code, 0, stderr);
  return readPcap(await Deno.readFile(path)).map(({ bytes }) => bytes);
}

function size(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw thrown;
  }
}

/** In how many frames is a part of the secret? */
function found(frames: readonly Uint8Array[], secret: Uint8Array): number {
  const parts = Array.from(
    { length: secret.length - TELLING + 1 },
    (_, at) => secret.subarray(at, at + TELLING).toHex(),
  );
  return frames.filter((frame) => {
    const text = frame.toHex();
    return parts.some((part) => text.includes(part));
  }).length;
}

const secrets = (count: number) =>
  Array.from({ length: count }, () => crypto.getRandomValues(new Uint8Array(64)));

for (const type of ["udp4", "eth-dix"] satisfies EdgeType[]) {
  testWithHosts(
    `a wire of ${type} shows nothing of flows that have to be encrypted, and all of others`,
    async () => {
      await using hosts = await NetworkedHosts.start("ab", ["ab"]);
      const server = await serve(hosts, await hosts.layerOver("ab", type));
      const [clear, raw, data] = secrets(3);
      const frames = await captured(hosts, async () => {
        assert.equal(await exchange(hosts, clear, "raw"), undefined);
        await hosts.on("b").secure("server/svc/enc.conf", "kex=X25519\nrequire=encryption");
        await assert.rejects(exchange(hosts, clear, "raw"), (thrown) => {
          return thrown instanceof CryptError &&
            /refused in layer .*: encryption could not be agreed/.test(thrown.message);
        });
        await hosts.on("a").secure("client/svc/enc.conf", "kex=X25519\nrequire=encryption");
        assert.equal(await exchange(hosts, raw, "raw"), "aes-256-gcm");
        assert.equal(await exchange(hosts, data, "data"), "aes-256-gcm");
      });
      await server.waitFor(/flow aes-256-gcm anonymous/, 2);
      assert.deepEqual([found(frames, clear) >= 10, found(frames, raw), found(frames, data)], [true, 0, 0]);
    },
  );
}

testWithHosts(
  "members of a layer on two hosts need certificates, and their connections are encrypted",
  async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const layer = await hosts.layerOver("ab", "eth-dix");
    const members = await authority("the layer");
    await hosts.first("a", [layer]);
    await hosts.on("a").secure("server/member-a/enc.conf", "kex=X25519\nca=members.pem");
    await hosts.on("a").secure("server/member-a/members.pem", members.certificate);
    const refused = await hosts.on("b").irm("ipcp enroll name member-b layer net dst member-a autobind");
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /encryption could not be agreed/);
    const { certificate, privateKey } = await members.issue("member-b");
    await hosts.on("b").secure("client/member-a/enc.conf", "kex=X25519");
    await hosts.on("b").secure("client/member-a/crt.pem", certificate);
    await hosts.on("b").secure("client/member-a/key.pem", privateKey);
    const [secret] = secrets(1);
    const frames = await captured(hosts, async () => {
      await hosts.join("b", "a", [layer]);
      await serve(hosts, "net");
      const end = Date.now() + 30_000;
      for (;;) {
        try {
          assert.equal(await exchange(hosts, secret, "raw"), undefined);
          break;
        } catch (thrown) {
          // The directory of the layer is not complete yet.
          if (Date.now() > end) throw thrown;
        }
      }
    });
    // The flow is in clear, the layer's own flows below it are not.
    assert.equal(found(frames, secret), 0);
  },
);
