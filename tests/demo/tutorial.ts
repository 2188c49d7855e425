/**
 * `npm start`: the tutorials as a person plays them, with real programs, in a folder of its own, which is gone in the end
 * like everything that was started. Ends with status 0 when every step gave what it should.
 *
 * @module
 */
import { playLayerPart } from "./layer_part.ts";
import { playLocalPart } from "./local_part.ts";
import { explain, show } from "./screen.ts";
import { Stage } from "./stage.ts";

async function play(stage: Stage): Promise<void> {
  const cast = await playLocalPart(stage);
  await playLayerPart(stage, cast);
  const list = await stage.command("irm ipcp list");
  const ipcps = (await Promise.all(
    ["local_1", "normal_1", "normal_2"].map((name) =>
      list.hear(new RegExp(`^\\|\\s+(\\d+) \\|\\s+${name} `))
    ),
  )).map(([, pid]) => pid);

  explain("Ctrl-C in the server's terminal, then in the daemon's.");
  await stage.interrupt("server", cast.server);
  await stage.interrupt("irmd", cast.irmd);
  await cast.irmd.hear(/irmd\(II\): Bye\./);
  for (const pid of ipcps) {
    if (await runs(pid)) throw new Error(`the IPC process ${pid} still runs, although the daemon has ended`);
  }
}

/** Is there a process of that id? */
async function runs(pid: string): Promise<boolean> {
  try {
    await Deno.lstat(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const stage = await Stage.open();
const interrupted = Promise.withResolvers<never>();
const giveUp = () => interrupted.reject(new Error("interrupted"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, giveUp);
let status = 0;
try {
  await Promise.race([play(stage), interrupted.promise]);
  show("");
  show("Processes found each other by name, over one layer and over two. The README tells how to go on.");
} catch (error) {
  console.error(`\nThe demonstration failed: ${error instanceof Error ? error.message : error}`);
  status = 1;
}
await stage.close();
Deno.exit(status);
