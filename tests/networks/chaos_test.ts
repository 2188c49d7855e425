/** Some rounds of chaos with real processes. @module */
import assert from "node:assert/strict";
import { chaos } from "../soak/chaos/chaos.ts";
import { testWithHosts } from "../support/namespaces.ts";

/** Seed, and rounds, in which IRMds, applications and IPCPs are killed, a host sleeps, and addresses of devices change. */
const STORY = { seed: 1, rounds: 2 };
testWithHosts(
  "hosts that are killed, cut off and moved heal without a command, and leave nothing behind",
  async () => {
    assert(
      await chaos(STORY.seed, 600, { rounds: STORY.rounds }),
      "see what is printed above",
    );
  },
);
