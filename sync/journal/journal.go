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
// What only grows, such as the facts of a cell, is appended: a batch brings the
// new bytes of a key, and Appended(key, fn) gives all of them back, the newest
// first, at any time. Keys of rows and of appends are apart.
//
// # Promised
//
// When Append returns nil the batch is on disk, whole: its entries, their place
// in the device index, and its rows. A batch whose Append did not return nil is
// there whole or not at all after reopening; the journal takes nothing further,
// and reopening is the only recovery. Entries are gapless from 1 and read back
// byte for byte, for ever. Blocks come in order. Every byte appended to a key is
// given back once, in pieces that never overlap. Memory does not grow with the
// number of entries.
//
// # Not promised
//
// Rows leave the blocks some time after the batch (checkpointing, see DESIGN.md); only Rows knows where each one lives. The size of a block is the
// writer's choice. Where one piece of what was appended to a key ends and the
// next begins is the journal's: always between two batches, and never elsewhere
// after a crash than before it.
//
// # Owed by callers
//
// One goroutine appends. Find, Read, Appended, BookedAt, Head and Size may be
// called by any number of others at the same time. Rows is called before the first Append,
// or not at all. An identity is appended once, ever. Each record's JSON is what
// ledger.AppendEntry and AppendHash give, with the hash that Chain computes.
// Nothing handed out may be changed, and what a Batch holds may be changed again
// once Append has returned. Nobody else writes to the journal's keys, and nobody
// subscribes to them with Badger's Subscribe (it would see memory used again).
package journal

import (
	"context"

	"bayledger/sync/ledger"
)

// Bounds of a batch. They keep a block far below what one read should bring into
// memory, and the index and checkpoint writes of a batch inside one transaction.
const (
	// MaxBatchEntries and MaxBatchBytes let a whole import of master data be one
	// batch, all of it or nothing; what devices send is cut far below.
	MaxBatchEntries = 32_768
	MaxBatchBytes   = 24 << 20 // as Batch.Bytes counts them, before compression
	// MaxBatchScans is how many of the entries may have an identity: each may be
	// another device's, whose names stand in the block once more.
	MaxBatchScans = 2_048
	MaxName       = 200       // of a device, and of an install: two of them make an index key
	MaxRowKey     = 4_000     // longer than any three codes of 200 bytes in any escaping
	MaxRowValue   = 256 << 10 // a transaction carries a few even at the worst
	// MaxAppend is how many bytes a batch appends to one key at most: with what
	// waits already they make one value.
	MaxAppend = 256 << 10
	MaxEpoch  = 200 // a code's bound
)

// Record is one entry as stored.
type Record struct {
	JSON    []byte          // the entry's JSON, its hash included
	ID      ledger.Identity // of the intent; Seq 0 for an entry that came from no device
	Payload [16]byte        // hash of the payload as sent
	Stamp   []byte          // what was fixed at receipt, in the book's own encoding
}

// Row is one derived row; a nil Value deletes it, an empty one does not.
type Row = ledger.Row

// Batch is what one commit stores. Entries are numbered First, First+1, …
type Batch struct {
	First    uint64
	BookedAt ledger.Time
	Head     [32]byte // hash of the last record
	Records  []Record
	Rows     []Row // each key at most once
	// Appends are bytes to be added, in this order, to what their keys hold; a key
	// may come several times. Neither key nor bytes are empty.
	Appends []Row
}

// Piece is a run of what was appended to a key, by the batches that hold entries
// First to Last.
type Piece struct {
	First    uint64      // of the first batch that appended to it
	Last     uint64      // of the last batch that did: its last entry
	BookedAt ledger.Time // of that batch
	Bytes    []byte
}

// Head is the end of the journal.
type Head struct {
	N        uint64 // the last entry, 0 when empty
	Hash     [32]byte
	BookedAt ledger.Time
	Epoch    string // of this data folder; a restored backup gets a new one
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
	// Append stores a batch durably. ErrFull, ErrBatch, and a ctx that was done
	// before the call leave everything as it was and the journal usable; any other
	// error is final (ErrBroken from then on). A commit under way is not cut short.
	Append(ctx context.Context, b *Batch) error
	// Rows calls fn for every row as of Head, in the order of keys. key and value
	// are valid until fn returns. fn must not call the journal.
	Rows(ctx context.Context, fn func(key, value []byte) error) error
	// Appended calls fn with what was appended to a key, as of Head, in pieces: the
	// newest first, until fn returns false or an error. A piece's bytes are valid
	// until fn returns.
	Appended(key []byte, fn func(Piece) (more bool, err error)) error
	// Find returns the record of an identity, or ErrNotFound.
	Find(id ledger.Identity) (Found, error)
	// Read calls fn with the block that holds entry from, and with those after it,
	// until fn returns false or an error, or the end is reached.
	Read(ctx context.Context, from uint64, fn func(*Block) (more bool, err error)) error
	// Copies calls fn with the block that holds entry from, and with those after it, as
	// they are stored, until fn returns false or an error, or the end is reached. What
	// fn is given it may keep.
	Copies(ctx context.Context, from uint64, fn func(*Copy) (more bool, err error)) error
	// BookedAt returns when the batch that holds entry n was booked, reading no
	// more than the block's header; ErrNotFound if there is no entry n.
	BookedAt(n uint64) (ledger.Time, error)
	// Check reads every block and verifies checksums, numbering, hash chain and
	// device index, and the checksums of checkpointed rows and stored pieces;
	// progress, which may be nil, is called now and then with the entry reached. What is wrong comes back
	// as a *Damage. It may run while others append, and checks what was there when
	// it began.
	Check(ctx context.Context, progress func(n uint64)) error
	// Room says whether the disk has room for another batch: nil, or ErrFull.
	Room() error
	// Size is what the journal's folder takes on disk, in bytes.
	Size() int64
	// Close writes what is left to checkpoint, so that the next start replays
	// nothing. No call may be under way, and none may follow. The database stays
	// open: it belongs to who opened it. An error means that the next start takes
	// longer; nothing is lost.
	Close() error
}
