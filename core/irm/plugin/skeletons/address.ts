/**
 * Addresses with a site: the upper 8 bits are the same for all members of a site, the others are random.
 *
 * @module
 */
import type { Address, Plugin } from "../../../contract/author_types.ts";

/**
 * The site of this host, 1 to 255. Options are the same for all members of a layer, so that this is none: each site has a copy of
 * the file with its own.
 */
const SITE = 1;

const plugin: Plugin<"address"> = {
  kind: "address",
  name: "sites",
  apiVersion: 1,
  version: "1.0.0",
  description: "random addresses within a site",
  options: [],
  create: (_host, { random }) => ({
    // A checked number becomes an address by a cast: there is no other mark on it.
    draw: () => (SITE * 2 ** 24 + (random.uint32() >>> 8)) as Address,
  }),
};

export default plugin;
