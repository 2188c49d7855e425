/**
 * One end of measured traffic, a program of its own: `receive FOLDER SKIP` accepts flows and prints, when one ends, what came on it
 * later than SKIP milliseconds after its first packet; `send FOLDER NAME PLAN` sends what a plan says (`measured_traffic.ts`), and
 * prints how much that was. Each packet says of which kind it is, its number, and when it was made.
 *
 * @module
 */
import { systemClock, systemTimers } from "../../core/os/clock.ts";
import { send } from "../../core/tools/traffic/sender.ts";
import { type Flow, FlowDownError, Ouroboros } from "../../mod.ts";
import type { Plan } from "./measured_traffic.ts";

/** Milliseconds in which what is on its way arrives. */
const ON_ITS_WAY = 2000;

const client = (folder: string) => Ouroboros.connect({ runtimeFolder: folder, program: "traffic" });
/** Milliseconds of a clock that all processes of this machine share. */
const time = () => performance.timeOrigin + performance.now();

async function count(flow: Flow, skip: number): Promise<void> {
  let kind = -1, first = NaN, from = NaN, last = NaN, packets = 0, arrived = 0, bytes = 0;
  const times: number[] = [];
  try {
    for await (const packet of flow) {
      const now = time();
      const view = new DataView(packet.buffer, packet.byteOffset);
      kind = view.getUint8(0);
      packets++;
      if (Number.isNaN(first)) first = now;
      if (now < first + skip) continue;
      if (Number.isNaN(from)) from = now;
      last = now;
      arrived++;
      bytes += packet.length;
      times.push(now - view.getFloat64(8));
    }
  } catch (thrown) {
    if (!(thrown instanceof FlowDownError)) throw thrown;
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
  const delay = { middle: at(0.5), late: at(0.99), longest: at(1) };
  const rate = arrived > 1 ? 8000 * bytes / (last - from) : 0;
  console.log(JSON.stringify({ kind, packets, rate, delay }));
}

async function receive(folder: string, skip: number): Promise<void> {
  const ouro = await client(folder);
  console.log(JSON.stringify({ pid: Deno.pid }));
  for (;;) count(await ouro.accept(), skip);
}

async function sendAll(folder: string, name: string, { kinds, duration }: Plan): Promise<void> {
  const ouro = await client(folder);
  const stop = new AbortController().signal;
  const flows = await Promise.all(
    kinds.flatMap(({ flows, quality, bytes, interval }, kind) =>
      Array.from({ length: flows }, async () => {
        const flow = await ouro.allocate(name, { qos: quality });
        const made = new Uint8Array(bytes);
        const view = new DataView(made.buffer);
        view.setUint8(0, kind);
        const packet = () => {
          view.setFloat64(8, time());
          return made;
        };
        return { kind, flow, traffic: { interval, duration, packet } };
      })
    ),
  );
  await Promise.all(flows.map(async ({ kind, flow, traffic }) => {
    const { packets } = await send(flow, traffic, { clock: systemClock, timers: systemTimers }, stop);
    console.log(JSON.stringify({ kind, packets }));
  }));
  await new Promise((resolve) => setTimeout(resolve, ON_ITS_WAY));
  for (const { flow } of flows) await flow.deallocate();
  console.log(JSON.stringify({ over: true }));
}

const [role, where, ...rest] = Deno.args;
if (role === "receive") await receive(where, Number(rest[0]));
else if (role === "send") await sendAll(where, rest[0], JSON.parse(rest[1]));
