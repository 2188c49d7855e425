/**
 * Checks the values of keywords and turns them into what the request carries.
 *
 * @module
 */
import { asOuroError } from "../../../contract/errors.ts";
import { isPrintable, MAX_NAME_BYTES } from "../../../contract/ids.ts";
import { QOS } from "../../../contract/qos.ts";
import type { Keyword } from "../command.ts";
import { quote } from "./fault.ts";
import { abbreviates } from "./match.ts";

/** A value of a request, or what is wrong with the word. */
export type Value =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly valid?: readonly string[] };

/** The largest process id of Linux (`PID_MAX_LIMIT`). */
const MAX_PID = 4_194_304;

/** Reads a word; types of IPCPs and options of plugins are checked elsewhere. */
export function readValue(keyword: Keyword, word: string): Value {
  switch (keyword.value) {
    case "pid":
      return readPid(word);
    case "qos":
      return readQos(word);
    case "format":
      return word.toUpperCase() === "JSON"
        ? { ok: true, value: "JSON" }
        : { ok: false, message: `The form of the output ${quote(word)} is unknown.`, valid: ["JSON"] };
    case "choice":
      return keyword.choices?.includes(word)
        ? { ok: true, value: word }
        : { ok: false, message: `The ${keyword.name} ${quote(word)} is unknown.`, valid: keyword.choices };
    case "setting":
      return readSetting(keyword, word);
    case "prefix":
    case "option":
    case "type":
      return { ok: true, value: word };
    case "file":
    case "program":
      return readText(word, keyword.value === "file" ? "File path" : "Program", 4095);
    case "layer":
      return readText(word, "Layer name", MAX_NAME_BYTES);
    default:
      return readText(word, "Name", MAX_NAME_BYTES);
  }
}

function readSetting({ read }: Keyword, word: string): Value {
  try {
    return { ok: true, value: read?.(word) };
  } catch (thrown) {
    return { ok: false, message: asOuroError(thrown).message };
  }
}

function readText(word: string, what: string, most: number): Value {
  if (word === "") return { ok: false, message: `${what} is empty.` };
  const bytes = new TextEncoder().encode(word).length;
  if (bytes > most) {
    return { ok: false, message: `${what} too long. It has ${bytes} bytes, at most ${most} are allowed.` };
  }
  if (!isPrintable(word)) {
    return { ok: false, message: `${what} ${quote(word)} contains control characters.` };
  }
  return { ok: true, value: word };
}

function readPid(word: string): Value {
  const value = /^[0-9]{1,10}$/.test(word) ? Number(word) : 0;
  if (value > 0 && value <= MAX_PID) return { ok: true, value };
  return { ok: false, message: `${quote(word)} is not a valid process id.` };
}

/** Reads a quality as the control protocol writes it: bandwidth as a decimal text. */
function readQos(word: string): Value {
  for (const [name, qos] of Object.entries(QOS)) {
    if (name === word) return { ok: true, value: { ...qos, bandwidth: qos.bandwidth.toString() } };
  }
  return { ok: false, message: `Unknown QoS cube ${quote(word)}.`, valid: Object.keys(QOS) };
}

/** Returns whether one of `words` could be the keyword `name`; says too often yes rather than too seldom. */
export const mayHold = (words: readonly string[], name: string): boolean =>
  words.some((word) => abbreviates(word, name));
