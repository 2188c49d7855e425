/**
 * One end of what shares a line, a program of its own: `receive FOLDER` and `send FOLDER NAME` for reliable flows, `tcp-receive` and
 * `tcp-send ADDRESS` for a TCP connection of the kernel. Who receives prints what has come since the last time, each second, as a line
 * of JSON.
 *
 * @module
 */
import { Ouroboros } from "../../mod.ts";

const PORT = 5201;
const PACKET_BYTES = 1400;
const SECOND = 1000;

/** Counts bytes, and prints how many there were in each second. */
function counter(who: string): (bytes: number) => void {
  let bytes = 0;
  setInterval(() => {
    console.log(JSON.stringify({ who, bytes }));
    bytes = 0;
  }, SECOND);
  return (more) => bytes += more;
}

const client = (folder: string) => Ouroboros.connect({ runtimeFolder: folder, program: "sharing" });

async function receive(folder: string): Promise<void> {
  const ouro = await client(folder);
  console.log(JSON.stringify({ pid: Deno.pid }));
  for (let number = 1;; number++) {
    const flow = await ouro.accept();
    const count = counter(`flow ${number}`);
    (async () => {
      for await (const packet of flow) count(packet.length);
    })();
  }
}

async function send(folder: string, name: string): Promise<void> {
  const flow = await (await client(folder)).allocate(name, { qos: "data" });
  const packet = new Uint8Array(PACKET_BYTES);
  for (;;) if (!flow.tryWrite(packet)) await flow.write(packet);
}

async function receiveTcp(): Promise<void> {
  const listener = Deno.listen({ port: PORT });
  console.log(JSON.stringify({ pid: Deno.pid }));
  const connection = await listener.accept();
  const count = counter("TCP");
  const buffer = new Uint8Array(256 * 1024);
  for (let length; (length = await connection.read(buffer)) !== null;) count(length);
}

async function sendTcp(hostname: string): Promise<void> {
  const connection = await Deno.connect({ hostname, port: PORT });
  const chunk = new Uint8Array(64 * 1024);
  for (;;) await connection.write(chunk);
}

const [role, where, name] = Deno.args;
if (role === "receive") await receive(where);
else if (role === "send") await send(where, name);
else if (role === "tcp-receive") await receiveTcp();
else if (role === "tcp-send") await sendTcp(where);
