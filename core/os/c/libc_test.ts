import assert from "node:assert/strict";
import { InvalidError, NotFoundError } from "../../contract/errors.ts";
import { EAGAIN, EBADF, ENOENT, ENXIO, runtimeError, systemError } from "./errno.ts";
import * as libc from "./libc.ts";

libc.openLibc();

/** A number that no descriptor of a test has. */
const UNUSED_FD = 60_000;

Deno.test("what fails becomes an error of the catalogue with the system's words", () => {
  assert.equal(libc.errnoText(2), "No such file or directory");
  assert.throws(() => libc.closeFd(UNUSED_FD), /cannot close descriptor 60000: Bad file descriptor/);
  assert.throws(() => libc.peerOf(UNUSED_FD), /cannot tell who is behind socket 60000: .*non-socket/);
  assert.equal(systemError(9, "x", "y").message, "x: y (system error 9)");
});

Deno.test("errors of the runtime keep their kind and their cause", () => {
  let thrown: unknown;
  try {
    Deno.readFileSync("/does/not/exist");
  } catch (cause) {
    thrown = cause;
  }
  const error = runtimeError(thrown, "cannot read it");
  assert(error instanceof NotFoundError);
  assert.equal(error.cause, thrown);
  assert.match(error.message, /^cannot read it: No such file or directory/);
  assert(runtimeError(new Error("File name too long (os error 36)"), "x") instanceof InvalidError);
});

Deno.test("descriptors that are no sockets have no cookie and no path", () => {
  using file = Deno.openSync("/dev/null");
  assert(file);
  assert.deepEqual([libc.socketCookie(UNUSED_FD), libc.socketPath(UNUSED_FD)], [undefined, undefined]);
  assert.equal(libc.socketCookie(0) === undefined || typeof libc.socketCookie(0) === "bigint", true);
  assert.equal(libc.isListening(UNUSED_FD), false);
});

Deno.test("what is there is told without an error, and what cannot be known counts as there", () => {
  const there = ["/", "/dev/null", "/dev/null/x", "/does/not/exist", "a\0b", "x".repeat(300)].map(
    libc.isThere,
  );
  assert.deepEqual(there, [true, true, false, false, libc.isThere("a"), true]);
});

Deno.test("the right to execute is the kernel's answer", () => {
  const file = Deno.makeTempFileSync();
  try {
    assert.equal(libc.mayExecute(file), false);
    Deno.chmodSync(file, 0o700);
    assert.equal(libc.mayExecute(file), true);
    assert.equal(libc.mayExecute(file + ".not"), false);
    assert.throws(() => libc.mayExecute(file + "/x"), InvalidError);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("processes, groups and users are found", () => {
  assert.equal(libc.processIsThere(Deno.pid), true);
  assert.equal(libc.processIsThere(0x3ffffffe), false);
  assert.equal(libc.groupId("root"), 0);
  assert.equal(libc.groupId("no such group"), undefined);
  assert.equal(libc.userId("root"), 0);
  assert.equal(libc.userId("no such user"), undefined);
  assert.equal(libc.userAccount(0)?.name, "root");
  assert.equal(libc.userAccount(4_000_000_000), undefined);
});

Deno.test("writes never wait and say what went wrong", () => {
  const bytes = new TextEncoder().encode("x");
  assert.equal(libc.writeFd(UNUSED_FD, bytes), -EBADF);
  assert.equal(libc.openForWriting("/does/not/exist"), -ENOENT);
  const sink = libc.openForWriting("/dev/null");
  assert.equal(libc.writeFd(sink, bytes), 1);
  assert.equal(libc.pollWritable(sink), 0);
  libc.closeFd(sink);
  const socket = libc.datagramSocket();
  assert.equal(libc.sendTo(socket, "/does/not/exist", bytes), -ENOENT);
  assert.equal(libc.sendNow(UNUSED_FD, bytes), -EBADF);
  libc.closeFd(socket);
  assert.notEqual(EAGAIN, ENXIO);
});
