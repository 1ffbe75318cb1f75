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
