/** Requests at the proxy, whole, in pieces, and wrong. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Door, type DoorStep } from "./door.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const socks = (command: number, kind: number, address: readonly number[]) =>
  Uint8Array.of(5, command, 0, kind, ...address, 0, 80);
const NAME = [3, ...bytes("web")];

/** Hands bytes in, so many at a time; collects the answers. */
function knock(all: Uint8Array, size: number): { step: DoorStep; answers: string; rest: Uint8Array } {
  const door = new Door();
  let answers = "";
  for (let at = 0; at < all.length; at += size) {
    const step = door.take(all.subarray(at, at + size));
    if (step.kind !== "more") return { step, answers, rest: all.subarray(at + size) };
    answers += step.answer?.toHex() ?? "";
  }
  return { step: { kind: "more" }, answers, rest: new Uint8Array(0) };
}

Deno.test("SOCKS 5 and CONNECT ask for a name, in whatever pieces they come", () => {
  const requests = [
    [Uint8Array.of(5, 2, 0, 1, ...socks(1, 3, NAME)), "0500", "05000001000000000000"],
    [
      bytes("CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\n"),
      "",
      bytes("HTTP/1.1 200 Connection established\r\n\r\n").toHex(),
    ],
  ] as const;
  for (const [request, greeting, granted] of requests) {
    const more = bytes("behind it");
    for (let size = 1; size <= request.length + more.length; size++) {
      const { step, answers, rest } = knock(Uint8Array.from([...request, ...more]), size);
      assert(step.kind === "wanted", `${size}`);
      assert.equal(step.name, "web");
      assert.equal(answers + step.answer("reached").toHex(), greeting + granted, `${size}`);
      assert.equal(new TextDecoder().decode(Uint8Array.from([...step.rest, ...rest])), "behind it");
    }
  }
});

Deno.test("a program is told in its own words why it gets nothing", () => {
  const greeting = [5, 1, 0];
  const cases = [
    [Uint8Array.of(5, 1, 2), /^05ff$/, /authenticate/],
    [Uint8Array.of(...greeting, ...socks(2, 3, NAME)), /^05000507/, /something else/],
    [Uint8Array.of(...greeting, ...socks(1, 1, [127, 0, 0, 1])), /^05000508/, /send the name/],
    [Uint8Array.of(...greeting, 4, 1, 0, 3, 1), /^05000501/, /version 4/],
    [Uint8Array.of(4, 1, 0, 80, 0, 0, 0, 1, 0), /^005b/, /version 5/],
    [bytes("GET http://web/ HTTP/1.1\r\n\r\n"), /^485454502f312e3120343035/, /GET/],
    [bytes("hello"), /^485454502f312e3120343030/, /neither/],
    [bytes("CONNECT ".padEnd(9000, "x")), /^485454502f312e3120343331/, /too long/],
  ] as const;
  for (const [request, answer, reason] of cases) {
    const { step } = knock(request, request.length);
    assert(step.kind === "refused");
    assert.match(step.answer.toHex(), answer);
    assert.match(step.reason, reason);
  }
  const { step } = knock(bytes("CONNECT nope:1 HTTP/1.0\r\n\r\n"), 1000);
  assert(step.kind === "wanted");
  assert.match(
    new TextDecoder().decode(step.answer("unknown")),
    /^HTTP\/1\.1 502 no flow to nope: unknown\r\n/,
  );
});

Deno.test("a request whose fields are no UTF-8 takes nothing of the stream behind it", () => {
  const field = Uint8Array.of(...bytes("User-Agent: "), 0xe9, 0xe9);
  const all = [...bytes("CONNECT wéb:80 HTTP/1.1\r\n"), ...field, ...bytes("\r\n\r\nbehind it")];
  const { step } = knock(Uint8Array.from(all), all.length);
  assert(step.kind === "wanted");
  assert.equal(step.name, "wéb");
  assert.equal(new TextDecoder().decode(step.rest), "behind it");
});

Deno.test("a program that asks a web proxy for a page is shown why it gets none", () => {
  const { step } = knock(bytes("GET http://web/ HTTP/1.1\r\n\r\n"), 1000);
  assert(step.kind === "refused");
  assert.match(
    new TextDecoder().decode(step.answer),
    /^HTTP\/1\.1 405 .*\r\n\r\nouro forward: it asks with GET, not with CONNECT/s,
  );
});

Deno.test("any bytes are a request, wait for more, or are refused", () => {
  const any = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
  fc.assert(fc.property(fc.constantFrom([], [5], [5, 1, 0]), any, (first, parts) => {
    const door = new Door();
    for (const part of [Uint8Array.from(first), ...parts]) {
      if (door.take(part).kind !== "more") return;
    }
  }));
});
