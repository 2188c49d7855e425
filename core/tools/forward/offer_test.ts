/** How a service becomes known, and what is said where that is for others to do. @module */
import assert from "node:assert/strict";
import { PermissionError } from "../../contract/errors.ts";
import { becomeKnown } from "./offer.ts";

Deno.test("a user who may not bind names is told every command that somebody else has to give", async () => {
  const irmd = { call: () => Promise.reject(new PermissionError("no")) };
  const said: string[] = [];
  const output = { print: () => {}, complain: (line: string) => said.push(line) };
  const bind = `who may has to say: irm bind process ${Deno.pid} name web`;
  await becomeKnown(irmd, { kind: "offer", to: { kind: "stdio" }, name: "web", layers: [] }, output);
  await becomeKnown(irmd, { kind: "offer", to: { kind: "stdio" }, name: "web", layers: ["x", "y"] }, output);
  assert.deepEqual(said.map((line) => line.replace(/^.*?: who/, "who")), [
    bind,
    `${bind}; irm name register web layer x layer y`,
  ]);
});
