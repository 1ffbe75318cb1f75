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
// Cells, holds, undos and where packages are, are a function of the set of stamped
// facts alone. A fact is never refused for its effect; commands may be. A call that
// parks or refuses leaves everything as it was. The work for a late fact grows with the facts of
// its own products from its moment on, and of those in packages that it moves,
// never with the journal.
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
// Packages are what products share. What lines say of a package as such (seen,
// put into another, put down, emptied) are steps, in order of the keys and in
// memory; where it is, is known at each key, and what is asked of a holder
// (quarantine, holds, the site's policy) is asked of that moment. What a step does
// to the goods of a product inside stands as a fact in the product's history, with
// the step's key. A late step is judged with those after it; the products that
// ever were inside what came out elsewhere are then taken again from there.
//
// Costs follow the legs of a product, in pools: of the company, or of each site and
// of what is between them. See valuation, and side for which pool a leg's end is in.
//
// # Owed by callers
//
// One goroutine at a time. Warm, before a scan of long ago is decided, lets its history
// be read in pieces; Cool when it is. Past gives back what TakeChanges.Appends handed out, once it is
// durable; entries not durable yet are named by Seal's caller. Rows are loaded
// before the first Decide.
package settle
