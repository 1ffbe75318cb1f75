package rest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/server/adjust"
	"bayledger/server/lens"
	"bayledger/server/reports"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// DaysParams says of which days a report is, by the clocks of the sites.
type DaysParams struct {
	Span  string `query:"span" enum:"today,yesterday,7-days,28-days" doc:"days that end today, by the clocks of site, else of main; instead of first and last"`
	First string `query:"first" maxLength:"10" doc:"a day, such as 2026-03-02; missing: today"`
	Last  string `query:"last" maxLength:"10" doc:"likewise, included; missing: today"`
}

// maxDays bounds the days of a report: of each it has 24 rows.
const maxDays = 400

// spans are, by name, how many days before today the first and the last day are.
var spans = map[string][2]int{"today": {0, 0}, "yesterday": {1, 1}, "7-days": {6, 0}, "28-days": {27, 0}}

func (a *API) routeThroughput() {
	register(a, route{method: http.MethodGet, path: "/v1/throughput", id: "getThroughput", tag: "Reports", action: access.ReadReports,
		summary: "What was done, by hour, person, place and product, and what went wrong",
		about: "Scans and moves over some days, by the clocks of the sites at which they happened: in total, by day, by hour, by person, device, place and product (those with the most moves first), and why scans needed somebody. " +
			"It counts what came from devices, late scans at their own time; a scan that was taken back was made all the same. What supervisors decide is not counted.",
		responses: a.rowsOf("One row a group", reports.ThroughputRow{})}, a.getThroughput)
	register(a, route{method: http.MethodGet, path: "/v1/dock-to-stock", id: "getDockToStock", tag: "Reports", action: access.ReadReports,
		summary: "How long goods took from the dock to the shelf",
		about: "From the scan that received them (from a supplier, or from another site) until the one that put them onto a shelf (a place of kind stock), by the day of that; the last row is of all days. What came in first is put away first. " +
			"Receipts are looked for in the 28 days before.",
		responses: a.rowsOf("One row a day, and one of all", reports.DockToStockRow{})}, a.getDockToStock)
}

type throughputQuery struct {
	DaysParams
	Site  string `query:"site"`
	By    string `query:"by" maxLength:"100" doc:"only rows by these, by commas: total, day, hour, person, device, place, product, error"`
	Limit int    `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"rows by each of person, device, place, product and error"`
}

type dockQuery struct {
	DaysParams
	GoodsParams
}

func (a *API) getThroughput(ctx context.Context, q *throughputQuery) (*huma.StreamResponse, error) {
	by, p := persOf(q.By)
	if p != nil {
		return nil, p
	}
	days, sites, err := a.daysOf(ctx, &q.DaysParams, q.Site)
	if err != nil {
		return nil, err
	}
	t := reports.NewThroughput(reports.ThroughputQuery{Days: days, Site: q.Site, Sites: sites, By: by, Limit: q.Limit, Now: a.opts.Now()})
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		err := a.eachTold(ctx, beginOf(&days), nil, done, func(e *reports.Told) error { t.Add(e); return nil })
		if err != nil {
			return err
		}
		return t.Rows(func(r *reports.ThroughputRow) error { return row(r) })
	})
}

func (a *API) getDockToStock(ctx context.Context, q *dockQuery) (*huma.StreamResponse, error) {
	days, sites, err := a.daysOf(ctx, &q.DaysParams, q.Site)
	if err != nil {
		return nil, err
	}
	goods, _, err := a.goods(ctx, &q.GoodsParams, "")
	if err != nil {
		return nil, err
	}
	d := reports.NewDockToStock(reports.DockToStockQuery{Days: days, Site: q.Site, Sites: sites, Kind: a.kinds(ctx), Want: a.wanted(ctx, goods.Want)})
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		err := a.eachTold(ctx, beginOf(&days)-reports.LookBack, moved, done, d.Add)
		if errors.Is(err, reports.ErrTooMuch) {
			return problem(ledger.TooLarge, "There are more put-aways than one report can hold. Nothing was sent; ask for fewer days.")
		}
		if err != nil {
			return err
		}
		return d.Rows(func(r *reports.DockToStockRow) error { return row(r) })
	})
}

// persOf reads what rows are wanted.
func persOf(text string) (by []string, p *Problem) {
	if text == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		if !slices.Contains(reports.Pers, word) {
			return nil, badField("by", "The parameter by holds "+quoted(word)+", which is none of "+strings.Join(reports.Pers, ", ")+". Nothing was read.")
		}
		by = append(by, word)
	}
	return by, nil
}

// daysOf reads which days are asked for, and which sites whoever asks may see.
func (a *API) daysOf(ctx context.Context, q *DaysParams, site string) (days reports.Days, sites access.Sites, err error) {
	sites = a.where(ctx, access.ReadReports)
	var p *Problem
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { _, p = scopeOf(s, sites, site, "", "") }); err != nil {
		return days, sites, err
	}
	if p != nil {
		return days, sites, p
	}
	days.Zone = a.zones(ctx)
	if p := q.fill(&days, a.opts.Now().In(days.Zone(cmp.Or(site, mainSite)))); p != nil {
		return days, sites, p
	}
	return days, sites, nil
}

// remembered gives what is known of a name, which is looked up once: names are sites,
// places and products, of which there are so many and no more.
func remembered[T any](look func(name string) T) func(name string) T {
	known := map[string]T{}
	return func(name string) T {
		v, ok := known[name]
		if !ok {
			v = look(name)
			known[name] = v
		}
		return v
	}
}

// zones gives the clocks of sites. Where the books cannot be looked at the answer ends
// anyway, for the same reason.
func (a *API) zones(ctx context.Context) func(site string) *time.Location {
	return remembered(func(site string) *time.Location {
		zone := time.UTC
		_ = a.book.View(ctx, func(s *ledger.State, _ uint64) { zone = adjust.ZoneOf(s, site) })
		return zone
	})
}

// kinds gives the kinds of places, as moves name them.
func (a *API) kinds(ctx context.Context) func(ref string) ledger.PlaceKind {
	return remembered(func(ref string) (kind ledger.PlaceKind) {
		_ = a.book.View(ctx, func(s *ledger.State, _ uint64) {
			if at, ok := s.Place("", ref); ok {
				kind = at.Kind
			}
		})
		return kind
	})
}

// wanted says whether a product, by its code, is asked for; nil: all are.
func (a *API) wanted(ctx context.Context, want func(*ledger.Product) bool) func(product string) bool {
	if want == nil {
		return nil
	}
	return remembered(func(code string) (is bool) {
		_ = a.book.View(ctx, func(s *ledger.State, _ uint64) {
			p, ok := s.Product(code)
			is = ok && want(p)
		})
		return is
	})
}

// fill says which days they are by what day it is now.
func (q *DaysParams) fill(days *reports.Days, now time.Time) *Problem {
	today := now.Format(time.DateOnly)
	if q.Span != "" {
		if q.First != "" || q.Last != "" {
			return badField("span", "The parameters span and first or last name two spans. Nothing was read; name one.")
		}
		back := spans[q.Span]
		days.First, days.Last = now.AddDate(0, 0, -back[0]).Format(time.DateOnly), now.AddDate(0, 0, -back[1]).Format(time.DateOnly)
		return nil
	}
	read := func(name, text string, into *string) *Problem {
		if *into = today; text == "" {
			return nil
		}
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return badField(name, "The parameter "+name+" holds "+quoted(text)+", which is no day such as 2026-03-02. Nothing was read.")
		}
		*into = text
		return nil
	}
	if p := read("first", q.First, &days.First); p != nil {
		return p
	}
	if p := read("last", q.Last, &days.Last); p != nil {
		return p
	}
	first, _ := time.Parse(time.DateOnly, days.First) // both were read above
	last, _ := time.Parse(time.DateOnly, days.Last)
	if last.Before(first) || last.Sub(first) >= maxDays*24*time.Hour {
		return badField("first", "From "+days.First+" to "+days.Last+" is no span of 1 to 400 days. Nothing was read.")
	}
	return nil
}

// beginOf is a moment before which nothing of the first day happened, at any site.
func beginOf(days *reports.Days) ledger.Time {
	first, _ := time.Parse(time.DateOnly, days.First) // it was read before
	return ledger.TimeOf(first.Add(-14 * time.Hour))
}

// moved says whether an entry moved anything, by its text.
func moved(entry []byte) bool { return !bytes.Contains(entry, []byte(`"moves":[]`)) }

// eachTold reads the entries that were booked at a moment or later and that whoever asks
// may see.
func (a *API) eachTold(ctx context.Context, from ledger.Time, may func(entry []byte) bool, done func(n, of int), fn func(*reports.Told) error) error {
	after, err := a.bookedBefore(ctx, from)
	if err != nil {
		return err
	}
	glass := lens.Of(callOf(ctx).who)
	head := a.book.Head()
	begun := after
	var e reports.Told
	return a.source(ctx, after, func(b *journal.Block) (bool, error) {
		for n := max(b.First, after+1); n <= b.Last; n++ {
			raw := b.Entry(n)
			if may != nil && !may(raw) {
				continue
			}
			if !glass.Whole() {
				if raw = glass.Entry(raw); raw == nil {
					continue
				}
			}
			e = reports.Told{Moves: e.Moves[:0], Exceptions: e.Exceptions[:0]}
			if err := json.Unmarshal(raw, &e); err != nil {
				return false, err
			}
			if err := fn(&e); err != nil {
				return false, err
			}
		}
		done(int(b.Last-begun), int(max(1, head-begun)))
		return b.Last < head, ctx.Err()
	})
}
