package book

import (
	"context"
	"errors"
	"fmt"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// bookedAtOf returns when entry n was booked, with ok false where that cannot
// matter: booked_at never goes back, so an entry older than one booked before
// tEff is no floor above it.
func (w *writer) bookedAtOf(n uint64, tEff ledger.Time) (ledger.Time, bool) {
	for _, b := range w.recent() {
		if b != nil && n >= b.journal.First && n-b.journal.First < uint64(len(b.journal.Records)) {
			return ledger.BookedAt(b.journal.Records[n-b.journal.First].JSON)
		}
	}
	if chunk, _, ok := w.book.feed.Next(n - 1); ok {
		if chunk.BookedAt < tEff {
			return 0, false
		}
		return ledger.BookedAt(chunk.Entry(n))
	}
	if _, at := w.book.feed.oldest(); at != 0 && at < tEff {
		return 0, false
	}
	at, err := w.book.journal.BookedAt(n)
	return at, err == nil
}

// recent returns the batches that may not be durable yet, the newest first. One
// more than can be under way is kept, so that the journal has what they have not.
func (w *writer) recent() [4]*batch {
	return [...]*batch{w.batch, w.flying[0], w.flying[1], w.flying[2]}
}

// underWay finds an intent in the batches that may not be durable yet; nil where it
// is in none of them.
func (w *writer) underWay(id ledger.Identity) (*batch, int) {
	for _, b := range w.recent() {
		if b == nil {
			continue
		}
		for i := range b.journal.Records {
			// Most differ in their number, which is there to be compared.
			if known := &b.journal.Records[i].ID; known.Seq == id.Seq && *known == id {
				return b, i
			}
		}
	}
	return nil, 0
}

// again answers a seq that was used before: the first result for the same
// payload; another payload is parked.
func (w *writer) again(r *ledger.Received, source *Source, now ledger.Time) ledger.Result {
	id := r.Intent.Identity()
	first, hash, err := w.find(id)
	if err != nil {
		return ledger.Result{Seq: id.Seq, Outcome: ledger.Refused, Code: ledger.Unsupported,
			Message: "The first receipt of this scan could not be read: " + err.Error() + ". Nothing was changed; tell your administrator to run verify."}
	}
	if hash == r.Hash {
		first.Repeat = true
		return first
	}
	key := conflictKey{id, r.Hash}
	if n, known := w.book.conflicts[key]; known {
		return ledger.Result{Seq: id.Seq, Outcome: ledger.Parked, Entry: n, Code: ledger.IdentityConflict, Message: conflictMessage(id, first.Entry), Repeat: true}
	}
	at := ledger.Receipt{N: w.n + 1, BookedAt: w.bookedAt, TEff: min(cmpTime(r.Intent.At, now), now), Site: source.Site}
	message := conflictMessage(id, first.Entry)
	e := ledger.Entry{N: at.N, Kind: ledger.KindIntent, BookedAt: at.BookedAt, TEff: at.TEff, Site: at.SiteKept(&r.Intent), Outcome: ledger.Parked, Code: ledger.IdentityConflict, Message: message,
		Exceptions: w.book.settled.Conflict(&r.Intent, &at, first.Entry)}
	w.add(&e, r.Payload, journal.Record{})
	w.book.conflicts[key] = at.N
	w.batch.journal.Rows = append(w.batch.journal.Rows, conflictRow(key, at.N))
	return ledger.Result{Seq: id.Seq, Outcome: ledger.Parked, Entry: at.N, Code: ledger.IdentityConflict, Message: message}
}

func cmpTime(t, other ledger.Time) ledger.Time {
	if t == 0 {
		return other
	}
	return t
}

func conflictMessage(id ledger.Identity, entry uint64) string {
	return fmt.Sprintf("Scan %d of %s was already booked as entry %d with other content. This one is kept and holds no stock; a supervisor decides.", id.Seq, id.Device, entry)
}

// find returns the first result of an identity and the hash of its payload, from
// what is in flight or from the journal.
func (w *writer) find(id ledger.Identity) (ledger.Result, [16]byte, error) {
	if b, i := w.underWay(id); b != nil {
		return b.results[i], b.journal.Records[i].Payload, nil
	}
	found, err := w.book.journal.Find(id)
	if err != nil {
		return ledger.Result{}, [16]byte{}, err
	}
	first, err := resultOf(id, found)
	return first, found.Payload, err
}

// stamped returns what was fixed when an intent came, with n 0 where it has not.
func (w *writer) stamped(id ledger.Identity) (n uint64, stamp []byte, err error) {
	st := w.book.streams[streamKey{id.Device, id.Install}]
	if st == nil || !st.has(id.Seq) {
		return 0, nil, nil
	}
	if b, i := w.underWay(id); b != nil {
		return b.journal.First + uint64(i), b.journal.Records[i].Stamp, nil
	}
	found, err := w.book.journal.Find(id)
	if errors.Is(err, journal.ErrNotFound) {
		return 0, nil, nil // it is being decided now
	}
	return found.N, found.Stamp, err
}

// intent returns an intent that came before, nil where it has not.
func (w *writer) intent(id ledger.Identity) (*ledger.Intent, error) {
	data, err := w.entryOf(id)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := ledger.ReadEntry(data)
	if err != nil {
		return nil, err
	}
	return e.Intent, nil
}

func (w *writer) entryOf(id ledger.Identity) ([]byte, error) {
	if b, i := w.underWay(id); b != nil {
		return b.journal.Records[i].JSON, nil
	}
	found, err := w.book.journal.Find(id)
	return found.JSON, err
}

// Result returns what was said of an intent that came before, once that is durable;
// ok is false where it has not come. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Result(ctx context.Context, id ledger.Identity) (r ledger.Result, ok bool, err error) {
	b.mu.RLock()
	n := b.decided
	st := b.streams[streamKey{id.Device, id.Install}]
	ok = st != nil && st.has(id.Seq)
	b.mu.RUnlock()
	if err := b.Wait(ctx, n); err != nil || !ok {
		return r, false, err
	}
	found, err := b.journal.Find(id)
	if err != nil {
		return r, false, err
	}
	r, err = resultOf(id, found)
	return r, err == nil, err
}

// resultOf reads the result of an intent out of its entry.
func resultOf(id ledger.Identity, found journal.Found) (ledger.Result, error) {
	var e struct {
		Outcome ledger.Outcome `json:"outcome"`
		Code    ledger.Code    `json:"code"`
		Message string         `json:"message"`
	}
	if err := json.Unmarshal(found.JSON, &e); err != nil {
		return ledger.Result{}, err
	}
	return ledger.Result{Seq: id.Seq, Outcome: e.Outcome, Entry: found.N, Code: e.Code, Message: e.Message}, nil
}
