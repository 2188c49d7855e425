/**
 * UDP endpoints of this machine and of others.
 *
 * @module
 */
import { NotFoundError, type OuroError } from "../../contract/errors.ts";
import type { UdpEndpoint, UdpPort } from "../../contract/network.ts";
import { SystemResolver } from "../../os/net/resolver.ts";
import { ipAddress } from "../../os/net/socket_address.ts";
import { UdpSocket } from "../../os/net/udp_socket.ts";
import { EventLoopPoller } from "../../os/wait/event_loop_poller.ts";
import { udpEndpoint } from "../../wire/ip_address.ts";
import { type DatagramEndpoint, endpointText } from "./endpoint.ts";

/** Opens UDP sockets and finds hosts; all sockets share a poller. */
export class UdpPlaces {
  readonly #poller = new EventLoopPoller();
  readonly #resolver = new SystemResolver((address) => new UdpSocket(address, 0, this.#poller, { most: 1 }));

  /** Listens at an own address. @throws OuroError */
  async listen({ host, port }: DatagramEndpoint): Promise<UdpPort> {
    return new UdpSocket(await this.#address(host), port, this.#poller);
  }

  /** Opens a socket from which `to` is reached. @throws NotFoundError when the host is not known */
  async reach(to: DatagramEndpoint): Promise<{ readonly port: UdpPort; readonly endpoint: UdpEndpoint }> {
    const { family, bytes } = ipAddress(await this.#address(to.host, endpointText(to)));
    const port = new UdpSocket(family.addressBytes === 4 ? "0.0.0.0" : "::", 0, this.#poller);
    return { port, endpoint: udpEndpoint(bytes, to.port) };
  }

  async #address(host: string, what = host): Promise<string> {
    for (const family of [4, 6] as const) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
      this.#resolver.lookup(
        host,
        family,
        (outcome) => outcome.ok ? resolve(outcome.value) : reject(outcome.error),
      );
      const [address] = await promise.catch((thrown: OuroError) => {
        if (thrown instanceof NotFoundError) return [];
        throw thrown;
      });
      if (address !== undefined) return address;
    }
    throw new NotFoundError(`no address of ${what} is known`);
  }
}
