/**
 * What the manual page of capture has of its own.
 *
 * @module
 */
import { bold, fill, heading, italic, literal, paragraph } from "../roff.ts";
import type { Page } from "../tool.ts";

/** The parts of the page. */
export const CAPTURE_PAGE: Page = {
  what: "write what an IPC process or a network device sends and receives",
  description: [
    ...fill(
      `${bold("capture")} writes the packets of ${
        italic("target")
      }, an IPC process of this system or else a network ` +
        `device, to ${italic("file")} in the format of pcap. Without a file, or with ${
          bold("-")
        }, they go to standard ` +
        "output; on a terminal each of them is a line instead: the time, " + bold(">") + " for sent and " +
        bold("<") +
        " for received, who is at the other end, what it is, and how long it is.",
    ),
    ...paragraph(
      "Of an IPC process it captures what it sends and receives below it: frames of Ethernet (eth-dix, eth-llc), IP " +
        "packets with made-up IP headers (udp4, udp6), or, for one that has flows in other layers, the packets of these " +
        "flows, with the link type USER0. Of a device, which needs root, it captures the frames of Ouroboros.",
    ),
    ...paragraph(
      "Nobody waits for a capture: packets that come while they cannot be taken are dropped and counted. SIGINT, " +
        "SIGTERM, SIGHUP and SIGQUIT end it. The last line, on standard error, has the counts.",
    ),
  ],
  sections: [
    heading("examples"),
    "Into a file, and into Wireshark as the packets come:",
    ...literal(["ouro capture normal_1 normal.pcap", "ouro capture eth0 -d 10s - | wireshark -k -i -"]),
  ],
  exitStatus: "0 when it ended as it was asked to; else not 0, with a message.",
};
