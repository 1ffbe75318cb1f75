package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// sight is a count's difference as it once was: what a decision saw.
type sight struct {
	Evidence        string
	Quantity, Value int64
}

// maxSights bounds how many differences of one count are remembered: a decision
// on an older one does not hold any more.
const maxSights = 32

// approve looks again at the counts of a product from a fact on, whose differences
// or their worth may be others now (C1).
func (b *Books) approve(w *worths) {
	if !b.state.Approves() {
		return
	}
	at, _ := w.h.position(w.from)
	for i := at; i < len(w.h.facts); i++ {
		if f := &w.h.facts[i]; f.act == actCount || f.act == actCountOne {
			b.approveCount(w.h, f)
		}
	}
}

// approveCount asks for approval of a count whose difference is larger than its
// site lets pass.
func (b *Books) approveCount(h *history, f *fact) {
	now := sight{}
	for i := range f.legs {
		l := &f.legs[i]
		switch {
		case l.cause != causeCount:
		case l.to.Place.Physical():
			now.Quantity, now.Value = now.Quantity+l.quantity, now.Value+l.value
		default:
			now.Quantity, now.Value = now.Quantity-l.quantity, now.Value-l.value
		}
	}
	where := foundAt{f.Key, fromWorth}
	at := b.seenAt(f.from, nil, &f.Key)
	if at == nil || !b.state.ApprovalAt(at.Site, f.n).Beyond(now.Quantity, h.product.Decimals, now.Value) {
		if len(b.exceptions.found[where]) > 0 {
			b.replace(where, nil, nil)
		}
		return
	}
	b.replace(where, []ledger.Note{{Kind: kindCountDifference, Severity: ledger.Warning, Message: differenceSentence(h.product, f, &now)}}, func(x *exception) {
		x.row.Product, x.row.Entry = h.product.Code, f.n
		x.at(at)
		now.Evidence = x.row.Evidence
		x.now = now
		if !slices.ContainsFunc(x.seen, func(s sight) bool { return s.Evidence == now.Evidence }) {
			x.seen = append(slices.Clone(x.seen[max(0, len(x.seen)+1-maxSights):]), now)
		}
	})
}

// CountDifference is what a count found that wants approval: more, or below zero less,
// than the books had, as known now. It only reads.
func (b *Books) CountDifference(id string) (quantity, value int64, ok bool) {
	x := b.exceptions.rowsOf[id]
	if x == nil || x.row.Kind != kindCountDifference {
		return 0, 0, false
	}
	return x.now.Quantity, x.now.Value, true
}

// differenceSentence says what a count found, and what the books had.
func differenceSentence(p *ledger.Product, f *fact, s *sight) string {
	say := func(q int64) string { return ledger.FormatScaled(q, p.Decimals) }
	less, quantity, value := "more", s.Quantity, s.Value
	if quantity < 0 || quantity == 0 && value < 0 {
		less, quantity, value = "less", -quantity, -value
	}
	return ledger.WithWorth(f.Device+" counted "+say(f.quantity)+" of "+p.Code+" at "+f.from.Ref()+" at "+clock(f.TEff)+", "+say(quantity)+" "+less+
		" than the books had", ledger.FormatScaled(value, ledger.MoneyDecimals))
}

// near says whether a count's difference is, to what goes without approval, what a
// decision saw.
func (b *Books) near(x *exception, evidence string) bool {
	i := slices.IndexFunc(x.seen, func(s sight) bool { return s.Evidence == evidence })
	p, ok := b.state.Product(x.row.Product)
	if i < 0 || !ok {
		return false
	}
	limit := b.state.ApprovalAt(x.row.Site, x.row.Entry)
	return !limit.Beyond(x.now.Quantity-x.seen[i].Quantity, p.Decimals, x.now.Value-x.seen[i].Value)
}
