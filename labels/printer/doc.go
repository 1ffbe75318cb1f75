// Package printer speaks to label printers: raw ZPL over TCP (port 9100) and IPP.
//
// # Use
//
// A Profile says what a printer is and where. Open gives its Driver. Status asks
// how it is; Send hands it a piece of a job and waits until the labels are out;
// Recall asks, after a crash, what became of a piece.
//
// # Promised
//
// Send says "printed" only when the printer has said so: a raw printer by a
// status with nothing left in its buffer, an IPP printer by the state of the job.
// Where nothing reached the printer it says so, and the piece can be sent again;
// where nobody can know (the connection broke with labels on their way) it says
// Unknown, and never guesses. Reasons are the printer's own, in words. Everything
// has a deadline, and ends with the context.
//
// # Not promised
//
// That a raw printer keeps what it was sent over a power cut of its own.
//
// # Owed by callers
//
// One Send or Recall at a time for a printer. A piece's name is used for no other.
package printer
