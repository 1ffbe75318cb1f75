// Package flow is what a handheld does with scans, keys and taps: it turns their stream into
// intents and says after each what the screen shows and what comes next. It is pure: it knows no
// clock, no network, no store, and asks the catalogue only through meaning.Catalogue. The terminal
// handheld runs it, and testdata/streams.json holds it to account: streams of events with the
// intents and screens that follow, for implementations in other languages too (README.md).
//
// # Use
//
//	m := flow.New(setup)                        // or flow.Restore(setup, saved, next)
//	step := m.Take(flow.Event{Scan: raw, Moment: now}, today)
//	data := m.Save(next)                        // store durably: next is the seq the intents will get
//	first, err := store(step.Intents)           // durably
//	m.Stored(first)                             // or, where it could not be stored, step = m.Failed(words)
//	show(step.Screen)                           // only now
//
// # Promised
//
//   - Every scan is one: none is folded into another, none is dropped. A scan becomes intents, or it
//     is kept in the state (collected for a place, counted, asked about, waiting behind a stop), or the
//     screen shows a stop that says that it was not taken.
//   - A stop goes by OK only: by the command or a tap, never by a key or by another scan. Scans made
//     meanwhile wait behind it and are taken in their order.
//   - What is booked is of the moment at which it was scanned, as the device said then, however long it
//     waited behind a stop, for a badge or for an answer, and over a restart; where that clock was ahead
//     of the one that answers, of the moment of the answer. What is collected goes when its place is
//     scanned, and a count is of the moment at which its place is done. What corrects the last scan (its
//     number, its lot) is of that scan's moment, and what corrects scans further back (a run, one that is
//     booked anew) of the moment of the last booking. What is booked in front of scans that wait (an undo
//     by number, the end of a count) is of no later moment than the first of them.
//   - What is collected is in Save: a crash between any two calls neither loses nor doubles it.
//   - The same events on the same catalogue give the same steps.
//
// # Owed by callers
//
//   - An event says its moment; where a host says none, intents have none, and it stamps them itself.
//   - One event at a time, and Stored or Failed after each step with intents.
//   - Save is stored before the intents are, and the screen is shown after both. Restore gives the
//     intents back whose storing a crash cut off (Outgoing).
//   - A step puts out no more than an outbox takes at once. Where it had intents and its screen, which
//     is no stop, has some waiting (Behind), an empty event takes the next of them.
//   - Scans are as scanner/wedge gives them, MaxScan bytes at most.
package flow
