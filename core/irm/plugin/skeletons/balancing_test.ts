/** Tests of the balancing policy, which `ouro plugin check` runs. @module */
import type { PluginTests } from "../../../contract/author_types.ts";

const tests: PluginTests<"balancing"> = {
  "a process that waits twice gets twice as many flows"({ make, equal }) {
    const balancer = make();
    const waiting = [{ pid: 7, order: 1 }, { pid: 8, order: 2 }, { pid: 8, order: 3 }];
    const got = Array.from({ length: 9 }, () => waiting[balancer.choose(waiting)].pid);
    equal([7, 8].map((pid) => got.filter((one) => one === pid).length), [3, 6]);
  },
};

export default tests;
