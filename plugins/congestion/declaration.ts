/**
 * Declaration of `mb-ecn`, whose code is loaded by those that use it.
 *
 * @module
 */
import { declarePlugin } from "../../core/contract/plugin.ts";

/** Marks of several bits. */
export const MB_ECN = declarePlugin({
  kind: "congestion",
  name: "mb-ecn",
  code: 1,
  description: "packets are marked by the length of the queues that they meet, and senders follow the marks",
  options: [],
  position: 20,
  rank: 20,
});
