/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CryptError } from "../../contract/errors.ts";
import { CIPHER_NAMES, DIGEST_NAMES, KEY_EXCHANGE_NAMES } from "../../contract/security.ts";
import { NO_ENC_CONF, parseEncConf } from "./enc_conf.ts";

const FILE = "client/x/enc.conf";

Deno.test("an empty file turns encryption on, with the defaults of the reference", () => {
  for (const text of ["", "\n\n", "# nothing\n   # more"]) {
    const { encryption, digest, require, authorities } = parseEncConf(text, FILE);
    assert.deepEqual(
      [
        encryption?.keyExchange.name,
        encryption?.cipher?.name,
        encryption?.kdf.name,
        encryption?.clientEncapsulates,
      ],
      ["prime256v1", "aes-256-gcm", "sha256", false],
    );
    assert.deepEqual([digest?.name, require.size, authorities], ["sha256", 0, undefined]);
  }
});

Deno.test("every value of every key", () => {
  for (const name of KEY_EXCHANGE_NAMES) {
    assert.equal(parseEncConf(`kex=${name}`, FILE).encryption?.keyExchange.name, name);
  }
  for (const name of CIPHER_NAMES) {
    assert.equal(parseEncConf(`cipher = ${name}`, FILE).encryption?.cipher?.name, name);
  }
  for (const name of DIGEST_NAMES) {
    const conf = parseEncConf(`kdf=${name}#x\r\n digest=${name} `, FILE);
    assert.deepEqual([conf.encryption?.kdf.name, conf.digest?.name], [name, name]);
  }
  assert.equal(parseEncConf("cipher=none", FILE).encryption?.cipher, undefined);
  assert.equal(parseEncConf("kem_mode=client", FILE).encryption?.clientEncapsulates, true);
  assert.deepEqual([...parseEncConf("require=encryption, certificate", FILE).require], [
    "encryption",
    "certificate",
  ]);
  const { require, authorities } = parseEncConf("ca=own/ca.pem", FILE);
  assert.deepEqual([[...require], authorities], [["certificate"], "own/ca.pem"]);
});

Deno.test("none is as no file, but for what it requires", () => {
  assert.deepEqual(parseEncConf("kex=X25519\nnone\ncipher=aes-128-gcm", FILE), NO_ENC_CONF);
  const { encryption, require } = parseEncConf("none\nrequire=certificate", FILE);
  assert.deepEqual([encryption, [...require]], [undefined, ["certificate"]]);
  assert.throws(() => parseEncConf("none\nrequire=encryption", FILE), /says none and requires encryption/);
});

Deno.test("unknown keys are ignored and told", () => {
  const { ignored, encryption } = parseEncConf("what=ever\nkex=X448\nrequires=certificate", FILE);
  assert.deepEqual(ignored, [`${FILE}, line 1: what`, `${FILE}, line 3: requires`]);
  assert.equal(encryption?.keyExchange.name, "X448");
});

Deno.test("a bad value is an error that names file and line", () => {
  const bad: readonly [string, RegExp][] = [
    ["\nkex=secp256k1", /client\/x\/enc\.conf, line 2: kex cannot be "secp256k1"; it can be ffdhe2048, /],
    ["kex=x25519", /line 1: kex cannot be "x25519"/],
    ["cipher=", /line 1: cipher cannot be ""/],
    ["digest=md5", /digest cannot be "md5"/],
    ["kem_mode=both", /kem_mode cannot be "both"; it can be server, client/],
    ["require=certificates", /require cannot be "certificates"/],
    ["ca=", /ca names no file/],
    ["nonee", /"nonee" is neither key=value nor none/],
  ];
  for (const [text, words] of bad) {
    assert.throws(() => parseEncConf(text, FILE), (thrown) => {
      assert(thrown instanceof CryptError && words.test(thrown.message), String(thrown));
      return true;
    });
  }
});

Deno.test("any text is a configuration or a CryptError", () => {
  const words = fc.constantFrom(
    "kex",
    "cipher",
    "none",
    "=",
    "X25519",
    "\n",
    "#",
    "require",
    "ca",
    " ",
    "\r",
    "\u0000",
  );
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.array(words).map((list) => list.join("")));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseEncConf(text, FILE);
      } catch (thrown) {
        assert(thrown instanceof CryptError && !/\p{Cc}/u.test(thrown.message), String(thrown));
      }
    }),
    { numRuns: 1000 },
  );
});
