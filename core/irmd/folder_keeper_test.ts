/** What a running IRMd does when somebody removes its files. @module */
import assert from "node:assert/strict";
import { ExistsError } from "../contract/errors.ts";
import { testingLog } from "../testing/log.ts";
import { TestingTimers } from "../testing/timers.ts";
import { FolderKeeper } from "./folder_keeper.ts";

interface Socket {
  readonly number: number;
  putBack(): Promise<Socket>;
}

/** A folder of which things go away when `gone` says so. */
function keep() {
  const timers = new TestingTimers();
  const gone = new Set<string>();
  const back: string[] = [];
  const putBack = (what: string) => () => {
    if (gone.has("taken")) throw new ExistsError("another has it");
    const was = gone.delete(what);
    if (was) back.push(what);
    return was;
  };
  const socket = (number: number): Socket => ({
    number,
    putBack() {
      return Promise.resolve(putBack("socket")() ? socket(number + 1) : this);
    },
  });
  const lines: string[] = [];
  const log = testingLog(lines);
  const folder = { flows: Deno.cwd(), create: putBack("folder") };
  const kept = { folder, lock: { putBack: putBack("lock") }, files: [{ putBack: putBack("file") }] };
  const keeper = new FolderKeeper({ ...kept, sockets: [socket(0)] }, timers, log);
  const look = async () => {
    timers.advance(1000);
    while (timers.armed === 0) await Promise.resolve();
  };
  return { keeper, gone, back, lines, look, folder, timers };
}

Deno.test("what somebody removes from the runtime folder is put back within a second", async () => {
  const { keeper, gone, back, lines, look, folder, timers } = keep();
  await look();
  assert.deepEqual([back, lines], [[], []]);
  for (const what of ["folder", "lock", "file", "socket"]) gone.add(what);
  folder.flows = "/no/such/folder";
  await look();
  assert.deepEqual(back, ["folder", "lock", "file", "socket"]);
  assert.equal(lines.length, 1);
  const [socket] = await keeper.stop();
  assert.deepEqual([socket.number, timers.armed], [1, 0]);
});

Deno.test("where another one has taken the folder meanwhile nothing is put back, and this is told once", async () => {
  const { keeper, gone, back, lines, look } = keep();
  gone.add("taken").add("socket");
  for (let count = 0; count < 3; count++) await look();
  assert.deepEqual([back, lines.length], [[], 1]);
  gone.delete("taken");
  await look();
  assert.deepEqual(back, ["socket"]);
  await keeper.stop();
});
