/**
 * The thread of a watchdog.
 *
 * @module
 */
import { LOOK_EVERY, LoopWatch, type Verdict } from "../../registry/guard/loop_watch.ts";
import { SlowWatch } from "../../registry/guard/slow_watch.ts";
import { endProcess } from "../c/libc.ts";
import { systemTimers } from "../clock.ts";
import { openLog } from "../log/log.ts";
import { lastWords } from "../last_words.ts";
import type { Watched, WatchedPlugin } from "./watchdog.ts";

const plugins = new Map<number, WatchedPlugin>();

addEventListener("message", (event: Event) => {
  if (!(event instanceof MessageEvent)) return;
  const data: Watched | WatchedPlugin = event.data;
  if ("cells" in data) watch(data);
  // Some only get another label, as a check of them begins.
  else plugins.set(data.id, { ...plugins.get(data.id), ...data });
});

function watch(watched: Watched): void {
  const { cells, log, seconds } = watched;
  const loops = new LoopWatch(cells, seconds);
  // A command does nothing but what its plugin is asked for: nobody waits for anything else.
  const slow = typeof log === "object" ? new SlowWatch(cells) : undefined;
  const look = () => {
    const verdict = loops.look(Deno.memoryUsage().rss);
    if (verdict) return void end(watched, verdict);
    slow?.look();
    systemTimers.after(LOOK_EVERY, look);
  };
  look();
}

/** What runs in the other thread cannot be stopped in any other way. At a terminal it is a failure as any other. */
async function end({ log, component, ipcp }: Watched, { id, what }: Verdict): Promise<void> {
  const { label = "a plugin", plugin } = plugins.get(id) ?? {};
  const why = `${label} ${what}`;
  if (log === "stderr") {
    console.error(`${component}: Plugin ${why}: the program ends.`);
    endProcess(1);
  } else if (log) {
    const opened = openLog(log);
    opened.log.component(component).error(`Plugin ${why}: the process ends.`);
    await opened.flush();
  }
  if (ipcp && plugin) {
    const last = `a call: it ${what}, and the IPCP "${ipcp.name}" was ended for it`;
    await lastWords(ipcp.admin, component, "upper.fault", { ...plugin, faults: 1, last, outOfUse: false });
  }
  Deno.kill(Deno.pid, "SIGKILL");
}
