/** What users of one host may do to each other's sockets, with two real users. @module */
import assert from "node:assert/strict";
import { unless, whyNoProgram, whyNoRoot } from "../../core/testing/left_out.ts";
import { localHost } from "../support/local_layer.ts";

const NOBODY = 65534;
/** Only root can become another user. The strangers' programs are in Python, which may be where only root finds it: they become strangers when it runs. */
const testAsRoot = unless(whyNoRoot ?? whyNoProgram("python3"));

/** Accepts a flow with a link to the socket of its first argument in the place of its own. */
const LINKER = `
import json, os, socket, sys
os.setgroups([]), os.setgid(${NOBODY}), os.setuid(${NOBODY})
folder, target = os.environ["OURO_RUNTIME_DIR"], sys.argv[1]
conn = socket.socket(socket.AF_UNIX)
conn.connect(folder + "/irmd.sock")
lines = conn.makefile("rw")
def say(number, method, params):
    lines.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\\n")
    lines.flush()
say(1, "hello", {"protocol": 1, "program": "linker", "role": "application"})
os.symlink(target, json.loads(lines.readline())["result"]["data"])
say(2, "flow.accept", {"token": b"\\nflush_all\\nINJECT".hex()[:32]})
print("waits", flush=True)
for line in lines: print(line, flush=True)
`;

testAsRoot(
  "a user who puts a link in the place of his data socket leads nobody to a socket of another user",
  async () => {
    await using host = await localHost("svc");
    const target = `${host.folder}/private.sock`;
    using daemon = Deno.listen({ transport: "unix", path: target });
    await Deno.chmod(target, 0o600);
    let connections = 0;
    const accepting = (async () => {
      for await (const conn of daemon) {
        connections++;
        conn.close();
      }
    })();
    const stranger = host.program(["python3", "-c", LINKER, target]);
    await stranger.waitFor(/waits/);
    await host.ok(`irm bind process ${stranger.pid} name svc`);
    const { code, stdout, stderr } = await host.run("oping -n svc -c 1");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /is no socket: its user has put something else there/);
    daemon.close();
    await accepting;
    assert.equal(connections, 0);
  },
);

/** Says that it is the program of its first argument, and accepts for ever. */
const IMPOSTOR = `
import json, os, socket, sys
os.setgroups([]), os.setgid(${NOBODY}), os.setuid(${NOBODY})
conn = socket.socket(socket.AF_UNIX)
conn.connect(os.environ["OURO_RUNTIME_DIR"] + "/irmd.sock")
lines = conn.makefile("rw")
def say(number, method, params):
    lines.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\\n")
    lines.flush()
say(1, "hello", {"protocol": 1, "program": sys.argv[1], "role": "application"})
lines.readline()
say(2, "flow.accept", {"token": "00" * 16})
print("waits", flush=True)
for line in lines: print("got", line, flush=True)
`;

testAsRoot(
  "a user whose program says that it is oping gets no flow meant for the oping that root has bound",
  async () => {
    await using host = await localHost("svc");
    await host.ok(`irm bind program ${host.programs}/oping name svc`);
    const stranger = host.program(["python3", "-c", IMPOSTOR, "oping"]);
    await stranger.waitFor(/waits/);
    const server = host.program([`${host.programs}/oping`, "--listen"]);
    await host.irmd.waitFor(/accepts flows for:\n.* {8}svc/);
    for (let count = 0; count < 4; count++) await host.ok("oping -n svc -c 1 -i 1ms");
    server.kill("SIGTERM");
    await server.ended;
    const { code, stdout, stderr } = await host.run("oping -n svc -c 1");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /no process accepts flows/);
    assert.doesNotMatch(stranger.stdout, /got/);
  },
);
