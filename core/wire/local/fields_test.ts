import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../../contract/errors.ts";
import { QOS } from "../../contract/qos.ts";
import { bytes, fieldsOf, flag, hex, integer, list, name, number, optional, text } from "./fields.ts";
import { qosFromJson, qosToJson } from "./qos_json.ts";

Deno.test("right fields are read", () => {
  const from = fieldsOf({ t: "x", n: 3, f: true, b: "AQI=", h: "0aff", l: ["a", "b"], z: null }, "params");
  assert.equal(text(from, "t"), "x");
  assert.equal(integer(from, "n", 0, 3), 3);
  assert.equal(number(from, "n", 0, 3.5), 3);
  assert.equal(flag(from, "f"), true);
  assert.deepEqual([...bytes(from, "b", 2)], [1, 2]);
  assert.equal(bytes(from, "none", 2).length, 0);
  assert.equal(hex(from, "h", 2), "0aff");
  assert.deepEqual(list(from, "l", 2, name), ["a", "b"]);
  assert.equal(optional(from, "z", text), undefined);
});

Deno.test("a wrong field gives an InvalidError that names it", () => {
  const readers = [
    () => integer({ n: 4 }, "n", 0, 3),
    () => integer({ n: 1.5 }, "n", 0, 3),
    () => number({ n: 1.5 }, "n", 0, 1),
    () => number({ n: NaN }, "n", 0, 1),
    () => number({ n: "1" }, "n", 0, 1),
    () => text({ n: 1 }, "n"),
    () => text({ n: "é".repeat(128) }, "n"),
    () => name({ n: "" }, "n"),
    () => name({ n: "a\nb" }, "n"),
    () => name({ n: "a\u009b31m" }, "n"),
    () => name({ n: "a\ud800" }, "n"),
    () => flag({}, "n"),
    () => bytes({ n: "%" }, "n", 9),
    () => bytes({ n: "AQI=" }, "n", 1),
    () => hex({ n: "AB" }, "n", 1),
    () => hex({ n: "ab" }, "n", 2),
    () => list({ n: [1] }, "n", 3, text),
    () => list({ n: ["a", "b"] }, "n", 1, text),
    () => fieldsOf([], "n"),
  ];
  for (const read of readers) {
    assert.throws(read, (thrown) => thrown instanceof InvalidError && /^n/.test(thrown.message));
  }
});

Deno.test("a quality survives the way; a missing one is raw", () => {
  for (const qos of Object.values(QOS)) {
    assert.deepEqual(qosFromJson({ qos: JSON.parse(JSON.stringify(qosToJson(qos))) }, "qos"), qos);
  }
  assert.equal(qosFromJson({}, "qos"), QOS.raw);
});

Deno.test("any value in the place of a quality gives a quality or an InvalidError", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    try {
      qosFromJson({ qos: value }, "qos");
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});
