import assert from "node:assert/strict";
import { plainFormat, systemLogFormat, wantsColours } from "./log_line.ts";

Deno.test("lines have the reference's form, with and without colours", () => {
  const record = { component: "ipcpd/ipcp", level: "info", text: "Finished registering 465bac77." } as const;
  assert.equal(
    plainFormat(2601, true)(record),
    "\x1b[32m==02601== ipcpd/ipcp(II): Finished registering 465bac77.\x1b[0m",
  );
  assert.equal(
    plainFormat(123456, false)({ ...record, level: "error" }),
    "==123456== ipcpd/ipcp(EE): Finished registering 465bac77.",
  );
  assert.equal(
    plainFormat(1, true)({ component: "dt", level: "debug", text: "x" }),
    "==00001== dt(DB): x\x1b[0m",
  );
});

Deno.test("the system log gets priority, program and pid", () => {
  const format = systemLogFormat("irmd", 7);
  assert.equal(format({ component: "irmd", level: "error", text: "x" }), "<27>irmd[7]: irmd: x");
  assert.equal(format({ component: "irmd", level: "debug", text: "x" }), "<31>irmd[7]: irmd: x");
});

Deno.test("a text cannot forge lines or command a terminal", () => {
  const line = plainFormat(1, false)({ component: "a", level: "info", text: "x\n==1== y\x1b[31m\tz\x9b" });
  assert.equal(line, "==00001== a(II): x\\x0a==1== y\\x1b[31m\tz\\x9b");
});

Deno.test("colours follow the terminal, NO_COLOR and FORCE_COLOR", () => {
  const colours = (env: Record<string, string>, terminal: boolean) =>
    wantsColours((name) => env[name], terminal);
  assert.deepEqual(
    [
      colours({}, true),
      colours({}, false),
      colours({ NO_COLOR: "1" }, true),
      colours({ NO_COLOR: "" }, true),
    ],
    [true, false, false, true],
  );
  assert.deepEqual(
    [colours({ FORCE_COLOR: "1" }, false), colours({ FORCE_COLOR: "0" }, true)],
    [true, false],
  );
});
