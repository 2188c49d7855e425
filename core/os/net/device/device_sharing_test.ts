import assert from "node:assert/strict";
import { protocolsTaken } from "./device_sharing.ts";

/** As the kernel writes it. */
const LIST = `sk               RefCnt Type Proto  Iface R Rmem   User   Inode
0000000000000000 3      3    a000   4     1 0      0      43171 
0000000000000000 3      3    0003   41    1 0      0      43172 
0000000000000000 3      3    0004   4     0 0      1000   43173 
0000000000000000 3      2    88b5   0     1 0      0      43174 
`;

Deno.test("the protocols that are taken on a device are read from the kernel's list", () => {
  assert.deepEqual(protocolsTaken(LIST, 4), [0xa000, 4]);
  assert.deepEqual(protocolsTaken(LIST, 41), [3]);
  assert.deepEqual(protocolsTaken(LIST, 5), []);
  assert.deepEqual(protocolsTaken("", 4), [], "where there is no list");
});
