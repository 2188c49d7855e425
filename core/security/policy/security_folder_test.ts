/** @module */
import assert from "node:assert/strict";
import { AuthError, CryptError, PermissionError } from "../../contract/errors.ts";
import type { FlowRole, SecurityOptions } from "../../contract/security.ts";
import { authorityOf, certify, pairOf } from "../../testing/security/certificates.ts";
import { ML_KEM, mlKemFromSeed } from "../key_exchange/ml_kem.ts";
import { pem } from "../x509/pem.ts";
import { valueOf } from "../../testing/security/recorded.ts";
import type { Initiator } from "../key_exchange/agreement.ts";
import { SecurityFolder } from "./security_folder.ts";

const encoder = new TextEncoder();
const authority = await authorityOf("the authority");
const other = await authorityOf("another");
const pair = await pairOf("P-256");
const stranger = await pairOf("P-256");
const leaf = pem("CERTIFICATE", await certify({ subject: "x", pair, issuer: authority }));
const ca = pem("CERTIFICATE", authority.certificate.der);
const otherCa = pem("CERTIFICATE", other.certificate.der);

/** A folder with these files. */
function folder(texts: Readonly<Record<string, string | Uint8Array>>) {
  const lines: string[] = [];
  const files = new Map(
    Object.entries(texts).map((
      [path, text],
    ) => [path, typeof text === "string" ? encoder.encode(text) : text]),
  );
  const log = {
    error: () => {},
    warning: (text: string) => void lines.push(text),
    info: () => {},
    debug: () => {},
    component: () => log,
  };
  const security = new SecurityFolder({
    read: (path) => {
      if (path.endsWith("secret")) throw new PermissionError(`cannot read ${path}`);
      return files.get(path);
    },
    list: (path) =>
      [...files.keys()].filter((file) => file.startsWith(`${path}/`)).map((file) =>
        file.slice(path.length + 1)
      ),
  }, log);
  const policy = (
    role: FlowRole = "server",
    name = "x",
    options?: SecurityOptions,
    paths?: Record<string, string>,
  ) => security.policy(role, name, options, paths);
  return { policy, lines, files };
}

const subjects = (list: readonly { readonly subject: { readonly commonName?: string } }[]) =>
  list.map(({ subject }) => subject.commonName);

Deno.test("no files: nothing offered, nothing demanded; also for names that cannot be folders", () => {
  const { policy } = folder({ "server/x/enc.conf": "", "server/a/b/enc.conf": "", "enc.conf": "" });
  for (const name of ["y", "a/b", "..", ".", "../server/x", "x\\y", "x\u0000"]) {
    const { encryption, own, requireCertificate } = policy("server", name);
    assert.deepEqual([encryption, own, requireCertificate], [undefined, undefined, false], name);
  }
  assert.equal(policy("server", "x").encryption?.keyExchange.name, "prime256v1");
  assert.equal(policy("client", "x").encryption, undefined);
});

Deno.test("certificate, key and authorities of a name; files count anew for each flow", () => {
  const { policy, files, lines } = folder({
    "cacert/ca.pem": ca + otherCa,
    "cacert/notes.txt": "no certificate",
    "untrusted/low.pem": otherCa,
    "server/x/crt.pem": leaf,
    "server/x/key.pem": pair.text,
  });
  const first = policy();
  assert.equal(first.own?.certificate.subject.commonName, "x");
  assert.deepEqual(subjects(first.trust.anchors), ["the authority", "another"]);
  assert.deepEqual(subjects(first.trust.intermediates), ["another"]);
  assert.equal(policy().own?.key, first.own?.key);
  policy();
  assert.deepEqual(lines, ["cacert/notes.txt cannot be used: there is no certificate (PEM)."]);
  files.set("server/x/enc.conf", encoder.encode("kex=X448\nnew=1"));
  assert.equal(policy().encryption?.keyExchange.name, "X448");
  assert.equal(lines.at(-1), "server/x/enc.conf, line 2: new is not known and ignored.");
  files.delete("server/x/key.pem");
  assert.equal(policy().own, undefined);
  assert.equal(lines.at(-1), "server/x/crt.pem is there without server/x/key.pem.");
});

Deno.test("what cannot be used refuses the flow, in words", () => {
  const refused = (
    files: Record<string, string>,
    words: RegExp,
    Class: typeof AuthError | typeof CryptError,
    role: FlowRole = "server",
  ) =>
    assert.throws(() => folder(files).policy(role), (thrown) => {
      assert(thrown instanceof Class && words.test(thrown.message), String(thrown));
      return true;
    });
  refused({ "server/x/enc.conf": "kex=?" }, /server\/x\/enc\.conf, line 1/, CryptError);
  refused({ "server/x/crt.pem": "no", "server/x/key.pem": pair.text }, /crt\.pem cannot be used/, AuthError);
  refused(
    { "server/x/crt.pem": leaf, "server/x/key.pem": "no" },
    /key\.pem cannot be used: there is no private key/,
    AuthError,
  );
  refused(
    { "server/x/crt.pem": leaf, "server/x/key.pem": stranger.text },
    /does not belong to the certificate/,
    AuthError,
  );
  refused({ "server/x/enc.conf": "ca=mine.pem" }, /there is no file server\/x\/mine\.pem/, AuthError);
  refused({ "server/x/enc.conf": "ca=/a/secret" }, /cannot read \/a\/secret/, CryptError);
  refused(
    { "client/x/enc.conf": "kex=ML-KEM-768\nkem_mode=client" },
    /needs the file client\/x\/kex\.srv\.pub\.pem/,
    CryptError,
    "client",
  );
});

Deno.test("a file that was given for a name and is not there refuses its flows: none goes in clear for that", () => {
  const { policy, files } = folder({ "/own/enc.conf": "kex=X25519" });
  const ways = [["server", "sencpath"], ["server", "scrtpath"], ["server", "skeypath"], [
    "client",
    "cencpath",
  ]] as const;
  for (const [role, word] of ways) {
    assert.throws(
      () => policy(role, "x", undefined, { [word]: "/own/gone" }),
      (thrown) =>
        thrown instanceof CryptError && /no file \/own\/gone.* for the name "x"/.test(thrown.message),
    );
    const other = role === "server" ? "client" : "server";
    assert.equal(policy(other, "x", undefined, { [word]: "/own/gone" }).encryption, undefined);
  }
  const paths = { sencpath: "/own/enc.conf" };
  assert.equal(policy("server", "x", undefined, paths).encryption?.keyExchange.name, "X25519");
  files.delete("/own/enc.conf");
  assert.throws(() => policy("server", "x", undefined, paths), CryptError);
});

Deno.test("a name may name its own authorities, and paths of its own", () => {
  const { policy } = folder({
    "cacert/ca.pem": ca,
    "server/x/enc.conf": "none\nca=mine.pem",
    "server/x/mine.pem": otherCa,
    "/else/enc.conf": "kex=X25519",
  });
  const { trust, requireCertificate, encryption } = policy();
  assert.deepEqual([subjects(trust.anchors), requireCertificate, encryption], [["another"], true, undefined]);
  const paths = { sencpath: "/else/enc.conf" };
  assert.equal(policy("server", "x", undefined, paths).encryption?.keyExchange.name, "X25519");
  assert.equal(policy("server", "a/b", undefined, paths).encryption?.keyExchange.name, "X25519");
  assert.equal(policy("client", "x", undefined, paths).encryption, undefined);
});

Deno.test("an application adds to what files say, and takes no requirement away", () => {
  const { policy } = folder({ "client/x/enc.conf": "kex=X448\nrequire=certificate", "cacert/ca.pem": ca });
  const of = (options: SecurityOptions, name = "x") => policy("client", name, options);
  const words = (options: SecurityOptions, name = "x") => {
    const { encryption, requireCertificate, digest } = of(options, name);
    return [
      encryption?.keyExchange.name,
      encryption?.cipher?.name,
      encryption?.kdf.name,
      digest?.name,
      requireCertificate,
    ];
  };
  assert.deepEqual(words({}), ["X448", "aes-256-gcm", "sha256", "sha256", true]);
  assert.deepEqual(
    words({ keyExchange: "X25519", cipher: "aes-128-gcm", kdf: "sha384", digest: "sha512", require: [] }),
    [
      "X25519",
      "aes-128-gcm",
      "sha384",
      "sha512",
      true,
    ],
  );
  assert.deepEqual(words({}, "y"), [undefined, undefined, undefined, undefined, false]);
  assert.deepEqual(words({ require: ["encryption"] }, "y"), [
    "prime256v1",
    "aes-256-gcm",
    "sha256",
    "sha256",
    false,
  ]);
  const { trust, requireCertificate } = of({ authorities: otherCa }, "y");
  assert.deepEqual([subjects(trust.anchors), requireCertificate], [["another"], true]);
  assert.equal(
    of({ certificate: leaf, privateKey: pair.text }, "y").own?.certificate.subject.commonName,
    "x",
  );
  assert.throws(() => of({ certificate: leaf }), /go together/);
  assert.throws(() => of({ certificate: leaf, privateKey: stranger.text }), AuthError);
  assert.throws(() => of({ authorities: "no" }), AuthError);
});

Deno.test("static keys of servers", async () => {
  const seed = crypto.getRandomValues(new Uint8Array(64));
  const { publicKey } = await mlKemFromSeed("ML-KEM-768", seed);
  const spki = Uint8Array.from([...ML_KEM["ML-KEM-768"].prefix, ...publicKey]);
  const pkcs8 = Uint8Array.fromHex("3054020100300b060960864801650304040204428040" + seed.toHex());
  const conf = "kex=ML-KEM-768\nkem_mode=client";
  const { policy } = folder({
    "client/x/enc.conf": conf,
    "client/x/kex.srv.pub.pem": pem("PUBLIC KEY", spki),
    "server/x/enc.conf": conf,
    "server/x/kex.key.pem": pem("PRIVATE KEY", pkcs8),
    "server/y/enc.conf": conf,
    "server/y/kex.key.pem": pem("PRIVATE KEY", pkcs8.with(17, 0)),
    "client/z/enc.conf": "kex=ML-KEM-512\nkem_mode=client",
    "client/z/kex.srv.pub.pem": pem("PUBLIC KEY", spki),
  });
  assert.equal(policy("client").staticPublicKey?.toHex(), spki.toHex());
  const initiator = await valueOf<Initiator>((done) => policy("server").staticPrivateKey?.(done));
  assert.equal(initiator.message.toHex(), spki.toHex());
  await assert.rejects(
    valueOf<Initiator>((done) => policy("server", "y").staticPrivateKey?.(done)),
    CryptError,
  );
  assert.throws(() => policy("client", "z"), /has no public key of ML-KEM-512/);
});

Deno.test("without a security folder only files of other folders are looked for", () => {
  const asked: string[] = [];
  let there = false;
  const files = {
    read(path: string) {
      asked.push(path);
      return path.startsWith("/") ? new Uint8Array(0) : undefined;
    },
    list: (path: string) => (asked.push(path), []),
    hasFolder: () => there,
  };
  const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
  const security = new SecurityFolder(files, log);
  security.policy("client", "x");
  assert.deepEqual(asked, []);
  security.policy("client", "x", undefined, { cencpath: "/elsewhere/enc.conf" });
  assert.deepEqual([...new Set(asked)], ["/elsewhere/enc.conf"]);
  there = true;
  security.policy("client", "x");
  const expected: string[] = [
    "/elsewhere/enc.conf",
    "client/x/enc.conf",
    "client/x/crt.pem",
    "client/x/key.pem",
  ];
  assert.deepEqual([...new Set(asked)], [...expected, "cacert", "untrusted"]);
});
