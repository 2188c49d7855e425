/** What users and containers of one host may do to each other's sockets, with real users and pid namespaces. @module */
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

/** Says that it is the program of its first argument, run by the user of its second one, and accepts for ever. */
const IMPOSTOR = `
import json, os, socket, sys
uid = int(sys.argv[2])
os.setgroups([]), os.setgid(uid), os.setuid(uid)
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
    const stranger = host.program(["python3", "-c", IMPOSTOR, "oping", `${NOBODY}`]);
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

/** An IRMd that sees none of the processes outside, as one in a container. */
const ENCLOSED = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"];
const testEnclosed = unless(whyNoRoot ?? whyNoProgram("python3") ?? await whyNotEnclosed());

async function whyNotEnclosed(): Promise<string | undefined> {
  const [program, ...args] = [...ENCLOSED, "true"];
  try {
    return (await new Deno.Command(program, { args }).output()).success ? undefined : "no pid namespaces";
  } catch {
    return "no unshare";
  }
}

testEnclosed("programs whose numbers the IRMd cannot see are told apart, alive and dead", async () => {
  await using host = await localHost("n-one", { within: ENCLOSED });
  await host.ok("irm name create n-two");
  await host.ok("irm name register n-two layer ll");
  const programs = [];
  for (const name of ["one", "two"]) {
    await Deno.writeTextFile(`${host.programs}/${name}`, "#!/bin/sh\n", { mode: 0o755 });
    await host.ok(`irm bind program ${host.programs}/${name} name n-${name}`);
    const program = host.program(["python3", "-c", IMPOSTOR, name, "0"]);
    await program.waitFor(/waits/);
    programs.push(program);
  }
  const stranger = host.program(["python3", "-c", IMPOSTOR, "one", `${NOBODY}`]);
  await stranger.waitFor(/waits/);
  const [one, two] = programs;
  // They answer with a flow, and then take no connection: this is enough to see who is asked.
  const allocating = host.run("oping -n n-two -c 1");
  await two.waitFor(/got .*"name":"n-two"/);
  one.kill("SIGKILL");
  await one.ended;
  const { code, stdout, stderr } = await host.run("oping -n n-one -c 1");
  assert.notEqual(code, 0);
  assert.match(stdout + stderr, /no process accepts flows/);
  await allocating;
  assert.doesNotMatch(one.stdout + stranger.stdout, /got/);
});
