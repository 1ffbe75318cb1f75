// Package history answers questions about the past from the stored entries: what
// lay where at some moment, and which entries somebody wants to see.
//
// # Use
//
// A Source reads stored blocks in order: book.Feed's Stored, or a journal's own
// Read wrapped. Each gives the entries that may matter one by one; Fold adds up
// the moves of those that keep wants. Filter says whether an entry touches a
// site, product, place, kind or person; Words is the same as people type it.
//
// # Promised
//
// Nothing here looks at a book's state, a clock or the disk: the result is a
// function of the entries read. Fold of all entries equals the balances of the
// book at that entry. Memory grows with the cells, not with the entries.
//
// # Not promised
//
// Places are told apart by the first slash of how an entry names them: a virtual
// place whose own code has a slash is read as a place of a site.
//
// # Owed by callers
//
// The entry handed to a function is used again for the next one; what is kept of
// it must be copied.
package history
