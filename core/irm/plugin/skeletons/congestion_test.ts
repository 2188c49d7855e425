/** Tests of the congestion policy, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const MS = 1e6;

const tests: PluginTests<"congestion"> = {
  "a mark halves the pace, and those that follow within 100 ms count as the same one"({ make, equal }) {
    const flow = make({ start: "8000", step: "0" }).flow(0); // 1000 bytes in a millisecond.
    equal(flow.sent(1000, 0), 1 * MS);
    flow.update(1);
    equal(flow.sent(1000, 1 * MS), 3 * MS);
    flow.update(1);
    equal(flow.sent(1000, 3 * MS), 5 * MS);
    flow.sent(0, 200 * MS);
    flow.update(1);
    equal(flow.sent(1000, 200 * MS), 204 * MS);
  },
  "a flow goes a step faster after a second, but not while it is silent"({ make, equal }) {
    const flow = make({ start: "8000", step: "8000" }).flow(0);
    equal(flow.sent(1000, 1000 * MS), 1000.5 * MS);
    const silent = make({ start: "8000", step: "8000" }).flow(0);
    equal(silent.sent(1000, 9000 * MS), 9000.5 * MS);
  },
  "the receiver tells of one in eight marked packets"({ make, equal }) {
    const flow = make().flow(0);
    const told = Array.from({ length: 16 }, () => flow.received(1));
    equal(told.filter((level) => level !== undefined), [1, 1]);
  },
};

export default tests;
