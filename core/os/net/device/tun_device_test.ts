/** Devices that carry packets to this process, in a namespace of their own. @module */
import assert from "node:assert/strict";
import { ExistsError, InvalidError, NotFoundError } from "../../../contract/errors.ts";
import { leaveOut } from "../../../testing/left_out.ts";
import { TestingNamespace, testWithNamespaces, whyNoTun } from "../../../testing/namespace.ts";
import { within } from "../../../testing/within.ts";
import { openLibc } from "../../c/libc.ts";
import { netCalls } from "../../c/net_calls.ts";
import { EventLoopPoller } from "../../wait/event_loop_poller.ts";
import { TunDevice } from "./tun_device.ts";

openLibc();
netCalls();

const test = testWithNamespaces(import.meta.url);
const SETTINGS = { address: "10.9.0.1", mask: "255.255.255.0", mtu: 1400 };
/** Milliseconds that nothing here takes, however busy the machine is. */
const LIMIT = 20_000;

test("a device whose name is taken, or too long, is refused with a reason", () => {
  if (leaveOut(whyNoTun)) return;
  using _ = new TestingNamespace();
  const poller = new EventLoopPoller();
  const device = new TunDevice({ ...SETTINGS, name: "taken" }, poller);
  assert.throws(
    () => new TunDevice({ ...SETTINGS, name: "taken" }, poller),
    (thrown: Error) => thrown instanceof ExistsError && /the device taken is in use/.test(thrown.message),
  );
  assert.throws(() => new TunDevice({ ...SETTINGS, name: "n".repeat(16) }, poller), InvalidError);
  device.close();
  new TunDevice({ ...SETTINGS, name: "taken" }, poller).close();
});

test("a device of another kind is refused, and stays", () => {
  if (leaveOut(whyNoTun)) return;
  using namespace = new TestingNamespace();
  namespace.ip("link add cable type veth peer name other");
  assert.throws(
    () => new TunDevice({ ...SETTINGS, name: "cable" }, new EventLoopPoller()),
    /cannot be named cable: that is no name, or of another device/,
  );
  namespace.ip("link show cable");
});

for (const paused of [false, true]) {
  test(`whoever uses a device hears that it was removed${paused ? ", also while it is paused" : ""}`, async () => {
    if (leaveOut(whyNoTun)) return;
    using namespace = new TestingNamespace();
    const poller = new EventLoopPoller();
    const device = new TunDevice({ ...SETTINGS, name: "short" }, poller);
    const gone = new Promise<NotFoundError>((resolve) => device.onGone(resolve));
    device.onPacket(() => {});
    if (paused) device.pause();
    namespace.ip("link delete short");
    assert.match((await within(LIMIT, "the device is gone", gone)).message, /the device short is gone/);
    await poller.ended();
  });
}
