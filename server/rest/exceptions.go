package rest

import (
	"context"
	"net/http"
	"reflect"
	"slices"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// Exceptions are what a supervisor should look at.
type Exceptions struct {
	Rows  []ledger.ExceptionView `json:"rows" doc:"critical ones first, then warnings; of each the oldest first"`
	Next  string                 `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64                 `json:"head"`
	Epoch string                 `json:"epoch"`
}

// ExceptionDetail is one exception with what stands behind it.
type ExceptionDetail struct {
	Exception ledger.ExceptionView `json:"exception"`
	Choices   []string             `json:"choices" doc:"what an intent decide may choose"`
	Decisions []DecisionRow        `json:"decisions" doc:"in the order in which they were made; the last counts"`
	Entries   []ledger.Entry       `json:"entries" doc:"that of the intent it is about, those that decided it, and the one that last changed it"`
}

// DecisionRow is a decision on an exception.
type DecisionRow struct {
	Entry    uint64      `json:"entry"`
	Choice   string      `json:"choice"`
	By       string      `json:"by"`
	At       ledger.Time `json:"at"`
	Evidence string      `json:"evidence" doc:"what it saw"`
	Undone   bool        `json:"undone"`
}

func (a *API) routeExceptions() {
	register(a, route{method: http.MethodGet, path: "/v1/exceptions", id: "getExceptions", tag: "Exceptions", action: access.ReadExceptions,
		summary: "What a supervisor should look at",
		about: "An exception belongs to the scan that it is about: it comes, changes and heals with what is known of that, whatever order scans arrive in. " +
			"It is decided by an intent `decide` with its id, a choice and the evidence that was seen."}, a.getExceptions)
	register(a, route{method: http.MethodGet, path: "/v1/exceptions/{id}", id: "getException", tag: "Exceptions", action: access.ReadExceptions,
		summary: "One exception, and the entries behind it", responses: a.jsonResponse("The exception", reflect.TypeFor[ExceptionDetail]())}, a.getException)
}

type exceptionsQuery struct {
	State    string `query:"state" default:"open" enum:"open,taken,decided,cleared,all" doc:"open is all that nobody has closed, taken ones too"`
	Kind     string `query:"kind"`
	Severity string `query:"severity" enum:"critical,warning,info"`
	Site     string `query:"site"`
	Product  string `query:"product"`
	Location string `query:"location" doc:"with all below it"`
	After    string `query:"after" doc:"next of the page before"`
	Limit    int    `query:"limit" default:"1000" minimum:"1" maximum:"10000"`
}

// wants says whether a row is asked for.
func (q *exceptionsQuery) wants(s *ledger.State, sc *scope, r *ledger.ExceptionView) bool {
	switch q.State {
	case "all":
	case ledger.ExceptionOpen:
		if r.Closed() {
			return false
		}
	default:
		if r.State != q.State {
			return false
		}
	}
	if q.Kind != "" && r.Kind != q.Kind || q.Severity != "" && r.Severity != q.Severity || q.Product != "" && r.Product != q.Product || q.Site != "" && r.Site != q.Site {
		return false
	}
	if sc.place == nil {
		return true
	}
	place, known := s.Place(r.Site, r.Location)
	return known && sc.at(place)
}

type exceptionsAnswer struct{ Body Exceptions }

func (a *API) getExceptions(ctx context.Context, q *exceptionsQuery) (*exceptionsAnswer, error) {
	sites := a.where(ctx, access.ReadExceptions)
	out := &exceptionsAnswer{Body: Exceptions{Epoch: a.book.Epoch()}}
	var wrong *Problem
	err := a.book.Exceptions(ctx, func(b *settle.Books, head uint64) {
		var sc scope
		if sc, wrong = scopeOf(b.State(), sites, q.Site, q.Product, q.Location); wrong != nil {
			return
		}
		rows := b.Exceptions(func(r *ledger.ExceptionView) bool {
			return r.ID == q.After && q.After != "" || sites.Has(r.Site) && q.wants(b.State(), &sc, r)
		})
		if q.After != "" {
			at := slices.IndexFunc(rows, func(r ledger.ExceptionView) bool { return r.ID == q.After })
			if at < 0 {
				wrong = problem(ledger.StaleCursor, "The exception "+quoted(q.After)+", which the page before ended with, is not kept any more. Nothing was read; begin with the first page.")
				return
			}
			rows = rows[at+1:]
		}
		if len(rows) > q.Limit {
			rows = rows[:q.Limit:q.Limit]
			out.Body.Next = rows[q.Limit-1].ID
		}
		for i := range rows {
			a.worded(ctx, &rows[i])
		}
		out.Body.Rows, out.Body.Head = rows, head
	})
	if wrong != nil {
		return nil, wrong
	}
	return out, err
}

// worded leaves out of an exception's words what is worth how much, for those who see
// no money of its site.
func (a *API) worded(ctx context.Context, r *ledger.ExceptionView) {
	if !a.where(ctx, access.SeeMoney).Has(r.Site) {
		r.Message = ledger.WithoutWorth(r.Message)
	}
}

type exceptionQuery struct {
	ID string `path:"id" maxLength:"700"`
}

func (a *API) getException(ctx context.Context, q *exceptionQuery) (*huma.StreamResponse, error) {
	detail := ExceptionDetail{Decisions: []DecisionRow{}, Entries: []ledger.Entry{}}
	known := false
	err := a.book.Exceptions(ctx, func(b *settle.Books, _ uint64) {
		if detail.Exception, known = b.Exception(q.ID); !known {
			return
		}
		detail.Choices = settle.Choices(detail.Exception.Kind)
		for _, d := range b.DecisionsOn(q.ID) {
			detail.Decisions = append(detail.Decisions, DecisionRow{Entry: d.N, Choice: d.Choice, By: d.By, At: d.At, Evidence: d.Evidence, Undone: d.Undone})
		}
	})
	switch {
	case err != nil:
		return nil, err
	case !known || !a.where(ctx, access.ReadExceptions).Has(detail.Exception.Site):
		return nil, problem(ledger.NotFound, "There is no exception "+quoted(q.ID)+". Nothing was read; look at /v1/exceptions for what there is.")
	}
	a.worded(ctx, &detail.Exception)
	body, err := json.Marshal(&detail)
	if err != nil {
		return nil, err
	}
	body = body[:len(body)-len("]}")] // the entries are written as they are stored
	entries := []uint64{detail.Exception.Entry, detail.Exception.N}
	for _, d := range detail.Decisions {
		entries = append(entries, d.Entry)
	}
	slices.Sort(entries)
	glass, first := lens.Of(callOf(ctx).who), true
	for _, n := range slices.Compact(entries) {
		entry, err := a.entry(ctx, n)
		if err != nil {
			return nil, err
		}
		if entry = glass.Entry(entry); entry == nil {
			continue
		}
		if !first {
			body = append(body, ',')
		}
		first = false
		body = append(body, entry...)
	}
	return a.plain("application/json", append(body, "]}\n"...)), nil
}

// entry returns an entry's JSON as it is stored.
func (a *API) entry(ctx context.Context, n uint64) (out []byte, err error) {
	err = a.book.Feed().Stored(ctx, n-1, func(b *journal.Block) (bool, error) {
		out = slices.Clone(b.Entry(n))
		return false, nil
	})
	return out, err
}
