package book

import (
	"context"

	"bayledger/sync/ledger"
)

// warmLate is how far behind the newest scan another is for which it is looked whether
// its history has to be read: what is nearer is in memory for all but the busiest
// books, and looking waits for the writer.
const warmLate = ledger.Time(6 * 3600e6)

// maxWarm bounds the products whose histories are read for one submission before the
// writer is asked: a backlog of a thousand products reads the rest when it is decided.
const maxWarm = 64

// coldHistory is a product whose history has to be read back to a moment.
type coldHistory struct {
	product *ledger.Product
	from    ledger.Time
}

// cold returns the histories that have to be read for what happened long before now.
func (b *Book) cold(s *Submission) (list []coldHistory) {
	newest := ledger.Time(b.newest.Load())
	late := func(in *ledger.Intent) bool { return in.At != 0 && newest-in.At > warmLate }
	any := false
	for i := range s.Intents {
		any = any || late(&s.Intents[i].Intent)
	}
	if !any {
		return nil
	}
	// What a scan breaks is broken, and said, when it is decided: see safely.
	defer func() {
		if recover() != nil {
			list = nil
		}
	}()
	b.mu.RLock()
	defer b.mu.RUnlock()
	from := map[*ledger.Product]ledger.Time{}
	note := func(p *ledger.Product, in *ledger.Intent) {
		at := in.At
		if p == nil || len(list) >= maxWarm || !b.settled.Cold(p, at) || carries(in) && b.settled.Aside(p, at) {
			return
		}
		if _, known := from[p]; !known {
			list = append(list, coldHistory{product: p})
			from[p] = at
		}
		from[p] = min(from[p], at)
	}
	for i := range s.Intents {
		in := &s.Intents[i].Intent
		if len(list) >= maxWarm {
			break
		}
		if !late(in) {
			continue
		}
		at := ledger.Receipt{TEff: in.At, Site: s.Source.Site}
		if len(in.Lines) == 0 {
			note(b.state.Meant(in, &ledger.Line{}, &at), in)
		}
		for j := range in.Lines {
			note(b.state.Meant(in, &in.Lines[j], &at), in)
		}
	}
	for i := range list {
		list[i].from = from[list[i].product]
	}
	return list
}

// carries says whether an intent brings goods from shelf to shelf and names nothing
// that would have to be looked for: see settle.Books.Aside.
func carries(in *ledger.Intent) bool {
	return in.Action == ledger.ActionMove && len(in.Lines) == 0 && in.Lot == "" && in.Serial == "" && in.Package == ""
}

// submitWarm lets histories be read a few pieces at a time, while others scan, and
// hands the intents to the writer then: only who brings such scans waits for it. What
// cannot be read is said when the scan is decided.
func (b *Book) submitWarm(ctx context.Context, s *Submission, cold []coldHistory) error {
	for i := range cold {
		for first := true; ; first = false {
			more, err := b.warm(&cold[i], first)
			if err != nil || !more || ctx.Err() != nil {
				break
			}
		}
	}
	err := b.give(ctx, work{submission: s, cold: cold})
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cool(cold)
	}
	return err
}

// warm reads a few pieces of a history. One reads at a time: where hundreds come home
// together they would stand in line for the lock, and the writer behind them all
// after every burst of its own.
func (b *Book) warm(c *coldHistory, first bool) (more bool, err error) {
	b.warming.Lock()
	defer b.warming.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settled.Warm(c.product, c.from, first)
}

// cool says that scans for which histories were read have been decided, or will not
// be. The caller holds the lock.
func (b *Book) cool(cold []coldHistory) {
	for i := range cold {
		b.settled.Cool(cold[i].product)
	}
}
