// Package ledger is the stock domain: what sites, locations, products, intents,
// moves, balances, constraints and alerts are, and what every action of a scan
// does to the books.
//
// It is pure. Nothing here reads a clock, a file, a socket or a random number,
// starts a goroutine, or depends on the order in which a map is walked; the same
// state and the same intent give the same decision on every machine, which is
// what a replicated journal and the simulation rely on.
//
// # Use
//
// A State is the books in memory. Decide takes one Received intent and the
// Receipt facts that the caller fixed at arrival, books it into the State and
// says what happened as a Decision: an outcome, moves, alerts, exceptions.
// ApplyEdits changes master data. Every change marks rows; TakeRows hands out
// the changed rows since the last call, in a fixed order, and LoadRow puts one
// back, so that whoever stores rows can restore a State without deciding again.
//
// # Promised
//
// For each product and lot the balances over all locations add up to zero after
// every call. A call that does not book leaves the State as it was. No input
// makes a call panic.
//
// # Not promised
//
// Facts are booked in the order in which they are given (arrival order); their
// stamps are returned so that settling can take them in order of their moment.
// A State is not safe for concurrent use: its caller owns it.
package ledger
