import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../../contract/errors.ts";
import type { FlowSecurity, SecurityOptions } from "../../contract/security.ts";
import {
  flowSecurityFromJson,
  flowSecurityToJson,
  securityOptionsFromJson,
  securityOptionsToJson,
} from "./security_json.ts";

const through = (value: unknown): { security: unknown } => JSON.parse(JSON.stringify({ security: value }));

Deno.test("what an application asks goes through a message", () => {
  const options: SecurityOptions = {
    keyExchange: "X25519",
    cipher: "aes-128-gcm",
    kdf: "sha384",
    digest: "sha512",
    require: ["certificate", "encryption"],
    authorities: "-----BEGIN …",
    certificate: "a",
    privateKey: "b",
  };
  assert.deepEqual(securityOptionsFromJson(through(securityOptionsToJson(options)), "security"), options);
  assert.equal(securityOptionsFromJson({}, "security"), undefined);
  assert.deepEqual(securityOptionsFromJson({ security: {} }, "security")?.require, undefined);
});

Deno.test("what a flow has goes through a message", () => {
  const all: readonly FlowSecurity[] = [
    { encryption: undefined, peer: undefined },
    {
      encryption: { cipher: "aes-256-gcm", key: new Uint8Array(32).fill(7), role: "server" },
      peer: undefined,
    },
    {
      encryption: undefined,
      peer: { name: "x", subject: "CN=x", issuer: "CN=a", fingerprint: "0a".repeat(32), expires: 17 },
    },
  ];
  for (const one of all) {
    assert.deepEqual(flowSecurityFromJson(through(flowSecurityToJson(one)), "security"), one);
  }
  assert.equal(flowSecurityToJson(all[0]), undefined);
});

Deno.test("a wish that is misspelt, and a value that is not known, are refused", () => {
  const bad: readonly [unknown, RegExp][] = [
    [{ requires: ["certificate"] }, /security has no field "requires"; there are keyExchange, /],
    [{ cipher: "rot13" }, /cipher cannot be "rot13"; it can be aes-128-ctr, /],
    [{ require: ["certificates"] }, /cannot be "certificates"/],
    [{ require: "certificate" }, /require must be a list/],
    [{ certificate: 1 }, /certificate must be a text/],
    [7, /security must be an object/],
  ];
  for (const [security, words] of bad) {
    assert.throws(() => securityOptionsFromJson({ security }, "security"), (thrown) => {
      return thrown instanceof InvalidError && words.test(thrown.message);
    });
  }
  for (const encryption of [{ cipher: "aes-256-gcm", key: "AAAA", role: "client" }, { cipher: "x" }, {}]) {
    assert.throws(() => flowSecurityFromJson({ security: { encryption } }, "security"), InvalidError);
  }
});

Deno.test("any JSON is taken or an InvalidError", () => {
  fc.assert(fc.property(fc.jsonValue(), (security) => {
    for (const read of [securityOptionsFromJson, flowSecurityFromJson]) {
      try {
        read({ security }, "security");
      } catch (thrown) {
        assert(thrown instanceof InvalidError, String(thrown));
      }
    }
  }));
});
