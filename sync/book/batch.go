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

// add encodes an entry, chains it to the one before and appends it.
func (w *writer) add(e *ledger.Entry, payload []byte, r journal.Record) {
	b := w.batch
	w.scratch = ledger.AppendEntry(w.scratch[:0], e, payload)
	w.hasher.Reset()
	w.hasher.Write(w.hash[:])
	w.hasher.Write(w.scratch)
	w.hasher.Sum(w.hash[:0])
	out := make([]byte, 0, len(w.scratch)+80)
	r.JSON = ledger.AppendHash(append(out, w.scratch...), w.hash)
	w.n = e.N
	b.journal.Records = append(b.journal.Records, r)
	b.results = append(b.results, ledger.Result{Seq: r.ID.Seq, Outcome: e.Outcome, Entry: e.N, Code: e.Code, Message: e.Message})
	b.bytes += len(r.JSON) + len(r.Stamp) + 64
}

func (w *writer) newBatch() *batch {
	return &batch{journal: journal.Batch{First: w.n + 1}, prev: w.hash}
}
