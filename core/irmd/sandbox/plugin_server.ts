/**
 * The inner side of the process that runs third parties' plugins for the IRMd: loads their files, and makes hashes and choices.
 *
 * @module
 */
import { asOuroError, PluginError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Balancer, HashFunction, Waiting } from "../../contract/policies/small_policies.ts";
import type { Timers } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { loadPluginFile } from "../../registry/plugin_file.ts";
import type { Registry } from "../../registry/registry.ts";
import { bytes, type Fields, fieldsOf, integer, list, text } from "../../wire/local/fields.ts";
import { MethodNotFoundError, type RpcHandlers } from "../../wire/local/rpc_peer.ts";

/** Balancing policies that are kept, each with what it remembers of its name. */
const MAX_BALANCERS = 4096;
/** Processes that a policy is shown. */
export const MAX_WAITING = 1024;
const MAX_PATH = 4096;
const MAX_NAME_BYTES = 65_536;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/**
 * Returns what answers the IRMd.
 *
 * @param seal gives up what only the loading of files needs
 */
export function pluginServer(registry: Registry, timers: Timers, seal: () => void): RpcHandlers {
  const hashes = new Map<string, HashFunction>();
  const balancers = new BoundedMap<number, Balancer>(MAX_BALANCERS);
  const methods: Readonly<Record<string, (fields: Fields) => unknown>> = {
    load: (fields) => load(registry, text(fields, "file", MAX_PATH), timers),
    // What they make use of is loaded, too.
    seal: async () => {
      for (const kind of ["hash", "balancing"] as const) {
        for (const { declaration: { name } } of registry.declarations(kind)) {
          await registry.prepare(kind, name);
        }
      }
      seal();
    },
    digest: (fields) => {
      const name = text(fields, "hash", MAX_PATH);
      let hash = hashes.get(name);
      if (!hash) hashes.set(name, hash = registry.make("hash", name, {}));
      return { digest: hash.digest(bytes(fields, "bytes", MAX_NAME_BYTES)).toBase64() };
    },
    choose: (fields) => {
      const id = integer(fields, "id", 0, MAX_NUMBER);
      let balancer = balancers.get(id);
      if (!balancer) {
        balancers.set(id, balancer = registry.make("balancing", text(fields, "balancing", MAX_PATH), {}));
      }
      return { index: balancer.choose(list(fields, "waiting", MAX_WAITING, readWaiting)) };
    },
  };
  return {
    request: (method, params, reply) => {
      if (!Object.hasOwn(methods, method)) throw new MethodNotFoundError(`there is no method ${method}`);
      answer(() => methods[method](fieldsOf(params, method)), reply);
    },
    notification: () => {},
  };
}

async function answer(ask: () => unknown, reply: Done<unknown>): Promise<void> {
  try {
    reply(success(await ask()));
  } catch (thrown) {
    reply(failure(asOuroError(thrown)));
  }
}

/** Loads a file, and returns the declarations of its plugins: what of them is plain data. */
async function load(registry: Registry, file: string, timers: Timers): Promise<{ plugins: unknown[] }> {
  const plugins = await registry.guard.loading(file, () => loadPluginFile(file, timers));
  for (const plugin of plugins) registry.add(plugin, file);
  return { plugins: plugins.map((plugin) => plainDeclaration(plugin, file)) };
}

function plainDeclaration(plugin: PluginDeclaration, file: string): unknown {
  try {
    return JSON.parse(JSON.stringify(plugin));
  } catch (cause) {
    throw new PluginError(`${file}: the declaration of "${plugin.name}" must be plain data`, { cause });
  }
}

function readWaiting(from: Fields, key: string): Waiting {
  const fields = fieldsOf(from[key], key);
  return { order: integer(fields, "order", 0, MAX_NUMBER), pid: integer(fields, "pid", 0, MAX_NUMBER) };
}
