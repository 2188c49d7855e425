/** Encrypted flows between a host of ours and one of the reference; certificates. @module */
import assert from "node:assert/strict";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { connect } from "../../mod.ts";
import { authority } from "../support/certificates.ts";
import { interop } from "./interop.ts";
import type { MixedHosts, Scene } from "./mixed_hosts.ts";

// The library stays loaded: not as a leak of the first test.
libcryptoBackend();

type Files = Readonly<Record<string, string>>;

const scene = (security: Files): Scene => ({ ours: "a", theirs: "b", cables: ["ab"], security });

/** The same `enc.conf` for servers and clients of the names `ours` and `theirs`. */
const everywhere = (text: string): Files =>
  Object.fromEntries(
    ["server/ours", "server/theirs", "client/ours", "client/theirs"].map((of) => [`${of}/enc.conf`, text]),
  );

/** Serves on both sides, once our host has its files too. */
async function served(hosts: MixedHosts, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) await hosts.ours("a").secure(path, text);
  const layer = await hosts.layerOver("ab", "udp4");
  await hosts.serve("a", "ours", layer);
  await hosts.serve("b", "theirs", layer);
}

/** What a flow of ours to a name says of its security. */
async function securityOf(hosts: MixedHosts, name: string) {
  await using client = await connect({ runtimeFolder: hosts.ours("a").folder });
  await using flow = await client.allocate(name);
  return flow.security;
}

const CONFIGURATIONS: readonly (readonly [string, string, string])[] = [
  ["with the defaults", "", "aes-256-gcm"],
  ["with X25519 and ChaCha20", "kex=X25519\ncipher=chacha20-poly1305\nkdf=sha512\n", "chacha20-poly1305"],
  ["in counter mode", "kex=secp384r1\ncipher=aes-256-ctr\n", "aes-256-ctr"],
];

for (const [what, text, cipher] of CONFIGURATIONS) {
  const files = everywhere(text);
  interop(`flows encrypted ${what}`, scene(files), async (hosts) => {
    await served(hosts, files);
    for (const qos of ["raw", "data"]) {
      await hosts.pinged("a", "theirs", `-c 20 -i 20ms -q ${qos}`);
      await hosts.pinged("b", "ours", `-c 20 -i 20ms -q ${qos}`);
    }
    await hosts.pinged("a", "theirs", "-c 300 -f -s 1400");
    await hosts.pinged("b", "ours", "-c 300 -f -s 1400");
    assert.equal((await securityOf(hosts, "theirs")).cipher, cipher);
  });
}

const WEAK = { "client/ours/enc.conf": "kex=X25519\n" };

interop("our server refuses a key exchange that is too weak", scene(WEAK), async (hosts) => {
  await served(hosts, { "server/ours/enc.conf": "kex=secp521r1\n" });
  await hosts.mayAsk("b", "ours");
  const { stdout } = await hosts.pings("b", "ours", "-c 1");
  assert.match(stdout, /Failed to allocate flow: -1008\./);
});

const signer = await authority();
const [ours, theirs] = [await signer.issue("ours"), await signer.issue("theirs")];
const CERTIFIED: Files = {
  ...everywhere("kex=X25519\nrequire=certificate\n"),
  "server/ours/enc.conf": "kex=X25519\n",
  "server/theirs/enc.conf": "kex=X25519\n",
  "cacert/ca.pem": signer.certificate,
  "server/ours/crt.pem": ours.certificate,
  "server/ours/key.pem": ours.privateKey,
  "server/theirs/crt.pem": theirs.certificate,
  "server/theirs/key.pem": theirs.privateKey,
};

interop("servers show certificates, which clients check", scene(CERTIFIED), async (hosts) => {
  await served(hosts, CERTIFIED);
  await hosts.pinged("a", "theirs");
  await hosts.pinged("b", "ours");
  assert.equal((await securityOf(hosts, "theirs")).peer?.name, "theirs");
});
