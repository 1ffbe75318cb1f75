package rest

import (
	"context"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// NegativeRow is a product that lies below zero at a place, and how that came.
type NegativeRow struct {
	Site     string      `json:"site"`
	Location string      `json:"location"`
	Product  string      `json:"product"`
	Quantity string      `json:"quantity"`
	Since    ledger.Time `json:"since" doc:"when it went below zero, and stayed"`
	Entry    uint64      `json:"entry" doc:"of the scan that took it there; 0 where none is known"`
	Device   string      `json:"device"`
	Package  string      `json:"package,omitempty" doc:"where it lies in one"`
	Entries  []uint64    `json:"entries" doc:"those that took from there since then, the newest first; 20 at most"`
	Message  string      `json:"message" doc:"the same as a sentence"`
	// Corrections are steps that end it.
	Corrections []Correction `json:"corrections" doc:"each ready to be booked by POST /v1/negative/correct, or as an intent of one's own"`
}

// UnknownRow is a code that parked scans wait for.
type UnknownRow struct {
	Kind    string      `json:"kind" enum:"product,location,serial,operator"`
	Raw     string      `json:"raw" doc:"the code as scanned, without its AIM identifier"`
	Site    string      `json:"site" doc:"of a location"`
	Scans   int         `json:"scans"`
	First   ledger.Time `json:"first" doc:"when the first of them happened"`
	Last    ledger.Time `json:"last"`
	Devices []string    `json:"devices"`
}

func (a *API) routeSettled() {
	register(a, route{method: http.MethodGet, path: "/v1/negative", id: "getNegative", tag: "Reports", action: access.ReadReports,
		summary: "What lies below zero, and why", about: "One row a product and location, over lots and statuses, with the scan that took it below zero."}, a.getNegative)
	register(a, route{method: http.MethodGet, path: "/v1/unknown", id: "getUnknown", tag: "Reports", action: access.ReadReports,
		summary: "Codes that nobody could read", about: "Scans of these are kept and hold no stock. A supervisor's intent `map` says what a code is; they are booked then, each at its own moment. A scan that was undone waits no more."}, a.getUnknown)
	register(a, route{method: http.MethodGet, path: "/v1/unknown/scans", id: "getUnknownScans", tag: "Reports", action: access.ReadReports,
		summary: "The scans that wait for a code", about: "What naming the code would book: each at its own moment, as far as it waits for nothing else. kind, raw and site as /v1/unknown has them."}, a.getUnknownScans)
}

// UnknownScan is a scan that waits for a code to be named.
type UnknownScan struct {
	At        ledger.Time `json:"at" doc:"when it happened, and will be booked"`
	Entry     uint64      `json:"entry"`
	Device    string      `json:"device"`
	Install   string      `json:"install"`
	Seq       uint64      `json:"seq"`
	Site      string      `json:"site"`
	Operator  string      `json:"operator,omitempty"`
	Action    string      `json:"action"`
	Scan      string      `json:"scan,omitempty" doc:"as it came from the reader"`
	Quantity  string      `json:"quantity,omitempty" doc:"that the person gave; missing: what the code stands for"`
	Unit      string      `json:"unit,omitempty"`
	From      string      `json:"from,omitempty"`
	To        string      `json:"to,omitempty"`
	Lot       string      `json:"lot,omitempty"`
	Reference string      `json:"reference,omitempty"`
	Reason    string      `json:"reason,omitempty"`
	Lines     int         `json:"lines,omitempty" doc:"of an intent of several: all are booked together"`
}

// UnknownScans are the scans that wait for one code.
type UnknownScans struct {
	Rows  []UnknownScan `json:"rows" doc:"the oldest first"`
	Next  string        `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Count int           `json:"count" doc:"how many there are, on all pages"`
}

type (
	unknownScansQuery struct {
		Kind  string `query:"kind" enum:"product,location,serial,operator" required:"true"`
		Raw   string `query:"raw" required:"true" maxLength:"2000"`
		Site  string `query:"site" doc:"of a location"`
		After string `query:"after" doc:"next of the page before"`
		Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	}
	unknownScansAnswer struct{ Body UnknownScans }
)

// getUnknownScans tells of the scans that wait for a code, as far as whoever asks may see
// their entries.
func (a *API) getUnknownScans(ctx context.Context, q *unknownScansQuery) (*unknownScansAnswer, error) {
	sites := a.where(ctx, access.ReadReports)
	u := unknownOf(q.Kind, q.Raw, q.Site)
	after, p := scanAfter(q.After)
	if p != nil {
		return nil, p
	}
	out := &unknownScansAnswer{Body: UnknownScans{Rows: []UnknownScan{}}}
	var waiting []settle.Waiting
	more := false
	if err := a.book.Settled(ctx, func(b *settle.Books) error {
		waiting, out.Body.Count, more = b.WaitingFor(u, after, q.Limit, sites.Has)
		return nil
	}); err != nil {
		return nil, err
	}
	if more {
		out.Body.Next = scanCursor(&waiting[len(waiting)-1].Key)
	}
	glass := lens.Of(callOf(ctx).who)
	said := entries{api: a, glass: &glass}
	for i := range waiting {
		e, err := said.at(ctx, waiting[i].N)
		if err != nil {
			return nil, err
		}
		out.Body.Rows = append(out.Body.Rows, unknownScan(&waiting[i], e))
	}
	return out, nil
}

func unknownScan(w *settle.Waiting, e *ledger.Entry) UnknownScan {
	row := UnknownScan{At: w.TEff, Entry: w.N, Device: w.Device, Install: w.Install, Seq: w.Seq, Site: w.Site}
	if e == nil || e.Intent == nil {
		return row
	}
	in := e.Intent
	row.Operator, row.Action, row.Scan, row.Quantity, row.Unit, row.From, row.To = in.Operator, in.Action, in.Scan, in.Quantity.String(), in.Unit, in.From, in.To
	row.Lot, row.Reference, row.Reason, row.Lines = in.Lot, in.Reference, in.Reason, len(in.Lines)
	return row
}

type negativeQuery struct {
	Site     string `query:"site"`
	Product  string `query:"product"`
	Location string `query:"location" doc:"with all below it"`
}

type negativeAnswer struct{ Body []NegativeRow }

func (a *API) getNegative(ctx context.Context, q *negativeQuery) (*negativeAnswer, error) {
	out := &negativeAnswer{Body: []NegativeRow{}}
	var sc scope
	var wrong *Problem
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		sc, wrong = scopeOf(s, a.where(ctx, access.ReadReports), q.Site, q.Product, q.Location)
	}); err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, wrong
	}
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found, err := a.book.Shortfalls(ctx, func(p *ledger.Product, at *ledger.Place) bool {
		return (q.Product == "" || p.Code == q.Product) && sc.at(at)
	})
	if err != nil {
		return nil, err
	}
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		for i := range found {
			f := &found[i]
			if f.Quantity = s.Total(f.Product, f.Place); f.Quantity >= 0 {
				continue // it was corrected while its history was read
			}
			at := f.Place.Stand()
			out.Body = append(out.Body, NegativeRow{Site: at.Site, Location: at.Code, Product: f.Product.Code, Package: f.Place.PackageCode(),
				Quantity: ledger.FormatScaled(f.Quantity, f.Product.Decimals), Since: f.Since, Entry: f.N, Device: f.Device, Message: f.Message,
				Entries: append([]uint64{}, f.Led...), Corrections: corrections(s, f)})
		}
	})
	return out, err
}

// Unknowns are codes that parked scans wait for.
type Unknowns struct {
	Rows  []UnknownRow `json:"rows" doc:"those with the most scans first; one for which more scans come meanwhile moves up, and may be on no later page"`
	Next  string       `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Count int          `json:"count" doc:"how many there are, on all pages"`
}

type (
	unknownQuery struct {
		After string `query:"after" doc:"next of the page before"`
		Limit int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	}
	unknownAnswer struct{ Body Unknowns }
)

func (a *API) getUnknown(ctx context.Context, q *unknownQuery) (*unknownAnswer, error) {
	after, p := codeAfter(q.After)
	if p != nil {
		return nil, p
	}
	sites := a.where(ctx, access.ReadReports)
	out := &unknownAnswer{Body: Unknowns{Rows: []UnknownRow{}}}
	err := a.book.Settled(ctx, func(b *settle.Books) error {
		codes := b.UnknownAt(sites.Has)
		out.Body.Count = len(codes)
		if after != nil {
			codes = slices.DeleteFunc(codes, func(u settle.UnknownCode) bool { return u.Compare(after) <= 0 })
		}
		if len(codes) > q.Limit {
			codes = codes[:q.Limit]
			out.Body.Next = codeCursor(&codes[q.Limit-1])
		}
		for i := range codes {
			u := &codes[i]
			out.Body.Rows = append(out.Body.Rows, UnknownRow{Kind: kindOfUnknown(&u.Unknown), Raw: u.Raw, Site: u.Site, Scans: u.Scans, First: u.First, Last: u.Last, Devices: u.Devices})
		}
		return nil
	})
	return out, err
}
