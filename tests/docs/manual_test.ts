/**
 * The manual page of the reference: every form of a command that it has is one of ours, and the page that lists its rows names tests that
 * are there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { commandsOf, IRM } from "../../core/irm/commands/tree.ts";
import { parse } from "../../core/irm/grammar/parse/parse.ts";
import { TOOL as IRMD } from "../../core/irmd/tool.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { parseCommandLine } from "../../core/tools/command_line.ts";
import { TOOL as OBC } from "../../core/tools/obc/tool.ts";
import { TOOL as OCBR } from "../../core/tools/ocbr/tool.ts";
import { TOOL as OECHO } from "../../core/tools/oecho/tool.ts";
import { TOOL as OPERF } from "../../core/tools/operf/tool.ts";
import { TOOL as OPING } from "../../core/tools/oping/tool.ts";
import { TOOL as OVPN } from "../../core/tools/ovpn/tool.ts";
import { BUILTINS } from "../../plugins/builtins.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = Deno.readTextFileSync(new URL("docs/manual-coverage.md", ROOT));
const DECLARATIONS = BUILTINS.map(({ declaration }) => declaration);

const HASHES = ["SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512"];
/** The types of IPCP with the options that the manual page gives them, those that must be given first. */
const TYPES: Record<string, readonly string[]> = {
  local: ["hash"],
  raptor: ["hash"],
  "eth-llc": ["dev eth0", "hash"],
  "eth-dix": ["dev eth0", "ethertype 0xA000", "hash"],
  udp: ["ip 192.0.2.1", "dns 192.0.2.2", "cport 4000", "sport 3435"],
  unicast: [
    "addr 4",
    "fd 2",
    "ttl 60",
    "addr_auth flat",
    "routing link_state",
    "routing lfa",
    "routing ecmp",
    "congestion none",
    "congestion mb-ecn",
    "hash",
    "autobind",
  ],
  broadcast: ["hash", "autobind"],
};
/** The other forms of commands, as the page has them. */
const FORMS = `
ipcp destroy name NAME
ipcp enroll name NAME layer LAYER
ipcp enroll name NAME type unicast dst DST
ipcp enroll name NAME type broadcast dst DST layer LAYER autobind
ipcp connect name NAME component dt dst DST
ipcp connect name NAME component mgmt dst DST
ipcp disconnect name NAME component dt dst DST
ipcp disconnect name NAME component mgmt dst DST
ipcp list
ipcp list type unicast name NAME layer LAYER
bind program PROGRAM name NAME
bind program PROGRAM name NAME auto
bind program PROGRAM name NAME auto -- PARAM PARAM
bind process 4711 name NAME
bind ipcp IPCP name NAME
unbind program PROGRAM name NAME
unbind process 4711 name NAME
unbind ipcp IPCP name NAME
name create NAME
name create NAME lb round-robin
name create NAME lb spillover
name destroy NAME
name register NAME ipcp IPCP ipcp IPCP layer LAYER layer LAYER
name unregister NAME ipcp IPCP ipcp IPCP layer LAYER layer LAYER
name list
name list NAME`.trim().split("\n");

/** Reads a command line with the types that are built in, and checks the options of an IPCP. */
function request(line: string): Record<string, unknown> {
  const parsed = parse(IRM, line.split(" "), DECLARATIONS.filter(({ kind }) => kind === "ipcp"));
  assert(parsed.kind === "request", `${line}: ${JSON.stringify(parsed)}`);
  return parsed.params;
}

Deno.test("every form of a command in the manual page is understood, with the options of each type of IPCP", () => {
  for (const line of FORMS) request(line);
  for (const [type, options] of Object.entries(TYPES)) {
    request(`ipcp create type ${type} name NAME`);
    for (const option of options) {
      const required = options.filter((other) => /^(dev|ip) /.test(other) && other !== option).join(" ");
      for (const words of option === "hash" ? HASHES.map((hash) => `hash ${hash}`) : [option]) {
        const line = `ipcp bootstrap type ${type} name NAME layer LAYER ${words} ${required}`.trim();
        const params = request(line);
        const declaration = DECLARATIONS.find(({ kind, name }) => kind === "ipcp" && name === params.type);
        assert(declaration, line);
        checkOptions(
          declaration.options,
          Object(params.options),
          (of) => DECLARATIONS.filter(({ kind }) => kind === of),
        );
      }
    }
  }
});

Deno.test("the service of the example starts the daemon with words that it knows", async () => {
  const unit = await Deno.readTextFile(new URL("docs/examples/ouroboros.service", ROOT));
  const [, words] = /^ExecStart=\/usr\/bin\/irmd (.*)$/m.exec(unit) ?? [];
  const parsed = parseCommandLine(IRMD, words.split(" "));
  assert(parsed.ok && parsed.options.config === "/etc/ouroboros/irmd.conf", words);
});

/** Items of lists: each is a row of the manual page, or an option. */
const ROWS = PAGE.split(/\n(?=- |#)/).filter((block) => block.startsWith("- "))
  .map((block) => block.replaceAll(/\s+/g, " "));

/** A name without what stands for a value in it: `${…}` in the code, `…` in the page. */
const form = (name: string) => name.replaceAll(/\$\{[^}]*\}/g, "…");

/** The names of the tests of a file: texts that something is called with first. */
function testsIn(file: string): Set<string> {
  const text = Deno.readTextFileSync(new URL(file, ROOT));
  const literals = [...text.matchAll(/\(\s*(["`])((?:\\.|(?!\1)[^\n])+)\1/g)].map(([, , name]) => form(name));
  return new Set(literals);
}

Deno.test("every row of the page about the manual names tests that are there, or says what is open", () => {
  assert(ROWS.length > 80, `${ROWS.length}`);
  const faults = ROWS.flatMap((row) => {
    const proofs = [...row.matchAll(/"([^"]+)" \(`([^`]+)`\)/g)];
    if (proofs.length === 0) return row.includes("Open:") ? [] : [`no proof: ${row}`];
    return proofs.filter(([, name, file]) => !testsIn(file).has(name)).map(([proof]) =>
      `not there: ${proof}`
    );
  });
  assert.deepEqual(faults, []);
});

Deno.test("the page lists every command of irm, every option of irmd and of the reference's tools", () => {
  const sections = new Map(PAGE.split(/\n## /).map((section) => [section.split("\n")[0], section]));
  const missing = [
    ...commandsOf(IRM).map(({ path }) => path).filter((path) => !PAGE.includes(`\`${path}`)),
    ...[IRMD, OPING, OECHO, OPERF, OCBR, OBC, OVPN].flatMap(({ name, options }) =>
      options.map(({ long }) => `--${long}`).filter((word) =>
        !new RegExp(`\`[^\`]*${word}\\b`).test(sections.get(name) ?? "")
      ).map((word) => `${name} ${word}`)
    ),
  ];
  assert.deepEqual(missing, []);
});
