/**
 * Scenarios that come with the program.
 *
 * @module
 */

/** A scenario. */
export interface ReadyMade {
  readonly name: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** Its file. */
  readonly text: string;
}

const SQUARE =
  `# Four hosts in a ring. Its links are cut one by one: as long as a way is left, packets take it.
title = "The resilient square"
duration = "20s"

[topology]
links = [["a", "b"], ["b", "c"], ["c", "d"], ["d", "a"]]

[layer.square]

[[flow]]
name = "a to c"
from = "a"
to = "c"
kind = "ping"
interval = "10ms"

[[event]]
at = "4s"
down = ["a", "b"]

[[event]]
at = "8s"
down = ["c", "d"]

[[event]]
at = "12s"
up = ["a", "b"]

[[event]]
at = "16s"
heal = true
`;

const DUMBBELL = `# 32 flows from left to right over one slow link, each wanting all of it.
title = "Dumbbell with 32 flows"
duration = "20s"

[topology]
links = [
  ["l1", "left"], ["l2", "left"], ["l3", "left"], ["l4", "left"],
  { from = "left", to = "right", rate = "100Mb" },
  ["r1", "right"], ["r2", "right"], ["r3", "right"], ["r4", "right"],
]

[link]
rate = "1Gb"

[layer.net]
congestion = "mb-ecn"

[[flow]]
name = "greedy"
from = ["l1", "l2", "l3", "l4"]
to = ["r1", "r2", "r3", "r4"]
kind = "greedy"
size = 1350
interval = "100us"
count = 32
`;

const STORM = `# A thousand hosts around one; all want to be in the layer at once.
title = "Enrolment storm"
duration = "5s"

[topology]
shape = "star"
nodes = 1000

[layer.net]

[[flow]]
name = "pings of those who came"
from = "any"
to = "any"
kind = "ping"
count = 20
`;

const PARTITION = `# A grid falls into two halves, which go on by themselves, and heals.
title = "Partition and heal"
duration = "30s"

[topology]
shape = "grid"
nodes = 16

[layer.net]

[[flow]]
name = "within the upper half"
from = "n0"
to = "n7"
kind = "ping"
interval = "20ms"

[[flow]]
name = "across"
from = "n0"
to = "n15"
kind = "ping"
interval = "20ms"

[[event]]
at = "10s"
partition = ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]

[[event]]
at = "20s"
heal = true
`;

const DEEP = `# Ten layers, each on the one below it; a flow of the topmost one is a flow of all.
title = "Ten layers deep"
duration = "10s"

[topology]
shape = "line"
nodes = 4

[link]
mtu = 9000

[layer.deep]
depth = 10

[[flow]]
name = "at the bottom"
layer = "deep.1"
from = "n0"
to = "n3"
kind = "ping"

[[flow]]
name = "at the top"
layer = "deep.10"
from = "n0"
to = "n3"
kind = "ping"
`;

const NESTED =
  `# 10000 members in 101 layers of at most 1000: a hundred regions with a layer each, and on top a layer of their borders,
# which stands on the layers of the regions and on the links between them.
title = "10000 members in nested layers"
duration = "5s"

[topology]
shape = "grid"
nodes = 93
regions = 100
joined = "grid"
joints = 2

[layer.region]
each = "region"
ttl = 255

[layer.backbone]
over = ["links", "region"]
members = "borders"
shape = "random"
degree = 4
ttl = 255

[[flow]]
name = "within a region"
layer = "region.0"
from = "any"
to = "any"
kind = "ping"
count = 20

[[flow]]
name = "from region to region"
layer = "backbone"
from = "any"
to = "any"
kind = "ping"
count = 50
`;

/** All of them. */
export const READY_MADE: readonly ReadyMade[] = [
  { name: "square", help: "four hosts in a ring whose links are cut one by one", text: SQUARE },
  { name: "dumbbell", help: "32 flows that want all of one link", text: DUMBBELL },
  { name: "partition", help: "a grid that falls into two halves, and heals", text: PARTITION },
  { name: "deep", help: "ten layers, each on the one below it", text: DEEP },
  { name: "storm", help: "a thousand hosts that enroll at once (a minute)", text: STORM },
  { name: "nested", help: "10000 members in nested layers of at most 1000 (minutes)", text: NESTED },
];
