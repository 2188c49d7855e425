import assert from "node:assert/strict";
import fc from "fast-check";
import { NameError, ProtocolError } from "../../contract/errors.ts";
import { formatCall, formatFault, formatResult, METHOD_NOT_FOUND, parseRpc } from "./json_rpc.ts";

const params = fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.array(fc.integer()));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

Deno.test("what is formatted is parsed to the same", () => {
  fc.assert(fc.property(fc.string(), params, fc.integer(), (method, given, id) => {
    assert.deepEqual(
      plain(parseRpc(formatCall(method, given, id))),
      plain({ kind: "request", id, method, params: given }),
    );
    assert.deepEqual(
      plain(parseRpc(formatCall(method, given))),
      plain({ kind: "notification", method, params: given }),
    );
    assert.deepEqual(plain(parseRpc(formatResult(id, given))), plain({ kind: "result", id, result: given }));
  }));
});

Deno.test("a formatted message is one line", () => {
  assert(!formatCall("x", { text: "a\nb" }, 1).includes("\n"));
});

Deno.test("an error keeps its class and sentence on the way", () => {
  const message = parseRpc(formatFault(7, new NameError('no such name: "x"')));
  assert(message.kind === "fault" && message.error instanceof NameError);
  assert.equal(message.error.message, 'no such name: "x"');
  assert.equal(message.id, 7);
});

Deno.test("JSON-RPC's own error numbers are protocol errors", () => {
  const message = parseRpc(formatFault(1, new ProtocolError("no such method"), METHOD_NOT_FOUND));
  assert(message.kind === "fault" && message.error instanceof ProtocolError);
});

Deno.test("a line that is no message gives a ProtocolError and nothing else", () => {
  const lines = [
    "",
    "{",
    "[]",
    "null",
    "1",
    '"x"',
    "{}",
    '{"jsonrpc":"1.0","id":1,"method":"x"}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
  ];
  for (const line of [...lines, '{"jsonrpc":"2.0","id":{},"method":"x"}', '{"jsonrpc":"2.0","error":{}}']) {
    assert.throws(() => parseRpc(line), ProtocolError, line);
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
    try {
      parseRpc(line);
    } catch (thrown) {
      assert(thrown instanceof ProtocolError);
    }
  }));
});
