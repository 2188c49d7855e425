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
