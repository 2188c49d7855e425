/** Heads of HTTP messages. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { endOfHead, formatHead, lists, parseHead } from "./http_head.ts";

Deno.test("a head is found at its end, wherever it is cut", () => {
  const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\nmore");
  for (let cut = 0; cut < bytes.length; cut++) {
    assert.equal(endOfHead(bytes.subarray(0, cut)) >= 0, cut >= 27);
  }
  assert.equal(endOfHead(bytes, 20), 27);
  assert.equal(endOfHead(bytes, 26), 27);
});

Deno.test("headers are known by their names in any case; several of a name are one list", () => {
  const head = parseHead("HTTP/1.0 200 OK\r\nCONNECTION: keep-alive\r\nConnection:  Upgrade \r\n\r\n");
  assert.deepEqual(head.first, ["HTTP/1.0", "200", "OK"]);
  assert.deepEqual([lists(head, "connection", "upgrade"), lists(head, "connection", "close")], [true, false]);
});

Deno.test("what is written is read again, without what is left out", () => {
  const { headers } = parseHead(formatHead("GET / HTTP/1.1", { Host: "a:1", Authorization: undefined }));
  assert.deepEqual([...headers], [["host", "a:1"]]);
});

Deno.test("what is no head is refused in words", () => {
  assert.throws(() => parseHead("SSH-2.0-OpenSSH\r\n\r\n"), /is not HTTP/);
  assert.throws(() => parseHead("GET / HTTP/1.1\r\nno header\r\n\r\n"), /is no header/);
  assert.throws(() => parseHead("GET / HTTP/1.1\r\na b: c\r\n\r\n"), /is no header/);
  assert.throws(() => parseHead("GET / HTTP/1.1\r\n folded: c\r\n\r\n"), /is no header/);
  fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => {
    try {
      parseHead(text);
    } catch (thrown) {
      assert.equal((thrown as Error).constructor.name, "ProtocolError");
    }
  }));
});
