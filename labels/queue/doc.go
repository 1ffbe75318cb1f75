// Package queue keeps print jobs and the numbers that labels bear, and has one
// writer for each printer.
//
// # Use
//
// Open reads what is not finished from a Disk and goes on with it. Submit takes a
// job; Stop, Resume, Reprint and Void do what they say. Job, List and Watch show
// how it goes. Printers and number ranges are kept here, too.
//
// # How labels are neither lost nor doubled
//
// A job with all its labels, the numbers that they were given and the counter they
// came from are one commit; the same key again is the same job. Labels are sent in
// pieces, and before a piece goes out a row says so: its labels, its name and when.
// What comes back ends the piece in a second commit. After a crash a piece that was
// on its way is asked for at the printer by its name. A printer that can say what
// became of it ends the doubt; with one that cannot the job is held, says which
// labels are meant, and goes on when a person has said how many came out. Nothing is
// sent again on a guess.
//
// # States
//
// queued (waits for its turn, or for a printer that is not reached, which is tried
// again later and later), sending, printed, failed, held (the printer waits for
// somebody, with its own reason; or a person has to look, ask), stopped.
//
// # Promised
//
// What a method returns is on the Disk. Jobs of a printer are printed in the order
// of their numbers, except that one which waits for a person holds up no other. An
// SSCC or lot is given out once, and not again within twelve months. Memory holds
// what is not finished, whatever was printed before.
//
// # Owed by callers
//
// One Queue on a Disk. Watchers must not block.
package queue
