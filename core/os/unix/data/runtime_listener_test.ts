/** A listener of the runtime in a program that may not ask the kernel who has connected. @module */
import assert from "node:assert/strict";

/** Says how many were accepted at first, after 19 ms and after 20 ms. */
const PROGRAM = `
import { RuntimeListener } from "${new URL("./runtime_listener.ts", import.meta.url)}";
import { TestingTimers } from "${new URL("../../../testing/timers.ts", import.meta.url)}";

const path = Deno.args[0];
const timers = new TestingTimers();
let accepted = 0;
const users = new Set();
const listener = new RuntimeListener(path, {
  crowded: () => true,
  closes: () => true,
  accept: (stream, user) => (accepted++, users.add(user), stream.close()),
}, timers);
const settle = async () => {
  // The listener alone does not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  for (let turn = 0; turn < 200; turn++) await new Promise((resume) => setImmediate(resume));
  clearInterval(alive);
};
const conns = [];
for (let count = 0; count < 40; count++) conns.push(await Deno.connect({ transport: "unix", path }));
while (timers.armed === 0) await settle();
const seen = [accepted];
for (const milliseconds of [19, 1]) {
  timers.advance(milliseconds);
  await settle();
  if (milliseconds === 1) { while (timers.armed === 0) await settle(); }
  seen.push(accepted);
}
console.log(JSON.stringify({ seen, users: [...users].length, known: !users.has(undefined) }));
listener.close();
timers.advance(20);
for (const conn of conns) conn.close();
`;

Deno.test("where there are many whose users cannot be known, the flows come first for 20 ms after 16 of them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  try {
    await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--deny-ffi",
        "-q",
        "--no-check",
        "--no-config",
        `${folder}/program.ts`,
        `${folder}/data`,
      ],
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    assert.deepEqual(JSON.parse(text.decode(stdout)), { seen: [16, 16, 32], users: 1, known: false });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
