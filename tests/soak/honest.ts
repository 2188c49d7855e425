/**
 * A host with twenty users who all allocate flows, none more than his share.
 *
 * @module
 */
import { localHost } from "../support/local_layer.ts";
import type { Process } from "../support/process.ts";

/** The users, and how many flows they allocate a minute, all together. */
const USERS = 20, FIRST_USER = 60_001, RATE = 80_000;

const SERVER = new URL("../bench/accept_all.ts", import.meta.url).pathname;

/** Becomes the user of its first argument and allocates flows, so many a second for so many seconds; says how it went. */
const CLIENT = `
import json, os, socket, sys, time
uid, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
os.setgroups([]), os.setgid(uid), os.setuid(uid)
def connect(path):
    conn = socket.socket(socket.AF_UNIX)
    conn.connect(path)
    return conn
lines = connect(os.environ["OURO_RUNTIME_DIR"] + "/irmd.sock").makefile("rw")
last = 0
def ask(method, params):
    global last
    last += 1
    lines.write(json.dumps({"jsonrpc": "2.0", "id": last, "method": method, "params": params}) + "\\n")
    lines.flush()
    while True:
        answer = json.loads(lines.readline())
        if answer.get("id") == last: return answer
ask("hello", {"protocol": 1, "program": "honest", "role": "application"})
made, refused, begun = 0, 0, time.monotonic()
while time.monotonic() < begun + seconds:
    answer = ask("flow.allocate", {"name": "svc"})
    if "result" in answer:
        made += 1
        to = answer["result"]["connect"]
        data = connect(to["path"])
        data.sendall(b"\\x81\\x00\\x00\\x10" + bytes.fromhex(to["token"]))
        data.close()
        ask("flow.deallocate", {"flow": answer["result"]["flow"]})
    else:
        refused += 1
        print("refused:", answer["error"]["message"], flush=True)
    time.sleep(max(0, begun + (made + refused) / rate - time.monotonic()))
print("made", made, "refused", refused, flush=True)
`;

/** Lets them allocate for so many seconds; true when nobody is refused. */
export async function honest(seconds = 60): Promise<boolean> {
  await using host = await localHost("svc", { logToFile: true });
  const server = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
  await server.waitFor(/ready/);
  await host.ok(`irm bind process ${server.pid} name svc`);
  const rate = `${RATE / 60 / USERS}`;
  const clients: Process[] = [];
  for (let user = 0; user < USERS; user++) {
    const command = ["python3", "-c", CLIENT, `${FIRST_USER + user}`, rate, `${seconds}`];
    clients.push(host.program(command));
  }
  const ended = await Promise.all(clients.map((client) => client.ended));
  const counts = ended.map(({ stdout }) => /made (\d+) refused (\d+)/.exec(stdout)?.slice(1).map(Number));
  const sum = (index: number) => counts.reduce((total, count) => total + (count?.[index] ?? 0), 0);
  const [refusal = ""] = ended.flatMap(({ stdout }) => /^refused: .*/m.exec(stdout)?.[0] ?? []);
  console.log(
    `honest: ${Math.round(sum(0) * 60 / seconds)} of ${RATE} flows a minute for ${USERS} users, ` +
      `${sum(1)} refused ${refusal}`,
  );
  return counts.every((count) => count?.[1] === 0);
}
