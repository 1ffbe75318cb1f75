package rest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// PriceCorrection asks for another price of a receipt.
type PriceCorrection struct {
	Entry     uint64         `json:"entry" minimum:"1" doc:"the entry of the receipt"`
	Line      int            `json:"line,omitempty" minimum:"0" doc:"which of its lines, from 0"`
	UnitCost  ledger.Decimal `json:"unit_cost,omitempty" doc:"of one of the product's unit; or total_cost"`
	TotalCost ledger.Decimal `json:"total_cost,omitempty" doc:"of the whole line, exact; or unit_cost"`
	Reference string         `json:"reference,omitempty" maxLength:"200" doc:"that both facts bear, such as the invoice's number; missing: price/ENTRY"`
	Reason    string         `json:"reason" minLength:"1" maxLength:"500" doc:"why the price is another"`
	Preview   bool           `json:"preview,omitempty" doc:"say what would change, and book nothing"`
}

// PriceCorrected is what a correction changes, or would.
type PriceCorrected struct {
	Preview   bool                  `json:"preview"`
	Product   string                `json:"product"`
	Delivery  string                `json:"delivery"`
	At        ledger.Time           `json:"at" doc:"the moment of the receipt, which is that of the correction"`
	Reference string                `json:"reference"`
	Changes   []reports.PriceChange `json:"changes" doc:"by place: on hand, and where goods went; they add up to nothing with what the supplier gets"`
	Outcomes  []ledger.Result       `json:"outcomes" doc:"of the two facts: the receipt undone, and the same with the right price"`
	Message   string                `json:"message"`
}

// priceDevice is the device of corrections: a stream of stated times for each of them.
const priceDevice = "price-corrections"

func (a *API) routePriceCorrections() {
	register(a, route{method: http.MethodPost, path: "/v1/price-corrections", id: "postPriceCorrection", tag: "Intents", action: access.IntentAny,
		summary: "Correct the price of a receipt",
		about: "Books two dated facts in one commit: the receipt is undone, and made again at its own moment with the right price; both bear the reference. All costs that followed are " +
			"taken again, as with anything late; nothing that was booked is changed. With preview it says what would change in total and books nothing. A repeat of the same request is booked once. " +
			"Asks for the right to see money at the receipt's site. Where the books were closed through the moment, the change is dated at their end, and says so."}, a.postPriceCorrection)
}

type (
	priceQuery  struct{ Body PriceCorrection }
	priceAnswer struct{ Body PriceCorrected }
)

func (a *API) postPriceCorrection(ctx context.Context, q *priceQuery) (*priceAnswer, error) {
	price, p := priceOf(&q.Body)
	if p != nil {
		return nil, p
	}
	e, err := a.receiptEntry(ctx, q.Body.Entry)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, missing("entry", itoa(q.Body.Entry))
	}
	if p := a.correctable(ctx, e); p != nil {
		return nil, p
	}
	price.Receipt = e.Intent.Identity()
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	priced, err := reports.Reprice(ctx, a.book, productsOf(e), price)
	if err != nil {
		return nil, err
	}
	facts := pricedAgain(&q.Body, e, &price, &priced)
	line, ok := priced.Lines[price.Line]
	if !ok {
		return a.correctedBefore(ctx, &q.Body, e, facts)
	}
	out := &priceAnswer{Body: PriceCorrected{Preview: q.Body.Preview, Product: line.Product.Code, Delivery: deliveryOf(e.Intent, price.Line), At: e.TEff,
		Reference: facts[1].Intent.Reference, Changes: priced.Changes, Outcomes: []ledger.Result{}}}
	if out.Body.Changes == nil {
		out.Body.Changes = []reports.PriceChange{}
	}
	if q.Body.Preview {
		out.Body.Message = "Nothing was booked. " + a.closedNote(ctx, e.TEff)
		return out, nil
	}
	return out, a.bookPrices(ctx, facts, &out.Body)
}

// priceOf reads the new price.
func priceOf(q *PriceCorrection) (p reports.Price, wrong *Problem) {
	unit, total := q.UnitCost, q.TotalCost
	if unit.IsSet() == total.IsSet() {
		return p, badField("unit_cost", "A correction names either unit_cost or total_cost. Nothing was booked; give one of the two.")
	}
	ok := false
	p.Line, p.Costed = q.Line, ledger.CostUnit
	name := "unit_cost"
	if p.Cost, ok = unit.Scaled(ledger.CostDecimals); total.IsSet() {
		p.Costed, name = ledger.CostTotal, "total_cost"
		p.Cost, ok = total.Scaled(ledger.MoneyDecimals)
	}
	if !ok || p.Cost < 0 {
		return p, badField(name, "A price is 0 or more, with at most 6 decimals for one and 2 for the whole. Nothing was booked.")
	}
	return p, nil
}

// receiptEntry reads one entry of the journal.
func (a *API) receiptEntry(ctx context.Context, n uint64) (*ledger.Entry, error) {
	if n == 0 || n > a.book.Head() {
		p := problem(ledger.NotFound, "There is no entry "+itoa(n)+". Nothing was booked.")
		p.Field = "entry"
		return nil, p
	}
	return (&entries{api: a}).at(ctx, n)
}

// correctable says why an entry is no receipt whose price somebody may correct.
func (a *API) correctable(ctx context.Context, e *ledger.Entry) *Problem {
	in := e.Intent
	if in == nil || in.Action != ledger.ActionAdd || e.Outcome == ledger.Parked || e.Outcome == ledger.Refused {
		return badField("entry", "Entry "+itoa(e.N)+" is no receipt that was booked. Nothing was booked; name the entry of an add, as report fifo shows it.")
	}
	who := callOf(ctx).who
	for i := range e.Moves {
		for _, ref := range [...]string{e.Moves[i].From, e.Moves[i].To} {
			site, _ := history.SplitPlace(ref)
			if site != "" && (!access.MayAt(who, access.SeeMoney, site) || !access.MayAt(who, access.IntentAny, site)) {
				return notThere(site)
			}
		}
	}
	if len(e.Moves) == 0 && !access.MayAt(who, access.SeeMoney, e.SiteOf()) {
		return notThere(e.SiteOf())
	}
	if a.where(ctx, access.SeeMoney).None() {
		return problem(ledger.NotAllowed, "Prices are for those who may see money. Nothing was booked; ask a supervisor.")
	}
	return nil
}

// productsOf lists the products that a receipt may be about.
func productsOf(e *ledger.Entry) (codes []string) {
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for i := range e.Moves {
		add(e.Moves[i].Product)
	}
	add(e.Intent.Product)
	for i := range e.Intent.Lines {
		add(e.Intent.Lines[i].Product)
	}
	return codes
}

// pricedAgain makes the two facts: the receipt undone, and made again. Their stream is
// named by what is asked, so that a repeat is a repeat.
func pricedAgain(q *PriceCorrection, e *ledger.Entry, price *reports.Price, priced *reports.Priced) []ledger.Received {
	id := e.Intent.Identity()
	sum := sha256.Sum256(fmt.Append(nil, e.N, " ", price.Line, " ", price.Costed, " ", price.Cost, " ", q.Reference, " ", q.Reason))
	install := hex.EncodeToString(sum[:12])
	reference := cmp.Or(q.Reference, "price/"+itoa(e.N))
	undo := ledger.Intent{Device: priceDevice, Install: install, Seq: 1, At: e.TEff, Site: bookedAt(e), Action: ledger.ActionUndo,
		Reference: id.Device + "/" + id.Install + "/" + itoa(id.Seq), Reason: q.Reason}
	again := *e.Intent
	again.Device, again.Install, again.Seq, again.At = priceDevice, install, 2, e.TEff
	again.Clock, again.Seen, again.Epoch, again.Operator, again.Mode = "", 0, "", "", ""
	again.Site, again.Reference, again.Reason = cmp.Or(e.Site, again.Site, bookedAt(e)), cmp.Or(again.Reference, reference), q.Reason
	again.UnitCost, again.TotalCost = ledger.Decimal{}, ledger.Decimal{}
	again.Lines = linesAgain(e.Intent, price, priced)
	again.Product, again.Scan, again.Quantity, again.Unit = "", "", ledger.Decimal{}, ""
	return []ledger.Received{wire.Receive(undo), wire.Receive(again)}
}

// linesAgain are the lines of a receipt as they were understood, each with its cost.
func linesAgain(in *ledger.Intent, price *reports.Price, priced *reports.Priced) (lines []ledger.Line) {
	lines = slices.Clone(in.Lines)
	if len(lines) == 0 {
		lines = []ledger.Line{{Product: in.Product, Scan: in.Scan, Quantity: in.Quantity, Unit: in.Unit}}
	}
	for i := range lines {
		l := &lines[i]
		is, ok := priced.Lines[i]
		if !ok {
			l.Product, l.Scan, l.Quantity, l.Unit = cmp.Or(l.Product, in.Product), cmp.Or(l.Scan, in.Scan), or(l.Quantity, in.Quantity), cmp.Or(l.Unit, in.Unit)
			continue
		}
		l.Product, l.Scan, l.Quantity, l.Unit = is.Product.Code, "", ledger.NewDecimal(is.Quantity, is.Product.Decimals), ""
		l.Lot, l.Serial = cmp.Or(is.Lot, l.Lot), cmp.Or(is.Serial, l.Serial)
		costed, unit, total := is.Costed, is.Unit, is.Total
		if i == price.Line {
			costed, unit, total = price.Costed, price.Cost, price.Cost
		}
		l.UnitCost, l.TotalCost = ledger.Decimal{}, ledger.Decimal{}
		switch costed {
		case ledger.CostUnit:
			l.UnitCost = ledger.NewDecimal(unit, ledger.CostDecimals)
		case ledger.CostTotal:
			l.TotalCost = ledger.NewDecimal(total, ledger.MoneyDecimals)
		}
	}
	return lines
}

func or(a, b ledger.Decimal) ledger.Decimal {
	if a.IsSet() {
		return a
	}
	return b
}

// bookedAt is the site at which a receipt was booked.
func bookedAt(e *ledger.Entry) string {
	for i := range e.Moves {
		if site, _ := history.SplitPlace(e.Moves[i].To); site != "" {
			return site
		}
	}
	return e.SiteOf()
}

func deliveryOf(in *ledger.Intent, line int) string {
	if line < len(in.Lines) && in.Lines[line].Delivery != "" {
		return in.Lines[line].Delivery
	}
	return in.Delivery
}

// bookPrices books the facts of a correction, in one commit.
func (a *API) bookPrices(ctx context.Context, facts []ledger.Received, out *PriceCorrected) error {
	r, err := a.book.DoWhole(ctx, a.bringing(ctx), facts, func(*settle.Books) error { return nil }) // in one commit
	if err != nil {
		return err
	}
	out.Outcomes = r.Results
	for i := range r.Results {
		a.metrics.outcomes.WithLabelValues(string(r.Results[i].Outcome)).Inc()
		if o := r.Results[i].Outcome; o == ledger.Parked || o == ledger.Refused {
			out.Message = "The correction was kept and not booked in full: " + r.Results[i].Message
			return nil
		}
	}
	out.Message = "The price was corrected. " + a.closedNote(ctx, out.At)
	return nil
}

// correctedBefore answers where the receipt takes no part: a repeat gets the first
// outcomes again, anything else is refused.
func (a *API) correctedBefore(ctx context.Context, q *PriceCorrection, e *ledger.Entry, facts []ledger.Received) (*priceAnswer, error) {
	out := &priceAnswer{Body: PriceCorrected{At: e.TEff, Delivery: deliveryOf(e.Intent, q.Line), Reference: facts[1].Intent.Reference, Changes: []reports.PriceChange{},
		Message: "The price was corrected before. Nothing was booked again."}}
	for i := range facts {
		first, known, err := a.book.First(ctx, facts[i].Intent.Identity())
		if err != nil {
			return nil, err
		}
		if !known || q.Preview {
			return nil, badField("entry", "Line "+itoa(q.Line)+" of the receipt of entry "+itoa(e.N)+" takes no part in the books: it was undone or corrected before, or there is no such line. Nothing was booked; name the entry that report fifo shows now.")
		}
		out.Body.Outcomes = append(out.Body.Outcomes, first)
	}
	return out, nil
}

// closedNote says what a closing makes of a change at a moment.
func (a *API) closedNote(ctx context.Context, at ledger.Time) (note string) {
	_ = a.book.Exceptions(ctx, func(s *settle.Books, _ uint64) {
		if closed := s.Closings(); len(closed) > 0 && closed[len(closed)-1].Through >= at {
			note = "The books are closed through " + closed[len(closed)-1].Through.String() + ": reports up to then stay as they are, and the change is dated there."
		}
	})
	return note
}
