/**
 * Connections between components of IPCPs: `ipcp.connect` and `ipcp.disconnect`.
 *
 * @module
 */
import { InvalidError, IpcpTypeError, NotFoundError } from "../../contract/errors.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { DONE, failure } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { type Fields, name, text } from "../../wire/local/fields.ts";
import { COMPONENTS } from "../../wire/layer/cep_message.ts";
import { qosFromJson, qosToJson } from "../../wire/local/qos_json.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import { globMatches } from "../tables/glob.ts";
import type { IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import { type Commands, inOrder } from "./command.ts";

/** A component: the word of `irm`, and what logs call it. */
interface Component {
  readonly word: string;
  readonly title: string;
}

const MANAGEMENT: Component = { word: "mgmt", title: COMPONENTS.management };
const DATA_TRANSFER: Component = { word: "dt", title: COMPONENTS.transfer };

/** Returns the commands of connections. */
export function connectionCommands(state: State): Commands {
  const { log } = state;
  return {
    "ipcp.connect": ({ again }, params, reply) => {
      const { record, destination, components } = asked(state, params, [MANAGEMENT, DATA_TRANSFER]);
      const qos = qosFromJson(params, "qos");
      check(record, "establish", state);
      inOrder(components, ({ word, title }, done) => {
        const { pid, session } = record.member();
        if (!again) log.debug(`Connecting ${title} to ${destination}.`);
        // Management is always raw.
        const asked = { destination, component: word, qos: qosToJson(word === "dt" ? qos : QOS.raw) };
        session.request("layer.connect", asked, (outcome) => {
          if (outcome.ok) log.info(`Established ${title} connection between IPCP ${pid} and ${destination}.`);
          else if (!again) log.error("Could not connect IPCP.");
          done(outcome.ok ? DONE : outcome);
        }, LAYER_TIMES.connect);
      }, reply);
    },
    "ipcp.disconnect": (_caller, params, reply) => {
      const { record, destination, components } = asked(state, params, [DATA_TRANSFER, MANAGEMENT]);
      check(record, "tear down", state);
      let missing = 0;
      inOrder(components, ({ word, title }, done) => {
        const { pid, session } = record.member();
        session.request("layer.disconnect", { destination, component: word }, (outcome) => {
          if (outcome.ok) log.info(`${title} connection between IPCP ${pid} and ${destination} torn down.`);
          // Where one of several components is meant, the others need not be connected.
          const absent = !outcome.ok && outcome.error instanceof NotFoundError;
          if (absent && ++missing === components.length) {
            return done(
              failure(new NotFoundError(`${record.name} has no such connection to ${destination}`)),
            );
          }
          done(outcome.ok || absent ? DONE : outcome);
        }, LAYER_TIMES.disconnect);
      }, reply);
    },
  };
}

/**
 * Returns the words of the components that a pattern means.
 *
 * @param type the declaration of the IPCP's type; left out: of all
 * @throws InvalidError when it means none
 */
export const componentWords = (pattern: string, type?: PluginDeclaration): string[] =>
  matching(pattern, [MANAGEMENT, DATA_TRANSFER], type).map(({ word }) => word);

/** Returns the word of a component, by whichever of its names. */
export const componentWord = (told: string): string =>
  [MANAGEMENT, DATA_TRANSFER].find(({ title }) => title === told)?.word ?? told;

const asked = (state: State, params: Fields, components: readonly Component[]) => {
  const record = state.ipcps.get(name(params, "name"));
  return {
    record,
    destination: name(params, "destination"),
    components: matching(text(params, "component"), components, record.declaration),
  };
};

function matching(pattern: string, all: readonly Component[], type?: PluginDeclaration): Component[] {
  const had = type?.components ? all.filter(({ word }) => type.components?.includes(word)) : all;
  const found = had.filter(({ word }) => globMatches(pattern, word));
  if (found.length > 0) return found;
  const words = had.map(({ word }) => word).join(", ");
  throw new InvalidError(
    `no component matches "${pattern}"; there ${had.length === 1 ? "is" : "are"}: ${words}`,
  );
}

function check(record: IpcpRecord, verb: "establish" | "tear down", state: State): void {
  if (!record.can("connect")) {
    state.log.error(`Cannot ${verb} connections for this IPCP type.`);
    throw new IpcpTypeError(
      `the IPCP "${record.name}" is of type ${record.declaration.name}, which has no connections`,
    );
  }
  record.member();
}
