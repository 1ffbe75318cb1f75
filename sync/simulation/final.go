package simulation

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// final is what is judged when everyone is home.
func (j *judge) final() error {
	if err := j.w.countAsks(); err != nil {
		return err
	}
	for _, one := range []struct {
		name  string
		judge func() error
	}{
		{V7, func() error { return j.books("at the end") }}, {V5, j.acknowledged}, {V6, j.watchers}, {V14, j.commands},
		{V2, j.oracle}, {R12, j.past}, {H26, j.decided}, {V4, j.twice}, {V10, j.again}, {V7, j.verify}, {V3, j.orders},
	} {
		if !j.w.o.does(one.name) {
			continue
		}
		if err := one.judge(); err != nil {
			return err
		}
	}
	return nil
}

// acknowledged looks up everything that any device was told of (V5).
func (j *judge) acknowledged() error {
	w := j.w
	check := func(r *row) error {
		switch {
		case r.first == nil && r.acked && !r.sealed:
			return j.fail(V5, "scan %d of %s was acknowledged without a receipt", r.id.Seq, r.id.Device)
		case r.first == nil:
			return nil
		}
		i, found := slices.BinarySearchFunc(w.follow.entries, r.first.Entry, func(e *entry, n uint64) int { return int(int64(e.N) - int64(n)) })
		if !found {
			return j.fail(V5, "scan %d of %s was told that it is entry %d, which is no scan", r.id.Seq, r.id.Device, r.first.Entry)
		}
		e := w.follow.entries[i]
		if e.id != r.id || e.Outcome != r.first.Outcome || e.Code != r.first.Code {
			return j.fail(V5, "scan %d of %s was told %s, and the entry is scan %d of %s, %s %s", r.id.Seq, r.id.Device, describe(r.first), e.id.Seq, e.id.Device, e.Outcome, e.Code)
		}
		return nil
	}
	for _, h := range w.hands {
		for _, r := range h.box {
			if r.scan == nil || h.Stated && !r.acked {
				continue
			}
			if !r.acked {
				return j.fail(V12, "scan %d of %s was never acknowledged", r.id.Seq, r.id.Device)
			}
			if r.first == nil && h.Stated {
				continue // refused as no intent; its identity stayed free
			}
			if err := check(r); err != nil {
				return err
			}
		}
	}
	for _, rows := range w.rows { // of installs that are no more, too
		for _, r := range rows {
			if r.sealed && r.first != nil {
				if err := check(r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// watchers lets every watcher read to the end and compares what they read with
// the journal (V6).
func (j *judge) watchers() error {
	w := j.w
	var whole []byte
	err := w.srv.twin.Read(context.Background(), 1, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= b.Last; n++ {
			whole = append(append(whole, b.Entry(n)...), '\n')
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for i, x := range w.watch {
		if err := x.read(w); err != nil {
			return err
		}
		if !bytes.Equal(x.text, whole) {
			return j.fail(V6, "watcher %d has read something else than the journal holds", i+1)
		}
	}
	if err := w.srv.twin.Check(context.Background(), nil); err != nil {
		return j.fail(V6, "the journal: %v", err)
	}
	return nil
}

// twice lets every device send everything that it ever sent twice more: nothing
// changes (V4), and every receipt is the first one (V15).
func (j *judge) twice() error {
	w := j.w
	head := w.srv.book.Head()
	for range 2 {
		for _, h := range w.hands {
			if !h.born {
				continue
			}
			if err := w.again(h); err != nil {
				return err
			}
		}
	}
	if now := w.srv.book.Head(); now != head {
		return j.fail(V4, "everything was sent again, and entries %d to %d were made", head+1, now)
	}
	return nil
}

// again takes the log of what became durable into a second book, with other
// crashes: the same entries and rows, byte for byte (V10). On the way that book is
// opened again from its rows, and goes on with the rest (V11).
func (j *judge) again() error {
	w := j.w
	second, err := newServer(w.srv.start)
	if err != nil {
		return err
	}
	defer func() { second.close() }()
	const restarts = 6 // of that book, about
	for i := range w.srv.log {
		if err := second.repeat(&w.srv.log[i]); err != nil {
			return j.fail(V10, "the log cannot be taken again: burst %d: %v", i+1, err)
		}
		if w.d.chance(restarts / float64(len(w.srv.log)+restarts)) {
			if err := second.end(false); err != nil {
				return j.fail(V11, "after burst %d the book cannot be opened again: %v", i+1, err)
			}
		}
	}
	if a, b := w.srv.twin.Head(), second.twin.Head(); a.N != b.N || a.Hash != b.Hash {
		n, one, other := firstDifference(w.srv, second)
		return j.fail(V10, "entry %d of the same log was\n%s\nand then\n%s", n, around(one, other), around(other, one))
	}
	one, err := rowsOf(w.srv)
	if err != nil {
		return err
	}
	other, err := rowsOf(second)
	if err != nil {
		return err
	}
	for i := range max(len(one), len(other)) {
		if i >= len(one) || i >= len(other) || !bytes.Equal(one[i].Key, other[i].Key) || !bytes.Equal(one[i].Value, other[i].Value) {
			return j.fail(V10, "row %d of the same log differs: %s", i+1, rowText(one, other, i))
		}
	}
	return nil
}

// around is the part of a text where it begins to differ from another.
func around(text, other []byte) string {
	const before, after = 60, 240
	at := 0
	for at < min(len(text), len(other)) && text[at] == other[at] {
		at++
	}
	if len(text) < before+after {
		return string(text)
	}
	return "…" + string(text[max(0, at-before):min(len(text), at+after)])
}

func rowText(one, other []journal.Row, i int) string {
	text := func(rows []journal.Row) string {
		if i >= len(rows) {
			return "none"
		}
		return fmt.Sprintf("%q = %q", rows[i].Key, rows[i].Value)
	}
	return text(one) + ", and then " + text(other)
}

// rowsOf reads the rows that a book would be restored from. The server starts
// again for it.
func rowsOf(s *server) (rows []journal.Row, err error) {
	s.book.Close()
	memory, err := s.twin.Reopen()
	if err != nil {
		return nil, err
	}
	s.twin = &twin{memory, s.twin.epoch}
	err = memory.Rows(context.Background(), func(key, value []byte) error {
		rows = append(rows, journal.Row{Key: bytes.Clone(key), Value: bytes.Clone(value)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, s.open()
}

// verify asks the book's own proof, which is dear, in some of the worlds.
func (j *judge) verify() error {
	const every = 8
	if j.w.script.Config.Seed%every != 0 && !j.w.o.Thorough {
		return nil
	}
	if err := book.Verify(context.Background(), j.w.srv.twin, nil); err != nil {
		return j.fail(V7, "verify: %v", err)
	}
	return nil
}

func firstDifference(a, b *server) (n uint64, one, other []byte) {
	read := func(s *server) (all [][]byte) {
		_ = s.twin.Read(context.Background(), 1, func(b *journal.Block) (bool, error) {
			for n := b.First; n <= b.Last; n++ {
				all = append(all, b.Entry(n))
			}
			return true, nil
		}) // what could not be read shows as missing
		return all
	}
	first, second := read(a), read(b)
	for i := range max(len(first), len(second)) {
		switch {
		case i >= len(first):
			return uint64(i + 1), []byte("nothing"), second[i]
		case i >= len(second):
			return uint64(i + 1), first[i], []byte("nothing")
		case !bytes.Equal(first[i], second[i]):
			return uint64(i + 1), first[i], second[i]
		}
	}
	return 0, nil, nil
}

// commands looks at every command on goods that a site or product refuses to
// take below zero: where nothing later was on the books of that shelf yet, it was
// carried out only if there was enough, and refused as short only if not (V14).
func (j *judge) commands() error {
	w := j.w
	at := balances{}
	latest := map[[2]string]ledger.Time{} // by place and product: the latest moment that touched it
	next := 0
	return feedFrom(w.srv, 0, func(n uint64, text []byte, _ journal.Record) error {
		var e *entry
		if next < len(w.follow.entries) && w.follow.entries[next].N == n {
			e = w.follow.entries[next]
			next++
		}
		moves, err := movesOf(e, text)
		if err != nil {
			return err
		}
		if e != nil {
			if err := j.command(e, at, latest); err != nil {
				return err
			}
		}
		for i := range moves {
			m := &moves[i]
			at.move(m, w.follow.decimals)
			for _, place := range [...]string{m.From, m.To} {
				if key := [2]string{place, m.Product}; e != nil {
					latest[key] = max(latest[key], e.TEff)
				}
			}
		}
		return nil
	})
}
