// Package settle is the fold: it takes facts as they arrive, in any order, and
// keeps the books as if each had been booked at its own moment.
//
// It is pure: no clock, no I/O of its own, no randomness, no goroutine, nothing
// that depends on the order of a map.
//
// # Use
//
// Books wraps the ledger's State. Decide takes one received intent, fixes its
// meaning, gives its facts their places by key, and books what follows. Once per
// batch Seal gives the joined differences of other facts as one correction, and
// TakeChanges the rows to store.
//
// # Promised
//
// Cells, holds and undos are a function of the set of stamped facts alone. A fact
// is never refused for its effect; commands may be. A call that parks or refuses
// leaves everything as it was. The work for a late fact grows with the facts of
// its own products from its moment on, never with the journal.
//
// # How
//
// Goods of different products never touch, so each product has a history of its
// own: its facts in the order of their keys, each with the legs that it is booked
// as. A fact in order is decided against the cells as they are. A late one has
// the legs of the facts after it taken back first; then it is decided, and they
// are decided again. What comes out differently is booked now: with the late
// entry itself where a count or the cover of a shortage gave way to it, else in
// the batch's correction. See DESIGN.md for worked examples.
//
// # Owed by callers
//
// One goroutine. Past gives back what TakeChanges.Appends handed out, once it is
// durable; entries not durable yet are named by Seal's caller. Rows are loaded
// before the first Decide.
package settle
