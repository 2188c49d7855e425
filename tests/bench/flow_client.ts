/**
 * The asking side of the flow benchmark: `FOLDER NAME send SIZE COUNT [KIND]`, `FOLDER NAME pace SIZE RATE SECONDS` (packets a
 * second) or `FOLDER NAME ping COUNT`. The last two print one line of JSON.
 *
 * @module
 */
import { Ouroboros } from "../../mod.ts";
import { kindOptions } from "./flow_kinds.ts";

const [runtimeFolder, name, role, a, b, c] = Deno.args;
const ouro = await Ouroboros.connect({ runtimeFolder, program: "flow_client" });
const flow = await ouro.allocate(name, kindOptions(role === "send" ? c : undefined));
if (role === "send") {
  const packet = new Uint8Array(Number(a));
  const count = Number(b);
  for (let i = 0; i < count; i++) await flow.write(packet);
  await flow.deallocate({ linger: 60_000 });
} else if (role === "pace") {
  const packet = new Uint8Array(Number(a));
  const [rate, seconds] = [Number(b), Number(c)];
  const begin = performance.now();
  let sent = 0;
  for (let past = 0; past < seconds; past = (performance.now() - begin) / 1000) {
    for (const due = Math.floor(past * rate); sent < due; sent++) await flow.write(packet);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await flow.deallocate({ linger: 60_000 });
  console.log(JSON.stringify({ sent }));
} else {
  const count = Number(a);
  const packet = new Uint8Array(64);
  const times: number[] = [];
  await flow.write(new Uint8Array(1));
  await flow.read();
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await flow.write(packet);
    await flow.read();
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  console.log(JSON.stringify({ median: times[count >> 1] * 1000 }));
}
await ouro.close();
