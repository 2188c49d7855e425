/**
 * The machine's networks. Nothing is opened before the first port.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Networks } from "../../contract/network.ts";
import { failure, success } from "../../contract/outcome.ts";
import { AddressWatch } from "./address_watch.ts";
import { LinkWatch } from "./link_watch.ts";
import { PacketSocket } from "./packet_socket.ts";
import { processPoller } from "../wait/process_poller.ts";
import type { Poller } from "../wait/watched.ts";
import { systemTimers } from "../clock.ts";
import { openRaptorControl } from "./raptor/raptor_control.ts";
import { RaptorDevice } from "./raptor/raptor_device.ts";
import { SystemResolver } from "./resolver.ts";
import { UdpSocket } from "./udp_socket.ts";

/** Opens the networks of this machine; all ports share a poller. */
export function systemNetworks(poller: Poller = processPoller()): Networks {
  const links = new LinkWatch(poller);
  const addresses = new AddressWatch(poller);
  return {
    openEthernet: (device, filter) => new PacketSocket(device, filter, poller, links),
    openUdp: (address, port) => new UdpSocket(address, port, poller, { addresses }),
    openRaptor: (path) => new RaptorDevice(openRaptorControl(path), systemTimers),
    webSockets: (done) => {
      import("./web/web_sockets.ts").then(
        ({ systemWebSockets }) => done(success(systemWebSockets)),
        (thrown) => done(failure(asOuroError(thrown))),
      );
    },
    resolver: new SystemResolver((address) => new UdpSocket(address, 0, poller, { most: 1 })),
  };
}
