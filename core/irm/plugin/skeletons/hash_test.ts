/** Tests of the hash function, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const digests = [["", "cbf29ce484222325"], ["a", "af63dc4c8601ec8c"], ["foobar", "85944171f73967e8"]];

const tests: PluginTests<"hash"> = {
  "digests are those that its authors have published"({ make, equal }) {
    const hash = make();
    for (const [text, digest] of digests) {
      const bytes = [...hash.digest(new TextEncoder().encode(text))];
      equal(bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""), digest, text);
    }
  },
};

export default tests;
