/**
 * What an IPCP type finds around it when it is checked by itself: the plugins that it uses, and a host with networks in virtual
 * time.
 *
 * @module
 */
import type { Networks } from "../../contract/network.ts";
import { success } from "../../contract/outcome.ts";
import type { AnyPlugin } from "../../contract/plugin.ts";
import type { Builtin } from "../../registry/builtins.ts";
import { checkPlugin } from "../../registry/check_plugin.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import { EthernetSegment } from "../../sim/network/ethernet_segment.ts";
import { UdpNetwork } from "../../sim/network/udp_network.ts";
import { WebNetwork } from "../../sim/network/web_network.ts";
import type { VirtualTime } from "../../sim/virtual_time.ts";

/** The device and the addresses of the host. */
export const DEVICE = "eth0", ADDRESSES: readonly string[] = ["10.0.0.1", "fd00::1"];

/** Makes the networks of the host. */
export function simulatedHost(time: VirtualTime): Networks {
  const udp = new UdpNetwork(time).host(ADDRESSES);
  const { networks } = new EthernetSegment(time).device(DEVICE);
  const web = new WebNetwork(time).host(ADDRESSES[0]);
  return {
    openEthernet: (device, filter) => networks.openEthernet(device, filter),
    openUdp: (address, port) => udp.openUdp(address, port),
    webSockets: (done) => done(success(web)),
    resolver: udp.resolver,
  };
}

/** Loads the built-in plugins of the kinds that a plugin uses, and of those that these use. */
export async function loadUsed(
  { uses = [], options }: AnyPlugin,
  builtins: readonly Builtin[],
): Promise<AnyPlugin[]> {
  const kinds = new Set(uses);
  for (const option of options) if (option.type === "policy") kinds.add(option.kind);
  const loaded: AnyPlugin[] = [];
  for (const kind of kinds) { // Kinds that are added here are visited too.
    for (const { declaration, load } of builtins) {
      if (declaration.kind !== kind || declaration.kind === "ipcp") continue;
      loaded.push(checkPlugin(await load(), BUILT_IN));
      for (const further of declaration.uses ?? []) kinds.add(further);
    }
  }
  return loaded;
}
