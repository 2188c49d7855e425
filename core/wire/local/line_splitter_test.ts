import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { LineSplitter, MAX_LINE } from "./line_splitter.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("LineSplitter gives the same lines however the stream is cut", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replaceAll("\n", " "));
  fc.assert(fc.property(fc.array(line), fc.array(fc.nat(30)), (lines, cuts) => {
    const bytes = encode(lines.map((text) => text + "\n").join(""));
    const splitter = new LineSplitter();
    const got: string[] = [];
    let at = 0;
    for (const cut of cuts) {
      splitter.push(bytes.subarray(at, at + cut), (text) => got.push(text));
      at = Math.min(bytes.length, at + cut);
    }
    splitter.push(bytes.subarray(at), (text) => got.push(text));
    assert.deepEqual(got, lines);
  }));
});

Deno.test("LineSplitter keeps nothing of the caller's buffer", () => {
  const splitter = new LineSplitter();
  const buffer = encode("first");
  splitter.push(buffer, () => assert.fail("no line yet"));
  buffer.fill(0);
  const got: string[] = [];
  splitter.push(encode(" half\n"), (text) => got.push(text));
  assert.deepEqual(got, ["first half"]);
});

Deno.test("LineSplitter takes a line of the greatest length and refuses a longer one", () => {
  const got: number[] = [];
  new LineSplitter().push(encode("x".repeat(MAX_LINE - 1) + "\n"), (text) => got.push(text.length));
  assert.deepEqual(got, [MAX_LINE - 1]);
  assert.throws(() => new LineSplitter().push(encode("x".repeat(MAX_LINE) + "\n"), () => {}), ProtocolError);
});

Deno.test("LineSplitter refuses an endless line before it has collected much", () => {
  const splitter = new LineSplitter();
  const part = encode("x".repeat(1000));
  let pushed = 0;
  assert.throws(() => {
    for (; pushed < 1_000_000; pushed += part.length) splitter.push(part, () => {});
  }, ProtocolError);
  assert(pushed <= MAX_LINE);
});

Deno.test("LineSplitter refuses what is not UTF-8", () => {
  assert.throws(() => new LineSplitter().push(new Uint8Array([0xff, 0xfe, 10]), () => {}), ProtocolError);
});
