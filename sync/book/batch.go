package book

import (
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// batch is what one commit will hold, and who is told of it.
type batch struct {
	journal journal.Batch
	prev    [32]byte
	bytes   int
	live    bool   // somebody who scans now waits for it
	backlog int    // scans of backlogs in it
	joined  []byte // the entries' JSON, joined by commas
	ends    []uint32
	stamps  []byte          // the records' stamps, in one piece of memory
	results []ledger.Result // of records, by position: for repeats while in flight
	done    []finished
	block   *journal.Block
	changes ledger.Changes
}

// finished is a submission that waits for the batch to be durable.
type finished struct {
	submission *Submission
	results    Results
	err        error            // nothing was taken
	reply      chan<- editReply // of an edit, instead of a submission
	edit       editReply
}

func (b *batch) empty() bool { return len(b.journal.Records) == 0 && len(b.done) == 0 }

func (b *batch) full() bool { return len(b.journal.Records) >= MaxBatch || b.bytes >= maxBatchBytes }

// takes says whether so many more entries may go into the batch, in one piece.
func (b *batch) takes(count int) bool {
	return b.empty() || len(b.journal.Records)+count <= MaxBatch && b.bytes < maxBatchBytes
}

// add encodes an entry, chains it to the one before and appends it.
func (w *writer) add(e *ledger.Entry, payload []byte, r journal.Record) {
	b := w.batch
	if len(b.joined) > 0 {
		b.joined = append(b.joined, ',')
	}
	start := len(b.joined)
	b.joined = ledger.AppendEntry(b.joined, e, payload)
	w.hasher.Reset()
	w.hasher.Write(w.hash[:])
	w.hasher.Write(b.joined[start:])
	w.hasher.Sum(w.hash[:0])
	b.joined = ledger.AppendHash(b.joined, w.hash)
	end := len(b.joined)
	b.ends = append(b.ends, uint32(end))
	r.JSON = b.joined[start:end:end]
	w.n, w.entryAt = e.N, e.BookedAt
	b.journal.Records = append(b.journal.Records, r)
	b.results = append(b.results, ledger.Result{Seq: r.ID.Seq, Outcome: e.Outcome, Entry: e.N, Code: e.Code, Message: e.Message})
	b.bytes += end - start + len(r.Stamp) + 64
}

// newBatch makes room for about what the last batch held: batches of one moment
// are alike.
func (w *writer) newBatch() *batch {
	b := &batch{journal: journal.Batch{First: w.n + 1}, prev: w.hash}
	if last := w.flying[0]; last != nil {
		count := len(last.journal.Records) * 5 / 4
		b.journal.Records = make([]journal.Record, 0, count)
		if b.results = make([]ledger.Result, 0, count); w.spare != nil {
			b.results = w.spare.results[:0]
		}
		b.ends = make([]uint32, 0, count)
		b.joined = make([]byte, 0, len(last.joined)*5/4)
		b.stamps = make([]byte, 0, len(last.stamps)*5/4)
	}
	return b
}
