/** Tests of the directory, which `ouro plugin check` runs. @module */
import type { NameHash, PluginTests } from "../../../contract/author_types.ts";

const HASH = "a1".repeat(32) as NameHash;

const tests: PluginTests<"directory"> = {
  "a name is found at every member that has registered it"({ make, equal }) {
    const layer = make();
    layer.grow(4, 10);
    const [asker, one, other] = layer.all;
    equal(layer.query(asker, HASH), []);
    layer.register(one, HASH);
    layer.register(other, HASH);
    equal([...layer.query(asker, HASH)].sort(), [one.address, other.address].sort());
  },
};

export default tests;
