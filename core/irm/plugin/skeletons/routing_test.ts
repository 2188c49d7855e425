/** Tests of the routing policy, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const [HERE, THERE] = [0x01000000, 0x02000000];

const tests: PluginTests<"routing"> = {
  "packets stay within their site, or leave it, as the weights of the options say"({ make, equal }) {
    const ways = [[{ near: "1", far: "10" }, HERE + 2], [{ near: "10", far: "1" }, THERE + 1]] as const;
    for (const [weights, through] of ways) {
      const network = make(weights);
      const [one, two, three, other] = [HERE + 1, HERE + 2, HERE + 3, THERE + 1].map((of) => network.add(of));
      for (const between of [two, other]) {
        network.link(one, between);
        network.link(between, three);
      }
      network.time.advance(10_000);
      equal(network.path(one, three.address), [one.address, through, three.address]);
    }
  },
};

export default tests;
