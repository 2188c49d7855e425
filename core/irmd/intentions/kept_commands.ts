/**
 * The commands of tools, such that what they ask for stays asked for: a command that was done is kept, one that takes something
 * back ends that.
 *
 * @module
 */
import { DONE, type Done, type Outcome, success } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { type Fields, fieldsOf, list, name, optional, text } from "../../wire/local/fields.ts";
import { call, type Command, type Commands, onSuccess } from "../commands/command.ts";
import { componentWord, componentWords } from "../commands/connections.ts";
import type { Caller } from "../tables/machine.ts";
import { globMatches } from "../tables/glob.ts";
import type { State } from "../tables/state.ts";
import type { Keeper, PlannedIpcp } from "./keeper.ts";
import type { Intention, WantedIpcp, Wish } from "./intention.ts";
import { layerOf, listWithMissing } from "./missing_list.ts";

/** A wish, and what tells it apart from others of the same IPCP. */
export interface KeyedWish {
  readonly wish: Wish;
  readonly key: string | undefined;
}

/** Commands that bring an IPCP into being, and into a layer. */
const JOINING = ["ipcp.bootstrap", "ipcp.enrol"];
const MAX_REASON_BYTES = 16_384;

const connectKey = (destination: string, component: string) => `connect ${component} ${destination}`;
const registerKey = (service: string) => `register ${service}`;
const bindKey = (service: string) => `bind ${service}`;

/** Returns a registration with one IPCP. */
export const registrationOf = (ipcp: string, service: string): KeyedWish => ({
  wish: { method: "name.register", params: { name: service, layers: [], ipcps: [ipcp] } },
  key: registerKey(service),
});

/**
 * Returns the connections that a command asks for, one for each component.
 *
 * @param type the declaration of the IPCP's type, where it is known
 * @throws InvalidError when it asks for none
 */
export const connectionsOf = (ipcp: string, params: Fields, type?: PluginDeclaration): KeyedWish[] => {
  const destination = name(params, "destination");
  return componentWords(text(params, "component"), type).map((component) => ({
    wish: { method: "ipcp.connect", params: { ...params, name: ipcp, component } },
    key: connectKey(destination, component),
  }));
};

/** Takes what an IPCP tells of a connection. @throws InvalidError for wrong parameters */
export function connectionChanged(keeper: Keeper, ipcp: string, params: Fields): void {
  const reason = optional(params, "reason", (from, key) => text(from, key, MAX_REASON_BYTES)) ?? "it is lost";
  const component = componentWord(text(params, "component"));
  const key = connectKey(name(params, "destination"), component);
  keeper.connectionChanged(ipcp, key, text(params, "state") === "lost" ? reason : undefined);
}

/** Returns what a request of the configuration file wants of which IPCP; undefined: it is not about an IPCP. */
export function wishesOf({ method, params }: Wish): { ipcp: string; wishes: KeyedWish[] } | undefined {
  const named = (wishes: KeyedWish[]) => ({ ipcp: name(params, "name"), wishes });
  switch (method) {
    case "ipcp.create":
    case "ipcp.bootstrap":
    case "ipcp.enrol":
      return named([{ wish: { method, params }, key: undefined }]);
    case "ipcp.connect":
      return named(connectionsOf(name(params, "name"), params));
    case "bind.ipcp": {
      const key = bindKey(name(params, "name"));
      return { ipcp: name(params, "ipcp"), wishes: [{ wish: { method, params }, key }] };
    }
    case "name.register": {
      const [ipcp] = list(params, "ipcps", 1, name);
      return { ipcp, wishes: [registrationOf(ipcp, name(params, "name"))] };
    }
  }
}

/** Returns the IPCP that a request of the configuration file makes a member, if it does. */
export const plannedIpcp = ({ method, params }: Wish): PlannedIpcp[] =>
  JOINING.includes(method) ? [{ name: name(params, "name"), type: text(params, "type") }] : [];

/** Returns the commands, with those in place of which the keeper must take note. */
export function keptCommands(state: State, keeper: Keeper, commands: Commands): Commands {
  const joining = (method: string): Command => (caller, params, reply) => {
    const ipcp = name(params, "name");
    const wish = { method, params };
    if (answeredBy(keeper, ipcp, keeper.get(ipcp)?.join, wish, reply)) return;
    commands[method](caller, params, (outcome) => {
      const record = state.ipcps.find(ipcp);
      if (outcome.ok && record) {
        const typed = { method, params: { ...params, type: record.declaration.name } };
        keeper.done(caller, ipcp, typed, undefined, outcome.value);
      }
      reply(outcome);
    });
  };
  const binding = (caller: Caller, ipcp: string, service: string) => {
    if (!keeper.get(ipcp)) return;
    const wish = { method: "bind.ipcp", params: { name: service, ipcp } };
    keeper.done(caller, ipcp, wish, bindKey(service), null);
  };
  const unbinding = (ipcp: string | undefined, service: string | undefined) => {
    const wanted = ipcp === undefined ? undefined : keeper.get(ipcp);
    if (!wanted) return;
    const { join, rest } = wanted;
    if (join.params.autobind === true) {
      join.params = { ...join.params, autobind: false };
      for (const bound of [wanted.name, layerOf(wanted, state)]) {
        if (bound !== undefined) binding(join.caller, wanted.name, bound);
      }
    }
    for (const [key, { method, params }] of [...rest]) {
      if (method === "bind.ipcp" && (service ?? params.name) === params.name) keeper.drop(wanted.name, key);
    }
  };
  const ipcpOf = ({ pid }: Fields) => state.ipcps.list().find((record) => record.pid === pid)?.name;
  return {
    ...commands,
    "ipcp.create": joining("ipcp.create"),
    "ipcp.bootstrap": joining("ipcp.bootstrap"),
    "ipcp.enrol": joining("ipcp.enrol"),
    "ipcp.destroy": (caller, params, reply) => {
      const ipcp = name(params, "name");
      if (keeper.dropIpcp(ipcp) && !state.ipcps.find(ipcp)) return reply(DONE);
      commands["ipcp.destroy"](caller, params, reply);
    },
    "ipcp.list": (caller, params, reply) =>
      commands["ipcp.list"](
        caller,
        params,
        onSuccess(reply, (rows) => {
          reply(success(listWithMissing(state, keeper, params, rows)));
        }),
      ),
    "status": (caller, params, reply) =>
      commands["status"](
        caller,
        params,
        onSuccess(reply, (counts) => {
          const missing = keeper.missing();
          reply(success(missing.length === 0 ? counts : { ...fieldsOf(counts, "counts"), missing }));
        }),
      ),
    "ipcp.connect": (caller, params, reply) => {
      const ipcp = name(params, "name");
      const wishes = connectionsOf(ipcp, params, state.ipcps.find(ipcp)?.declaration);
      whenBack(keeper, ({ name }) => name === ipcp, reply, (answer) => {
        connectAll(state, keeper, commands["ipcp.connect"], caller, ipcp, wishes, answer);
      });
    },
    "ipcp.disconnect": (caller, params, reply) => {
      const ipcp = name(params, "name");
      const type = state.ipcps.find(ipcp)?.declaration;
      const dropped = connectionsOf(ipcp, params, type).map(({ key }) => keeper.drop(ipcp, key ?? ""));
      takeBack(commands["ipcp.disconnect"], caller, params, dropped, undefined, reply);
    },
    "name.register": (caller, params, reply) =>
      whenBack(keeper, (wanted) => isMeant(wanted, state, params), reply, (answer) => {
        call(commands["name.register"], caller, params, (outcome) => {
          const service = name(params, "name");
          for (const ipcp of outcome.ok ? namesOf(outcome.value) : []) {
            const { wish, key } = registrationOf(ipcp, service);
            if (keeper.get(ipcp)) keeper.done(caller, ipcp, wish, key, [ipcp]);
          }
          answer(outcome);
        });
      }),
    "name.unregister": (caller, params, reply) => {
      const key = registerKey(name(params, "name"));
      const of = [...keeper.values()].filter((wanted) => isMeant(wanted, state, params));
      const dropped = of.map((wanted) => keeper.drop(wanted.name, key));
      const names = of.filter((_, index) => dropped[index]).map((wanted) => wanted.name);
      takeBack(commands["name.unregister"], caller, params, dropped, names, reply);
    },
    "bind.ipcp": (caller, params, reply) => {
      commands["bind.ipcp"](caller, params, reply);
      binding(caller, name(params, "ipcp"), name(params, "name"));
    },
    "bind.process": (caller, params, reply) => {
      commands["bind.process"](caller, params, reply);
      const ipcp = ipcpOf(params);
      if (ipcp !== undefined) binding(caller, ipcp, name(params, "name"));
    },
    "unbind.ipcp": (caller, params, reply) => {
      unbinding(name(params, "ipcp"), optional(params, "name", name));
      commands["unbind.ipcp"](caller, params, reply);
    },
    "unbind.process": (caller, params, reply) => {
      unbinding(ipcpOf(params), optional(params, "name", name));
      commands["unbind.process"](caller, params, reply);
    },
  };
}

/**
 * Answers a command that asks for what is wanted already: with the next try when it is not there, and at once when the IRMd has
 * made it again itself, so that whoever brings things back by hand finds that they are there.
 *
 * @returns whether it answers
 */
function answeredBy(
  keeper: Keeper,
  ipcp: string,
  intention: Intention | undefined,
  wish: Wish,
  reply: Done<unknown>,
): boolean {
  const wanted = keeper.get(ipcp);
  if (!wanted || !intention?.equals(wish)) return false;
  if (intention.state !== "there") {
    keeper.hurry(wanted, intention, reply);
    return true;
  }
  if (!intention.remade) return false;
  intention.remade = false;
  reply(success(intention.result));
  return true;
}

/**
 * Lets a command wait until the IPCPs that it means, and that were in their layers before, have tried to be so again.
 *
 * @param then begins it; when it fails because one of them is not there, its answer says why that is
 */
function whenBack(
  keeper: Keeper,
  isMeant: (wanted: WantedIpcp) => boolean,
  reply: Done<unknown>,
  then: (answer: Done<unknown>) => void,
): void {
  const away = [...keeper.values()].filter((wanted) =>
    wanted.join.known && wanted.join.state !== "there" && isMeant(wanted)
  );
  const next = (index: number, why: Outcome<never> | undefined): void => {
    const wanted = away[index];
    if (!wanted) return then((outcome) => reply(outcome.ok ? outcome : why ?? outcome));
    keeper.hurry(wanted, wanted.join, (outcome) => next(index + 1, outcome.ok ? why : outcome));
  };
  next(0, undefined);
}

function connectAll(
  state: State,
  keeper: Keeper,
  command: Command,
  caller: Caller,
  ipcp: string,
  [first, ...rest]: readonly KeyedWish[],
  reply: Done<unknown>,
): void {
  if (!first) return reply(DONE);
  const { wish, key = "" } = first;
  const next: Done<unknown> = (outcome) =>
    outcome.ok ? connectAll(state, keeper, command, caller, ipcp, rest, reply) : reply(outcome);
  if (answeredBy(keeper, ipcp, keeper.get(ipcp)?.rest.get(key), wish, next)) return;
  call(command, caller, wish.params, (outcome) => {
    if (outcome.ok && keeper.get(ipcp)) keeper.done(caller, ipcp, wish, key, null);
    next(outcome);
  });
}

/** Carries a command out that takes something back. What was not there has been taken back when it is not wanted any more. */
function takeBack(
  command: Command,
  caller: Caller,
  params: Fields,
  dropped: readonly (Intention | undefined)[],
  result: unknown,
  reply: Done<unknown>,
): void {
  const absent = dropped.some((intention) => intention && intention.state !== "there");
  call(command, caller, params, (outcome) => {
    const gone = !outcome.ok && absent;
    reply(gone ? success(result) : outcome);
  });
}

function isMeant(wanted: WantedIpcp, state: State, params: Fields): boolean {
  const patterns = (key: string) => optional(params, key, (from) => list(from, key, Infinity, text)) ?? [];
  const layer = layerOf(wanted, state);
  return patterns("ipcps").some((pattern) => globMatches(pattern, wanted.name)) ||
    patterns("layers").some((pattern) => layer !== undefined && globMatches(pattern, layer));
}

const namesOf = (result: unknown): string[] =>
  Array.isArray(result) ? result.filter((one) => typeof one === "string") : [];
