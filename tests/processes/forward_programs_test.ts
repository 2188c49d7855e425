/** Programs that have never heard of Ouroboros, over flows by name: curl, ssh, and PostgreSQL's psql. @module */
import assert from "node:assert/strict";
import { unless, whyNoProgram } from "../../core/testing/left_out.ts";
import { type LocalHost, localHost } from "../support/local_layer.ts";
import type { Process, ProcessOptions } from "../support/process.ts";

const ROOT = Deno.uid() === 0;
/** Where Debian puts servers that need not be on PATH. */
const SERVER_FOLDERS = ["/usr/sbin", ...postgresFolders()];

function postgresFolders(): string[] {
  try {
    return [...Deno.readDirSync("/usr/lib/postgresql")].map(({ name }) => `/usr/lib/postgresql/${name}/bin`);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

/** The path of a server's program, as its own rules ask for; its name where it is not found. */
function serverProgram(name: string): string {
  return [...SERVER_FOLDERS, ...(Deno.env.get("PATH") ?? "").split(":")].map((folder) => `${folder}/${name}`)
    .find((path) => !whyNoFile(path)) ?? name;
}

function whyNoFile(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? undefined : `no ${path}`;
  } catch {
    return `no ${path}`;
  }
}

/** Registers a test that needs a server's program and a client's. */
const withPrograms = (server: string, client: string) =>
  unless(Deno.env.has("CI") || serverProgram(server) !== server ? whyNoProgram(client) : `no ${server}`);

/** Runs a program that must succeed. */
async function done(process: Process): Promise<string> {
  const { code, stdout, stderr } = await process.ended;
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** Offers a service by a name. */
async function offered(host: LocalHost, to: string, name: string): Promise<void> {
  const process = host.spawn(["forward", "-Q", "--to", to, "--as", name, "--layer", "ll"]);
  await process.waitFor(/^Offering /);
}

unless(whyNoProgram("curl"))(
  "curl opens a page of a web server at a port, and by its name through the proxy",
  async () => {
    await using host = await localHost("unused");
    const page = "a page\n".repeat(50_000);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) =>
        new Response(request.method === "POST" ? (await request.text()).toUpperCase() : page),
    );
    await offered(host, `tcp:127.0.0.1:${server.addr.port}`, "web");
    const [port, proxy] = await Promise.all(["web --listen", "--proxy"].map(async (words) => {
      const [, at] = await host.spawn(["forward", "-Q", ...words.split(" "), "tcp:127.0.0.1:0"])
        .waitFor(/^Listening at .*:(\d+)\.$/);
      return at;
    }));
    const curl = (...words: readonly string[]) =>
      done(host.program(["curl", "-sS", "--noproxy", "", ...words]));
    const [direct, socks, connect, posted] = await Promise.all([
      curl(`http://127.0.0.1:${port}/`),
      curl("--proxy", `socks5h://127.0.0.1:${proxy}`, "http://web/"),
      curl("--proxytunnel", "--proxy", `http://127.0.0.1:${proxy}`, "http://web/"),
      curl("--data", "said", `http://127.0.0.1:${port}/`),
    ]);
    for (const got of [direct, socks, connect]) {
      assert(
        got === page,
        `${got.length} of ${page.length} bytes came`,
      );
    }
    assert.equal(posted, "SAID");
  },
);

/** Starts an SSH server with keys of its own, where only the key `client` of the folder is let in. */
async function startSshd(host: LocalHost): Promise<number> {
  const { folder } = host;
  for (const key of ["server", "client"]) {
    await done(host.program(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${key}`]));
  }
  const port = freePort();
  const settings = [
    `HostKey=${folder}/server`,
    `AuthorizedKeysFile=${folder}/client.pub`,
    `ListenAddress=127.0.0.1:${port}`,
    "StrictModes=no",
    "UsePAM=no",
    "PidFile=none",
  ];
  const sshd = [
    serverProgram("sshd"),
    "-D",
    "-e",
    "-f",
    "/dev/null",
    ...settings.flatMap((line) => ["-o", line]),
  ];
  // For root it wants a folder, which is there in a view of its own of the file system only.
  const own = 'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec "$0" "$@"';
  const server = host.program(ROOT ? ["unshare", "--mount", "sh", "-c", own, ...sshd] : sshd);
  await server.waitFor(/^Server listening on /);
  return port;
}

/** A port of this host that nobody uses. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

withPrograms("sshd", "ssh")(
  "ssh reaches a server by its name, and brings back what its command says",
  async () => {
    await using host = await localHost("unused");
    const port = await startSshd(host);
    await offered(host, `tcp:127.0.0.1:${port}`, "my_ssh");
    const [kind, key] = (await Deno.readTextFile(`${host.folder}/server.pub`)).split(" ");
    await Deno.writeTextFile(`${host.folder}/known`, `my_ssh ${kind} ${key}\n`);
    const settings = [
      `ProxyCommand=${host.programs}/ouro forward my_ssh --listen stdio`,
      `UserKnownHostsFile=${host.folder}/known`,
      "StrictHostKeyChecking=yes",
      "BatchMode=yes",
      "LogLevel=ERROR",
    ];
    const user = await done(host.program(["id", "-un"]));
    const ssh = (command: string, options?: ProcessOptions) =>
      host.program([
        ...["ssh", "-F", "none", "-i", `${host.folder}/client`, ...settings.flatMap((line) => ["-o", line])],
        `${user.trim()}@my_ssh`,
        command,
      ], options).ended;
    const said = "carried\n".repeat(100_000);
    const { code, stdout, stderr } = await ssh("cat; exit 3", { input: said });
    // A user without a home is told so.
    assert(stdout === said, `${stdout.length} of ${said.length} bytes came back: ${stderr}`);
    assert.equal(code, 3);
  },
);

/** Starts a PostgreSQL server, of an ordinary user, with its data and its socket in a folder. */
async function startPostgres(host: LocalHost, folder: string): Promise<void> {
  await Deno.mkdir(folder, { mode: 0o700 });
  // It refuses to work for root.
  const nobody = 65_534;
  const as = ROOT ? { uid: nobody, gid: nobody } : {};
  if (ROOT) await Deno.chown(folder, nobody, nobody);
  const options = { ...as, cwd: folder };
  const words = "-A trust -U tester --no-sync --no-instructions --locale=C -E UTF8 -D".split(" ");
  await done(host.program([serverProgram("initdb"), ...words, folder], options));
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "shared_buffers=1MB",
  ];
  const server = host.program(
    [serverProgram("postgres"), "-D", folder, ...settings.flatMap((line) => ["-c", line])],
    options,
  );
  await server.waitFor(/ready to accept connections/);
}

withPrograms("initdb", "psql")("psql works with a PostgreSQL server by its name", async () => {
  await using host = await localHost("unused");
  const folder = `${host.folder}/postgres`;
  await startPostgres(host, folder);
  await offered(host, `unix:${folder}/.s.PGSQL.5432`, "my_postgres");
  const reach = host.spawn(["forward", "-Q", "my_postgres", "--listen", "tcp:127.0.0.1:0"]);
  const [, port] = await reach.waitFor(/^Listening at .*:(\d+)\.$/);
  const psql = (input: string) => {
    const place = `host=127.0.0.1 port=${port} user=tester dbname=postgres`;
    return host.program(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", place], { input }).ended;
  };
  const rows = Array.from({ length: 50_000 }, (_, index) => `${index}\trow ${index}`).join("\n");
  const filled = await psql(`create table t (n int, word text);\ncopy t from stdin;\n${rows}\n\\.\n`);
  assert.deepEqual([filled.code, filled.stderr], [0, ""]);
  const [counted, copied, wrong] = await Promise.all([
    psql("select count(*), sum(n) from t;"),
    psql("copy t to stdout;"),
    psql("select * from missing;"),
  ]);
  assert.equal(counted.stdout, "50000|1249975000\n");
  assert(copied.stdout === `${rows}\n`, `${copied.stdout.length} of ${rows.length + 1} bytes were copied`);
  assert.match(wrong.stderr, /relation "missing" does not exist/);
  assert.equal(wrong.code, 3);
});
