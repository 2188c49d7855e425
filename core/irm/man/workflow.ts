/**
 * The steps from nothing to a flow, for the overview page.
 *
 * @module
 */

/** Each step with what it does. */
export const WORKFLOW: readonly (readonly [step: string, text: string])[] = [
  [
    "Bind a name to a program or process",
    "The program or process will answer requests for flows to the name. A name may have several programs and " +
    "processes, and each of them several names. The program must use the Ouroboros library.",
  ],
  [
    "Create an IPC process",
    "The new IPCP has a name and a type and is in no layer yet: it can be bootstrapped into a new layer or enrolled in " +
    "one that exists.",
  ],
  [
    "Bootstrap an IPC process",
    "It becomes the first member of a new layer, with the options given. Each type has options of its own.",
  ],
  [
    "Enroll an IPC process",
    "It becomes a member of a layer by asking another member, which gives it the configuration of the layer.",
  ],
  [
    "Register a name in a layer",
    "The name enters the directory of the layer, so that flows to it can be allocated over that layer.",
  ],
  [
    "Connect the components of IPC processes",
    "Members of unicast and broadcast layers talk to each other over flows of lower layers. Management connections " +
    "carry what members tell each other, such as routing. Data transfer connections carry packets and make the " +
    "members neighbours. An IPCP is for this a process like others: it is bound to a name, which is registered in " +
    "the layer below.",
  ],
];
