/** Flows over a real line of limited rate between two hosts: nobody loses what the line cannot carry. @module */
import assert from "node:assert/strict";
import { fairness } from "../simulation/congestion.ts";
import { measureTraffic } from "../support/measured_traffic.ts";
import { testWithHosts } from "../support/namespaces.ts";

testWithHosts(
  "over a line that ouro impair limits to 10 Mb/s, greedy mb-ecn flows lose nothing and share it, and voice goes before them",
  async () => {
    const { flows, sent, lost } = await measureTraffic(
      { type: "eth-dix", rate: "10M", options: "congestion mb-ecn scheduling priority", skip: 1500 },
      {
        kinds: [
          { quality: "voice", flows: 1, bytes: 200, interval: 20 },
          { quality: "raw", flows: 2, bytes: 1385, interval: 0 },
        ],
        duration: 4500,
      },
    );
    assert(sent > 1000, `${sent} packets were sent`);
    assert.equal(lost, 0);
    const best = flows.filter(({ kind }) => kind === 1);
    const [voice] = flows.filter(({ kind }) => kind === 0);
    assert(fairness(best.map(({ rate }) => rate)) >= 0.9, JSON.stringify(best));
    const least = Math.min(...best.map(({ delay }) => delay.middle));
    assert(voice.delay.middle < least / 3, `voice takes ${voice.delay.middle} ms, best effort ${least}`);
  },
);
