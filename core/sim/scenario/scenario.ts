/**
 * A scenario: hosts, links between them, layers on top, what is sent, and what breaks when. The simulator plays it, and so can processes.
 *
 * @module
 */
import type { QosName } from "../../contract/qos.ts";
import type { Topology } from "../experiment/topology.ts";

/** Properties of a link, the same in both directions. */
export interface LinkSettings {
  /** Milliseconds from one end to the other. */
  readonly delay: number;
  /** Milliseconds that a packet takes longer at most, at random. */
  readonly jitter: number;
  /** Bits a second; infinity: no limit. */
  readonly rate: number;
  /** Packets of one flow that may wait to be sent. */
  readonly queue: number;
  /** Part of the packets that is lost. */
  readonly loss: number;
  /** Largest packet, in bytes. */
  readonly mtu: number;
}

/** A link between two hosts. */
export interface ScenarioLink extends LinkSettings {
  /** Numbers of the hosts, the lower one first. */
  readonly ends: readonly [number, number];
}

/** What carries an adjacency of a layer: the link of a number, or the layer of a number. */
export type Carrier = { readonly link: number } | { readonly layer: number };

/** A layer. */
export interface ScenarioLayer {
  readonly name: string;
  /** Type of its IPCPs. */
  readonly type: string;
  /** Numbers of the hosts that have a member. */
  readonly members: readonly number[];
  /** Which members are neighbours, by their numbers in {@link members}. */
  readonly topology: Topology;
  /** What carries each edge, in its order. */
  readonly carriers: readonly Carrier[];
  /** Options as words, as `irm ipcp bootstrap` takes them. */
  readonly options: Readonly<Record<string, string>>;
  /** It is known to route: its type has forwarding tables, and gives flows. */
  readonly routes: boolean;
}

/** The ways in which an application sends. */
export const FLOW_KINDS = ["ping", "rate", "greedy"] as const;

/** How an application sends: asks and waits for answers; so many bits a second; all that it may. */
export type FlowKind = typeof FLOW_KINDS[number];

/** Flows between two hosts. */
export interface ScenarioFlow {
  readonly name: string;
  /** Number of the layer. */
  readonly layer: number;
  /** Numbers of hosts, which take turns; none: any member, drawn. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly kind: FlowKind;
  readonly qos: QosName;
  /** Bytes of a packet. */
  readonly size: number;
  /** Milliseconds between two packets; of a greedy one, those that its processor needs. */
  readonly interval: number;
  /** How many such flows. */
  readonly count: number;
  /** Milliseconds by which each starts later than the one before. */
  readonly every: number;
  /** Milliseconds after all layers are up. */
  readonly start: number;
  readonly stop: number;
}

/** What happens to the network. */
export type Happening =
  | { readonly kind: "down" | "up"; readonly links: readonly number[]; readonly silent: boolean }
  | { readonly kind: "kill" | "start"; readonly host: number };

/** Something that happens at a time. */
export interface ScenarioEvent {
  /** Milliseconds after all layers are up. */
  readonly at: number;
  /** What it is, in words. */
  readonly text: string;
  readonly what: Happening;
}

/** A scenario. */
export interface Scenario {
  readonly title: string;
  readonly seed: number;
  /** Milliseconds from when all layers are up. */
  readonly duration: number;
  /** Names of the hosts. */
  readonly hosts: readonly string[];
  readonly links: readonly ScenarioLink[];
  /** Each only stands on those before it. */
  readonly layers: readonly ScenarioLayer[];
  readonly flows: readonly ScenarioFlow[];
  /** In the order of their times. */
  readonly events: readonly ScenarioEvent[];
  /** What is right, and perhaps not what was meant: sentences for people. */
  readonly notes: readonly string[];
}
