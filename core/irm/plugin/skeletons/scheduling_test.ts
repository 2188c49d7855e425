/** Tests of the scheduling policy, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const tests: PluginTests<"scheduling"> = {
  "of seven packets four are voice, two video and one best effort"({ make, equal }) {
    const queue = make().queue<string>();
    for (let count = 0; count < 7; count++) {
      queue.add("best effort", 0);
      queue.add("video", 1);
      queue.add("voice", 2);
    }
    const gone = Array.from({ length: 7 }, () => queue.next());
    const count = (what: string) => gone.filter((one) => one === what).length;
    equal([count("voice"), count("video"), count("best effort")], [4, 2, 1]);
  },
};

export default tests;
