package history

import (
	"bytes"
	"context"
	"fmt"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// Source calls fn with the stored blocks from entry after+1 on, in order, until
// fn returns false or an error, or the newest entry is reached.
type Source func(ctx context.Context, after uint64, fn func(*journal.Block) (more bool, err error)) error

// Span bounds the entries that a question is about; zero values are open ends.
type Span struct {
	Entry uint64      // only entries up to this one: as booked then
	After uint64      // only entries after this one
	From  ledger.Time // only what happened (t_eff) at From or later
	To    ledger.Time // only what happened at To or earlier
	// Dated, if not nil, gives the moment at which an entry counts: closed books do
	// not show what reached them later.
	Dated func(n uint64, tEff ledger.Time) ledger.Time
	// May, if not nil, is a quick look at an entry's JSON: false spares reading it.
	May func(entry []byte) bool
}

// holds says whether an entry is in the span, having dated it.
func (s *Span) holds(e *ledger.Entry) bool {
	if s.Dated != nil {
		e.TEff = s.Dated(e.N, e.TEff)
	}
	return (s.From == 0 || e.TEff >= s.From) && (s.To == 0 || e.TEff <= s.To)
}

// Each calls fn with every entry of a span that has moves, until fn returns
// false. Errors: the source's, fn's, and one that names an entry that cannot be
// read.
func Each(ctx context.Context, read Source, span Span, fn func(e *ledger.Entry) (more bool, err error)) error {
	return each(ctx, read, span, func(raw []byte, e *ledger.Entry) error { return json.Unmarshal(raw, e) }, fn)
}

func each(ctx context.Context, read Source, span Span, decode func([]byte, *ledger.Entry) error, fn func(*ledger.Entry) (bool, error)) error {
	var e ledger.Entry
	return read(ctx, span.After, func(b *journal.Block) (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if span.Entry > 0 && b.First > span.Entry {
			return false, nil
		}
		if span.From > 0 && b.BookedAt < span.From {
			return true, nil // t_eff is never after the booking
		}
		last := b.Last
		if span.Entry > 0 {
			last = min(last, span.Entry)
		}
		for n := b.First; n <= last; n++ {
			raw := b.Entry(n)
			if bytes.Contains(raw, noMoves) || span.May != nil && !span.May(raw) {
				continue
			}
			e = ledger.Entry{Moves: e.Moves[:0]}
			if err := decode(raw, &e); err != nil {
				return false, fmt.Errorf("entry %d cannot be read: %w", n, err)
			}
			if !span.holds(&e) || len(e.Moves) == 0 {
				continue
			}
			if more, err := fn(&e); err != nil || !more {
				return false, err
			}
		}
		return span.Entry == 0 || b.Last < span.Entry, nil
	})
}

// moves is the part of an entry that a fold needs; what is left out here is
// skipped without being read.
type moves struct {
	N        uint64        `json:"n"`
	BookedAt ledger.Time   `json:"booked_at"`
	TEff     ledger.Time   `json:"t_eff"`
	Moves    []ledger.Move `json:"moves"`
}

func decodeMoves() func([]byte, *ledger.Entry) error {
	var m moves
	return func(raw []byte, e *ledger.Entry) error {
		m = moves{Moves: m.Moves[:0]}
		err := json.Unmarshal(raw, &m)
		e.N, e.BookedAt, e.TEff, e.Moves = m.N, m.BookedAt, m.TEff, m.Moves
		return err
	}
}

// noMoves is how an entry without moves is written. A text inside an entry has
// its quotes escaped, so that it cannot be taken for this.
var noMoves = []byte(`"moves":[]`)
