// Package simulation is a seeded world that tries to make the books end wrong:
// handhelds with wrong clocks and no network, cuts, repeats, crashes of the server
// and of the devices, copied and re-imaged devices, supervisors who undo and
// release, master data that changes underneath; and the judges that look at every
// step of it.
//
// # Use
//
// Generate makes a Script from a Config: what people scan, when, with which
// device, and what the network, the clocks and the server do meanwhile. Play
// carries a script out on a real book over a journal in memory and returns a
// Report, whose Failure says which invariant broke, where and how. Shrink drops
// steps of a failing script for as long as it still fails. A Script is plain data
// (JSON), so that a story which once failed can be kept and played again.
//
// # Promised
//
// The same Config gives the same Script, and the same Script the same Report,
// byte for byte, on every machine: nothing here reads a clock, depends on the
// order of a map or on which goroutine runs first. The book's own goroutines are
// given one burst of work at a time and waited for. Any sub-list of a script's
// steps is a script.
//
// # What is judged
//
// The invariants of conflicts.md §5, and where:
//
//	V1   after each entry (follower.moves) and each look at the books (judge.books)
//	V2   now and then on the way, at the end, and of moments gone by (judge.oracle, judge.past)
//	V3   at the end, in up to eight other orders of arrival (judge.orders)
//	V4   everything is sent twice again at the end (judge.twice), and by chance on the way
//	V5   every receipt that a device has is looked up (judge.acknowledged); no failed commit leaves entries
//	V6   the feed and three watchers, over restarts and epochs (follower.read, judge.watchers), and the chain of
//	     hashes; followers with filters, cut off and back: TestFollowers of server/socket
//	V7   the state after each burst is what the entries' moves add up to (judge.books), and verify agrees
//	V8   each single count is looked at just after it, in the order of moments (order.counted)
//	V9   pieces are in one place, no package is inside itself (judge.books); open holds are the oracle's (V2)
//	V10  the log is taken again with other crashes: the same entries and rows, byte for byte (judge.again)
//	V11  that second book is opened anew from its rows on the way, and goes on
//	V12  after each burst the book reports no fault, everyone's scans get through at the end (world.home), and in a
//	     rush those who work are served before backlogs, which have their turn (judge.turns)
//	V13  one correction for a batch, each difference once (judge.storm); memory and queues have tests where they are
//	V14  commands got what was there, and were refused only what was not (judge.commands)
//	V15  each answer to a scan is the first one (world.receipt)
//
// What became of each ask for a supervisor is part of the books that V2 and V3
// compare: open, taken, answered, cleared.
//
// Beyond these T3, each moment by rule 3 (follower.moment), R12, closed books
// (judge.past), H26, what is decided was decided on what it says now
// (judge.decided), and W, that each scan has the fate for which it was made
// (judge.wanted).
//
// # Not promised
//
// A seed means the same world only as long as the generator is not changed; keep
// scripts, not seeds, of what must never come back.
//
// # Owed by callers
//
// Families says which kinds of scans a world has; a judge cannot hold the engine
// to what it does not do yet. Playing one script uses a few megabytes; scripts
// may be played at the same time.
package simulation
