/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { bitString, DerReader, oidHex, smallInteger, Tag } from "./der.ts";
import { bits, der, integer, oid, sequence } from "./der_writer.ts";
import { pem, pemBlocks } from "./pem.ts";

Deno.test("what is written is read again, of any length", () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const content = new Uint8Array(length).fill(7);
    const whole = der(Tag.OCTET_STRING, content);
    const reader = new DerReader(Uint8Array.from([...whole, 5, 0]));
    const element = reader.expect(Tag.OCTET_STRING, "x");
    assert.deepEqual([element.content.length, element.whole.length], [length, whole.length]);
    assert.equal(reader.optional(Tag.NULL)?.content.length, 0);
    reader.end("x");
  }
  const reader = new DerReader(
    sequence(oid("2b6570"), integer(Uint8Array.of(0, 200)), bits(Uint8Array.of(9))),
  ).enter(
    Tag.SEQUENCE,
    "x",
  );
  assert.equal(oidHex(reader.any()), "2b6570");
  assert.equal(smallInteger(reader.any()), 200);
  assert.deepEqual(bitString(reader.any()), Uint8Array.of(9));
});

Deno.test("lengths that are cut, too long, indefinite or not the shortest are refused", () => {
  for (
    const text of [
      "30",
      "3001",
      "3080",
      "308100",
      "30817f",
      "30820001",
      "3084",
      "30840000000100",
      "1f01",
      "30820080",
    ]
  ) {
    assert.throws(() => new DerReader(Uint8Array.fromHex(text)).any(), ProtocolError, text);
  }
});

Deno.test("any bytes are elements or a ProtocolError", () => {
  const walk = (reader: DerReader, depth: number): void => {
    while (!reader.done) {
      const { tag, content } = reader.any();
      if ((tag & 0x20) !== 0 && depth < 20) walk(new DerReader(content), depth + 1);
    }
  };
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.array(fc.constantFrom(0x30, 0x31, 2, 4, 0, 1, 0x81, 0x82, 0x80)).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      try {
        walk(new DerReader(given), 0);
      } catch (thrown) {
        assert(thrown instanceof ProtocolError, String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("PEM: blocks with text between them, and blocks that are broken", () => {
  const [one, two] = [new Uint8Array(100).fill(1), Uint8Array.of(2)];
  const text = `Subject: x\r\n${pem("CERTIFICATE", one).replaceAll("\n", "\r\n")} between ${
    pem("PRIVATE KEY", two)
  }`;
  assert.deepEqual(pemBlocks(text), [{ label: "CERTIFICATE", der: one }, { label: "PRIVATE KEY", der: two }]);
  assert.throws(() => pemBlocks("-----BEGIN X-----\nAAAA\n"), /has no end/);
  assert.throws(() => pemBlocks(`-----BEGIN X-----\nAAAA\n${pem("X", one)}`), /X has no end/);
  assert.throws(
    () => pemBlocks(`-----BEGIN X-----\nAAAA\n${pem("Y", one)}-----END X-----\n`),
    /X has no end/,
  );
  assert.throws(() => pemBlocks("-----BEGIN X-----\n%%\n-----END X-----"), /not base64/);
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    try {
      pemBlocks(`${a}-----BEGIN X-----${b}-----END X-----`);
    } catch (thrown) {
      assert(thrown instanceof ProtocolError, String(thrown));
    }
  }));
});
