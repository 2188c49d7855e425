/**
 * How IPCPs become members of layers: `ipcp.bootstrap` and `ipcp.enrol`. What these commands have done is undone when
 * they fail.
 *
 * @module
 */
import {
  asOuroError,
  ExistsError,
  InvalidError,
  IpcpStateError,
  IpcpTypeError,
  NotFoundError,
  type OuroError,
  ProtocolError,
} from "../../contract/errors.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { LayerInfo } from "../tables/records.ts";
import type { OptionValues } from "../../contract/options.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import { type Fields, fieldsOf, flag, name as nameIn, optional, text } from "../../wire/local/fields.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import type { Caller } from "../tables/machine.ts";
import type { IpcpRecord } from "../tables/records.ts";
import { readPlaces } from "../tables/former_addresses.ts";
import type { State } from "../tables/state.ts";
import type { Bindings } from "./bindings.ts";
import { type Commands, onSuccess } from "./command.ts";
import type { IpcpLifecycle } from "./ipcp_lifecycle.ts";

/** Longest value of an option, in bytes. */
const MAX_VALUE_BYTES = 4096;
const MAX_OPTIONS = 128;
/** The type that is created for enrollment when none is said, as the reference has it. */
const DEFAULT_ENROLLED_TYPE = "unicast";

/** An IPCP on its way into a layer, and what to undo. */
interface Joining {
  readonly record: IpcpRecord;
  /** Created by this very command. */
  readonly created: boolean;
  /** Names that it was bound to by this command. */
  readonly bound: string[];
  /** It was tried before, which is logged already. */
  readonly again: boolean;
}

/** Makes IPCPs members of layers. */
export class LayerCommands {
  readonly #state: State;
  readonly #lifecycle: IpcpLifecycle;
  readonly #bindings: Bindings;

  constructor(state: State, lifecycle: IpcpLifecycle, bindings: Bindings) {
    this.#state = state;
    this.#lifecycle = lifecycle;
    this.#bindings = bindings;
  }

  /** Returns the commands. */
  commands(): Commands {
    return {
      "ipcp.bootstrap": (caller, params, reply) => this.#bootstrap(caller, params, reply),
      "ipcp.enrol": (caller, params, reply) => this.#enroll(caller, params, reply),
    };
  }

  /** Makes an IPCP, created where needed, the first member of a layer. */
  #bootstrap({ again, remakes }: Caller, params: Fields, reply: Done<unknown>): void {
    const { name, type, autobind } = joiningParams(params);
    const layer = nameIn(params, "layer");
    const given = optional(params, "options", readOptions) ?? {};
    const there = this.#existing(name, type);
    const word = type ?? there?.declaration.name;
    if (word === undefined) {
      throw new NotFoundError(`No IPCPs matching ${name} found; say its type to create one`);
    }
    const declaration = this.#lifecycle.typeOf(word);
    if (!remakes) this.#checkLayerName(name, layer, declaration);
    const options = this.#state.plugins.checkOptions(declaration.options, given);
    this.#obtain(name, word, there, again, reply, (joining) => {
      const { record, created, bound } = joining;
      if (autobind && record.can("enrol")) this.#bind(joining, [name, layer]);
      this.#ask(joining, "layer.bootstrap", { layer, options }, (outcome) => {
        if (!outcome.ok) {
          if (!again) this.#logFailed("Could not bootstrap IPCP.", record, outcome.error);
          return this.#undo(joining, outcome, reply);
        }
        this.#state.log.info(`Bootstrapped IPCP ${record.pid} in layer ${outcome.value.layer}.`);
        reply(success({ pid: record.pid, created, bound: bound.length > 0 }));
      });
    });
  }

  /** Makes an IPCP, created where needed, a member of a layer that exists elsewhere. */
  #enroll({ again }: Caller, params: Fields, reply: Done<unknown>): void {
    const { name, type, autobind } = joiningParams(params);
    const wanted = optional(params, "layer", nameIn);
    const destination = optional(params, "destination", nameIn) ?? wanted;
    if (destination === undefined) {
      throw new InvalidError("say the layer to enroll in, or the destination to enroll with, or both");
    }
    const there = this.#existing(name, type);
    const word = type ?? there?.declaration.name ?? DEFAULT_ENROLLED_TYPE;
    const { abilities, name: typeName } = this.#lifecycle.typeOf(word);
    if (!abilities?.includes("enrol")) {
      throw new IpcpTypeError(
        `an IPCP of type ${typeName} cannot enroll; its layers are made with: irm ipcp bootstrap`,
      );
    }
    this.#obtain(name, word, there, again, reply, (joining) => {
      if (autobind) this.#bind(joining, [name]);
      this.#ask(joining, "layer.enrol", { destination }, (outcome) => {
        const { record, created } = joining;
        const stays = created ? undefined : record.name;
        const checked = outcome.ok ? checkedLayer(record, wanted, destination, stays) : outcome;
        if (!checked.ok) {
          if (!again) this.#logFailed(`Could not enroll IPCP ${record.pid}.`, record, checked.error);
          return this.#undo(joining, checked, reply);
        }
        const { layer } = checked.value;
        this.#state.log.info(`Enrolled IPCP ${record.pid} in layer ${layer}.`);
        if (autobind) this.#bind(joining, [layer]);
        reply(success({ layer }));
      });
    });
  }

  /** Members of layers of one name and type could not be told apart: an IPCP never uses its own layer. */
  #checkLayerName(name: string, layer: string, { name: type, abilities }: PluginDeclaration): void {
    const other = this.#state.ipcps.list().find((ipcp) =>
      ipcp.name !== name && ipcp.layer?.layer === layer && ipcp.declaration.name === type
    );
    if (!other || !abilities?.includes("enrol")) return;
    throw new ExistsError(
      `the IPCP "${other.name}" is in a ${type} layer "${layer}" on this host already; ` +
        `take another name for the new layer, or: irm ipcp enroll name ${name} layer ${layer}`,
    );
  }

  #existing(name: string, type: string | undefined): IpcpRecord | undefined {
    const record = this.#state.ipcps.find(name);
    if (!record) return undefined;
    const { declaration, state, layer } = record;
    if (type !== undefined && this.#lifecycle.typeOf(type).name !== declaration.name) {
      throw new IpcpTypeError(`Types do not match: the IPCP "${name}" is of type ${declaration.name}`);
    }
    if (state === "operational") {
      throw new IpcpStateError(`the IPCP "${name}" is in layer "${layer?.layer}" already`);
    }
    if (state !== "created") throw new IpcpStateError(`the IPCP "${name}" is ${state}; try again later`);
    return record;
  }

  /** Logs the reference's sentence, then which IPCP it was and why. */
  #logFailed(sentence: string, { name }: IpcpRecord, error: OuroError): void {
    this.#state.log.error(sentence);
    this.#state.log.error(`The IPCP "${name}" could not become a member: ${error.message}.`);
  }

  #obtain(
    name: string,
    word: string,
    there: IpcpRecord | undefined,
    again: boolean | undefined,
    reply: Done<unknown>,
    next: (joining: Joining) => void,
  ): void {
    const begin = (record: IpcpRecord, created: boolean) => {
      record.state = "joining";
      record.joinedOver.clear();
      next({ record, created, bound: [], again: again ?? false });
    };
    if (there) begin(there, false);
    else this.#lifecycle.create(name, word, onSuccess(reply, (record) => begin(record, true)));
  }

  /** Binds the IPCP to names that it is not bound to yet. */
  #bind({ record, bound, again }: Joining, names: readonly string[]): void {
    const { pid } = record.connection();
    for (const name of new Set(names)) {
      if (this.#bindings.process(pid)?.names.get(name)?.has("process")) continue;
      this.#bindings.bindProcess(pid, name, again);
      bound.push(name);
    }
  }

  #ask(
    { record }: Joining,
    method: "layer.bootstrap" | "layer.enrol",
    params: { readonly layer: string; readonly options: OptionValues } | { readonly destination: string },
    done: Done<LayerInfo>,
  ): void {
    const wait = method === "layer.enrol" ? LAYER_TIMES.enroll : LAYER_TIMES.bootstrap;
    const former = this.#state.addresses.get(record.name);
    record.connection().session.request(
      method,
      former ? { ...params, former } : params,
      onSuccess<unknown>(done, (answer) => {
        const { places, ...info } = readLayerInfo(answer);
        this.#state.plugins.hash(info.hash);
        if (record.state !== "joining") throw new IpcpStateError(`the IPCP "${record.name}" was destroyed`);
        record.layer = info;
        record.state = "operational";
        const { address, place } = places;
        if (address ?? place) this.#state.addresses.set(record.name, { layer: info.layer, ...places });
        for (const question of [...this.#state.questions]) question.joined(record);
        done(success(info));
      }),
      wait,
    );
  }

  #undo({ record, created, bound, again }: Joining, outcome: Outcome<never>, reply: Done<unknown>): void {
    const { pid } = record;
    for (const name of bound) {
      if (pid !== undefined && this.#bindings.process(pid)?.names.has(name)) {
        this.#bindings.unbindProcess(pid, name, again);
      }
    }
    if (this.#state.ipcps.find(record.name) !== record || record.state === "stopping") return reply(outcome);
    if (created) return this.#lifecycle.stop(record, () => reply(outcome));
    // It may be a member of a layer that was not the wanted one.
    if (record.state === "joining") record.state = "created";
    reply(outcome);
  }
}

/** Checks the layer that an IPCP is in now. `stays` is the IPCP when it remains in that layer all the same. */
function checkedLayer(
  record: IpcpRecord,
  wanted: string | undefined,
  destination: string,
  stays: string | undefined,
): Outcome<LayerInfo> {
  const { layer: info } = record.member();
  const below = [...record.joinedOver].find(({ layer, declaration }) =>
    layer?.layer === info.layer && declaration === record.declaration
  );
  if (below) {
    return failure(
      new IpcpStateError(
        `the layer "${info.layer}" was reached over the IPCP "${below.name}", whose layer has the same name and type: ` +
          "members could not tell them apart; give one of the layers another name",
      ),
    );
  }
  if (wanted === undefined || wanted === info.layer) return success(info);
  const left = stays === undefined
    ? ""
    : `; the IPCP "${stays}" is in "${info.layer}" now, destroy it to enroll it elsewhere`;
  return failure(
    new IpcpStateError(
      `Enrollment destination does not match requested layer: "${destination}" is in layer "${info.layer}", ` +
        `not in "${wanted}"${left}`,
    ),
  );
}

const joiningParams = (params: Fields) => ({
  name: nameIn(params, "name"),
  type: optional(params, "type", nameIn),
  autobind: optional(params, "autobind", flag) ?? false,
});

function readOptions(from: Fields, key: string): Record<string, string> {
  const fields = fieldsOf(from[key], key);
  const words = Object.keys(fields);
  if (words.length > MAX_OPTIONS) throw new InvalidError(`${key} has more than ${MAX_OPTIONS} elements`);
  return Object.fromEntries(words.map((word) => [word, text(fields, word, MAX_VALUE_BYTES)]));
}

/**
 * Reads what an IPCP answers when it has become a member of a layer.
 *
 * @throws ProtocolError
 */
function readLayerInfo(answer: unknown): LayerInfo & { places: ReturnType<typeof readPlaces> } {
  try {
    const fields = fieldsOf(answer, "the answer");
    return { layer: nameIn(fields, "layer"), hash: nameIn(fields, "hash"), places: readPlaces(fields) };
  } catch (thrown) {
    throw new ProtocolError(`the IPCP gave a wrong answer: ${asOuroError(thrown).message}`);
  }
}
