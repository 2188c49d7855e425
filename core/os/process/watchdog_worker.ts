/**
 * The thread of a watchdog.
 *
 * @module
 */
import { LOOK_EVERY, LoopWatch } from "../../registry/guard/loop_watch.ts";
import { SlowWatch } from "../../registry/guard/slow_watch.ts";
import { endProcess } from "../c/libc.ts";
import { systemTimers } from "../clock.ts";
import { openLog } from "../log/log.ts";
import type { Watched, WatchedPlugin } from "./watchdog.ts";

const labels = new Map<number, string>();

addEventListener("message", (event: Event) => {
  if (!(event instanceof MessageEvent)) return;
  const data: Watched | WatchedPlugin = event.data;
  if ("cells" in data) watch(data);
  else labels.set(data.id, data.label);
});

function watch({ cells, log, component, seconds }: Watched): void {
  const loops = new LoopWatch(cells, seconds);
  // A command does nothing but what its plugin is asked for: nobody waits for anything else.
  const slow = typeof log === "object" ? new SlowWatch(cells) : undefined;
  const look = () => {
    const verdict = loops.look(Deno.memoryUsage().rss);
    if (verdict) return void end(log, component, `${labels.get(verdict.id) ?? "a plugin"} ${verdict.what}`);
    slow?.look();
    systemTimers.after(LOOK_EVERY, look);
  };
  look();
}

/** What runs in the other thread cannot be stopped in any other way. At a terminal it is a failure as any other. */
async function end(log: Watched["log"], component: string, why: string): Promise<void> {
  if (log === "stderr") {
    console.error(`${component}: Plugin ${why}: the program ends.`);
    endProcess(1);
  } else if (log) {
    const opened = openLog(log);
    opened.log.component(component).error(`Plugin ${why}: the process ends.`);
    await opened.flush();
  }
  Deno.kill(Deno.pid, "SIGKILL");
}
