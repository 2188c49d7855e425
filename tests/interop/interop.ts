/**
 * Tests against an installed reference: `OURO_REFERENCE=PREFIX deno test -A tests/interop`; without the variable they are left out.
 *
 * @module
 */
import { unless } from "../../core/testing/left_out.ts";
import { REFERENCE, ReferenceFault } from "../support/reference_host.ts";
import { MixedHosts, type Scene } from "./mixed_hosts.ts";

const test = unless(REFERENCE === undefined ? "no reference (OURO_REFERENCE)" : undefined);

/** A test that meets a fault of the reference begins again so often. */
const TRIES = 5;

/**
 * A test with hosts of both. It must pass; only when the reference has failed in a way that is known of it, which is told, it
 * begins again with new hosts.
 */
export function interop(name: string, scene: Scene, run: (hosts: MixedHosts) => Promise<void>): void {
  test(`with the reference: ${name}`, async () => {
    for (let tries = 1;; tries++) {
      await using hosts = await MixedHosts.start(scene, REFERENCE ?? "");
      try {
        await run(hosts);
        if (!scene.refuses) await hosts.assertAlive();
        return hosts.assertNothingRepeated();
      } catch (thrown) {
        hosts.assertNothingRepeated();
        if (!(thrown instanceof ReferenceFault) || tries === TRIES) throw thrown;
        console.warn(`${thrown.message}; once more`);
      }
    }
  });
}
