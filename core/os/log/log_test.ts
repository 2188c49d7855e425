import assert from "node:assert/strict";
import { within } from "../../testing/within.ts";

const ROOT = new URL("../../../", import.meta.url);
/** Milliseconds that no program here takes, however busy the machine is. */
const LIMIT = 20_000;

/** A process in which `log`, `flush`, `options` and `read` (a byte of stdin) are there. */
function program(script: string, options: string, env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { openLog } from "./core/os/log/log.ts";
       const { log, flush } = openLog({ program: "irmd", pid: 749, ${options} });
       const read = () => Deno.stdin.read(new Uint8Array(1));
       ${script}`,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", FORCE_COLOR: "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Lets the process run to its end and gives what it wrote. */
async function run(script: string, options: string, env: Record<string, string> = {}) {
  const child = program(script, options, env);
  await child.stdin.close();
  const all = Promise.all([child.stdout.text(), child.stderr.text(), child.status]);
  const [stdout, stderr, status] = await within(LIMIT, "the program ends", all);
  return { stdout, stderr, code: status.code };
}

Deno.test("lines have component and level, and braces in them stay", async () => {
  const script = `
    log.info("Bye.");
    log.component("reg/name").debug("{a} {{b}} %s");
    log.component("dt").warning("w");
    log.error("e");`;
  assert.deepEqual(await run(script, "stdout: true"), {
    stdout: "==00749== irmd(II): Bye.\n==00749== reg/name(DB): {a} {{b}} %s\n==00749== dt(WW): w\n" +
      "==00749== irmd(EE): e\n",
    stderr: "",
    code: 0,
  });
  assert.doesNotMatch((await run(script, "stdout: true, debug: false")).stdout, /DB/);
  const coloured = await run(script, "stdout: true", { FORCE_COLOR: "1" });
  assert(coloured.stdout.startsWith("\x1b[32m==00749== irmd(II): Bye.\x1b[0m\n==00749== reg/name(DB)"));
});

Deno.test("what was logged just before the exit arrives", async () => {
  const { stdout, code } = await run(`log.info("last"); Deno.exit(3);`, "stdout: true");
  assert.deepEqual([stdout, code], ["==00749== irmd(II): last\n", 3]);
});

Deno.test("a pipe that nobody reads does not stop the process; the loss is told once there is room", async () => {
  const LINES = 30_000;
  const child = program(
    `for (let index = 0; index < ${LINES}; index++) {
       log.info("line " + index);
       if (index % 100 === 0) await new Promise((next) => setTimeout(next));
     }
     console.error("alive");
     await read();
     log.info("line ${LINES}");
     await read();
     log.info("end");
     await flush();`,
    "stdout: true",
  );
  const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await errors.read()).value, "alive\n");
  const stdin = child.stdin.getWriter();
  await stdin.write(new Uint8Array(1));
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    const told = /were lost/.test(text);
    text += part;
    if (!told && /were lost/.test(text)) await stdin.close();
  }
  await errors.cancel();
  assert.equal((await child.status).code, 0);
  const lines = text.trimEnd().split("\n");
  const numbers = lines.flatMap((line) => /line (\d+)$/.exec(line)?.[1] ?? []).map(Number);
  const lost = lines.flatMap((line) => /log\(WW\): (\d+) log lines were lost$/.exec(line)?.[1] ?? []).map(
    Number,
  );
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
  assert(lost.length > 0);
  assert.equal(numbers.length + lost.reduce((sum, count) => sum + count), LINES + 1);
  assert.equal(lines.at(-1), "==00749== irmd(II): end");
});

Deno.test("a process whose output nobody reads can end", async () => {
  const child = program(`for (let i = 0; i < 30_000; i++) log.info("line"); await flush();`, "stdout: true");
  assert.equal((await child.status).code, 0);
  await child.stdin.close();
  await child.stdout.cancel();
  await child.stderr.cancel();
});

Deno.test("a closed pipe harms nothing", async () => {
  const child = program(
    `await read();
     for (let i = 0; i < 1000; i++) { log.info("line"); if (i % 100 === 0) await flush(); }
     console.error("alive");`,
    "stdout: true",
  );
  await child.stdout.cancel();
  await child.stdin.close();
  assert.equal(await child.stderr.text(), "alive\n");
  assert.equal((await child.status).code, 0);
});

Deno.test("without a system log, warnings and errors go to standard error", async () => {
  const script = `log.info("i"); log.warning("w"); log.error("e"); log.debug("d");`;
  assert.deepEqual(await run(script, `stdout: false, systemLogPath: "/does/not/exist"`), {
    stdout: "",
    stderr: "==00749== irmd(WW): w\n==00749== irmd(EE): e\n",
    code: 0,
  });
});

Deno.test("the system log gets one datagram a line, and is waited for when it is busy or away", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  const daemon = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--unstable-net",
      "data:text/javascript," + encodeURIComponent(`
        const socket = Deno.listenDatagram({ transport: "unixpacket", path: Deno.args[0] });
        console.log("ready");
        const text = new TextDecoder();
        for await (const [bytes] of socket) {
          console.log(text.decode(bytes));
          if (text.decode(bytes).endsWith("end")) Deno.exit();
        }`),
      path,
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const limit = setTimeout(() => daemon.kill("SIGKILL"), LIMIT);
  let text = "", logged: ReturnType<typeof run> | undefined;
  for await (const part of daemon.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    logged ??= run(
      `for (let i = 0; i < 500; i++) log.info("x" + i);
       log.component("dt").debug("end");
       // It gives up on who does not read for a while, as this one may where the machine has much to do.
       for (let count = 0; count < 15; count++) await flush();`,
      `stdout: false, systemLogPath: ${JSON.stringify(path)}`,
    );
  }
  clearTimeout(limit);
  await daemon.status;
  assert.deepEqual(await logged, { stdout: "", stderr: "", code: 0 });
  const expected = Array.from({ length: 500 }, (_, index) => `<30>irmd[749]: irmd: x${index}`);
  assert.deepEqual(text.trimEnd().split("\n"), ["ready", ...expected, "<31>irmd[749]: dt: end"]);
  await Deno.remove(folder, { recursive: true });
});
