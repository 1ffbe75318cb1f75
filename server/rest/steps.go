package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Steps is how a balance came to be.
type Steps struct {
	Product  string      `json:"product"`
	Name     string      `json:"name"`
	Unit     string      `json:"unit"`
	Site     string      `json:"site,omitempty"`
	Location string      `json:"location,omitempty"`
	Package  string      `json:"package,omitempty"`
	Balance  string      `json:"balance" doc:"what is there now"`
	Rows     []StepRow   `json:"rows" doc:"the newest first, in the order of their moments"`
	Before   string      `json:"before" doc:"what was there before the last row"`
	Next     string      `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Cut      bool        `json:"cut,omitempty" doc:"more scans lie between than are looked at: earlier steps are not told"`
	Now      ledger.Time `json:"now" doc:"the server's clock"`
	Head     uint64      `json:"head" doc:"the newest entry that is in it"`
	Epoch    string      `json:"epoch"`
}

// StepRow is what one scan did to a balance, as it is known now.
type StepRow struct {
	At       ledger.Time `json:"at" doc:"when it happened"`
	Entry    uint64      `json:"entry"`
	Changed  uint64      `json:"changed,omitempty" doc:"the entry that last changed what it did, where another did"`
	Change   string      `json:"change" doc:"what it brought, below zero what it took; of a count the difference that it found"`
	Balance  string      `json:"balance" doc:"what was there after it"`
	Counts   bool        `json:"counts,omitempty"`
	Undone   bool        `json:"undone,omitempty" doc:"it takes no part"`
	Device   string      `json:"device"`
	Install  string      `json:"install"`
	Seq      uint64      `json:"seq"`
	Lot      string      `json:"lot,omitempty"`
	Serial   string      `json:"serial,omitempty"`
	From     string      `json:"from,omitempty" doc:"as site/code; a package's goods are where it stands now"`
	To       string      `json:"to,omitempty"`
	BookedAt ledger.Time `json:"booked_at,omitzero" doc:"when it was booked; this and what follows is missing with brief"`
	Operator string      `json:"operator,omitempty"`
	Action   string      `json:"action,omitempty"`

	Reference string      `json:"reference,omitempty"`
	Partner   string      `json:"partner,omitempty"`
	Reason    string      `json:"reason,omitempty"`
	UndoneBy  string      `json:"undone_by,omitempty" doc:"the device, or whoever sent the undo"`
	UndoneAt  ledger.Time `json:"undone_at,omitzero"`
}

type (
	stepsQuery struct {
		Product  string `query:"product" required:"true"`
		Site     string `query:"site" doc:"of the location; without one, all of the site; without both, all sites"`
		Location string `query:"location" doc:"this place alone, without what lies below it and without packages that stand there"`
		Package  string `query:"package" doc:"or this package alone"`
		Since    string `query:"since" doc:"RFC 3339: none before"`
		Brief    bool   `query:"brief" doc:"numbers alone: who, what and why are not looked up"`
		After    string `query:"after" doc:"next of the page before"`
		Limit    int    `query:"limit" default:"100" minimum:"1" maximum:"2000"`
	}
	stepsAnswer struct{ Body Steps }
)

func (a *API) routeSteps() {
	register(a, route{method: http.MethodGet, path: "/v1/balances/steps", id: "getBalanceSteps", tag: "Reports", action: access.ReadReports,
		summary: "How a balance came to be",
		about: "Back from what is there now: each scan that changed it, in the order in which things happened, with the balance after it. A scan that came late stands at its own moment, a count with the " +
			"difference that it finds today, an undone scan with no change. Of a site or all sites, what moved within is left out, and goods in a package are where it stands now."}, a.getSteps)
}

// holder is what a question about steps is about, once names are known to be right.
type holder struct {
	product  *ledger.Product
	in       func(*ledger.Place) bool
	decimals int
}

// holderOf finds the product and the place, package or sites that a query names.
func (a *API) holderOf(ctx context.Context, q *stepsQuery, out *Steps) (h holder, err error) {
	sites := a.where(ctx, access.ReadReports)
	var p *Problem
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		var sc scope
		if sc, p = scopeOf(s, sites, q.Site, q.Product, q.Location); p != nil {
			return
		}
		h.product, _ = s.Product(q.Product)
		h.decimals = h.product.Decimals
		out.Product, out.Name, out.Unit, out.Site = h.product.Code, h.product.Name, h.product.Unit, q.Site
		h.in = sc.at
		switch {
		case q.Package != "":
			pack, known := s.Package(q.Package)
			if !known || !sites.Has(pack.Stand().Site) {
				p = missing("package", q.Package)
				return
			}
			out.Site, out.Location, out.Package = pack.Stand().Site, pack.Stand().Code, pack.Code
			h.in = func(at *ledger.Place) bool { return at == pack }
		case sc.place != nil:
			place := sc.place
			out.Site, out.Location = place.Site, place.Code
			h.in = func(at *ledger.Place) bool { return at == place }
		}
	})
	if err == nil && p != nil {
		err = p
	}
	return h, err
}

func (a *API) getSteps(ctx context.Context, q *stepsQuery) (*stepsAnswer, error) {
	since, p := parseMoment("since", q.Since)
	if p != nil {
		return nil, p
	}
	until, err := stepCursor(q.After)
	if err != nil {
		return nil, err
	}
	out := &stepsAnswer{Body: Steps{Rows: []StepRow{}, Now: ledger.TimeOf(a.opts.Now()), Epoch: a.book.Epoch()}}
	h, err := a.holderOf(ctx, q, &out.Body)
	if err != nil {
		return nil, err
	}
	steps, now, head, err := a.book.Steps(ctx, book.StepQuery{Product: h.product, In: h.in, Until: until, Since: since, Most: q.Limit})
	if err != nil {
		return nil, err
	}
	body := &out.Body
	body.Balance, body.Before = ledger.FormatScaled(now, h.decimals), ledger.FormatScaled(steps.Before, h.decimals)
	body.Head, body.Cut = head, steps.Cut
	if n := len(steps.List); steps.More && n > 0 && (since == 0 || n == q.Limit) {
		key, _ := json.Marshal(steps.List[n-1].Key) // a plain struct
		body.Next = cursorAfter(string(key))
	}
	if err := a.stepRows(ctx, body, steps.List, h.decimals); err != nil || q.Brief {
		return out, err
	}
	return out, a.tellSteps(ctx, body.Rows)
}

// stepCursor reads the cursor of a page.
func stepCursor(after string) (*settle.Key, error) {
	if after == "" {
		return nil, nil
	}
	text, err := cursorOf(after)
	if err != nil {
		return nil, err
	}
	var key settle.Key
	if json.Unmarshal([]byte(text), &key) != nil {
		return nil, badField("after", "The cursor "+quoted(after)+" is not one of ours. Nothing was read; begin without one.")
	}
	return &key, nil
}

// stepRows adds rows with what the books know of steps. Places of sites that whoever
// asks may not look at have no name.
func (a *API) stepRows(ctx context.Context, out *Steps, list []settle.Step, decimals int) error {
	sites := a.where(ctx, access.ReadReports)
	return a.book.Exceptions(ctx, func(b *settle.Books, _ uint64) {
		ref := func(id ledger.PlaceID) string {
			at, ok := b.State().PlaceByID(id)
			if !ok || !sites.All() && at.Stand().Site != "" && !sites.Has(at.Stand().Site) {
				return ""
			}
			if at.IsPackage() {
				return at.Stand().Ref()
			}
			return at.Ref()
		}
		for i := range list {
			s := &list[i]
			row := StepRow{At: s.TEff, Entry: s.N, Change: ledger.FormatScaled(s.Change, decimals), Balance: ledger.FormatScaled(s.After, decimals), Counts: s.Counts, Undone: s.Undone,
				Device: s.Device, Install: s.Install, Seq: s.Seq, Lot: s.Lot, Serial: s.Serial, From: ref(s.From), To: ref(s.To)}
			if s.Recorded != s.N {
				row.Changed = s.Recorded
			}
			if s.Undone {
				if by, _, ok := b.UndoneBy(ledger.Identity{Device: s.Device, Install: s.Install, Seq: s.Seq}); ok {
					row.UndoneBy, row.UndoneAt = by.Device, by.TEff
				}
			}
			out.Rows = append(out.Rows, row)
		}
	})
}

// tellSteps adds what the entries of steps say, as far as whoever asks may see them.
func (a *API) tellSteps(ctx context.Context, rows []StepRow) error {
	glass := lens.Of(callOf(ctx).who)
	said := entries{api: a, glass: &glass}
	for i := range rows {
		r := &rows[i]
		e, err := said.at(ctx, r.Entry)
		if err != nil {
			return err
		}
		if e == nil || e.Intent == nil {
			continue
		}
		in := e.Intent
		r.BookedAt, r.Operator, r.Action, r.Reference, r.Partner, r.Reason = e.BookedAt, in.Operator, in.Action, in.Reference, in.Partner, in.Reason
		r.Action = cmp.Or(r.Action, string(e.Kind))
	}
	return nil
}
