/**
 * Checks options that have their types already, such as those of a layer's configuration from another host, against the
 * declarations of a plugin.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { OptionDeclaration } from "../contract/options.ts";
import type { PluginContexts } from "../contract/plugin.ts";
import { checkOptions, describeValues } from "./check_options.ts";

/**
 * @param values by name; those that are not declared are left alone: they are another plugin's
 * @throws InvalidError naming the option, the value and what is valid
 *
 * @example
 * ```ts
 * import { checkValues } from "./check_values.ts";
 * import assert from "node:assert/strict";
 * const ttl = { name: "ttl", type: "integer", min: 0, max: 255, help: "hops a packet may take" } as const;
 * checkValues([ttl], { ttl: 7, other: true });
 * assert.throws(() => checkValues([ttl], { ttl: 256 }), /Invalid value for ttl: "256"/);
 * assert.throws(() => checkValues([ttl], { ttl: "7" }), /Invalid value for ttl: "7"/);
 * ```
 */
export function checkValues(declarations: readonly OptionDeclaration[], values: object): void {
  for (const option of declarations) {
    const value: unknown = Object.hasOwn(values, option.name) ? Reflect.get(values, option.name) : undefined;
    if (value === undefined) continue;
    const { [option.name]: read } = checkOptions([option], { [option.name]: written(option, value) });
    if (read === value) continue;
    throw new InvalidError(
      `Invalid value for ${option.name}: ${JSON.stringify(value)}. It is ${describeValues(option)}.`,
    );
  }
}

/** The options in what a factory gets. */
export function optionsOf(context: PluginContexts[keyof PluginContexts]): object {
  return "options" in context && typeof context.options === "object" ? context.options : context;
}

function written(option: OptionDeclaration, value: unknown): string {
  const hexadecimal = option.type === "integer" && option.hexadecimal;
  return hexadecimal && typeof value === "number" ? value.toString(16) : String(value);
}
