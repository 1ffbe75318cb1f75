package outbox

import "time"

// Bounds. Those with an option of the same name are its default.
const (
	// MaxWaiting is how many rows may wait that the server never acknowledged. It
	// is some two weeks of one person's scans; beyond that something is wrong that
	// a person should know of.
	MaxWaiting = 50_000
	// WarnPercent of MaxWaiting is where Stats starts to warn.
	WarnPercent = 80
	// RingRows is how many acknowledged rows are kept at least, RingAge permitting,
	// for a server that comes back from a backup.
	RingRows = 20_000
	// RingAge is how long an acknowledged row is kept, counted from its Ack; a
	// nightly backup and a week's holiday fit in.
	RingAge = 7 * 24 * time.Hour
	// ReserveBytes of disk stay free: Append refuses below it. Badger writes through
	// memory maps, where a full disk is a fatal signal, so there must be room to
	// finish what is accepted: a flush (4 MiB), and a compaction of all tables of
	// level 0 with what they overlap (12 and some 4 MiB) before those are removed.
	ReserveBytes = 24 << 20
	// FloorBytes of free disk is where this package stops writing at all, acks and
	// state included, and does not open a folder: opening flushes up to two logs.
	FloorBytes = 12 << 20
	// MaxRowBytes bounds one row, and all rows of one AppendAll together with
	// rowOverhead each: they are one transaction, and Badger takes 15% of a memtable.
	MaxRowBytes = 512 << 10
	// MaxRowsPerAppend bounds AppendAll; a push carries as many.
	MaxRowsPerAppend = 1_000
	// MaxRead bounds the rows of one Unacked; a push carries at most 1,000.
	MaxRead = 2_000
	// MaxNotes bounds the outcomes that wait for a person.
	MaxNotes = 10_000
	// MaxNotesPerCall keeps one NoteAll within one transaction.
	MaxNotesPerCall = 1_000
	// MaxNoteBytes bounds one outcome.
	MaxNoteBytes = 64 << 10
	// MaxStates and MaxStateBytes bound the named values of a box: a cursor, a few
	// clock anchors, an operator; not a cache.
	MaxStates     = 64
	MaxStateBytes = 64 << 10
	// MaxNameBytes bounds device, install and state names.
	MaxNameBytes = 128
	// MaxBoxes bounds one store; the largest test fleet has 10,000 devices.
	MaxBoxes = 20_000
	// MaxSeq is the largest seq: the largest integer that every JSON reader keeps.
	MaxSeq = 1<<53 - 1
)

const (
	// rowOverhead is what a row costs in a transaction beside its bytes (key,
	// envelope, Badger's entry), rounded up.
	rowOverhead = 64
	// commitBytes is where a transaction stops taking further requests. With one
	// more request of MaxRowBytes it stays below Badger's limit.
	commitBytes = 64 << 10
	// commitOps does the same for the number of keys.
	commitOps = 2_000
	// queueLength is how many requests may stand in line before callers wait to
	// stand in it.
	queueLength = 1_024
	// ackFlushRows is how many acknowledgements may be lost by a crash: fewer than
	// one push carries.
	ackFlushRows = 256
	// trimSlack rows beyond the ring are kept before trimming starts, so that it
	// goes in batches; trimChunk is the most one transaction takes away, so that an
	// append behind it does not wait long.
	trimSlack = 256
	trimChunk = 512
	// ackMarks is how finely the ages of acknowledgements are known: RingAge in as
	// many steps, each a few bytes of the box's record.
	ackMarks = 42
	// maxHoles bounds the ranges of seqs passed over by Raise.
	maxHoles = 64
	// exportPage rows are read at a time by Export.
	exportPage = 500
	// namedSeqs is how many damaged seqs an error names one by one.
	namedSeqs = 50
	// pageBytes is what Unacked answers at most when asked for no limit: one push.
	pageBytes = 1 << 20
)
