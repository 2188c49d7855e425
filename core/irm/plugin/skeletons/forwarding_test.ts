/** Tests of the forwarding policy, which `ouro plugin check` runs. @module */
import type { Address, Fd, PluginTests } from "../../../contract/author_types.ts";

const [TO, ONE, OTHER] = [7 as Address, 64 as Fd, 65 as Fd];

const tests: PluginTests<"forwarding"> = {
  "flows are spread over the routes, and go round one that is down"({ make, equal }) {
    const forwarding = make();
    forwarding.replace(new Map([[TO, [ONE, OTHER]]]));
    const hops = () => [0, 1, 2, 3].map((flow) => forwarding.nextHop(TO, flow));
    equal(hops(), [ONE, OTHER, ONE, OTHER]);
    forwarding.flowDown(ONE);
    equal(hops(), [OTHER, OTHER, OTHER, OTHER]);
    forwarding.flowUp(ONE);
    equal(hops(), [ONE, OTHER, ONE, OTHER]);
  },
};

export default tests;
