/**
 * The asking side of the flow benchmark: `FOLDER NAME send SIZE COUNT` or `FOLDER NAME ping COUNT`, which prints one line of
 * JSON.
 *
 * @module
 */
import { Ouroboros } from "../../mod.ts";

const [runtimeFolder, name, role, a, b] = Deno.args;
const ouro = await Ouroboros.connect({ runtimeFolder, program: "flow_client" });
const flow = await ouro.allocate(name);
if (role === "send") {
  const packet = new Uint8Array(Number(a));
  const count = Number(b);
  for (let i = 0; i < count; i++) await flow.write(packet);
  await flow.deallocate({ linger: 60_000 });
} else {
  const count = Number(a);
  const packet = new Uint8Array(64);
  const times: number[] = [];
  await flow.write(new Uint8Array(0));
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
