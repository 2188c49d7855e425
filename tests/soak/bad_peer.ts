/**
 * The other end of a flow that behaves badly, to be killed: `FOLDER NAME KIND`. `by-byte` writes packets one byte at a time, `deaf` sends
 * what it may and never reads, `flood` has a thousand flows, sends without pause on one of them and reads what comes.
 *
 * @module
 */
import { ControlConnection } from "../../core/os/unix/control_connection.ts";
import { helloFrame, WORD_BYTES } from "../../core/wire/local/data_frames.ts";

/** Flows of `flood`. */
const FLOWS = 1000;
/** Bytes of a packet, and milliseconds between two bytes. */
const SIZE = 200, BYTE_PAUSE = 1;

const [folder, name, kind] = Deno.args;
const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));

const control = await ControlConnection.connect([`${folder}/irmd.sock`], {
  request: (_method, _params, reply) => reply({ ok: true, value: null }),
  notification: () => {},
}, () => Deno.exit(1));
await control.call("hello", { protocol: 1, program: "bad_peer", role: "application" });

async function allocated(): Promise<Deno.UnixConn> {
  const { connect } = await control.call("flow.allocate", { name }) as {
    readonly connect: { readonly path: string; readonly token: string };
  };
  const conn = await Deno.connect({ transport: "unix", path: connect.path });
  await conn.write(helloFrame(connect.token));
  return conn;
}

async function drain(conn: Deno.UnixConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  while (await conn.read(buffer) !== null);
}

function packet(): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES + SIZE);
  new DataView(bytes.buffer).setUint32(0, SIZE);
  return bytes;
}

const KINDS: Readonly<Record<string, () => Promise<unknown>>> = {
  "by-byte": async () => {
    const conn = await allocated();
    drain(conn);
    console.log("ready");
    for (;;) {
      for (const byte of packet()) {
        await conn.write(Uint8Array.of(byte));
        await pause(BYTE_PAUSE);
      }
    }
  },
  deaf: async () => {
    const conn = await allocated();
    console.log("ready");
    for (;;) await conn.write(packet());
  },
  flood: async () => {
    const conns = [await allocated()];
    while (conns.length < FLOWS) conns.push(await allocated());
    for (const conn of conns) drain(conn);
    console.log("ready");
    for (;;) await conns[0].write(packet());
  },
};
await KINDS[kind]();
