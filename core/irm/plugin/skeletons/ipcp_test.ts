/** Tests of the IPCP type, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const tests: PluginTests<"ipcp"> = {
  async "a packet is as late as the option says"({ make, equal }) {
    const member = await make({ delay: "40" });
    const { requester, responder } = member.flow();
    requester.write(Uint8Array.of(1, 2, 3));
    member.time.advance(39);
    equal(responder.received.length, 0);
    member.time.advance(1);
    equal([...responder.received[0]], [1, 2, 3]);
  },
};

export default tests;
