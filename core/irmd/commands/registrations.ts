/**
 * Names in the directories of layers: `name.register` and `name.unregister`.
 *
 * @module
 */
import { InvalidError, IpcpError, NotFoundError, type OuroError } from "../../contract/errors.ts";
import { type NameHash, shortHash } from "../../contract/ids.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import { type Fields, list, name, optional, text } from "../../wire/local/fields.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import { globMatches } from "../tables/glob.ts";
import type { IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import { type Commands, inOrder } from "./command.ts";
import { createName } from "./names.ts";

/** Patterns in one command. */
const MAX_PATTERNS = 128;
/** How the flows of a name are shared that comes to be by its registration. */
const REGISTERED_BALANCING = "spillover";

/** Returns the commands of registrations. */
export function registrationCommands(state: State): Commands {
  return {
    "name.register": ({ again }, params, reply) => {
      const wanted = name(params, "name");
      const members = matching(state, params);
      for (const record of members) record.member();
      if (!state.names.get(wanted)) createName(state, wanted, REGISTERED_BALANCING, {});
      inOrder(
        members,
        (record, done) => register(state, record, wanted, again, done),
        answer(members, reply),
      );
    },
    "name.unregister": (_caller, params, reply) => {
      const wanted = name(params, "name");
      const members = matching(state, params);
      const holders = members.filter((record) => registeredHash(record, wanted) !== undefined);
      if (holders.length === 0) {
        const names = members.map((record) => `"${record.name}"`).join(", ");
        throw new NotFoundError(`the name "${wanted}" is not registered with the IPCP ${names}`);
      }
      inOrder(holders, (record, done) => unregister(state, record, wanted, done), answer(holders, reply));
    },
  };
}

const answer = (members: readonly IpcpRecord[], reply: Done<unknown>): Done => (outcome) =>
  reply(outcome.ok ? success(members.map((record) => record.name)) : outcome);

function registeredHash(record: IpcpRecord, wanted: string): NameHash | undefined {
  for (const [hash, name] of record.registrations) if (name === wanted) return hash;
}

/** Returns the IPCPs that the patterns match, each once, in order. Every pattern must match one. */
function matching(state: State, params: Fields): IpcpRecord[] {
  const patterns = (key: string) =>
    optional(params, key, (from) => list(from, key, MAX_PATTERNS, text)) ?? [];
  const layers = patterns("layers");
  const ipcps = patterns("ipcps");
  if (layers.length + ipcps.length === 0) throw new InvalidError("say a layer or an IPCP");
  const all = state.ipcps.list();
  const found = new Set<IpcpRecord>();
  const add = (pattern: string, none: string, wordOf: (record: IpcpRecord) => string | undefined) => {
    const members = all.filter((record) => {
      const word = wordOf(record);
      return word !== undefined && globMatches(pattern, word);
    });
    if (members.length === 0) {
      const words = [...new Set(all.map(wordOf).filter((word) => word !== undefined))];
      const known = words.length === 0 ? "there is none" : `there are: ${words.join(", ")}`;
      throw new NotFoundError(`${none} "${pattern}"; ${known}`);
    }
    for (const record of members) found.add(record);
  };
  for (const pattern of layers) add(pattern, "no IPCP is in layer", ({ layer }) => layer?.layer);
  for (const pattern of ipcps) add(pattern, "there is no IPCP", ({ name }) => name);
  return all.filter((record) => found.has(record));
}

function register(
  state: State,
  record: IpcpRecord,
  wanted: string,
  again: boolean | undefined,
  done: Done,
): void {
  const { pid, session, layer } = record.member();
  const refused = ({ message }: OuroError) =>
    done(failed(`could not register "${wanted}" with the IPCP "${record.name}": ${message}`));
  state.hashes.of(wanted, layer.hash, (found) => {
    if (!found.ok) return refused(found.error);
    const hash = found.value;
    session.request("layer.register", { hash }, (outcome) => {
      if (!outcome.ok) {
        if (!again) state.log.error(`Could not register ${shortHash(hash)} with IPCP ${pid}.`);
        return refused(outcome.error);
      }
      record.registrations.set(hash, wanted);
      state.log.info(`Registered ${wanted} in ${layer.layer} as ${shortHash(hash)}.`);
      done(DONE);
    }, LAYER_TIMES.register);
  });
}

function unregister(state: State, record: IpcpRecord, wanted: string, done: Done): void {
  const { session, layer } = record.member();
  const hash = registeredHash(record, wanted);
  if (hash === undefined) return done(DONE);
  session.request("layer.unregister", { hash }, (outcome) => {
    if (!outcome.ok) {
      const { message } = outcome.error;
      return done(failed(`could not unregister "${wanted}" from the IPCP "${record.name}": ${message}`));
    }
    record.registrations.delete(hash);
    state.log.info(`Unregistered ${wanted} from ${layer.layer}.`);
    done(DONE);
  }, LAYER_TIMES.unregister);
}

const failed = (message: string) => failure(new IpcpError(message));
