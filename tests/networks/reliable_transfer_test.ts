/** Reliable flows between two hosts on bad paths: the same bytes arrive, once and in order. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { BAD_PATH, transfer } from "../support/reliable_transfer.ts";

const MEBIBYTE = 1024 * 1024;

for (const [type, bytes] of [["udp4", 64 * MEBIBYTE], ["eth-dix", 64 * MEBIBYTE]] as const) {
  testWithHosts(
    `${bytes / MEBIBYTE} MiB over ${type} with loss, reordering, duplicates and damage arrive as they were`,
    async () => {
      const result = await transfer({ type, bytes, seed: 1, impairment: BAD_PATH });
      assert(result.same, JSON.stringify(result));
      assert.equal(result.bytes, bytes);
      for (const lost of result.lost) assert(lost > 0);
    },
  );
}
