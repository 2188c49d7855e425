import assert from "node:assert/strict";
import { unless, whyNoProgram } from "../../testing/left_out.ts";
import { SHELLS } from "./shells.ts";

/** A program `ouro` that answers as the real one would, and says on its output which words it got. */
const FAKE = `#!/bin/sh
shift
case "$*" in
  "irm na") printf 'name\\tnames\\n' ;;
  "irm name destroy "*) printf "my name\\tname\\nit's\\tname\\n" ;;
  "irm bind program x user "*) printf '\\tusers\\n' ;;
  "irm bind program "*) printf '\\tcommands\\n' ;;
  "irmd --config "*) printf '\\tfiles\\n' ;;
  "irm ipcp "*) printf 'bootstrap\\tmake\\ncreate\\tmake\\n' ;;
esac
`;

interface Shell {
  readonly name: string;
  /** A script that prints what is offered for each of the lines, one word a line. */
  script(completion: string, words: readonly string[]): string;
}

const sh = (words: readonly string[]) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");

const BASH: Shell = {
  name: "bash",
  script: (completion, words) => `
    compopt() { :; }
    source ${completion}
    COMP_WORDS=(${sh(words)}) COMP_CWORD=${words.length - 1}
    _ouro_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`,
};

const ZSH: Shell = {
  name: "zsh",
  script: (completion, words) => `
    compdef() { :; }
    compadd() { print -rl -- "\${matches[@]}"; }
    _files() { print files; }
    _users() { print users; }
    _command_names() { print commands; }
    source ${completion}
    words=(${sh(words)}) CURRENT=${words.length} PREFIX=${sh(words.slice(-1))}
    _ouro`,
};

const FISH: Shell = {
  name: "fish",
  script: (completion, words) => `
    source ${completion}
    complete -C ${sh([words.join(" ")])} | string replace -r '\\t.*' ''; true`,
};

async function offered(shell: Shell, words: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/ouro`, FAKE, { mode: 0o755 });
    for (const program of ["irm", "irmd"]) await Deno.symlink("ouro", `${folder}/${program}`);
    await Deno.writeTextFile(`${folder}/completion`, SHELLS[shell.name]);
    await Deno.writeTextFile(`${folder}/ouro.conf`, "");
    const { code, stdout, stderr } = await new Deno.Command(shell.name, {
      args: ["-c", shell.script(`${folder}/completion`, words)],
      cwd: folder,
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, HOME: folder },
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(code, 0);
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const quoted: Record<string, string[]> = {
  bash: ["it\\'s", "my\\ name"],
  zsh: ["it's", "my name"],
  fish: ["it's", "my name"],
};

for (const shell of [BASH, ZSH, FISH]) {
  unless(whyNoProgram(shell.name))(`completion in ${shell.name}`, async () => {
    assert.deepEqual(await offered(shell, ["ouro", "irm", "na"]), ["name"]);
    assert.deepEqual(await offered(shell, ["irm", "na"]), ["name"]);
    assert.deepEqual(await offered(shell, ["irm", "name", "destroy", ""]), quoted[shell.name]);
    assert.deepEqual(await offered(shell, ["irm", "ipcp", ""]), ["bootstrap", "create"]);
    const files = await offered(shell, ["irmd", "--config", "ouro.c"]);
    assert.deepEqual(files, shell === ZSH ? ["files"] : ["ouro.conf"]);
    const programs = await offered(shell, ["irm", "bind", "program", "irm"]);
    if (shell === ZSH) assert.deepEqual(programs, ["commands", "files"]);
    else assert(programs.includes("irmd"), programs.join());
    const users = await offered(shell, ["irm", "bind", "program", "x", "user", "roo"]);
    assert.deepEqual(users, [shell === ZSH ? "users" : "root"]);
  });
}
