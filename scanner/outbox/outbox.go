package outbox

import (
	"context"
	"io"
	"log/slog"
	"time"
)

// Options of a Store. Now is required; a zero elsewhere means the default.
type Options struct {
	// Now is the clock that stamps rows and ages acknowledgements.
	Now func() time.Time
	// FreeBytes tells the free bytes of the folder's disk for this user; nil asks
	// the operating system (a Memory has no end). It is called once per commit.
	FreeBytes func() (uint64, error)
	// Log gets warnings and errors of the store below; nil drops them.
	Log *slog.Logger

	MaxWaiting int           // default MaxWaiting
	RingRows   int           // default RingRows
	RingAge    time.Duration // default RingAge
	Reserve    uint64        // bytes, default ReserveBytes
}

// Name says whose outbox a Box is.
type Name struct {
	Device  string
	Install string
}

// Range is the seqs From to Through, both included.
type Range struct {
	From    uint64
	Through uint64
}

// Reasons of a lost row, fit for `skip {seq, reason}`.
const (
	ReasonMissing = "missing" // was given out, is not in the store
	ReasonDamaged = "damaged" // is there, its checksum is wrong
	ReasonGone    = "gone"    // was acknowledged and has left the ring since
)

// Row is one stored row. A lost row has no Data and no At.
type Row struct {
	Seq    uint64
	At     time.Time // when it was stored, UTC, microseconds, by Options.Now
	Data   []byte    // exactly what build returned; the caller's own copy
	Lost   bool
	Reason string // one of the Reason constants, when Lost
}

// Note is an outcome that a person must look at (parked, refused, exception).
type Note struct {
	Seq     uint64
	At      time.Time // when it was noted
	Outcome []byte    // as given; nil when Damaged
	Damaged bool
}

// Stats of a Box. Counts are rows.
type Stats struct {
	Waiting       int       // not acknowledged, lost ones included
	Resending     int       // of these, acknowledged once and waiting again since Resend
	AckedHeld     int       // acknowledged and still held for Resend
	Next          uint64    // the seq the next Append gets
	Acked         uint64    // all seqs up to here are acknowledged
	OldestWaiting time.Time // when the oldest waiting row was stored; zero: none waits
	Bytes         int64     // bytes of all rows held; an estimate when rows are damaged
	WaitingBytes  int64     // bytes of the waiting ones, likewise
	Notes         int
	// Warning is nil while all is well, else one of outbox_filling, outbox_full,
	// disk_low, disk_full, disk_failed, damaged.
	Warning *Error
}

// StoreStats of a Store since it was opened.
type StoreStats struct {
	Commits uint64 // transactions written, one sync each
	Rows    uint64 // rows stored by them
	Queued  int    // requests that stand in line now
}

// Box is the outbox of one (device, install). It is safe for concurrent use.
// Every error is an [*Error].
type Box interface {
	Name() Name

	// Append calls build with the next seq and stores what it returns; when it
	// returns, the row is durable. See the package comment for failures.
	Append(ctx context.Context, build func(seq uint64) ([]byte, error)) (seq uint64, err error)
	// AppendAll stores n rows in one transaction, all or none: build is called n
	// times, with first … first+n-1. At most MaxRowsPerAppend, MaxRowBytes in all.
	AppendAll(ctx context.Context, n int, build func(seq uint64) ([]byte, error)) (first uint64, err error)

	// Unacked returns waiting rows from seq `from` on (lower: from the first
	// waiting one) in seq order without a gap, at most max rows (0 or above
	// MaxRead: MaxRead) and maxBytes of Data (0: 1 MiB), but always one if one waits.
	Unacked(from uint64, max, maxBytes int) ([]Row, error)
	// Row returns one row, waiting or acknowledged; absent when seq was never used.
	Row(seq uint64) (Row, error)

	// Ack marks all rows up to through as acknowledged. Lower than before: nothing
	// happens. It does not wait for the disk.
	Ack(through uint64) error
	// Resend makes all rows from seq `from` wait again, durably, and names those
	// that are not held any more; Unacked answers these as Lost. From above Acked
	// it does nothing.
	Resend(from uint64) (gone []Range, err error)
	// Raise makes through+1 the next seq, durably, when it is not above already:
	// the server knows seqs that this folder has never given out. The seqs between
	// are the server's; Unacked leaves them out. What waits goes on waiting.
	Raise(through uint64) error

	// Note stores an outcome durably, replacing an earlier one of the same seq.
	Note(seq uint64, outcome []byte) error
	// NoteAll stores up to MaxNotesPerCall outcomes (At and Damaged are ignored) in
	// one transaction, all or none.
	NoteAll(notes []Note) error
	// Notes lists the outcomes that wait for a person, by seq.
	Notes() ([]Note, error)
	// ClearNote removes an outcome that a person has dealt with.
	ClearNote(seq uint64) error

	// SaveState stores a small named value durably; a nil value removes it.
	SaveState(name string, value []byte) error
	// LoadState returns a named value; absent when there is none, damaged when its
	// checksum is wrong.
	LoadState(name string) ([]byte, error)

	// Export writes all rows held, one a line exactly as stored, oldest first. Rows
	// that are lost are left out, and named by the error at the end (damaged).
	Export(w io.Writer) error

	Stats() Stats
}
