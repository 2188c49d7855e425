/**
 * First come, first served.
 *
 * @module
 */
import type { Plugin } from "../../core/contract/plugin.ts";
import type { Scheduling } from "../../core/contract/policies.ts";
import { FIFO } from "./declarations.ts";
import { Line } from "./line.ts";

const scheduling: Scheduling = { queue: <T>() => new Line<T>() };

/** Keeps the order. */
export const fifo: Plugin<"scheduling"> = { ...FIFO, create: () => scheduling };
