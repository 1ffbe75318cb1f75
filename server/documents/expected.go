package documents

import (
	"context"
	"encoding/json"
	"slices"

	"bayledger/server/receiving"
	"bayledger/sync/ledger"
)

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

// wants says whether a delivery is among those asked for.
func (q *DeliveryQuery) wants(d *receiving.Delivery) bool {
	return q.Sites(d.Site) && d.Number > q.After && (!q.Open || d.Open()) && (q.State == "" || d.State == q.State) && (q.Code == "" || d.Answers(q.Code)) && (q.Partner == "" || d.Partner == q.Partner)
}

// Deliveries lists deliveries in the order of their numbers, and says whether there are
// more.
func (s *Service) Deliveries(ctx context.Context, q DeliveryQuery) (out []receiving.Delivery, more bool, err error) {
	if err := s.intoEpoch(ctx); err != nil {
		return nil, false, err
	}
	return s.deliveries(q)
}

func (s *Service) deliveries(q DeliveryQuery) (out []receiving.Delivery, more bool, err error) {
	take := func(d *receiving.Delivery) bool {
		if !q.wants(d) {
			return true
		}
		if more = len(out) == q.Limit; more {
			return false
		}
		out = append(out, *d)
		return true
	}
	switch {
	case q.Code != "":
		err = s.named(q.Code, take)
	case q.Open:
		err = s.eachOpen(q.After, take)
	default:
		after := ""
		if q.After != "" {
			after = deliveryKey(q.After)
		}
		err = s.disk.Scan(deliveryKey(""), after, false, func(_ string, value []byte) (bool, error) {
			var d receiving.Delivery
			err := json.Unmarshal(value, &d)
			return err == nil && take(&d), err
		})
	}
	return out, more, err
}

// named gives the deliveries that answer to a code, in the order of their numbers.
func (s *Service) named(code string, take func(*receiving.Delivery) bool) error {
	numbers, err := s.keysOf(deliveryNameKey(code), "")
	if err != nil {
		return err
	}
	numbers = append(numbers, code)
	slices.Sort(numbers)
	return s.eachOf(slices.Compact(numbers), take)
}

// eachOpen gives the open deliveries behind a number, of which there are maxDeliveries at
// most.
func (s *Service) eachOpen(after string, take func(*receiving.Delivery) bool) error {
	prefix := deliveryOpenKey("")
	if after != "" {
		after = prefix + after
	}
	numbers, err := s.keysOf(prefix, after)
	if err != nil {
		return err
	}
	return s.eachOf(numbers, take)
}

// keysOf are the keys of a prefix without it. Rows are not read while others are looked
// through: the disk may wait for a writer in between, and the writer for the look.
func (s *Service) keysOf(prefix, after string) (out []string, err error) {
	err = s.disk.Scan(prefix, after, false, func(key string, _ []byte) (bool, error) {
		out = append(out, key[len(prefix):])
		return true, nil
	})
	return out, err
}

func (s *Service) eachOf(numbers []string, take func(*receiving.Delivery) bool) error {
	for _, number := range numbers {
		var d receiving.Delivery
		ok, err := s.read(deliveryKey(number), &d)
		if err != nil {
			return err
		}
		if ok && !take(&d) {
			return nil
		}
	}
	return nil
}

// Progress is a delivery and what came of it, by the books, and what of that is not put
// away yet.
func (s *Service) Progress(ctx context.Context, d *receiving.Delivery) (receiving.Progress, error) {
	list, err := s.Progresses(ctx, []receiving.Delivery{*d})
	if err != nil {
		return receiving.Progress{}, err
	}
	parties, err := s.parties(ctx, d.Site, d)
	if err != nil {
		return receiving.Progress{}, err
	}
	out := list[0]
	return out, s.view(ctx, func(st *ledger.State) error {
		out.Stands(st, allotted(st, d.Site, parties))
		return nil
	})
}

// Progresses are what came of deliveries, in their order: what the books say is looked
// up once for all of them.
func (s *Service) Progresses(ctx context.Context, list []receiving.Delivery) ([]receiving.Progress, error) {
	if err := s.CatchUp(ctx); err != nil {
		return nil, err
	}
	out := make([]receiving.Progress, len(list))
	for i := range list {
		d := &list[i]
		facts, waiting, err := s.factsOf(ctx, d)
		if err != nil {
			return nil, err
		}
		shared, err := s.shared(d)
		if err != nil {
			return nil, err
		}
		if err := s.view(ctx, func(st *ledger.State) error {
			out[i] = d.Progress(st, facts, waiting, shared, s.now())
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// OnOrder is a product on its way to a site.
type OnOrder struct{ Site, Product string }

// Coming is what open deliveries are still to bring, by site and product, in the
// product's last decimal. A delivery counts until it is closed or cancelled, however
// long it is overdue.
func (s *Service) Coming(ctx context.Context, site string) (map[OnOrder]int64, error) {
	list, _, err := s.Deliveries(ctx, DeliveryQuery{Open: true, Limit: maxDeliveries, Sites: func(at string) bool { return site == "" || at == site }})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	progress, err := s.Progresses(ctx, list)
	if err != nil {
		return nil, err
	}
	out := map[OnOrder]int64{}
	for i := range list {
		d := &list[i]
		if err := s.view(ctx, func(st *ledger.State) error {
			for product, n := range d.Coming(st, &progress[i], s.now()) {
				out[OnOrder{d.Site, product}] += n
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// shared says whether another delivery has the order of this one.
func (s *Service) shared(d *receiving.Delivery) (bool, error) {
	if d.Order == "" {
		return false, nil
	}
	list, _, err := s.deliveries(DeliveryQuery{Code: d.Order, Limit: 2, Sites: func(string) bool { return true }})
	return len(list) > 1, err
}
