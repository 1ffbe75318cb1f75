// Package adjust is what an adjustment is, pure: a named and dated draft of changes to
// what lies where, each line with a kind that says where the goods went or came from.
//
// # Use
//
// Line.Fix turns what a person said into a line, against the books as they are; Review
// says what moved since; Intents are what is booked. Rows lays the lines over the
// catalogue, so that every stock-kept product can be adjusted, those with nothing too.
//
// # Kinds
//
//	kind        change  action  from → to
//	received    +       add     supplier → place
//	found       +       add     loss → place
//	opening     +       add     opening → place
//	returned    +       add     customer → place
//	stolen      −       remove  place → loss
//	broken      −       scrap   place → scrap
//	expired     −       scrap   place → scrap
//	correction  + or −  add, remove  loss → place, place → loss
//
// A product with a loss place of its own loses and finds there. A line may name another
// place of the same kind.
//
// # Promised
//
// The same draft and the same moment of booking give the same intents, byte for byte,
// under the same identities: (adjustment, the draft's id, 1, 2, …). So a booking that is
// repeated is a repeat to the books. No intent has more than 1,000 lines, each is of one
// kind, and its reason says which. Nothing reads a clock.
//
// # Owed by callers
//
// The state that is looked at does not change meanwhile.
package adjust
