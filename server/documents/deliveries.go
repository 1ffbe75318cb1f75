package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

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
		if err := s.checkDelivery(ctx, d, i, now); err != nil {
			return err
		}
		c.Put[deliveryKey(d.Number)], c.Put[deliveryOpenKey(d.Number)] = encoded(d), []byte{}
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

// Delivery returns a delivery as it is stored.
func (s *Service) Delivery(ctx context.Context, number string) (d receiving.Delivery, err error) {
	ok, err := s.read(deliveryKey(number), &d)
	if err == nil && !ok {
		err = fault(ledger.NotFound, "number", "There is no delivery %s. Nothing was changed; look at /v1/deliveries for what there is.", ledger.Quote(number))
	}
	if err != nil || d.Last == nil || !d.Last.Pending {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delivery(ctx, number)
}

// delivery reads one, and finds out what became of a booking that was cut off. The
// caller holds mu.
func (s *Service) delivery(ctx context.Context, number string) (d receiving.Delivery, err error) {
	ok, err := s.read(deliveryKey(number), &d)
	if err == nil && !ok {
		err = fault(ledger.NotFound, "number", "There is no delivery %s. Nothing was changed; look at /v1/deliveries for what there is.", ledger.Quote(number))
	}
	if err != nil || d.Last == nil || !d.Last.Pending {
		return d, err
	}
	_, there, err := s.book.Result(ctx, ledger.Identity{Device: receiving.Device, Install: d.Install(), Seq: d.Last.First})
	switch {
	case err != nil:
		return d, err
	case there || d.Last.Intents == 0:
		return d, s.received(&d, nil)
	}
	d.Last, d.Told = nil, "The server ended while something was received, and nothing of it was booked. Receive it again."
	return d, s.putDelivery(&d)
}

func (s *Service) putDelivery(d *receiving.Delivery) error {
	c := rows.Changes{Put: map[string][]byte{deliveryKey(d.Number): encoded(d)}}
	if d.Open() {
		c.Put[deliveryOpenKey(d.Number)] = []byte{}
	} else {
		c.Delete = []string{deliveryOpenKey(d.Number)}
	}
	return s.disk.Commit(c)
}

// DeliveryQuery asks for deliveries. Empty fields ask for all.
type DeliveryQuery struct {
	Open    bool
	State   receiving.State // done or cancelled
	Code    string          // as scanned: a number, ASN or order
	Partner string
	After   string // the number of the last one that is known
	Limit   int
	Sites   func(site string) bool
}

// Deliveries lists deliveries in the order of their numbers, and says whether there are
// more.
func (s *Service) Deliveries(q DeliveryQuery) (out []receiving.Delivery, more bool, err error) {
	take := func(d receiving.Delivery) bool {
		if !q.Sites(d.Site) || q.Open && !d.Open() || q.State != "" && d.State != q.State || q.Code != "" && !d.Answers(q.Code) || q.Partner != "" && d.Partner != q.Partner {
			return true
		}
		if more = len(out) == q.Limit; more {
			return false
		}
		out = append(out, d)
		return true
	}
	prefix := "d/"
	if q.Open {
		prefix = "e/"
	}
	after := ""
	if q.After != "" {
		after = prefix + q.After
	}
	err = s.disk.Scan(prefix, after, false, func(key string, value []byte) (bool, error) {
		var d receiving.Delivery
		if q.Open {
			ok, err := s.read(deliveryKey(key[len(prefix):]), &d)
			if err != nil || !ok {
				return err == nil, err
			}
		} else if err := json.Unmarshal(value, &d); err != nil {
			return false, err
		}
		return take(d), nil
	})
	return out, more, err
}

// Progress is a delivery and what came of it, by the books.
func (s *Service) Progress(ctx context.Context, d *receiving.Delivery) (p receiving.Progress, err error) {
	if err := s.CatchUp(ctx); err != nil {
		return p, err
	}
	facts, waiting, err := s.factsOf(ctx, d)
	if err != nil {
		return p, err
	}
	shared, err := s.shared(d)
	if err != nil {
		return p, err
	}
	err = s.view(ctx, func(st *ledger.State) error {
		p = d.Progress(st, facts, waiting, shared, s.now())
		return nil
	})
	return p, err
}

// shared says whether another delivery has the order of this one.
func (s *Service) shared(d *receiving.Delivery) (bool, error) {
	if d.Order == "" {
		return false, nil
	}
	list, _, err := s.Deliveries(DeliveryQuery{Code: d.Order, Limit: 2, Sites: func(string) bool { return true }})
	return len(list) > 1, err
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
	version := d.Version
	fn(&d)
	d.Number, d.Version, d.ChangedAt, d.ChangedBy, d.Told = number, version+1, s.now(), by, ""
	if err := s.checkDelivery(ctx, &d, 0, s.now()); err != nil {
		return d, err
	}
	return d, s.putDelivery(&d)
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
	last, err := s.book.LastSeq(ctx, receiving.Device, d.Install())
	if err != nil {
		return nil, err
	}
	a.First = last + 1
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
	a.Pending = false
	for i := range results {
		a.Entries = append(a.Entries, results[i].Entry)
	}
	d.Version++
	d.ChangedAt, d.ChangedBy = a.At, a.By
	if a.Close {
		d.State = receiving.Done
	}
	return s.putDelivery(d)
}
