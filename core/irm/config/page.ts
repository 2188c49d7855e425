/**
 * The manual page of the configuration file, made from what declares its keys.
 *
 * @module
 */
import { CONFIG_FILE, FILE_KEYS, IPCP_KEYS, type Key, LIMITS, NAME_KEYS } from "../../irmd/config/keys.ts";
import { DEFAULT_LIMITS } from "../../irmd/shares/limits.ts";
import { pageHead, seeAlso } from "../../tools/manual.ts";
import {
  bold,
  fill,
  heading,
  italic,
  item,
  literal,
  paragraph,
  plain,
  subheading,
} from "../../tools/roff.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";
import { fileOptions } from "./file_options.ts";

/** The name of the page. */
export const CONFIG_PAGE = "irmd.conf";

const OURS = " The reference does not know this key.";

const keyItems = (keys: Readonly<Record<string, Key<unknown>>>): string[] =>
  Object.values(keys).flatMap(({ word, is, help, ours }) =>
    item(`${bold(word)} (${plain(is)})`, plain(`${help}${ours ? OURS : ""}`))
  );

/** Returns the page. */
export const configPage = (plugins: Declarations, version: string): string =>
  [
    ...pageHead(CONFIG_PAGE, "what an IRM daemon is to set up", version),
    heading("synopsis"),
    `${bold("irmd --config")} ${italic(CONFIG_FILE)}`,
    heading("description"),
    ...fill(
      "The file says in TOML which names, programs and IPC processes there are. It is read when the daemon starts and " +
        `${
          bold("--config")
        } names it; a unit of systemd does. What it asks for and is not there yet is tried until it is: ` +
        `${bold("irm ipcp list")} says what is missing. Order does not matter.`,
    ),
    ...paragraph(
      "What is wrong in the file is told with line and column, and the daemon ends with status 78 before it has done anything. The " +
        "file has at most one megabyte and is in UTF-8.",
    ),
    ...paragraph(
      `${bold("irm config export")} writes what runs as such a file, ${
        bold("irm config example")
      } prints one that shows every key.`,
    ),
    heading("before the first table"),
    ...keyItems(FILE_KEYS),
    heading("limits of users"),
    ...fill(
      `${
        bold("[limits]")
      } says what each user of the host may have at most; root and the user of the daemon have no such limits.${
        OURS.replace("key", "table")
      }`,
    ),
    ...Object.entries(LIMITS).flatMap(([word, about]) =>
      item(
        `${bold(word)} (number)`,
        plain(
          `${about}. The default is ${
            Object.entries(DEFAULT_LIMITS).find(([limit]) => limit === word)?.[1]
          }.`,
        ),
      )
    ),
    heading("names"),
    ...fill(
      `${bold("[name.")}${italic("X")}${bold("]")}: a name ${italic("X")} that programs accept flows for.`,
    ),
    ...keyItems(NAME_KEYS),
    heading("ipc processes"),
    ...fill(
      `An IPC process that is called ${
        italic("X")
      }, of one of the types further down. These keys are of all types; ` +
        "options of the type stand beside them.",
    ),
    ...keyItems(IPCP_KEYS),
    ...pluginsOf(plugins, "ipcp").flatMap((type) => {
      const also = type.aliases?.length ? ` It is also written ${type.aliases.join(", ")}.` : "";
      return [
        subheading(`[${type.name}.X]`),
        ...fill(plain(`${type.description[0].toUpperCase()}${type.description.slice(1)}.${also}`)),
        ...fileOptions(type, plugins).flatMap(({ word, help, required }) =>
          item(bold(word), plain(`${help}${required ? " It must be given." : ""}`))
        ),
      ];
    }),
    heading("examples"),
    ...literal([
      "[name.oping]",
      'prog = ["/usr/bin/oping"]',
      'args = ["--listen"]',
      "",
      "[eth-dix.cable]",
      'bootstrap = "lan"',
      'dev = "eth0"',
      'reg = ["host1"]',
      "",
      "[unicast.host1]",
      'bootstrap = "net"',
      "autobind = true",
      'reg = ["oping"]',
    ]).slice(1),
    heading("files"),
    ...item(
      italic(CONFIG_FILE),
      "Where packages and units of systemd have it. A daemon without --config reads no file.".replaceAll(
        "-",
        "\\-",
      ),
    ),
    ...seeAlso(["irmd", "irm", "ouroboros"]),
  ].join("\n");
