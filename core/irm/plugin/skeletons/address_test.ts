/** Tests of the address authority, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const tests: PluginTests<"address"> = {
  "addresses begin with the site, and differ"({ make, equal }) {
    const authority = make();
    const drawn = [authority.draw(), authority.draw()];
    equal(drawn.map((address) => address >>> 24), [1, 1]);
    equal(new Set(drawn).size, 2);
  },
};

export default tests;
