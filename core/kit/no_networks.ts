/**
 * Networks of a host that has none.
 *
 * @module
 */
import { NotFoundError } from "../contract/errors.ts";
import type { Networks } from "../contract/network.ts";
import { failure, success } from "../contract/outcome.ts";

/** No device, no address, no name. */
export const NO_NETWORKS: Networks = {
  openEthernet: (device) => {
    throw new NotFoundError(`this host has no device ${device}`);
  },
  openUdp: (address) => {
    throw new NotFoundError(`this host has no address ${address}`);
  },
  resolver: {
    lookup: (_host, _family, done) => done(success([])),
    exchange: (server, _message, done) => done(failure(new NotFoundError(`no way to ${server}`))),
  },
};
