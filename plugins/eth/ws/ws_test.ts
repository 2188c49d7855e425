/** Layers over WebSockets, in virtual time. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../../core/contract/errors.ts";
import type { MessageSocket } from "../../../core/contract/network.ts";
import { NO_BYTES } from "../../../core/kit/bytes.ts";
import { checkOptions } from "../../../core/registry/check_options.ts";
import { BROADCAST, dixHeader, formatMac, macAddress } from "../../../core/wire/ethernet_frame.ts";
import { OTHER } from "../../testing/ethernet.ts";
import { HUB, type WebStation, WebWorld } from "../../testing/web.ts";
import { decodeGreeting, encodeGreeting, type Greeting } from "./greeting.ts";
import { settingsOf } from "./settings.ts";
import { ws } from "./ws.ts";

const SECRET = new Uint8Array(16).fill(7);
const bytesOf = (mac: string) => macAddress(Uint8Array.fromHex(mac.replaceAll(":", "")));

/** The Ethernet address of a member. */
function addressOf(station: WebStation) {
  const { address } = station.layer.stats?.() ?? {};
  assert(typeof address === "string");
  return bytesOf(address);
}

/** Counters of the sockets. */
function web(station: WebStation): Record<string, unknown> {
  const { web } = station.layer.stats?.() ?? {};
  assert(typeof web === "object");
  return { ...web };
}

const ups = (station: WebStation) => station.layer.stats?.().up;

/** Somebody who has dialled the hub and says what a test wants. */
class HandMade {
  readonly heard: Uint8Array[] = [];
  ended = "";
  #socket: MessageSocket | undefined;

  constructor(readonly world: WebWorld) {
    world.net.host("10.0.9.9").dial({ url: new URL(`ws://${HUB}/`), largest: 9014 }, (outcome) => {
      assert(outcome.ok);
      this.#socket = outcome.value;
      outcome.value.onMessage((message) => this.heard.push(message.slice()));
      outcome.value.onEnd((reason) => this.ended = reason);
    });
    world.wait(10);
  }

  send(message: Uint8Array): void {
    this.#socket?.send(message, NO_BYTES);
  }

  say(message: Uint8Array): void {
    this.send(message);
    this.world.wait(10);
  }

  greet(address: Uint8Array, more: Partial<Greeting> = {}): Greeting | undefined {
    this.say(
      encodeGreeting({ taken: false, mtu: 9000, address: macAddress(address), secret: SECRET, ...more }),
    );
    const answer = this.heard.shift();
    return answer && decodeGreeting(answer);
  }
}

const MINE = Uint8Array.of(2, 9, 9, 9, 9, 9);
const THEIRS = Uint8Array.of(2, 8, 8, 8, 8, 8);

function frame(to: Uint8Array, from: Uint8Array): Uint8Array {
  return dixHeader(macAddress(to), macAddress(from), 0xa000, 77);
}

Deno.test("flows go from a member to the hub, from the hub to a member, and between members through it", () => {
  const world = new WebWorld();
  const hub = world.hub(), [a, b] = [world.member(), world.member()];
  for (const [from, to] of [[a, hub], [hub, b], [a, b]]) {
    const [flow, other] = world.connect(from, to);
    flow.write(Uint8Array.of(1, 2));
    other.write(new Uint8Array(8000).fill(3));
    world.wait(10);
    assert.deepEqual(other.received, [Uint8Array.of(1, 2)]);
    assert.equal(flow.received[0].length, 8000);
    to.unregister();
    from.deallocate(flow);
    world.wait(10);
    to.deallocate(other);
  }
});

Deno.test("a hundred members find each other's names through one hub", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const members = Array.from({ length: 100 }, () => world.member());
  members[99].register(OTHER);
  assert(members.every((member) => member.finds(OTHER)));
  assert.equal(web(hub).members, 100);
});

Deno.test("a hub that is not there yet is dialled until it is", () => {
  const world = new WebWorld();
  const member = world.member();
  assert.equal(ups(member), false);
  assert.match(member.lines.join(), /There is no way to the hub: 10\.0\.0\.1 does not answer\./);
  world.wait(60_000);
  const hub = world.hub();
  world.wait(31_000);
  assert.equal(ups(member), true);
  hub.register();
  assert(member.finds());
});

Deno.test("a flow lives through a break of the socket: it is suspended, the address stays, and packets go on", () => {
  const world = new WebWorld();
  const hub = world.hub(), [a, b] = [world.member(), world.member()];
  const flows = [world.connect(a, b), world.connect(a, hub, OTHER)];
  const before = addressOf(a);
  world.net.cut();
  assert.deepEqual([ups(a), flows[0][0].suspended], [false, true]);
  world.wait(2000);
  assert.deepEqual([ups(a), flows[0][0].suspended, addressOf(a)], [true, false, before]);
  for (const [near, far] of flows) {
    near.write(Uint8Array.of(1));
    far.write(Uint8Array.of(2));
    world.wait(10);
    assert.deepEqual([far.received.at(-1), near.received.at(-1)], [Uint8Array.of(1), Uint8Array.of(2)]);
  }
});

Deno.test("a path that carries nothing any more is noticed, and a member comes back on another with its address", () => {
  const world = new WebWorld();
  const hub = world.hub(), member = world.member();
  const before = addressOf(member);
  world.wait(30_000);
  world.net.mute = true;
  world.wait(101_000);
  assert.deepEqual([ups(member), web(hub).members], [false, 0]);
  world.net.mute = false;
  world.wait(60_000);
  assert.deepEqual([ups(member), addressOf(member), web(hub).members], [true, before, 1]);
});

Deno.test("a socket on which nobody speaks has something on it every 25 s, and lives", () => {
  const world = new WebWorld();
  world.hub();
  const peer = new HandMade(world);
  peer.greet(MINE);
  const member = world.member();
  peer.heard.length = 0;
  for (let beat = 0; beat < 8; beat++) {
    world.wait(25_000);
    peer.say(NO_BYTES);
  }
  assert.deepEqual([peer.ended, ups(member)], ["", true]);
  assert.equal(peer.heard.filter(({ length }) => length === 0).length, 8);
});

Deno.test("who comes back before his old socket was missed gets his address by his secret, and nobody else does", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const [first, thief, again] = [new HandMade(world), new HandMade(world), new HandMade(world)];
  assert.equal(first.greet(MINE)?.taken, false);
  assert.equal(thief.greet(MINE, { secret: new Uint8Array(16) })?.taken, true);
  assert.match(thief.ended, /closed/);
  assert.equal(first.ended, "");
  assert.equal(again.greet(MINE)?.taken, false);
  assert.match(first.ended, /closed/);
  assert.equal(web(hub).members, 1);
  assert.equal(new HandMade(world).greet(addressOf(hub))?.taken, true);
});

Deno.test("a member whose address somebody else has takes another one", () => {
  const world = new WebWorld();
  const hub = world.hub(), member = world.member();
  const before = addressOf(member);
  // The hub starts anew, and somebody who has seen the address is quicker.
  hub.layer.shutdown?.();
  world.wait(10);
  world.hub();
  assert.equal(new HandMade(world).greet(before)?.taken, false);
  world.wait(31_000);
  assert.equal(ups(member), true);
  assert.notDeepEqual(addressOf(member), before);
});

Deno.test("frames with another source than the member's, malformed ones and those for nobody go nowhere", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const [one, two] = [new HandMade(world), new HandMade(world)];
  one.greet(MINE);
  two.greet(THEIRS);
  one.say(frame(THEIRS, THEIRS));
  one.say(frame(THEIRS, MINE).subarray(0, 17));
  one.say(frame(Uint8Array.of(2, 1, 1, 1, 1, 1), MINE));
  assert.deepEqual(two.heard, []);
  one.say(frame(THEIRS, MINE));
  assert.deepEqual(two.heard, [frame(THEIRS, MINE)]);
  assert.deepEqual(web(hub).dropped, { malformed: 1, foreignSource: 1, unknown: 1, floods: 0, full: 0 });
});

Deno.test("a member that floods frames to all is limited", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const [one, two] = [new HandMade(world), new HandMade(world)];
  one.greet(MINE);
  two.greet(THEIRS);
  for (let count = 0; count < 3000; count++) one.send(frame(BROADCAST, MINE));
  world.wait(10);
  assert.equal(two.heard.length, 1000);
  assert.deepEqual(web(hub).dropped, { malformed: 0, foreignSource: 0, unknown: 0, floods: 2000, full: 0 });
  world.wait(1000);
  one.say(frame(BROADCAST, MINE));
  assert.equal(two.heard.length, 1001);
});

Deno.test("who does not say who he is, or speaks something else, is let go", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const silent = new HandMade(world), other = new HandMade(world), group = new HandMade(world);
  other.say(new TextEncoder().encode("GET / HTTP/1.1 and more that is no greeting"));
  assert.match(other.ended, /closed/);
  group.greet(BROADCAST);
  assert.match(group.ended, /closed/);
  world.wait(10_000);
  assert.match(silent.ended, /closed/);
  assert.deepEqual([web(hub).sockets, web(hub).members], [0, 0]);
  assert.match(hub.lines.join(), /Somebody at 10\.0\.9\.9 is gone: it does not speak the protocol/);
});

Deno.test("a socket that takes nothing holds flows back, and all goes out when it does", () => {
  const world = new WebWorld();
  const hub = world.hub(), member = world.member();
  const [flow, other] = world.connect(member, hub);
  world.net.stalled = true;
  for (let count = 0; count < 100; count++) {
    flow.write(new Uint8Array(8000));
    other.write(new Uint8Array(8000));
  }
  for (const station of [hub, member]) assert(Number(station.layer.stats?.().queued) > 256);
  world.net.stalled = false;
  world.wait(10);
  assert.deepEqual([other.received.length, flow.received.length], [100, 100]);
});

Deno.test("what a hub cannot pass on to a member is dropped and counted", () => {
  const world = new WebWorld();
  const hub = world.hub();
  const [one, two] = [new HandMade(world), new HandMade(world)];
  one.greet(MINE);
  two.greet(THEIRS);
  const large = new Uint8Array(8000);
  large.set(frame(THEIRS, MINE));
  for (let count = 0; count < 100; count++) one.send(large);
  world.net.stalled = true;
  world.wait(10);
  world.net.stalled = false;
  world.wait(10);
  assert.equal(two.heard.length, 65);
  assert.deepEqual(web(hub).dropped, { malformed: 0, foreignSource: 0, unknown: 0, floods: 0, full: 35 });
});

Deno.test("a hub that starts anew is found again, and knows its flows' other ends no more", () => {
  const world = new WebWorld();
  const hub = world.hub(), member = world.member();
  const [flow] = world.connect(member, hub);
  const { place } = hub.layer;
  hub.layer.shutdown?.();
  world.wait(10);
  const anew = world.hub(place);
  anew.register();
  world.wait(10_000);
  assert.notEqual(flow.lost, undefined);
  assert(member.finds());
});

Deno.test("options that do not fit are refused in words", () => {
  const fault = (options: Record<string, string>) => {
    try {
      settingsOf({ ...checkOptions(ws.options, options), hash: "SHA3_256" });
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
      return thrown.message;
    }
    return assert.fail("they were taken");
  };
  const listen = "0.0.0.0:80", url = "ws://hub.example.org/";
  assert.match(fault({}), /either dials .* or listens/);
  assert.match(fault({ listen, url }), /either dials .* or listens/);
  assert.match(fault({ url, cert: "/c" }), /cert goes with listen, not with url/);
  assert.match(fault({ listen, proxy: "http://p:1" }), /proxy goes with url, not with listen/);
  assert.match(fault({ listen, cert: "/c" }), /cert and key belong together/);
  assert.match(fault({ listen, token: "secret" }), /token secret: write the whole path/);
  assert.match(fault({ listen: "0.0.0.0" }), /has no port/);
  assert.match(fault({ listen, path: "ouro" }), /begins with \//);
  assert.match(fault({ url: "http://h/" }), /url http:\/\/h\/ is no URL of this kind; write ws:/);
  assert.match(fault({ url: "ws://a:b@h/" }), /by their token/);
  assert.match(fault({ url, ca: "/c" }), /ca is for hubs with TLS/);
  assert.match(fault({ url, proxy: "https://p" }), /write http:\/\/HOST:PORT/);
});

Deno.test("a greeting of a later version, or too small a hub, is told in words", () => {
  const good = encodeGreeting({ taken: false, mtu: 9000, address: macAddress(MINE), secret: SECRET });
  assert.equal(formatMac(decodeGreeting(good).address), "02:09:09:09:09:09");
  assert.throws(() => decodeGreeting(good.with(4, 2)), /version 2 .* not 1/);
  assert.throws(() => decodeGreeting(good.with(6, 1)), /1500 is the least/);
  assert.throws(() => decodeGreeting(good.subarray(1)), /does not speak/);
});
