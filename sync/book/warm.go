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
	b.mu.RLock()
	defer b.mu.RUnlock()
	from := map[*ledger.Product]ledger.Time{}
	note := func(code string, at ledger.Time) {
		p, ok := b.state.Product(code)
		if !ok || len(list) >= maxWarm || !b.settled.Cold(p, at) {
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
		if !late(in) {
			continue
		}
		if in.Product != "" {
			note(in.Product, in.At)
		}
		for j := range in.Lines {
			if code := in.Lines[j].Product; code != "" {
				note(code, in.At)
			}
		}
	}
	for i := range list {
		list[i].from = from[list[i].product]
	}
	return list
}

// submitWarm lets histories be read a few pieces at a time, while others scan, and
// hands the intents to the writer then: only who brings such scans waits for it. What
// cannot be read is said when the scan is decided.
func (b *Book) submitWarm(ctx context.Context, s *Submission, cold []coldHistory) error {
	for i := range cold {
		for first := true; ; first = false {
			b.mu.Lock()
			more, err := b.settled.Warm(cold[i].product, cold[i].from, first)
			b.mu.Unlock()
			if err != nil || !more || ctx.Err() != nil {
				break
			}
		}
	}
	cool := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for i := range cold {
			b.settled.Cool(cold[i].product)
		}
	}
	warmed, done := *s, s.Done
	warmed.Done = func(r Results, err error) {
		cool()
		done(r, err)
	}
	err := b.give(ctx, work{submission: &warmed})
	if err != nil {
		cool()
	}
	return err
}
