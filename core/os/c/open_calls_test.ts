import assert from "node:assert/strict";
import { NotSupportedError } from "../../contract/errors.ts";
import { CallTables } from "./open_calls.ts";

const NUMBER = { parameters: [], result: "i32" } as const;

const tables = new CallTables();

// The runtime counts what a test opens as a leak of that test: all is opened here.
const calls = tables.openCalls({
  getpid: NUMBER,
  process: { ...NUMBER, name: "getpid" },
  perhaps: { ...NUMBER, optional: true },
  getppid: NUMBER,
});
const missing = tables.openCalls({ no_such_call: NUMBER });
const used = [calls.getpid(), calls.process(), calls.perhaps];
const opened = Object.getOwnPropertyNames(calls);
// What is not there would fail there and then.
assert.throws(() => tables.openEarly(), NotSupportedError);
const later = tables.openCalls({ getuid: NUMBER, getgid: NUMBER });

Deno.test("a call is opened when it is used, under its name in the library, and once", () => {
  assert.deepEqual(used, [Deno.pid, Deno.pid, null]);
  assert.deepEqual(opened, ["getpid", "process", "perhaps"]);
  assert.equal(calls.getpid, calls.getpid);
});

Deno.test("opened early, all calls are there that were asked for or will be", () => {
  assert.deepEqual(Object.getOwnPropertyNames(calls), [...opened, "getppid"]);
  assert.deepEqual(Object.getOwnPropertyNames(later), ["getuid", "getgid"]);
});

Deno.test("a call that the library does not have is named when it is used", () => {
  assert.throws(() => missing.no_such_call(), (thrown) => {
    assert(thrown instanceof NotSupportedError);
    assert.equal(
      thrown.message,
      "cannot open no_such_call of the C library libc.so.6: glibc on Linux is needed",
    );
    return true;
  });
});
