// Package journal keeps the book on disk: the ordered entries, and the rows that
// are derived from them.
//
// # Use
//
// A Journal takes one Batch at a time and stores it as one block, in one durable
// transaction. A book's state is a set of rows, small keys and values whose
// meaning only the book knows; a batch brings the rows that it changed, as they
// are after it. Rows(fn) gives them all back at the start, so that a book opens
// without deciding anything again.
//
// # Promised
//
// When Append returns nil the batch is on disk, whole: its entries, their place
// in the device index, and its rows. A batch whose Append did not return nil is
// there whole or not at all after reopening; the journal takes nothing further,
// and reopening is the only recovery. Entries are gapless from 1 and read back
// byte for byte, for ever. Blocks come in order. Memory does not grow with the
// number of entries.
//
// # Not promised
//
// Rows reach their own keys some time after the batch (checkpointing, see
// DESIGN.md); only Rows knows where each one lives. The size of a block is the
// writer's choice.
//
// # Owed by callers
//
// One goroutine appends. Find, Read, Head and Size may be called by any number
// of others at the same time. Rows is called before the first Append, or not at
// all. Nothing handed out may be changed.
package journal

import (
	"context"
	"errors"

	"bayledger/sync/ledger"
)

// Bounds of a batch; a block must stay below the store's threshold for values
// (1 MiB) and a transaction below its cap (about 9.6 MiB).
const (
	MaxBatchEntries = 4_096
	MaxBatchBytes   = 6 << 20 // entries' JSON and stamps before compression, and rows
)

// Errors.
var (
	ErrFull     = errors.New("the disk is nearly full: nothing was stored, reading goes on; free some space and send again")
	ErrBroken   = errors.New("the journal stopped after a failed commit: restart the server, which reopens it")
	ErrNotFound = errors.New("no such entry")
)

// Record is one entry as stored.
type Record struct {
	JSON    []byte          // the entry's JSON, its hash included
	ID      ledger.Identity // of the intent; Seq 0 for an entry that came from no device
	Payload [16]byte        // hash of the payload as sent
	Stamp   []byte          // what was fixed at receipt, in the book's own encoding
}

// Row is one derived row; a nil Value deletes it.
type Row struct{ Key, Value []byte }

// Batch is what one commit stores. Entries are numbered First, First+1, …
type Batch struct {
	First    uint64
	BookedAt ledger.Time
	Head     [32]byte // hash of the last record
	Records  []Record
	Rows     []Row // each key at most once
}

// Head is the end of the journal.
type Head struct {
	N        uint64 // the last entry, 0 when empty
	Hash     [32]byte
	BookedAt ledger.Time
	Epoch    string // of this data folder; a restored backup gets a new one
}

// Block is a stored batch, ready to be sent on. Entries are in one piece of
// memory, joined by commas, so that a run of them is a JSON array's inside.
type Block struct {
	First, Last uint64
	BookedAt    ledger.Time
	Prev        [32]byte // hash of entry First-1
	joined      []byte
	ends        []uint32 // end of each entry in joined
	records     []Record // without JSON; see Record
}

// Found is the stored record of an identity.
type Found struct {
	N uint64
	Record
}

// Journal is the store of one book.
type Journal interface {
	// Head returns the end of what has been appended.
	Head() Head
	// Append stores a batch durably. ErrFull leaves everything as it was and the
	// journal usable; any other error is final (ErrBroken from then on).
	Append(ctx context.Context, b *Batch) error
	// Rows calls fn for every row as of Head, in the order of keys.
	Rows(ctx context.Context, fn func(key, value []byte) error) error
	// Find returns the record of an identity, or ErrNotFound.
	Find(id ledger.Identity) (Found, error)
	// Read calls fn with the block that holds entry from, and with those after it,
	// until fn returns false or an error, or the end is reached.
	Read(ctx context.Context, from uint64, fn func(*Block) (more bool, err error)) error
	// Check reads every block and verifies checksums, numbering, hash chain and
	// device index; progress is called now and then with the entry reached.
	Check(ctx context.Context, progress func(n uint64)) error
	// Size is what the journal takes on disk, in bytes.
	Size() int64
	Close() error
}
