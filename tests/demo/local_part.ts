/**
 * The first part of the demonstration: two processes of one host find each other in a local layer.
 *
 * @module
 */
import { explain } from "./screen.ts";
import type { Speaker } from "./speaker.ts";
import type { Stage } from "./stage.ts";

/** The programs that run on when the first part is over. */
export interface Cast {
  readonly irmd: Speaker;
  readonly server: Speaker;
}

/** Plays it. */
export async function playLocalPart(stage: Stage): Promise<Cast> {
  explain("Start the IRM daemon. It manages the names, programs and IPC processes of this host.");
  const irmd = stage.start("irmd --stdout", { label: "irmd", style: "cyan" });
  await irmd.hear(/irmd\(II\): Ouroboros IPC Resource Manager daemon started/);

  explain("Make a layer in which processes of this host reach each other. Its one member is an IPC process.");
  await stage.command("irm ipcp bootstrap type local name local_1 layer local_layer hash SHA3_224");
  await irmd.hear(/irmd\(II\): Bootstrapped IPCP (\d+) in layer local_layer\./);

  explain("Let the program oping serve the name oping_server, and make the name reachable in the layer.");
  await stage.command("irm bind program oping name oping_server");
  await irmd.hear(/irmd\(II\): Bound program \S+\/oping to name oping_server\./);
  await stage.command("irm name register oping_server layer local_layer");
  await irmd.hear(/irmd\(II\): Registered oping_server in local_layer as 4721372d\./);
  const list = await stage.command("irm ipcp list");
  await list.hear(/local_1.*local_layer/);

  explain(
    "Start a server. It says nothing of where it is: it serves the names that its program is bound to.",
  );
  const server = stage.start("oping --listen", { label: "server", style: "magenta" });
  await server.hear(/^Ouroboros ping server started\.$/);
  await irmd.hear(new RegExp(`Process ${server.pid} inherits name oping_server from program oping\\.`));

  explain("Ping it by its name.");
  const client = await stage.command("oping -n oping_server -c 4 -i 50ms");
  await client.hear(/^4 packets transmitted, 4 received, 0 out-of-order, 0% packet loss, time: /);
  await server.hear(/^Flow 64 closed by peer\.$/);
  return { irmd, server };
}
