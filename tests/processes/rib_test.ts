/** The RIB as a file system: programs that know nothing of it look into it, and it never keeps the IRMd from its work. @module */
import assert from "node:assert/strict";
import { unless, whyNoProgram, whyNoRoot } from "../../core/testing/left_out.ts";
import { Host } from "../support/host.ts";
import { install } from "../support/install.ts";
import { Mounts, testWithMounts, whyNoMounts } from "../support/mounts.ts";

const NOBODY = 65534;

/** A host whose RIB is mounted in a mount namespace of its own. */
class MountedHost implements AsyncDisposable {
  /** Where it is mounted. */
  readonly rib: string;

  private constructor(
    private readonly folder: string,
    private readonly mounts: Mounts,
    readonly host: Host,
  ) {
    this.rib = `${folder}/rib`;
  }

  static async start(): Promise<MountedHost> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-rib-" });
    const mounts = await Mounts.make();
    await Deno.writeTextFile(
      `${folder}/irmd.conf`,
      `rib = "${folder}/rib"\n[local.local_1]\nbootstrap = "local_layer"\n[unicast.normal_1]\nbootstrap = "normal_layer"\n`,
    );
    const args = ["--config", `${folder}/irmd.conf`];
    const made = new MountedHost(folder, mounts, await Host.start({ within: mounts.within, args }));
    await made.ready();
    return made;
  }

  /** Words that start a command where it is mounted. */
  get within(): readonly string[] {
    return this.mounts.within;
  }

  /** Waits until it is mounted and the IPCPs are in their layers. */
  async ready(): Promise<void> {
    await this.host.irmd.waitFor(/^.*irmd\(II\): RIB mounted at .*\/rib\.$/);
    await this.host.irmd.waitFor(/^.*Bootstrapped IPCP \d+ in layer/, 2);
  }

  /** Runs a shell command in the RIB. */
  shell(text: string, folder = this.rib) {
    return this.program(`cd ${folder} && ${text}`).ended;
  }

  /** Starts a shell command where the RIB is mounted. */
  program(text: string) {
    return this.host.program([...this.mounts.within, "sh", "-c", text], { keepInput: true });
  }

  /** Runs a shell command that succeeds in the RIB; gives its output. */
  async ok(text: string): Promise<string> {
    const { code, stdout, stderr } = await this.shell(text);
    assert.equal(code, 0, `${text}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await this.mounts[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

testWithMounts("cat, ls, find, stat and cp work on the RIB, which is gone when the IRMd ends", async () => {
  await using mounted = await MountedHost.start();
  const { host, rib } = mounted;
  const run = (text: string) => mounted.ok(text);
  assert.equal(await run("ls"), "local_1\nnormal_1\n");
  assert.equal(await run("cat */_state"), "operational\noperational\n");
  assert.equal(await run("cat normal_1/info/_type normal_1/_layer"), "unicast\nnormal_layer\n");
  assert.match(await run("cat normal_1/dt/0"), /^Endpoint address: +flow-allocator$/m);
  assert.match(await run("find . -type f | sort"), /^\.\/local_1\/_layer\n[^]*^\.\/normal_1\/dht\/stats$/m);
  assert.equal(
    await run("stat -c '%A %U %s' normal_1 normal_1/dht/stats"),
    "dr-x------ root 0\n-r-------- root 545\n",
  );
  assert.equal(await run("wc -c < normal_1/dht/stats"), "545\n");
  assert.equal(
    await run(`cp -r . ${host.folder}/copy && cat ${host.folder}/copy/local_1/_layer`),
    "local_layer\n",
  );
  assert.match(await run("cat nono x/y normal_1/dt/9 2>&1 || true"), /(No such file or directory[^]*){3}/);
  assert.match(await run("(echo x > new) 2>&1 || true"), /Read-only file system/);
  await run("for i in $(seq 8); do find . -type f -exec cat {} + > /dev/null & done; wait");
  const stranger = await mounted.shell(`exec setpriv --reuid 65534 --clear-groups ls ${rib}`, "/");
  assert.match(stranger.stderr, /Permission denied/);

  // Somebody looks while it ends.
  const looking = mounted.program(`cd ${rib}/normal_1 && echo in && exec cat`);
  await looking.waitFor(/^in$/);
  host.irmd.kill("SIGTERM");
  assert.equal((await host.irmd.ended).code, 0);
  const { stdout } = await mounted.shell(`cat /proc/self/mountinfo; ls -d ${rib}`, "/");
  assert.doesNotMatch(stdout, /rib/);
});

testWithMounts(
  "an IPCP that hangs costs who reads its files an error, and nobody else anything",
  async () => {
    await using mounted = await MountedHost.start();
    const pid = /Bootstrapped IPCP (\d+) in layer local_layer/.exec(mounted.host.irmd.stdout)?.[1];
    Deno.kill(Number(pid), "SIGSTOP");
    const { code, stderr } = await mounted.shell("cat local_1/_state");
    assert.equal(code, 1);
    assert.match(stderr, /Input\/output error/);
    // More than wait at a time.
    const cat = `cat ${mounted.rib}/local_1/_state`;
    const stuck = mounted.program(`for i in $(seq 80); do ${cat} & done; wait; ${cat}`);
    assert.equal(await mounted.ok("cat normal_1/_state"), "operational\n");
    assert.match(await mounted.host.ok("irm ipcp list"), /normal_1/);
    assert.equal((await stuck.ended).stderr.match(/Input\/output error/g)?.length, 81);
    Deno.kill(Number(pid), "SIGCONT");
    // That it gave none is news for a tenth of a second.
    assert.equal(await mounted.ok("until cat local_1/_state; do sleep 0.1; done"), "operational\n");
  },
);

testWithMounts(
  "what a killed IRMd has left mounted is replaced, what another one has mounted is not",
  async () => {
    await using mounted = await MountedHost.start();
    const { host, rib } = mounted;
    await using other = await Host.start({
      within: mounted.within,
      args: ["--rib", rib],
    });
    await other.irmd.waitFor(
      /^.*irmd\(WW\): The RIB is not mounted at .*\/rib: something is mounted .* in use/,
    );
    host.irmd.kill("SIGKILL");
    await host.irmd.ended;
    assert.match((await mounted.shell(`ls ${rib}`, "/")).stderr, /Transport endpoint is not connected/);
    await host.startIrmd();
    await mounted.ready();
    assert.match(host.irmd.stdout, /What an IRMd has left mounted at .*\/rib is replaced\./);
    assert.equal(await mounted.ok("cat normal_1/_state"), "operational\n");
    assert.equal((await mounted.ok("grep -c fuse.ouroboros /proc/self/mountinfo")).trim(), "1");
  },
);

unless(whyNoRoot)("an IRMd that may not mount says so and works without its RIB", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-rib-" });
  await Deno.writeTextFile(`${folder}/full`, "");
  await using host = await Host.start({ args: ["--rib", folder] });
  await host.irmd.waitFor(
    /^.*irmd\(WW\): The RIB is not mounted at .*: .* is not empty \(it has full\): mount at/,
  );
  assert.match(await host.ok("irm ipcp list"), /No IPCPs in system/);
  await Deno.remove(folder, { recursive: true });
});

unless(whyNoMounts ?? whyNoProgram("fusermount3"))(
  "a user who is not root mounts by fusermount3",
  async () => {
    await using mounts = await Mounts.make();
    await using host = await Host.start({ idle: true });
    const own = `${host.folder}/own`;
    await Deno.mkdir(own);
    // Where nothing looks after devices, it is root's alone.
    const device = `${host.folder}/fuse`;
    const open = `mknod -m 666 ${device} c 10 229 && mount --bind ${device} /dev/fuse`;
    assert.equal((await host.program([...mounts.within, "sh", "-c", open]).ended).code, 0);
    const ouro = await install(host.folder);
    await Deno.chown(own, NOBODY, NOBODY);
    const asNobody = (words: readonly string[]) =>
      host.program(
        [
          ...mounts.within,
          "setpriv",
          "--reuid",
          `${NOBODY}`,
          "--regid",
          `${NOBODY}`,
          "--clear-groups",
          ...words,
        ],
        { env: { OURO_RUNTIME_DIR: own, DENO_DIR: own, HOME: own } },
      );
    const irmd = asNobody([...ouro, "irmd", "--stdout", "--rib", `${own}/rib`]);
    await irmd.waitFor(/RIB mounted at .*\/own\/rib\.$/);
    assert.equal((await asNobody([...ouro, ..."irm i b t local n l1 l layer".split(" ")]).ended).code, 0);
    const read = await asNobody(["sh", "-c", `cat ${own}/rib/l1/_layer && stat -c '%U' ${own}/rib`]).ended;
    assert.equal(read.stdout, "layer\nnobody\n", read.stderr);
    irmd.kill("SIGTERM");
    const { code, stdout } = await irmd.ended;
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /\(WW\): The RIB/);
    assert.doesNotMatch((await asNobody(["cat", "/proc/self/mountinfo"]).ended).stdout, /fuse\.ouroboros/);
  },
);
