/**
 * Checks options that have their types already, such as those of a layer's configuration from another host, against the
 * declarations of a plugin.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { OptionDeclaration, OptionValue, OptionValues } from "../contract/options.ts";
import type { PluginContexts } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import { checkOptions, describeValues } from "./check_options.ts";

/**
 * Checks the values of declared options, and fills defaults in.
 *
 * @param values by name; those that are not declared are another plugin's
 * @returns the declared ones
 * @throws InvalidError naming the option, the value and what is valid
 *
 * @example
 * ```ts
 * import { checkedValues } from "./check_values.ts";
 * import assert from "node:assert/strict";
 * const ttl = { name: "ttl", type: "integer", min: 0, max: 255, default: 60, help: "hops a packet may take" } as const;
 * assert.deepEqual(checkedValues([ttl], { ttl: 7, other: true }), { ttl: 7 });
 * assert.deepEqual(checkedValues([ttl], {}), { ttl: 60 });
 * assert.throws(() => checkedValues([ttl], { ttl: 256 }), /Invalid value for ttl: "256"/);
 * assert.throws(() => checkedValues([ttl], { ttl: "7" }), /Invalid value for ttl: "7"/);
 * ```
 */
export function checkedValues(declarations: readonly OptionDeclaration[], values: object): OptionValues {
  const checked = new Map<string, OptionValue>();
  for (const option of declarations) {
    const { name } = option;
    const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : undefined;
    const { [name]: read } = checkOptions(
      [option],
      value === undefined ? {} : { [name]: written(option, value) },
    );
    if (value !== undefined && read !== value) {
      throw new InvalidError(
        `Invalid value for ${name}: ${JSON.stringify(value)}. It is ${describeValues(option)}.`,
      );
    }
    if (read !== undefined) checked.set(name, read);
  }
  return Object.fromEntries(checked);
}

/** Returns what a factory gets with its options checked and defaults filled in. @throws InvalidError as {@link checkedValues} */
export function checkedContext<K extends PluginKind>(
  declarations: readonly OptionDeclaration[],
  context: PluginContexts[K],
): PluginContexts[K] {
  if ("options" in context && typeof context.options === "object") {
    const options = { ...context.options, ...checkedValues(declarations, context.options) };
    return Object.assign({}, context, { options });
  }
  return Object.assign({}, context, checkedValues(declarations, context));
}

function written(option: OptionDeclaration, value: unknown): string {
  const hexadecimal = option.type === "integer" && option.hexadecimal;
  return hexadecimal && typeof value === "number" ? value.toString(16) : String(value);
}
