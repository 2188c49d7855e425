/**
 * What processes of this tree take of a processor.
 *
 * @module
 */
const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
/** Milliseconds of a tick of `/proc/PID/stat` (proc(5)), on the machines that this runs on. */
const TICK = 10;

/** Milliseconds of processors that all processes of this tree that live have taken. */
function processorTime(): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      if (!words.some((word) => word.endsWith(MAIN))) continue;
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      sum += (Number(fields[11]) + Number(fields[12])) * TICK;
    } catch (thrown) {
      // One that has ended meanwhile.
      const gone = thrown instanceof Deno.errors.NotFound || String(thrown).includes("os error 3");
      if (!gone) throw thrown;
    }
  }
  return sum;
}

/** Returns how many percent of a processor all processes of this tree together take, while `work` is done. */
export async function shareOfProcessor(work: () => Promise<unknown>): Promise<number> {
  const before = processorTime(), start = performance.now();
  await work();
  return 100 * (processorTime() - before) / (performance.now() - start);
}
