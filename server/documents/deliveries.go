package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"bayledger/server/documents/rows"
	"bayledger/server/receiving"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// maxDeliveries are open at a time: years of a busy dock's.
const maxDeliveries = 20_000

func deliveryKey(number string) string     { return "d/" + number }
func deliveryOpenKey(number string) string { return "e/" + number }
func deliveryNameKey(name string) string   { return "q/" + name + "\x00" }

// Expect keeps deliveries that are new: all or none. Faults name the delivery, and of it
// the line, by where they stand in the list.
func (s *Service) Expect(ctx context.Context, list []receiving.Delivery, by string, try bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	open, err := s.opened("e/", maxDeliveries+1)
	if err != nil {
		return err
	}
	if open+len(list) > maxDeliveries {
		return fault(ledger.TooLarge, "", "%d deliveries are open, and %d may be. None was taken; close or cancel some.", open, maxDeliveries)
	}
	now, c := s.now(), rows.Changes{Put: map[string][]byte{}}
	for i := range list {
		d := &list[i]
		if known, err := s.disk.Get(deliveryKey(d.Number)); err != nil {
			return err
		} else if known != nil || c.Put[deliveryKey(d.Number)] != nil {
			return &DeliveryFault{i, -1, fault(ledger.IdentityConflict, "number", "The delivery %s is there already.", ledger.Quote(d.Number))}
		}
		d.State, d.Version, d.CreatedAt, d.CreatedBy, d.ChangedAt, d.ChangedBy = receiving.Expected, 1, now, by, now, by
		d.Told, d.Last = "", nil
		if d.Seqs, err = s.lastSeq(ctx, d); err != nil { // one of this number was there before a restore
			return err
		}
		if err := s.checkDelivery(ctx, d, i, now); err != nil {
			return err
		}
		s.changesOfDelivery(d, nil, &c)
	}
	if try || len(list) == 0 {
		return nil
	}
	return s.disk.Commit(c)
}

// DeliveryFault is a fault of one of several deliveries.
type DeliveryFault struct {
	Delivery, Line int // from 0; Line is -1 for what stands above the lines
	*ledger.Fault
}

func (f *DeliveryFault) Unwrap() error { return f.Fault }

func (s *Service) checkDelivery(ctx context.Context, d *receiving.Delivery, i int, now ledger.Time) error {
	err := s.view(ctx, func(st *ledger.State) error {
		if line, f := d.Check(st, now); f != nil {
			return &DeliveryFault{i, line, f}
		}
		return nil
	})
	if err == nil && len(encoded(d)) > rows.MaxValue {
		err = &DeliveryFault{i, -1, fault(ledger.TooLarge, "lines", "The delivery %s takes more than %d KiB.", ledger.Quote(d.Number), rows.MaxValue>>10)}
	}
	return err
}

// Delivery returns a delivery; where the books have not what it says of itself, what
// became of that.
func (s *Service) Delivery(ctx context.Context, number string) (d receiving.Delivery, err error) {
	if d, err = s.storedDelivery(number); err != nil {
		return d, err
	}
	if last, err := s.lastSeq(ctx, &d); err != nil || last == d.Seqs && !d.Pending() {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delivery(ctx, number)
}

func (s *Service) storedDelivery(number string) (d receiving.Delivery, err error) {
	ok, err := s.read(deliveryKey(number), &d)
	if err == nil && !ok {
		err = fault(ledger.NotFound, "number", "There is no delivery %s. Nothing was changed; look at /v1/deliveries for what there is.", ledger.Quote(number))
	}
	return d, err
}

// lastSeq is the last intent of a delivery's own stream that the books have.
func (s *Service) lastSeq(ctx context.Context, d *receiving.Delivery) (uint64, error) {
	return s.book.LastSeq(ctx, receiving.Device, d.Install())
}

// delivery reads one, and settles it. The caller holds mu, so no booking is under way.
func (s *Service) delivery(ctx context.Context, number string) (d receiving.Delivery, err error) {
	if d, err = s.storedDelivery(number); err != nil {
		return d, err
	}
	return d, s.settleDelivery(ctx, &d)
}

// settleDelivery holds a delivery against its stream in the books: a booking that was
// cut off is there or not, and books that were restored may have less than the rows say,
// or more where the rows are the older ones. Then it is another version: what was seen
// of it before is not what is there.
func (s *Service) settleDelivery(ctx context.Context, d *receiving.Delivery) error {
	last, err := s.lastSeq(ctx, d)
	switch {
	case err != nil:
		return err
	case d.Pending() && last >= d.Last.First:
		results, err := s.resultsOf(ctx, d, last)
		if err != nil {
			return err
		}
		return s.received(d, results)
	case d.Pending():
		d.Last, d.Told = nil, "The server ended while something was received, and nothing of it was booked. Receive it again."
		return s.putDelivery(d)
	case last == d.Seqs:
		return nil
	case last < d.Seqs:
		d.Told = "The books were restored to a moment before all of this was received. Look at what is in them, and receive what is missing again."
		if d.State == receiving.Done {
			d.State = receiving.Expected
		}
	default:
		d.Told = "The books have receipts of this that were not known here: a backup was restored. Look at what has come before more is received."
	}
	d.Seqs, d.Last = last, nil
	d.Version++
	return s.putDelivery(d)
}

// resultsOf are what the books said of the last booking's intents.
func (s *Service) resultsOf(ctx context.Context, d *receiving.Delivery, last uint64) (out []ledger.Result, err error) {
	for seq := d.Last.First; seq <= last; seq++ {
		r, there, err := s.book.Result(ctx, ledger.Identity{Device: receiving.Device, Install: d.Install(), Seq: seq})
		if err != nil {
			return nil, err
		}
		if there {
			out = append(out, r)
		}
	}
	return out, nil
}

// putDelivery stores a delivery; was are the names that it had.
func (s *Service) putDelivery(d *receiving.Delivery, was ...string) error {
	c := rows.Changes{Put: map[string][]byte{}}
	s.changesOfDelivery(d, was, &c)
	return s.disk.Commit(c)
}

// changesOfDelivery are the rows of a delivery, and those that go.
func (s *Service) changesOfDelivery(d *receiving.Delivery, was []string, c *rows.Changes) {
	c.Put[deliveryKey(d.Number)] = encoded(d)
	if d.Open() {
		c.Put[deliveryOpenKey(d.Number)] = []byte{}
	} else {
		c.Delete = append(c.Delete, deliveryOpenKey(d.Number))
	}
	for _, name := range d.Names() {
		c.Put[deliveryNameKey(name)+d.Number] = []byte{}
	}
	for _, name := range was {
		if !slices.Contains(d.Names(), name) {
			c.Delete = append(c.Delete, deliveryNameKey(name)+d.Number)
		}
	}
}

// Amend changes an open delivery: fn changes what was read. saw is the version that was
// seen.
func (s *Service) Amend(ctx context.Context, number string, saw uint64, by string, fn func(*receiving.Delivery)) (d receiving.Delivery, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.delivery(ctx, number); err != nil {
		return d, err
	}
	if saw != d.Version {
		return d, seen(&d, saw, "changed")
	}
	version, was := d.Version, d.Names()
	fn(&d)
	d.Number, d.Version, d.ChangedAt, d.ChangedBy, d.Told = number, version+1, s.now(), by, ""
	if err := s.checkDelivery(ctx, &d, 0, s.now()); err != nil {
		return d, err
	}
	return d, s.putDelivery(&d, was...)
}

func seen(d *receiving.Delivery, saw uint64, what string) error {
	return fault(ledger.Expired, "version", "The delivery %s is at version %d (by %s), and %d was seen. Nothing was %s; look at it again.", d.Number, d.Version, d.ChangedBy, saw, what)
}

// Receive books what came of a delivery and what is turned away, in one commit. Asked
// again for the version that it was asked for it tells the same again.
func (s *Service) Receive(ctx context.Context, number string, saw uint64, ask *receiving.Ask, who Actor) (d receiving.Delivery, repeat bool, err error) {
	if err := s.CatchUp(ctx); err != nil {
		return d, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.delivery(ctx, number); err != nil {
		return d, false, err
	}
	sum := sha256.Sum256(encoded(ask))
	hash := hex.EncodeToString(sum[:16])
	switch {
	case d.Last != nil && d.Last.Version == saw && d.Last.Hash == hash:
		return d, true, nil
	case saw != d.Version:
		return d, false, seen(&d, saw, "booked")
	case !d.Open():
		return d, false, fault(ledger.Closing, "number", "The delivery %s is %s. Nothing was booked; reopen it.", number, d.State)
	}
	a := &receiving.Attempt{At: s.now(), By: who.Name, Epoch: s.book.Epoch(), Version: saw, Hash: hash, Close: ask.Close, Pending: true}
	intents, err := s.planned(ctx, &d, ask, a)
	if err != nil {
		return d, false, err
	}
	d.Last, d.Told = a, ""
	if len(intents) == 0 {
		if !ask.Close {
			return d, false, fault(ledger.BadField, "lines", "Nothing is said to have come. Nothing was booked; say what, or close the delivery.")
		}
		return d, false, s.received(&d, nil)
	}
	if err := s.putDelivery(&d); err != nil {
		return d, false, err
	}
	ctx = context.WithoutCancel(ctx)
	r, err := s.book.DoWhole(ctx, who.Source, intents, func(*settle.Books) error { return nil })
	switch {
	case errors.Is(err, book.ErrClosed), errors.Is(err, book.ErrFailed):
		return d, false, err // the next look finds out whether it was booked
	case err != nil:
		d.Last = nil
		return d, false, errors.Join(err, s.putDelivery(&d))
	}
	return d, false, s.received(&d, r.Results)
}

// planned makes the intents of what is asked for, from the next seq on.
func (s *Service) planned(ctx context.Context, d *receiving.Delivery, ask *receiving.Ask, a *receiving.Attempt) (out []ledger.Received, err error) {
	facts, waiting, err := s.factsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	shared, err := s.shared(d)
	if err != nil {
		return nil, err
	}
	a.First = d.Seqs + 1 // it was settled
	err = s.view(ctx, func(st *ledger.State) error {
		p := d.Progress(st, facts, waiting, shared, a.At)
		intents, err := d.Plan(st, ask, &p, a.First, a.At)
		if err == nil {
			out, err = receivedOf(intents)
		}
		return err
	})
	if a.Intents = len(out); err == nil {
		err = book.Whole(out)
	}
	return out, err
}

// received notes that a booking is in the books.
func (s *Service) received(d *receiving.Delivery, results []ledger.Result) error {
	a := d.Last
	a.Pending, a.Entries = false, nil
	for i := range results {
		a.Entries = append(a.Entries, results[i].Entry)
	}
	d.Seqs += uint64(a.Intents)
	d.Version++
	d.ChangedAt, d.ChangedBy = a.At, a.By
	if a.Close {
		d.State = receiving.Done
	}
	return s.putDelivery(d)
}
