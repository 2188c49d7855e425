/**
 * A log that keeps its lines, for tests.
 *
 * @module
 */
import type { Log } from "../contract/ports.ts";

/** Lines of the form `component(LV): text` go into `lines`. */
export function testingLog(lines: string[], component = "test"): Log {
  const write = (level: string) => (text: string) => void lines.push(`${component}(${level}): ${text}`);
  return {
    error: write("EE"),
    warning: write("WW"),
    info: write("II"),
    debug: write("DB"),
    component: (name) => testingLog(lines, name),
  };
}
