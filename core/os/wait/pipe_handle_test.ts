import assert from "node:assert/strict";
import { openLibc } from "../c/libc.ts";
import { closeFd, netCalls } from "../c/net_calls.ts";
import { openPipe } from "./pipe_handle.ts";

const EFD_NONBLOCK = 0o4000;
openLibc();
const calls = netCalls();

Deno.test("the event loop reads a descriptor whenever there is something", async () => {
  const fd = calls.eventfd(0, EFD_NONBLOCK);
  const pipe = openPipe(fd);
  assert(pipe);
  for (let count = 0; count < 3; count++) {
    const read = new Promise<number>((done) => pipe.onRead(done));
    calls.eventfd_write(fd, 1n);
    await read;
  }
  await new Promise<void>((done) => pipe.close(done));
  assert.throws(() => closeFd(fd), /Bad file descriptor/, "it closes the descriptor");
});

Deno.test("a runtime that has no such thing, or another one, is no reason to fail", () => {
  // deno-lint-ignore no-process-global -- it is the global one that the module uses
  const { process } = globalThis, binding: unknown = Reflect.get(process, "binding");
  class Pipe {
    open = () => 0;
    readStart = () => -22;
    close = () => {};
  }
  class Refusing extends Pipe {
    override open = () => -9;
  }
  const wraps = [undefined, null, {}, { Pipe: 7, constants: {} }, { Pipe }, { Pipe, constants: {} }];
  try {
    for (const wrap of [...wraps, { Pipe: Refusing, constants: {} }]) {
      Reflect.set(process, "binding", () => wrap);
      assert.equal(openPipe(calls.eventfd(0, EFD_NONBLOCK)), undefined);
    }
    Reflect.set(process, "binding", () => {
      throw new Error("no such module");
    });
    assert.equal(openPipe(calls.eventfd(0, EFD_NONBLOCK)), undefined);
    Reflect.deleteProperty(process, "binding");
    assert.equal(openPipe(calls.eventfd(0, EFD_NONBLOCK)), undefined);
  } finally {
    Reflect.set(process, "binding", binding);
  }
});
