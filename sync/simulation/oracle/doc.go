// Package oracle folds scans the naive way: it takes the facts of a book as the
// devices sent them, sorts them by their key, books one after the other onto
// empty shelves, and says what the books must hold. The engine is right where it
// ends with the same books, whatever order the facts reached it in.
//
// # Use
//
// Give Fold the master data and the facts with their stamped moments; compare
// what it returns with the engine's balances, values, positions and open holds.
//
// # Promised
//
// Fold is a plain sort and one pass. It reads the intents' JSON itself, imports
// the standard library only (a test keeps it so), shares no code with the engine,
// and takes no shortcut for speed: where the two disagree, one of them has
// misread the rules.
//
// # Owed by callers
//
// The facts are those that are booked: what was parked, refused or a repeat is
// left out by the caller. Moments and the holds that a release names are fixed at
// receipt and given as they were stamped.
package oracle
