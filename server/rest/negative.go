package rest

import (
	"context"
	"net/http"
	"strconv"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// PolicyPreview tells what another policy for negative stock would change.
type PolicyPreview struct {
	Site    string         `json:"site,omitempty"`
	Product string         `json:"product,omitempty"`
	Was     string         `json:"was" doc:"the setting as it is; empty where a product follows its sites"`
	Will    string         `json:"will"`
	Rows    []PolicyChange `json:"rows" doc:"what lies below zero where the policy would change, sorted by site, location and product; a thousand at most"`
	Count   int            `json:"count" doc:"how many such places there are"`
	Apart   int            `json:"apart" doc:"of a site: products with a policy of their own, for which nothing changes"`
	Value   string         `json:"value,omitempty" doc:"of all of them, for those who see money"`
	Text    string         `json:"text" doc:"what a scan below zero gets then"`
	Head    uint64         `json:"head"`
	Epoch   string         `json:"epoch"`
}

// PolicyChange is a product that lies below zero where the policy would change.
type PolicyChange struct {
	Site     string `json:"site"`
	Location string `json:"location"`
	Product  string `json:"product"`
	Package  string `json:"package,omitempty"`
	Quantity string `json:"quantity"`
	Value    string `json:"value,omitempty" doc:"for those who see money"`
	Now      string `json:"now" doc:"the policy that holds"`
	Then     string `json:"then" doc:"the policy that would hold"`
	Message  string `json:"message" doc:"what the next scan that takes one gets, now and then"`
}

type (
	previewQuery struct {
		Site    string `query:"site" doc:"whose setting is to change"`
		Product string `query:"product" doc:"or the product whose own setting is to change, everywhere"`
		Policy  string `query:"policy" enum:"allow,auto-add,refuse,site" required:"true" doc:"site: a product follows its sites again"`
	}
	previewAnswer struct{ Body PolicyPreview }
)

func (a *API) routeNegative() {
	register(a, route{method: http.MethodGet, path: "/v1/negative/preview", id: "previewNegative", tag: "Reports", action: access.ReadReports,
		summary: "What another policy for negative stock would change",
		about: "Changes nothing. What lies below zero stays as it is by a switch: the policy is judged scan by scan, at each scan's own moment. Set it by PUT /v1/sites/{code} or /v1/products/{code}, field negative; " +
			"devices of the site that are connected hear of it at once, the others when they come."}, a.getPreview)
	register(a, route{method: http.MethodPost, path: "/v1/negative/correct", id: "correctNegative", tag: "Reports", action: access.IntentAny,
		summary: "Correct what lies below zero in one step",
		about: "Books the intent that /v1/negative offers as a correction of this kind, if the evidence is what it was: else `expired`, and nothing is booked. " +
			"The intent is of the key's own name, install correct-EVIDENCE, seq 1, so that sending it twice books it once."}, a.postCorrect)
}

func (a *API) getPreview(ctx context.Context, q *previewQuery) (*previewAnswer, error) {
	if (q.Site == "") == (q.Product == "") {
		return nil, badField("site", "Say site, or product, and not both: it is the one or the other's setting that changes. Nothing was read.")
	}
	policy := ledger.Policy(q.Policy)
	if policy == "site" {
		if policy = ""; q.Product == "" {
			return nil, badField("policy", "A site has a policy of its own: allow, auto-add or refuse. Nothing was read.")
		}
	}
	out := &previewAnswer{Body: PolicyPreview{Site: q.Site, Product: q.Product, Will: string(policy), Rows: []PolicyChange{}, Epoch: a.book.Epoch()}}
	var p *Problem
	var found []settle.Shortfall
	var rows []PolicyChange
	if err := a.book.Exceptions(ctx, func(b *settle.Books, head uint64) {
		s := b.State()
		var sc scope
		if sc, p = scopeOf(s, a.where(ctx, access.ReadReports), q.Site, q.Product, ""); p != nil {
			return
		}
		out.Body.Head = head
		out.Body.was(s, q)
		for _, f := range b.Below(func(product *ledger.Product, at *ledger.Place) bool {
			return (q.Product == "" || product.Code == q.Product) && sc.at(at)
		}) {
			if row, changes := changeOf(s, &f, q, policy); changes {
				found, rows = append(found, f), append(rows, row)
			}
		}
	}); err != nil {
		return nil, err
	}
	if p != nil {
		return nil, p
	}
	if err := a.valued(ctx, out, found, rows); err != nil {
		return nil, err
	}
	out.Body.Count = len(rows)
	out.Body.Rows = append(out.Body.Rows, rows[:min(len(rows), maxReported)]...)
	out.Body.Text = policyText(policy)
	return out, nil
}

func (p *PolicyPreview) was(s *ledger.State, q *previewQuery) {
	if product, ok := s.Product(q.Product); ok {
		p.Was = string(product.Negative)
		return
	}
	p.Was = string(s.Policy(q.Site))
	for _, product := range s.AllProducts() {
		if product.Negative != "" {
			p.Apart++
		}
	}
}

// changeOf tells of a product below zero what the switch would change, if anything.
func changeOf(s *ledger.State, f *settle.Shortfall, q *previewQuery, policy ledger.Policy) (row PolicyChange, changes bool) {
	at := f.Place.Stand()
	site, own := s.Policy(at.Site), f.Product.Negative
	now, then := own, own
	if q.Product != "" {
		then = policy
	} else {
		site = policy
	}
	if now == "" {
		now = s.Policy(at.Site)
	}
	if then == "" {
		then = site
	}
	row = PolicyChange{Site: at.Site, Location: at.Code, Product: f.Product.Code, Package: f.Place.PackageCode(), Quantity: ledger.FormatScaled(f.Quantity, f.Product.Decimals),
		Now: string(now), Then: string(then), Message: "Now: " + scanGets(now) + " Then: " + scanGets(then)}
	return row, now != then
}

// scanGets says what the next scan gets that takes one of what is below zero.
func scanGets(p ledger.Policy) string {
	switch p {
	case ledger.PolicyAutoAdd:
		return "it is applied, and what is missing comes from loss."
	case ledger.PolicyRefuse:
		return "asked first it is refused (short); told afterwards it is booked from shortage, with an exception."
	}
	return "it is applied, and the place goes further below zero."
}

func policyText(p ledger.Policy) string {
	if p == "" {
		return "The product follows the setting of each site. What lies below zero stays as it is until it is corrected."
	}
	return "A scan below zero: " + scanGets(p) + " What lies below zero stays as it is until it is corrected; scans of before the switch are judged by the setting of their time."
}

// valued adds what the goods are worth, for those who may see money there.
func (a *API) valued(ctx context.Context, out *previewAnswer, found []settle.Shortfall, rows []PolicyChange) error {
	money := a.where(ctx, access.SeeMoney)
	if money.None() || len(found) == 0 {
		return nil
	}
	type holder struct {
		product *ledger.Product
		place   *ledger.Place
	}
	wanted, worth := map[*ledger.Product]bool{}, map[holder]int64{}
	for i := range found {
		wanted[found[i].Product] = true
	}
	stocks, _, err := a.book.Stocks(ctx, func(p *ledger.Product) bool { return wanted[p] }, func(*ledger.State, *settle.Stock) bool { return true })
	if err != nil {
		return err
	}
	for i := range stocks {
		for _, c := range stocks[i].Values() {
			worth[holder{c.Product, c.Place}] += c.Value
		}
	}
	total, all := int64(0), true
	for i := range found {
		if !money.Has(rows[i].Site) {
			all = false
			continue
		}
		value := worth[holder{found[i].Product, found[i].Place}]
		rows[i].Value = ledger.FormatScaled(value, ledger.MoneyDecimals)
		total += value
	}
	if all {
		out.Body.Value = ledger.FormatScaled(total, ledger.MoneyDecimals)
	}
	return nil
}

// Kinds of corrections.
const (
	correctCount   = "count"   // nothing lies there
	correctReceive = "receive" // the goods came, and nobody scanned them
	correctFound   = "found"   // they were there all along
)

// Correction is one step that ends a shortfall, ready to be booked.
type Correction struct {
	Kind     string         `json:"kind" enum:"count,receive,found"`
	Text     string         `json:"text" doc:"what it says"`
	Evidence string         `json:"evidence" doc:"of what it is made for; it is not booked where that has changed"`
	Intent   jsontext.Value `json:"intent" doc:"as it would be sent, but for device, install and seq"`
}

// corrections offers the steps that end a shortfall.
func corrections(s *ledger.State, f *settle.Shortfall) []Correction {
	evidence := evidenceOf(s, f.Product, f.Place)
	missing := ledger.FormatScaled(-f.Quantity, f.Product.Decimals)
	of := missing + " of " + f.Product.Code
	out := make([]Correction, 0, 3)
	for _, kind := range []string{correctCount, correctReceive, correctFound} {
		text := map[string]string{
			correctCount:   "Nothing of " + f.Product.Code + " lies there: the difference is booked from loss. Send quantity along where something does.",
			correctReceive: of + " came from the supplier and nobody scanned them: they are received now.",
			correctFound:   of + " were there all along: they are taken from loss.",
		}[kind]
		intent, err := json.Marshal(correction(s, f.Product, f.Place, f.Quantity, kind))
		if err != nil {
			continue // it is a plain struct of texts
		}
		out = append(out, Correction{kind, text, evidence, intent})
	}
	return out
}

// correction is the intent of a kind.
func correction(s *ledger.State, p *ledger.Product, at *ledger.Place, holds int64, kind string) *ledger.Intent {
	stand := at.Stand()
	in := &ledger.Intent{Site: stand.Site, Product: p.Code, Package: at.PackageCode(), Reason: "below zero"}
	if kind == correctCount {
		in.Action, in.From, in.Quantity = ledger.ActionCount, stand.Code, ledger.NewDecimal(0, 0)
		return in
	}
	in.Action, in.To, in.Quantity = ledger.ActionAdd, stand.Code, ledger.NewDecimal(-holds, p.Decimals)
	if kind == correctFound {
		in.From = string(ledger.PlaceLoss)
		if p.Loss != "" {
			in.From = p.Loss
		}
	}
	return in
}

// evidenceOf names what a product comes to at a place, and the entry that made it so.
func evidenceOf(s *ledger.State, p *ledger.Product, at *ledger.Place) string {
	newest := uint64(0)
	s.EachCell(p, at, "", "", func(c *ledger.Cell) { newest = max(newest, c.N) })
	return ledger.EvidenceOf("negative", p.Code, at.Ref()+"\x00"+strconv.FormatInt(s.Total(p, at), 10)+"\x00"+strconv.FormatUint(newest, 10))
}

// CorrectAsk names a correction.
type CorrectAsk struct {
	Site     string `json:"site"`
	Location string `json:"location"`
	Product  string `json:"product"`
	Package  string `json:"package,omitempty"`
	Kind     string `json:"kind" enum:"count,receive,found"`
	Evidence string `json:"evidence"`
	Quantity Scalar `json:"quantity,omitempty" doc:"of a count: what lies there; default 0"`
	Reason   string `json:"reason,omitempty" doc:"default: below zero"`
	Operator string `json:"operator,omitempty"`
}

type (
	correctQuery  struct{ Body CorrectAsk }
	correctAnswer struct{ Body Outcomes }
)

func (a *API) postCorrect(ctx context.Context, q *correctQuery) (*correctAnswer, error) {
	ask := &q.Body
	if p := a.mayAt(ctx, access.IntentAny, ask.Site); p != nil {
		return nil, p
	}
	if ask.Evidence == "" || len(ask.Evidence) > ledger.MaxCode {
		return nil, badField("evidence", "The correction names no evidence, and so not what it is made for. Nothing was booked; look at /v1/negative.")
	}
	who := callOf(ctx).who
	id := ledger.Identity{Device: who.Name, Install: "correct-" + ask.Evidence, Seq: 1}
	if out, err := a.corrected(id); out != nil || err != nil {
		return out, err
	}
	var in *ledger.Intent
	var p *Problem
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { in, p = ask.intent(s) }); err != nil {
		return nil, err
	}
	if p != nil {
		return nil, p
	}
	in.Device, in.Install, in.Seq = id.Device, id.Install, id.Seq
	if f := in.Check(); f != nil {
		return nil, f
	}
	r := ledger.Received{Intent: *in}
	r.Payload, _ = ledger.AppendIntent(nil, in)
	done, err := a.book.DoWhole(ctx, a.bringing(ctx), []ledger.Received{r}, func(b *settle.Books) error {
		if f := ask.stands(b.State()); f != nil {
			return f
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &correctAnswer{Body: Outcomes{Outcomes: done.Results, Head: done.Head, Epoch: a.book.Epoch()}}, nil
}

// corrected is what was said when a correction was booked, nil where it was not.
func (a *API) corrected(id ledger.Identity) (*correctAnswer, error) {
	entry, ok, err := a.book.Booked(id)
	if err != nil || !ok {
		return nil, err
	}
	e, err := ledger.ReadEntry(entry)
	if err != nil {
		return nil, err
	}
	first := ledger.Result{Seq: id.Seq, Outcome: e.Outcome, Entry: e.N, Code: e.Code, Message: e.Message, Repeat: true}
	return &correctAnswer{Body: Outcomes{Outcomes: []ledger.Result{first}, Head: a.book.Head(), Epoch: a.book.Epoch()}}, nil
}

// holder finds the product and where it lies.
func (c *CorrectAsk) holder(s *ledger.State) (product *ledger.Product, at *ledger.Place, p *Problem) {
	product, ok := s.Product(c.Product)
	if !ok {
		return nil, nil, missing(ledger.EntityProduct, c.Product)
	}
	if at, ok = s.Place(c.Site, c.Location); !ok || at.Site != c.Site {
		return nil, nil, missing(ledger.EntityLocation, c.Location)
	}
	if c.Package != "" {
		if pack, ok := s.Package(c.Package); ok && pack.Stand() == at {
			return product, pack, nil
		}
		return nil, nil, missing("package", c.Package)
	}
	return product, at, nil
}

// intent is what the correction books, by the books as they are.
func (c *CorrectAsk) intent(s *ledger.State) (*ledger.Intent, *Problem) {
	product, at, p := c.holder(s)
	if p != nil {
		return nil, p
	}
	in := correction(s, product, at, min(s.Total(product, at), -1), c.Kind)
	if c.Reason != "" {
		in.Reason = c.Reason
	}
	if in.Operator = c.Operator; c.Quantity == "" {
		return in, nil
	}
	quantity, err := ledger.ParseDecimal(string(c.Quantity))
	if c.Kind != correctCount || err != nil {
		return nil, badField("quantity", "A quantity is a decimal number, and said of a count only: "+quoted(string(c.Quantity))+" cannot be taken. Nothing was booked.")
	}
	in.Quantity = quantity
	return in, nil
}

// stands says whether the evidence is what it was, at the moment of booking.
func (c *CorrectAsk) stands(s *ledger.State) *ledger.Fault {
	product, at, p := c.holder(s)
	if p == nil && evidenceOf(s, product, at) == c.Evidence {
		return nil
	}
	now := "it is not there any more"
	if p == nil {
		now = ledger.FormatScaled(s.Total(product, at), product.Decimals) + " are on the books there now"
	}
	return &ledger.Fault{Code: ledger.Expired, Field: "evidence", Message: "What " + ledger.Quote(c.Product) + " comes to at " + ledger.Quote(c.Location) + " changed since you looked: " + now + ". Nothing was booked; look again."}
}
