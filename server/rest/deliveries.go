package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/documents"
	"bayledger/server/receiving"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// DeliveryCard is a delivery in a list, and how far it has come.
type DeliveryCard struct {
	Number   string          `json:"number"`
	Partner  string          `json:"partner,omitempty"`
	Order    string          `json:"order,omitempty"`
	ASN      string          `json:"asn,omitempty"`
	Site     string          `json:"site"`
	Due      string          `json:"due,omitempty"`
	State    receiving.State `json:"state" enum:"expected,in_progress,done,cancelled"`
	Lines    int             `json:"lines"`
	Complete int             `json:"complete" doc:"lines of which all has come, or been turned away"`
	Short    int             `json:"short"`
	Over     int             `json:"over"`
	Unknown  int             `json:"unknown" doc:"products that were not ordered"`
	Version  uint64          `json:"version"`
}

// ReceivingList is a page of deliveries, in the order of their numbers.
type ReceivingList struct {
	Rows  []DeliveryCard `json:"rows"`
	Next  string         `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64         `json:"head"`
	Epoch string         `json:"epoch"`
}

// ReceivingDetail is a delivery and what came of it by the books.
type ReceivingDetail struct {
	Delivery receiving.Delivery `json:"delivery"`
	Progress receiving.Progress `json:"progress"`
	Repeat   bool               `json:"repeat,omitempty" doc:"it was booked before, and nothing was booked now"`
	Head     uint64             `json:"head"`
	Epoch    string             `json:"epoch"`
}

// ExpectedDelivery is a delivery as somebody keys it.
type ExpectedDelivery struct {
	Number  string           `json:"number,omitempty" doc:"what it is scanned as, and what its intents have as delivery"`
	Partner string           `json:"partner,omitempty"`
	Order   string           `json:"order,omitempty"`
	ASN     string           `json:"asn,omitempty"`
	Site    string           `json:"site,omitempty" doc:"missing: main; of a delivery that is there it cannot be changed, and may be missing"`
	To      string           `json:"to,omitempty" doc:"missing: incoming"`
	Due     string           `json:"due,omitempty"`
	Note    string           `json:"note,omitempty"`
	Lines   []receiving.Line `json:"lines" maxItems:"2000"`
}

// DeliveriesImported tells what an import of deliveries did.
type DeliveriesImported struct {
	Deliveries int          `json:"deliveries"`
	Rows       int          `json:"rows"`
	Unknown    int          `json:"unknown" doc:"lines whose barcode nobody knows yet"`
	DryRun     bool         `json:"dry_run"`
	Notes      []ImportNote `json:"notes" doc:"codes that a spreadsheet damaged: what was mended, and what could not be; a thousand at most"`
}

// PutAway is what stands where goods come in.
type PutAway struct {
	Rows  []receiving.Standing `json:"rows"`
	Head  uint64               `json:"head"`
	Epoch string               `json:"epoch"`
}

type (
	receivingListQuery struct {
		State   string `query:"state" default:"open" enum:"open,done,cancelled,all"`
		Code    string `query:"code" doc:"as scanned: a number, an ASN or an order"`
		Partner string `query:"partner"`
		Site    string `query:"site"`
		After   string `query:"after" doc:"next of the page before"`
		Limit   int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	}
	// DeliveryNumber names one delivery.
	DeliveryNumber struct {
		Number string `path:"number" maxLength:"200"`
	}
	expectQuery struct{ Body ExpectedDelivery }
	amendQuery  struct {
		DeliveryNumber
		Body struct {
			Version uint64 `json:"version" doc:"that was seen"`
			ExpectedDelivery
		}
	}
	deliveryVersionQuery struct {
		DeliveryNumber
		Body struct {
			Version uint64 `json:"version" doc:"that was seen"`
		}
	}
	receiveQuery struct {
		DeliveryNumber
		Body struct {
			Version uint64 `json:"version" doc:"that was seen: sent again with the same words it is a repeat"`
			receiving.Ask
		}
	}
	importDeliveriesQuery struct {
		DryRun bool `query:"dry_run" doc:"judge everything, change nothing"`
	}
	formQuery struct {
		Product  string `query:"product" doc:"or scan"`
		Scan     string `query:"scan"`
		Location string `query:"location" doc:"missing: incoming"`
		Site     string `query:"site" doc:"missing: main"`
		Delivery string `query:"delivery"`
	}
	putAwayQuery struct {
		Site     string `query:"site" doc:"missing: main"`
		Delivery string `query:"delivery" doc:"only what is of it"`
	}
	receivingListAnswer      struct{ Body ReceivingList }
	receivingAnswer          struct{ Body ReceivingDetail }
	deliveriesImportedAnswer struct{ Body DeliveriesImported }
	formAnswer               struct{ Body receiving.Form }
	putAwayAnswer            struct{ Body PutAway }
)

func (a *API) routeDeliveries() {
	if a.opts.Documents == nil {
		return
	}
	const tag, base, one = "Deliveries", "/v1/deliveries", "/v1/deliveries/{number}"
	register(a, route{method: http.MethodGet, path: base, id: "listExpectedDeliveries", tag: tag, action: access.ReadDeliveries, summary: "Expected deliveries, and how far they have come",
		about: "With code: those that somebody means who scans it."}, a.listExpected)
	register(a, route{method: http.MethodPost, path: base, id: "expectDelivery", tag: tag, action: access.Receive, status: http.StatusCreated, body: maxImportBody, summary: "Key an expected delivery"}, a.expectDelivery)
	register(a, route{method: http.MethodPost, path: "/v1/delivery-import", id: "importDeliveries", tag: tag, action: access.Receive, summary: "Take expected deliveries from a file: all or none",
		about:   "Rows as JSON objects, or CSV or XLSX whose first line names the fields: " + fmt.Sprint(receiving.Columns()) + ". Lines of one number are one delivery.",
		request: rowsBody()}, a.importDeliveries)
	register(a, route{method: http.MethodGet, path: one, id: "getExpectedDelivery", tag: tag, action: access.ReadDeliveries, summary: "One delivery, and what came of it by the books",
		about: "Every scan counts that names the number (or ASN) as delivery, or the order as reference."}, a.getExpected)
	register(a, route{method: http.MethodPut, path: one, id: "amendDelivery", tag: tag, action: access.Receive, body: maxImportBody, summary: "Change an open delivery: what is sent takes the place of what was there"}, a.amendDelivery)
	register(a, route{method: http.MethodPost, path: one + "/receive", id: "receiveDelivery", tag: tag, action: access.Receive, body: maxImportBody, summary: "Receive, turn away, close: in one commit, all or nothing",
		about: "What came is booked as add from supplier, at the price said, else that of the order; goods that are tracked by lot or serial number are refused without it (handhelds' scans of them are taken). What is turned away needs a reason: at the door (a move from supplier to supplier, which is on record and costs nothing), into quarantine, or back out of a place."}, a.receiveDelivery)
	register(a, route{method: http.MethodPost, path: one + "/reopen", id: "reopenDelivery", tag: tag, action: access.Receive, summary: "Open a delivery that was closed or cancelled"}, a.stateDelivery(receiving.Expected))
	register(a, route{method: http.MethodPost, path: one + "/cancel", id: "cancelDelivery", tag: tag, action: access.Receive, summary: "Expect a delivery no more"}, a.stateDelivery(receiving.Cancelled))
	register(a, route{method: http.MethodGet, path: "/v1/receiving", id: "receivingForm", tag: tag, action: access.ReadDeliveries, summary: "What receiving a product at a place wants and offers",
		about: "An incoming place asks for what belongs to a delivery: its number, the price of the whole parcel, expiry, serials; the average cost is there as a reference for who may see money."}, a.receivingForm)
	register(a, route{method: http.MethodGet, path: "/v1/put-away", id: "getPutAway", tag: tag, action: access.ReadDeliveries, summary: "What stands where goods come in, and where it could go",
		about: "With a delivery: what of it is that one's. What was moved on under a delivery's number is off that one; what was moved on without a number is off the oldest receipt of all open deliveries that brought such goods there; goods that none of them brought are taken to have gone first."}, a.getPutAway)
}

// priceless takes the prices of a delivery out for whoever may not see them.
func (a *API) priceless(ctx context.Context, d *receiving.Delivery, p *receiving.Progress) {
	if a.where(ctx, access.SeeMoney).Has(d.Site) {
		return
	}
	for i := range d.Lines {
		d.Lines[i].Price = ledger.Decimal{}
	}
	for i := range p.Lines {
		p.Lines[i].Price = ledger.Decimal{}
	}
}

// seenDelivery reads a delivery that somebody may see.
func (a *API) seenDelivery(ctx context.Context, number string) (receiving.Delivery, error) {
	d, err := a.opts.Documents.Delivery(ctx, number)
	if err == nil && !a.where(ctx, access.ReadDeliveries).Has(d.Site) {
		err = &ledger.Fault{Code: ledger.NotFound, Field: "number", Message: "There is no delivery " + quoted(number) + ". Nothing was changed; look at /v1/deliveries for what there is."}
	}
	return d, err
}

// mayReceive reads a delivery that somebody may change.
func (a *API) mayReceive(ctx context.Context, number string) (receiving.Delivery, error) {
	d, err := a.opts.Documents.Delivery(ctx, number)
	if err != nil {
		return d, err
	}
	if p := a.mayAt(ctx, access.Receive, d.Site); p != nil {
		return d, p
	}
	return d, nil
}

// detail is a delivery as it is shown.
func (a *API) detail(ctx context.Context, d receiving.Delivery, repeat bool) (*receivingAnswer, error) {
	p, err := a.opts.Documents.Progress(ctx, &d)
	if err != nil {
		return nil, err
	}
	a.priceless(ctx, &d, &p)
	return &receivingAnswer{ReceivingDetail{Delivery: d, Progress: p, Repeat: repeat, Head: a.book.Head(), Epoch: a.book.Epoch()}}, nil
}

func (a *API) listExpected(ctx context.Context, q *receivingListQuery) (*receivingListAnswer, error) {
	sites := a.where(ctx, access.ReadDeliveries)
	want := documents.DeliveryQuery{Open: q.State == "open", Code: q.Code, Partner: q.Partner, After: q.After, Limit: q.Limit,
		Sites: func(site string) bool { return sites.Has(site) && (q.Site == "" || q.Site == site) }}
	if q.State == "done" || q.State == "cancelled" {
		want.State = receiving.State(q.State)
	}
	list, more, err := a.opts.Documents.Deliveries(ctx, want)
	if err != nil {
		return nil, err
	}
	out := &receivingListAnswer{ReceivingList{Rows: []DeliveryCard{}, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	came, err := a.opts.Documents.Progresses(ctx, list)
	if err != nil {
		return nil, err
	}
	for i := range list {
		d, p := &list[i], &came[i]
		out.Body.Rows = append(out.Body.Rows, DeliveryCard{Number: d.Number, Partner: d.Partner, Order: d.Order, ASN: d.ASN, Site: d.Site, Due: d.Due, State: p.State,
			Lines: len(d.Lines), Complete: p.Complete, Short: p.Short, Over: p.Over, Unknown: len(p.Unknown), Version: d.Version})
	}
	if more {
		out.Body.Next = list[len(list)-1].Number
	}
	return out, nil
}

func (e *ExpectedDelivery) delivery() receiving.Delivery {
	d := receiving.Delivery{Number: e.Number, Partner: e.Partner, Order: e.Order, ASN: e.ASN, Site: e.Site, To: e.To, Due: e.Due, Note: e.Note, Lines: e.Lines}
	if d.Site == "" {
		d.Site = mainSite
	}
	return d
}

func (a *API) expectDelivery(ctx context.Context, q *expectQuery) (*receivingAnswer, error) {
	list := []receiving.Delivery{q.Body.delivery()}
	if p := a.mayAt(ctx, access.Receive, list[0].Site); p != nil {
		return nil, p
	}
	if err := a.opts.Documents.Expect(ctx, list, callOf(ctx).who.Name, false); err != nil {
		return nil, a.deliveryProblem(ctx, err, nil, nil)
	}
	return a.detail(ctx, list[0], false)
}

// deliveryProblem names the line of a file, or of a delivery, that is at fault.
func (a *API) deliveryProblem(ctx context.Context, err error, of [][]int, numbers []int) error {
	var at *documents.DeliveryFault
	if !errors.As(err, &at) {
		return err
	}
	p := *a.asProblem(ctx, err)
	switch {
	case of != nil:
		p.Line = numbers[of[at.Delivery][max(0, at.Line)]]
	case at.Line >= 0:
		p.Line = at.Line + 1
	}
	if p.Message = at.Message + " Nothing was changed."; p.Line > 0 {
		p.Message = fmt.Sprintf("Line %d: %s", p.Line, p.Message)
	}
	p.Detail = p.Message
	return &p
}

func (a *API) importDeliveries(ctx context.Context, q *importDeliveriesQuery) (*deliveriesImportedAnswer, error) {
	rows, release, err := a.fileRows(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if len(rows) > receiving.MaxImport {
		return nil, problem(ledger.TooLarge, fmt.Sprintf("The import has %d lines, at most %d can be taken or none together. Nothing was changed; send it in pieces.", len(rows), receiving.MaxImport))
	}
	notes, broken := repairCodes(rows, "barcode")
	if broken != nil {
		return nil, broken
	}
	fields, numbers := make([]map[string]string, len(rows)), make([]int, len(rows))
	for i := range rows {
		fields[i], numbers[i] = rows[i].fields, rows[i].line
	}
	list, of, line, f := receiving.Read(fields)
	if f != nil {
		p := lineProblem(numbers[line], f.Code, f.Message)
		p.Field = f.Field
		return nil, p
	}
	out := &deliveriesImportedAnswer{DeliveriesImported{Deliveries: len(list), Rows: len(rows), DryRun: q.DryRun, Notes: notes}}
	for i := range list {
		if list[i].Site == "" {
			list[i].Site = mainSite
		}
		if p := a.mayAt(ctx, access.Receive, list[i].Site); p != nil {
			p.Line = numbers[of[i][0]]
			return nil, p
		}
		for j := range list[i].Lines {
			if l := &list[i].Lines[j]; l.Product == "" && l.Item == "" {
				out.Body.Unknown++
			}
		}
	}
	if err := a.opts.Documents.Expect(ctx, list, callOf(ctx).who.Name, q.DryRun); err != nil {
		return nil, a.deliveryProblem(ctx, err, of, numbers)
	}
	return out, nil
}

func (a *API) getExpected(ctx context.Context, q *DeliveryNumber) (*receivingAnswer, error) {
	d, err := a.seenDelivery(ctx, q.Number)
	if err != nil {
		return nil, err
	}
	return a.detail(ctx, d, false)
}

func (a *API) amendDelivery(ctx context.Context, q *amendQuery) (*receivingAnswer, error) {
	old, err := a.mayReceive(ctx, q.Number)
	if err != nil {
		return nil, err
	}
	if !old.Open() {
		return nil, problem(ledger.Closing, "The delivery "+quoted(q.Number)+" is "+string(old.State)+". Nothing was changed; reopen it first.")
	}
	if site := q.Body.Site; site != "" && site != old.Site {
		return nil, badField("site", "The delivery "+quoted(q.Number)+" is for the site "+quoted(old.Site)+", and that cannot be changed to "+quoted(site)+". Nothing was changed; cancel it, and expect it at the other site under another number.")
	}
	seesMoney := a.where(ctx, access.SeeMoney).Has(old.Site)
	said := q.Body.ExpectedDelivery.delivery()
	d, err := a.opts.Documents.Amend(ctx, q.Number, q.Body.Version, callOf(ctx).who.Name, func(d *receiving.Delivery) {
		if !seesMoney { // whoever does not see prices does not take them away
			keepPrices(d.Lines, said.Lines)
		}
		d.Partner, d.Order, d.ASN, d.To, d.Due, d.Note, d.Lines = said.Partner, said.Order, said.ASN, said.To, said.Due, said.Note, said.Lines
	})
	if err != nil {
		return nil, a.deliveryProblem(ctx, err, nil, nil)
	}
	return a.detail(ctx, d, false)
}

// keepPrices gives lines without a price that of the same product and unit.
func keepPrices(old, said []receiving.Line) {
	type key struct{ item, product, barcode, unit string }
	keyOf := func(l *receiving.Line) key {
		if l.Item != "" {
			return key{item: l.Item, unit: l.Unit} // it says the product
		}
		return key{product: l.Product, barcode: l.Barcode, unit: l.Unit}
	}
	prices := map[key]ledger.Decimal{}
	for i := range old {
		prices[keyOf(&old[i])] = old[i].Price
	}
	for i := range said {
		if l := &said[i]; !l.Price.IsSet() {
			l.Price = prices[keyOf(l)]
		}
	}
}

func (a *API) receiveDelivery(ctx context.Context, q *receiveQuery) (*receivingAnswer, error) {
	old, err := a.mayReceive(ctx, q.Number)
	if err != nil {
		return nil, err
	}
	d, repeat, err := a.opts.Documents.Receive(ctx, q.Number, q.Body.Version, &q.Body.Ask, a.actor(ctx, old.Site))
	var at *receiving.LineFault
	if errors.As(err, &at) {
		p := *a.asProblem(ctx, err)
		p.Line = at.Line + 1
		what := "Line %d"
		if at.Ordered {
			what = "Line %d of the order"
		}
		p.Message = fmt.Sprintf(what+": %s Nothing was booked.", p.Line, at.Message)
		p.Detail = p.Message
		return nil, &p
	}
	if err != nil {
		return nil, err
	}
	return a.detail(ctx, d, repeat)
}

// stateDelivery opens a delivery again, or expects it no more.
func (a *API) stateDelivery(to receiving.State) func(context.Context, *deliveryVersionQuery) (*receivingAnswer, error) {
	return func(ctx context.Context, q *deliveryVersionQuery) (*receivingAnswer, error) {
		if _, err := a.mayReceive(ctx, q.Number); err != nil {
			return nil, err
		}
		d, err := a.opts.Documents.Amend(ctx, q.Number, q.Body.Version, callOf(ctx).who.Name, func(d *receiving.Delivery) { d.State = to })
		if err != nil {
			return nil, a.deliveryProblem(ctx, err, nil, nil)
		}
		return a.detail(ctx, d, false)
	}
}

func (a *API) receivingForm(ctx context.Context, q *formQuery) (*formAnswer, error) {
	if q.Site == "" {
		q.Site = mainSite
	}
	if q.Location == "" {
		q.Location = string(ledger.PlaceIncoming)
	}
	if !a.where(ctx, access.ReadDeliveries).Has(q.Site) {
		return nil, notThere(q.Site)
	}
	out, now := &formAnswer{}, ledger.TimeOf(a.opts.Now())
	var wrong *Problem
	var product *ledger.Product
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		in := ledger.Intent{Site: q.Site, Product: q.Product, Scan: q.Scan}
		product = s.Meant(&in, &ledger.Line{}, &ledger.Receipt{TEff: now})
		at, ok := s.Place(q.Site, q.Location)
		switch {
		case product == nil:
			wrong = missing("product", q.Product+q.Scan)
		case !ok || at.Site != q.Site:
			wrong = missing("location", q.Location)
		default:
			out.Body = receiving.FormOf(s, product, at, now)
		}
	}); err != nil || wrong != nil {
		return nil, errors.Join(err, asErr(wrong))
	}
	if a.where(ctx, access.SeeMoney).Has(q.Site) {
		if err := a.book.Settled(ctx, func(b *settle.Books) error {
			w, err := b.Worth(product)
			for _, p := range w.Pools {
				if p.Site == "" || p.Site == q.Site {
					out.Body.Average = ledger.FormatScaled(p.Cost, ledger.CostDecimals)
				}
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	if q.Delivery == "" {
		return out, nil
	}
	return out, a.expectedOf(ctx, q.Delivery, &out.Body)
}

func asErr(p *Problem) error {
	if p == nil {
		return nil
	}
	return p
}

// expectedOf says what a delivery is to bring of a form's product.
func (a *API) expectedOf(ctx context.Context, number string, form *receiving.Form) error {
	d, err := a.seenDelivery(ctx, number)
	if err != nil {
		return err
	}
	p, err := a.opts.Documents.Progress(ctx, &d)
	for _, l := range p.Lines {
		if l.Product != form.Product {
			continue
		}
		if l.Lot != "" {
			form.Lots = append([]string{l.Lot}, form.Lots...)
		}
		if form.Expected == nil || form.Expected.Difference == "0" {
			form.Expected = &receiving.Remaining{Ordered: l.Ordered, Accepted: l.Accepted, Difference: l.Difference}
		}
	}
	return err
}

func (a *API) getPutAway(ctx context.Context, q *putAwayQuery) (*putAwayAnswer, error) {
	if q.Site == "" {
		q.Site = mainSite
	}
	if !a.where(ctx, access.ReadDeliveries).Has(q.Site) {
		return nil, notThere(q.Site)
	}
	known := false
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { _, known = s.Site(q.Site) }); err != nil {
		return nil, err
	}
	if !known {
		return nil, missing("site", q.Site)
	}
	rows, head, err := a.opts.Documents.PutAway(ctx, q.Site, q.Delivery)
	return &putAwayAnswer{PutAway{Rows: append([]receiving.Standing{}, rows...), Head: head, Epoch: a.book.Epoch()}}, err
}
