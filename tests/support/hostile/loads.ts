/**
 * What a hostile user does to a host, over its sockets and with nothing of the project: `loads.ts RUNTIME-FOLDER LOAD [NUMBER [NAME]]`. A
 * load goes on until the program is ended; it says in lines how far it has come, and what it is told. Flows go to the name, or to `svc`.
 *
 * @module
 */

const [folder, load, number, name = "svc"] = Deno.args;
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

/** Connects to a socket; while its queue is full it is tried again, as every program should do. */
async function connected(path: string): Promise<Deno.UnixConn> {
  for (;;) {
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.WouldBlock)) throw thrown;
    }
    await pause(5);
  }
}

async function greeted(): Promise<Deno.UnixConn> {
  const conn = await connected(IRMD);
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

/** Allocates a flow. */
async function allocated(conn: Deno.UnixConn): Promise<{ connect?: { path: string } }> {
  await write(conn, bytes(message("flow.allocate", { name }, 2)));
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (let count; !/"id":2.*\n/.test(text) && (count = await conn.read(buffer)) !== null;) {
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  const answer = text.split("\n").find((line) => line.includes('"id":2'));
  return JSON.parse(answer ?? "{}").result ?? {};
}

/** The data socket of whoever takes flows: of a server in a local layer, of an IPCP in others. */
async function dataSocket(): Promise<string> {
  for (;;) {
    const control = await greeted();
    const { connect } = await allocated(control);
    control.close();
    if (connect) return connect.path;
    say("no flow");
    await pause(100);
  }
}

/** Connects without pause, does something with each connection, and closes it. */
async function knock(path: string, what: (conn: Deno.UnixConn) => Promise<unknown>): Promise<void> {
  const one = async () => {
    for (let made = 0;;) {
      try {
        const conn = await Deno.connect({ transport: "unix", path });
        try {
          await what(conn);
        } finally {
          conn.close();
        }
        if (++made === 200) say("knocking");
      } catch {
        // That is what the other side is for; the queue may be full, too.
        await pause(0);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
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
  /** Connects to the IRMd and closes the connection, without pause. */
  knocks: () => knock(IRMD, () => Promise.resolve()),
  /** The same with the data socket of a server or an IPCP. */
  "data-knocks": async () => knock(await dataSocket(), () => Promise.resolve()),
  /** Says something there that is no hello, and waits for the end of the connection. */
  "data-garbage": async () => {
    const garbage = bytes("garbage and more garbage");
    await knock(await dataSocket(), async (conn) => {
      await write(conn, garbage);
      await listen(conn);
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
      for (;;) await write(conn, bytes(message("flow.allocate", { name }, id++)));
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
