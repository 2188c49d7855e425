/**
 * The built-in plugins whose code is so small that it stands with their declaration, one a line: every process loads them.
 *
 * @module
 */
export { flat } from "./address/flat.ts";
export { roundRobin } from "./balancing/round_robin.ts";
export { spillover } from "./balancing/spillover.ts";
export { none } from "./congestion/none.ts";
export { fifo } from "./scheduling/fifo.ts";
export { priority } from "./scheduling/priority.ts";
