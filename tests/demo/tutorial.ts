/**
 * `npm start`: the first part of the tutorial as a person plays it, with real programs, in a folder of its own, which is
 * gone in the end like everything that was started. Ends with status 0 when every step gave what it should.
 *
 * @module
 */
import { linkCheckout } from "../../.ci/checkout_links.ts";
import { COLOURS, explain, show, showCommand } from "./screen.ts";
import { Speaker, type SpeakerOptions } from "./speaker.ts";

const folder = await Deno.makeTempDir({ prefix: "ouro-" });
const env = {
  PATH: `${folder}/bin:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
  OURO_RUNTIME_DIR: `${folder}/run`,
  ...(COLOURS ? {} : { NO_COLOR: "1" }),
};
const running: Speaker[] = [];

/** Starts a program by name, as `dist/` on PATH would. */
function start(command: string, options: Omit<SpeakerOptions, "env"> = {}): Speaker {
  const [program, ...args] = command.split(" ");
  showCommand([program, ...args], options.label !== undefined);
  const speaker = new Speaker([`${folder}/bin/${program}`, ...args], { ...options, env });
  running.push(speaker);
  return speaker;
}

/** Runs a command to its end; it has to succeed. */
async function command(words: string): Promise<Speaker> {
  const speaker = start(words);
  await speaker.finish();
  return speaker;
}

/** Presses Ctrl-C in a program's terminal; it has to end in order. */
async function interrupt(label: string, speaker: Speaker): Promise<void> {
  show(`${label.padEnd(6)} | ^C`);
  speaker.interrupt();
  await speaker.finish();
}

async function play(): Promise<void> {
  await linkCheckout(`${folder}/bin`);

  explain("Start the IRM daemon. It manages the names, programs and IPC processes of this host.");
  const irmd = start("irmd --stdout", { label: "irmd", style: "cyan" });
  await irmd.hear(/irmd\(II\): Ouroboros IPC Resource Manager daemon started/);

  explain("Make a layer in which processes of this host reach each other. Its one member is an IPC process.");
  await command("irm ipcp bootstrap type local name local_1 layer local_layer");
  const [, ipcp] = await irmd.hear(/irmd\(II\): Bootstrapped IPCP (\d+) in layer local_layer\./);

  explain("Let the program oping serve the name oping_server, and make the name reachable in the layer.");
  await command("irm bind program oping name oping_server");
  await irmd.hear(/irmd\(II\): Bound program \S+\/oping to name oping_server\./);
  await command("irm name register oping_server layer local_layer");
  await irmd.hear(/irmd\(II\): Registered oping_server in local_layer as [0-9a-f]{8}\./);
  const list = await command("irm ipcp list");
  await list.hear(/local_1.*local_layer/);

  explain(
    "Start a server. It says nothing of where it is: it serves the names that its program is bound to.",
  );
  const server = start("oping --listen", { label: "server", style: "magenta" });
  await server.hear(/^Ouroboros ping server started\.$/);
  await irmd.hear(new RegExp(`Process ${server.pid} inherits name oping_server from program oping\\.`));

  explain("Ping it by its name.");
  const client = await command("oping -n oping_server -c 4 -i 200ms");
  await client.hear(/^4 packets transmitted, 4 received, 0 out-of-order, 0% packet loss, time: /);
  await server.hear(/^Flow 64 closed by peer\.$/);

  explain("Ctrl-C in the server's terminal, then in the daemon's.");
  await interrupt("server", server);
  await interrupt("irmd", irmd);
  await irmd.hear(/irmd\(II\): Bye\./);
  if (await runs(ipcp)) throw new Error(`the IPC process ${ipcp} still runs, although the daemon has ended`);
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

/** Ends what still runs, last started first, and removes the folder. */
async function cleanUp(): Promise<void> {
  for (const speaker of running.reverse()) await speaker.stop();
  await Deno.remove(folder, { recursive: true });
}

const interrupted = Promise.withResolvers<never>();
const giveUp = () => interrupted.reject(new Error("interrupted"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, giveUp);
let status = 0;
try {
  await Promise.race([play(), interrupted.promise]);
  show("");
  show("Two processes found each other by name. The README tells how to do this by hand, and how to go on.");
} catch (error) {
  console.error(`\nThe demonstration failed: ${error instanceof Error ? error.message : error}`);
  status = 1;
}
await cleanUp();
Deno.exit(status);
