/**
 * The machine's networks for one test, which ends when nothing of them is under way any more.
 *
 * @module
 */
import type { EthernetPort, FrameFilter, Networks, Resolver, UdpPort } from "../contract/network.ts";
import { systemNetworks } from "../os/net/networks.ts";
import { EventLoopPoller } from "../os/wait/event_loop_poller.ts";

/** Networks whose ports are closed at the end of the block. */
export class TestingNetworks implements Networks, AsyncDisposable {
  readonly #poller = new EventLoopPoller();
  readonly #networks = systemNetworks(this.#poller);
  readonly #ports: (EthernetPort | UdpPort)[] = [];
  readonly resolver: Resolver = this.#networks.resolver;

  openEthernet(device: string, filter: FrameFilter): EthernetPort {
    return this.#keep(this.#networks.openEthernet(device, filter));
  }

  openUdp(address: string, port = 0): UdpPort {
    return this.#keep(this.#networks.openUdp(address, port));
  }

  #keep<Port extends EthernetPort | UdpPort>(port: Port): Port {
    this.#ports.push(port);
    return port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const port of this.#ports) port.close();
    await this.#poller.ended();
  }
}
