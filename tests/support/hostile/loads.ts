/**
 * What a hostile user does to a host, over its sockets and with nothing of the project: `loads.ts RUNTIME-FOLDER LOAD [NUMBER]`. A load
 * goes on until the program is ended; it says in lines how far it has come, and what it is told.
 *
 * @module
 */

const [folder, load, number] = Deno.args;
const IRMD = `${folder}/irmd.sock`;
const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text);
const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));
const told = new Set<string>();

/** Says a line, each once. */
function say(line: string): void {
  if (told.has(line)) return;
  told.add(line);
  console.log(line);
}

const message = (method: string, params: unknown, id?: number): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n";
const HELLO = message("hello", { protocol: 1, program: "hostile", role: "application" }, 1);

async function write(conn: Deno.UnixConn, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length;) at += await conn.write(data.subarray(at));
}

/** Reads all that comes and says the refusals in it. */
async function listen(conn: Deno.UnixConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  try {
    for (let count; (count = await conn.read(buffer)) !== null;) {
      const refusal = /"code":-\d+,"message":"([^"]*)/.exec(decoder.decode(buffer.subarray(0, count)));
      if (refusal) say(`refused: ${refusal[1].slice(0, 120)}`);
    }
  } catch {
    // The connection is over.
  }
}

async function greeted(): Promise<Deno.UnixConn> {
  const conn = await Deno.connect({ transport: "unix", path: IRMD });
  await write(conn, bytes(HELLO));
  return conn;
}

/** Does something again and again, also when it fails. */
async function always(what: () => Promise<void>): Promise<never> {
  for (;;) {
    try {
      await what();
    } catch {
      // That is what the other side is for.
    }
    await pause(0);
  }
}

/** Sends the same without end over one connection. */
const send = (text: string, reads = true) => () =>
  always(async () => {
    const conn = await greeted();
    if (reads) listen(conn);
    const many = bytes(text.repeat(500));
    say("sending");
    for (;;) await write(conn, many);
  });

/** Holds as many connections as it is let have, and says so. */
async function hold(first: string, count: number): Promise<void> {
  const held = new Set<Deno.UnixConn>();
  await always(async () => {
    while (held.size >= count) await pause(50);
    const conn = await Deno.connect({ transport: "unix", path: IRMD });
    held.add(conn);
    listen(conn).finally(() => {
      held.delete(conn);
      conn.close();
    });
    await write(conn, bytes(first));
    if (held.size === count) say(`held ${count}`);
  });
}

/** Allocates a flow to `svc`. */
async function allocated(conn: Deno.UnixConn): Promise<{ connect?: { path: string } }> {
  await write(conn, bytes(message("flow.allocate", { name: "svc" }, 2)));
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (let count; !/"id":2.*\n/.test(text) && (count = await conn.read(buffer)) !== null;) {
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  const answer = text.split("\n").find((line) => line.includes('"id":2'));
  return JSON.parse(answer ?? "{}").result ?? {};
}

const accept = (id: number) => message("flow.accept", { token: id.toString(16).padStart(32, "0") }, id);

/** Sockets of flows, as the kernel tells everybody. */
const dataSockets = (): string[] =>
  Deno.readTextFileSync("/proc/net/unix").split("\n").map((line) => line.split(" ").at(-1) ?? "")
    .filter((path) => path.startsWith(`${folder}/`) && !path.endsWith(".sock"));

const LOADS: Record<string, (count: number) => Promise<unknown>> = {
  requests: send(message("nope", {}, 2)),
  notifications: send(message("nope", {})),
  unread: (count) => Promise.all(Array.from({ length: count }, send(message("nope", {}, 2), false))),
  hello: (count) => hold(HELLO, count),
  silence: (count) => hold("x".repeat(60_000), count),
  garbage: () =>
    always(async () => {
      const conn = await Deno.connect({ transport: "unix", path: IRMD });
      await write(conn, bytes("garbage\n"));
      await listen(conn);
      conn.close();
    }),
  flows: () => {
    let id = 2;
    return always(async () => {
      const conn = await greeted();
      listen(conn);
      for (;; id += 2) {
        await write(conn, bytes(accept(id) + message("flow.allocate", { name: "hostile" }, id + 1)));
      }
    });
  },
  /** One flow, as an honest program asks for it. */
  flow: async () => {
    const conn = await greeted();
    const { connect } = await allocated(conn);
    say(connect ? "allocated" : "no flow");
    conn.close();
  },
  /** Keeps connections to the data socket of the server of `svc`, and says nothing. */
  mute: async (count) => {
    const control = await greeted();
    const { connect } = await allocated(control);
    if (!connect) return say("no flow");
    const mute = new Set<Deno.UnixConn>();
    await always(async () => {
      while (mute.size >= count) await pause(5);
      const conn = await Deno.connect({ transport: "unix", path: connect.path });
      mute.add(conn);
      listen(conn).finally(() => (mute.delete(conn), conn.close()));
      if (mute.size === 64) say("mute 64");
    });
  },
  /** Talks to nobody, and takes so many hundredths of a processor. */
  busy: async (percent) => {
    say("busy");
    for (;;) {
      const begun = performance.now();
      while (performance.now() < begun + percent / 10) { /* This is what it does. */ }
      await pause(Math.max(0, 10 - percent / 10));
    }
  },
  allocations: () => {
    let id = 2;
    return always(async () => {
      const conn = await greeted();
      listen(conn);
      for (;;) await write(conn, bytes(message("flow.allocate", { name: "svc" }, id++)));
    });
  },
  sockets: (count) =>
    always(async () => {
      for (const path of dataSockets()) {
        for (let made = 0; made < count; made++) {
          const conn = await Deno.connect({ transport: "unix", path });
          listen(conn).finally(() => conn.close());
        }
      }
      say("knocking");
      await pause(20);
    }),
};

const chosen = load === "all" ? Object.values(LOADS) : [LOADS[load]];
await Promise.all(chosen.map((one) => one(Number(number ?? 200))));
