// Package intact reads the files of a Badger folder before Badger does.
//
// # Use
//
// Call Logs and Tables on a folder that nobody has open, and open it where both say
// nil.
//
// # Promised
//
// Tables names damage on which Badger would panic in a goroutine of its own, where
// nobody can catch it (ErrUnsafe), and with blocks any other damage of tables. Logs
// names damage in a log behind which commits lie that had been synced: Badger ends a
// replay there as after a crash, and would lose them without a word. Nothing is
// changed, and no file makes either of them panic.
//
// # Not promised
//
// A last commit that is damaged looks like one that was never finished. Encrypted and
// compressed tables are not known here: Bayledger has none.
package intact
