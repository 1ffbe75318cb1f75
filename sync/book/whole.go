package book

import (
	"fmt"
	"runtime/debug"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Guard looks at the books at the very point at which intents would be booked, and
// says why they must not be; nil lets all of them be booked. It runs on the writer,
// so it must be quick, only read, and keep nothing.
type Guard func(*settle.Books) error

// Bounds of what is booked with a guard, in one commit. They keep a batch well inside
// the journal's bounds, whose excess would end the process.
const (
	// maxWholeBytes is what the intents and their moves may come to: with the rows and
	// histories that follow from them it is about doubled, and the journal takes 24 MiB.
	maxWholeBytes = 10 << 20
	// MaxOfProduct is how many lines may be of one product: what a product's history
	// gains in a commit is one value, which the journal bounds. It is what one intent
	// may have too.
	MaxOfProduct = ledger.MaxLines
)

// Whole says why intents cannot be booked in one commit, nil where they can.
func Whole(intents []ledger.Received) error {
	size, of := 0, map[string]int{}
	for i := range intents {
		in := &intents[i].Intent
		size += len(intents[i].Payload)
		if len(in.Lines) == 0 {
			size += movesSize(in, &ledger.Line{})
			of[in.Product]++
		}
		for j := range in.Lines {
			size += movesSize(in, &in.Lines[j])
			of[in.Lines[j].Product]++
		}
	}
	if size > maxWholeBytes || len(intents) > MaxBatch {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "lines",
			Message: fmt.Sprintf("What is to be booked takes about %d MiB, and one commit, all of it or nothing, holds %d. Nothing was booked; book it as several, by location or category.", size>>20+1, maxWholeBytes>>20)}
	}
	for _, i := range intents {
		for _, l := range i.Intent.Lines {
			if n := of[l.Product]; n > MaxOfProduct {
				return &ledger.Fault{Code: ledger.TooLarge, Field: "lines",
					Message: fmt.Sprintf("The product %s has %d lines, and one commit, all of it or nothing, holds %d of a product. Nothing was booked; book it as several.", ledger.Quote(l.Product), n, MaxOfProduct)}
			}
		}
	}
	return nil
}

// movesSize is about what the entry says of a line: two moves, where what it lacks
// comes from elsewhere.
func movesSize(in *ledger.Intent, l *ledger.Line) int {
	const words = 160 // names of members, statuses, numbers
	codes := len(in.Product) + len(l.Product) + len(in.Lot) + len(l.Lot) + len(in.Serial) + len(l.Serial) +
		len(in.Site) + len(in.From) + len(l.From) + len(in.To) + len(l.To)
	return 2 * (words + codes)
}

// guarded asks a submission's guard. What was booked before is not judged again: its
// results are told once more.
func (w *writer) guarded(s *Submission) (err error) {
	if s.Guard == nil || len(s.Intents) == 0 {
		return nil
	}
	id := s.Intents[0].Intent.Identity()
	if st := w.book.streams[streamKey{id.Device, id.Install}]; st != nil && st.has(id.Seq) {
		return nil
	}
	defer func() {
		if p := recover(); p != nil { // it stops nobody else's scans
			w.book.opts.Report(fmt.Errorf("the guard of a booking failed: %v\n%s", p, debug.Stack()))
			err = &ledger.Fault{Code: ledger.Unsupported, Message: "The booking could not be judged. Nothing was booked; tell your administrator to look into the server's log."}
		}
	}()
	return s.Guard(w.book.settled)
}

// startsWhole begins a batch of its own for what must not be cut.
func (w *writer) startsWhole(s *Submission) (whole bool) {
	// What a device pushed at once is told at once, its acks together with its
	// entries (H16): it is not cut in two where it fits into a batch of its own.
	whole = s.Source.Transport == Socket && len(s.Intents) <= MaxBatch
	if s.Guard != nil && !w.batch.empty() || whole && !w.batch.takes(len(s.Intents)) {
		w.handOverAmid()
	}
	return whole || s.Guard != nil
}

// cuts says whether the batch ends before the next intent of a submission.
func (w *writer) cuts(s *Submission, whole bool) bool {
	return w.batch.full() && s.Guard == nil && !(whole && w.batch.bytes < maxPushBytes)
}
