package outbound

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"bayledger/server/access"
	"bayledger/server/availability"
	"bayledger/sync/ledger"
)

// told is what a receiver knows of a product: the number of the message that told it,
// counted by product, and what it said.
type told struct {
	Seq uint64 `json:"seq"`
	As  string `json:"as"`
}

// amount is what is told of an available amount: itself where limit is missing, else
// what may be said of it.
func amount(available int64, p *ledger.Product, limit ledger.Decimal) string {
	if !limit.IsSet() {
		return ledger.FormatScaled(available, p.Decimals)
	}
	return availability.Word(available, p, limit)
}

// change is what a receiver is told of a product.
type change struct {
	Product   string `json:"product"`
	Seq       uint64 `json:"seq"` // grows by product: whoever gets an older one later passes it over
	Available string `json:"available,omitempty"`
	Level     string `json:"level,omitempty"`
	Unit      string `json:"unit,omitempty"`
}

// availabilityOf makes the message of what changed of some products (nil: all) against
// what was told, nil where nothing did. more says that there is more to tell.
func (s *Service) availabilityOf(ctx context.Context, w *worker, e *Endpoint, number uint64, who *access.Principal, products map[string]bool, glass string) (m *message, more bool, err error) {
	limit, err := ledger.ParseDecimal(e.Limit)
	if err != nil {
		return nil, false, err
	}
	sites := access.Where(*who, access.ReadBalances)
	at := func(site string) bool { return sites.Has(site) && (e.Filter.Site == "" || site == e.Filter.Site) }
	m = &message{Event: EventAvailability, Lens: glass, Told: map[string]told{}}
	var changes []change
	now := s.now()
	err = s.opts.Book.View(ctx, func(st *ledger.State, head uint64) {
		m.From, m.To = head, head
		look := func(p *ledger.Product) bool {
			if p.NotStocked || e.Filter.Product != "" && p.Code != e.Filter.Product {
				return true
			}
			as := amount(st.AvailableOf(p, at), p, limit)
			was, known := w.told[p.Code]
			if known && was.As == as || !known && p.Deleted {
				return true
			}
			if len(changes) == messageItems {
				more = true
				return false
			}
			c := change{Product: p.Code, Seq: was.Seq + 1, Unit: p.Unit}
			if limit.IsSet() {
				c.Level = as
			} else {
				c.Available = as
			}
			m.Told[p.Code] = told{c.Seq, as}
			changes = append(changes, c)
			return true
		}
		for code := range products { // what was sent as a product, and somebody said is another
			if _, ok := st.Product(code); !ok {
				products = nil
				break
			}
		}
		if products == nil {
			for _, p := range st.AllProducts() {
				if !look(p) {
					return
				}
			}
			return
		}
		for _, code := range slices.Sorted(maps.Keys(products)) {
			if p, ok := st.Product(code); ok && !look(p) {
				return
			}
		}
	})
	if err != nil || len(changes) == 0 {
		return nil, false, err
	}
	m.ID = fmt.Sprintf("msg_%s_%s_%d_%s", e.ID, s.opts.Book.Epoch(), number, EventAvailability)
	m.Body = body(EventAvailability, now, struct {
		Epoch    string   `json:"epoch"`
		To       uint64   `json:"to"` // the entry as of which it is so
		Products []change `json:"products"`
	}{s.opts.Book.Epoch(), m.To, changes})
	return m, more, nil
}
