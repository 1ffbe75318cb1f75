// Package book is the single writer of one company's stock: it puts intents and
// edits into one order, decides them, commits them in batches, and tells those
// who wait and those who watch.
//
// # Use
//
// Open a Book on a journal. Submit hands it intents and is told of their fate by
// a callback once they are durable; Edit changes master data; View looks at the
// state; Feed gives the entries in order from any position. Close stops taking
// work, commits what it has taken and returns.
//
// # Promised
//
// A result or an entry is announced only after it is on disk, and so is
// everything that View shows. Results of one submission come together, in the
// order of its intents; submissions of one stream keep their order. An identity
// gets one result for ever: a repeat of the same payload is told the first
// result again, another payload under it is parked. Entry numbers are gapless,
// and booked_at never goes back. Nothing in an intent can make the writer stop.
//
// # Not promised
//
// Submissions of different streams come in any order. How many entries share a
// commit depends on what was waiting.
//
// # Owed by callers
//
// Callbacks (Submission.Done, Feed watchers) run on the book's announcing
// goroutine: they must not block and not call back into Submit or Edit.
package book
