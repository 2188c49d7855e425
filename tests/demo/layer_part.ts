/**
 * The second part of the demonstration: a layer that routes, on top of the local one.
 *
 * @module
 */
import { explain } from "./screen.ts";
import type { Cast } from "./local_part.ts";
import type { Stage } from "./stage.ts";

/** Plays it. */
export async function playLayerPart(stage: Stage, { irmd }: Cast): Promise<void> {
  explain("Add a layer on top. Its first IPC process gets an address and starts a directory of names.");
  await stage.command("irm ipcp bootstrap type unicast name normal_1 layer normal_layer");
  await irmd.hear(/normal-ipcp\(DB\): Bootstrapped in layer normal_layer\./);

  explain("It is a process like any other: bind it to names, and make them reachable in the local layer.");
  for (const name of ["normal_1", "normal_layer"]) await stage.command(`irm bind ipcp normal_1 name ${name}`);
  for (const name of ["normal_1", "normal_layer"]) {
    await stage.command(`irm name register ${name} layer local_layer`);
  }

  explain("Let a second IPC process join. It asks a member for all that there is to know of the layer.");
  await stage.command("irm ipcp enroll name normal_2 layer normal_layer autobind");
  const [, second] = await irmd.hear(/irmd\(II\): Enrolled IPCP (\d+) in layer normal_layer\./);

  explain("Connect the two: first to exchange routes, then to exchange data.");
  await stage.command("irm ipcp connect name normal_2 dst normal_1 comp mgmt");
  await stage.command("irm ipcp connect name normal_2 dst normal_1 comp dt");
  await irmd.hear(/dht\(DB\): Enrollment of DHT completed\./);

  explain(
    "Make the server reachable in the new layer too. The local layer is preferred, so take it out there.",
  );
  await stage.command("irm name register oping_server layer normal_layer");
  await stage.command("irm name unregister oping_server layer local_layer");

  explain("The same ping now goes from application to layer to layer to application.");
  const client = await stage.command("oping -n oping_server -c 4 -i 50ms");
  await client.hear(/^4 packets transmitted, 4 received, 0 out-of-order, 0% packet loss, time: /);
  await irmd.hear(new RegExp(`irmd\\(DB\\): Flow req arrived from IPCP ${second} for 465bac77\\.`));
}
