/**
 * Keywords that several commands share.
 *
 * @module
 */
import type { Keyword } from "../grammar/command.ts";

/** The keyword `as JSON`. */
export const AS: Keyword = {
  name: "as",
  field: "as",
  value: "format",
  help: "the form of the output: JSON",
  local: true,
};

/** The keyword `name`, for an IPCP that must exist. */
export const IPCP_NAME: Keyword = {
  name: "name",
  field: "name",
  value: "ipcp",
  required: true,
  help: "name of the IPCP",
};

/** The keyword `type`. */
export const TYPE: Keyword = {
  name: "type",
  field: "type",
  value: "type",
  help: "type of the IPCP",
};

/** The keywords `layer` and `ipcp` of registering. */
export const WHERE: readonly Keyword[] = [
  {
    name: "layer",
    field: "layers",
    value: "layer",
    most: 128,
    help: "layer, as a pattern in which * stands for anything; may be repeated",
  },
  {
    name: "ipcp",
    field: "ipcps",
    value: "ipcp",
    most: 128,
    help: "IPCP, as a pattern in which * stands for anything; may be repeated",
  },
];
