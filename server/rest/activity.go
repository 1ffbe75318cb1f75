package rest

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/book/history"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// Activity is a page of the journal.
type Activity struct {
	Entries []ledger.Entry `json:"entries"`
	Head    uint64         `json:"head" doc:"the newest entry"`
	Epoch   string         `json:"epoch" doc:"what entry numbers belong to"`
	Next    uint64         `json:"next" doc:"since of the next page; everything up to it has been looked at"`
}

// activityQuery asks for entries.
type activityQuery struct {
	Since     uint64 `query:"since" doc:"only entries after this one"`
	Epoch     string `query:"epoch" doc:"the epoch that since belongs to; another one is answered stale_cursor"`
	Limit     int    `query:"limit" default:"100" minimum:"1" maximum:"10000" doc:"entries of one page; a stream has no pages"`
	Site      string `query:"site"`
	Product   string `query:"product"`
	Location  string `query:"location" doc:"a code, or site/code"`
	Kind      string `query:"kind" doc:"intent, correction, decision, edit, alert, day, recost"`
	Operator  string `query:"operator"`
	Person    string `query:"person" doc:"the same as operator"`
	From      string `query:"from" doc:"RFC 3339: only what happened (t_eff) then or later"`
	To        string `query:"to" doc:"RFC 3339: only what happened then or earlier"`
	At        string `query:"at" doc:"RFC 3339: only what happened by this moment, as known now"`
	Entry     uint64 `query:"entry" doc:"only what was booked by this entry"`
	Device    string `query:"device"`
	Action    string `query:"action"`
	Reference string `query:"reference"`
	Delivery  string `query:"delivery" doc:"of the intent, or of one of its lines"`
	Lot       string `query:"lot" doc:"that the intent names, or that moved"`
	Serial    string `query:"serial" doc:"likewise"`
	Search    string `query:"search" maxLength:"500" doc:"words that all hold, as on the page History: device: who: place: item: do: site: state: lag: with a part of the value (state:needs is what somebody should look at, lag:60 what came a minute late), or any text; what has spaces in double quotes"`
	Accept    string `header:"Accept" doc:"text/event-stream follows the journal"`
	LastID    string `header:"Last-Event-ID" doc:"where a stream was broken off; stands before since"`
}

// filterOf reads what of the journal a query is about.
func (a *API) filterOf(q *activityQuery) (f history.Filter, p *Problem) {
	span, p := momentsOf(q.From, q.To, q.At)
	if p != nil {
		return f, p
	}
	if _, p := a.view(&ViewParams{Entry: q.Entry}); p != nil {
		return f, p
	}
	if q.Operator != "" && q.Person != "" && q.Operator != q.Person {
		return f, badField("person", "The parameters operator and person name two people. Nothing was read; name one.")
	}
	return history.Filter{Site: q.Site, Product: q.Product, Location: q.Location, Kind: q.Kind, Operator: cmp.Or(q.Operator, q.Person), Device: q.Device, Action: q.Action,
		Reference: q.Reference, Delivery: q.Delivery, Lot: q.Lot, Serial: q.Serial, From: span.From, To: span.To, Through: q.Entry, Words: history.ParseWords(q.Search)}, nil
}

func (a *API) routeActivity() {
	responses := a.jsonResponse("Entries in their order", reflect.TypeFor[Activity]())
	responses["200"].Content["text/event-stream"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString,
		Description: "event: entry with id n and the entry as data; event: head with {\"to\",\"head\",\"epoch\"}, everything up to \"to\" having been looked at; event: drain before the server goes away"}}
	register(a, route{method: http.MethodGet, path: "/v1/activity", id: "getActivity", tag: "Journal", action: access.ReadActivity,
		summary:   "Read or follow the journal",
		about:     "The entries after since, in order and without a gap. With Accept: text/event-stream they keep coming as they are booked; a broken stream goes on from Last-Event-ID.",
		responses: responses}, a.getActivity)
}

func (a *API) getActivity(ctx context.Context, q *activityQuery) (*huma.StreamResponse, error) {
	if q.Epoch != "" && q.Epoch != a.book.Epoch() {
		return nil, a.stale()
	}
	filter, p := a.filterOf(q)
	if p != nil {
		return nil, p
	}
	if strings.Contains(q.Accept, "text/event-stream") {
		return a.follow(ctx, q, filter)
	}
	return a.streamed("application/json", func(ctx context.Context, s *stream) error { return a.writeActivity(ctx, s, q, filter) }), nil
}

func (a *API) stale() *Problem {
	return problem(ledger.StaleCursor, "This cursor belongs to other books (their epoch is "+quoted(a.book.Epoch())+" now). Nothing was read; read the balances, then the activity from their head on.")
}

// writeActivity writes one page: whole runs of entries as they are stored.
func (a *API) writeActivity(ctx context.Context, s *stream, q *activityQuery, filter history.Filter) error {
	glass := lens.Of(callOf(ctx).who)
	after, left, scanned := q.Since, q.Limit, 0
	if filter.From != 0 {
		before, err := a.bookedBefore(ctx, filter.From)
		if err != nil {
			return err
		}
		after = max(after, before)
	}
	s.WriteString(`{"entries":[`)
	first := true
	for left > 0 && scanned < scanEntries {
		blocks, err := a.fetch(ctx, after)
		if err != nil {
			return err
		}
		if len(blocks) == 0 {
			break
		}
		if filter.Through != 0 && blocks[0].First > filter.Through {
			after = a.book.Head() // nothing behind it is asked for
			break
		}
		for _, b := range blocks {
			for run := range runs(b, after+1, left, &filter, &glass) {
				if !first {
					s.WriteByte(',')
				}
				first = false
				s.Write(run.json)
				left -= int(run.to - run.from + 1)
				after = run.to
			}
			if left > 0 {
				scanned += b.Len()
				after = b.Last
			} else {
				break
			}
		}
	}
	head := a.book.Head()
	end := a.appendHead([]byte{']'}, head)
	end = append(end, `,"next":`...)
	end = strconv.AppendUint(end, min(after, head), 10)
	_, err := s.Write(append(end, '}', '\n'))
	return err
}

// run is a piece of a block without a gap, as it is shown.
type run struct {
	from, to uint64
	json     []byte
}

// runs yields the runs of entries of a block that are wanted and shown, from an entry
// on, at most most entries in all.
func runs(b *journal.Block, from uint64, most int, filter *history.Filter, glass *lens.Lens) func(yield func(run) bool) {
	return func(yield func(run) bool) {
		from = max(from, b.First)
		if filter.Empty() && glass.Whole() {
			if to := min(b.Last, from+uint64(most)-1); from <= to {
				yield(run{from, to, b.Span(from, to)})
			}
			return
		}
		for n := from; n <= b.Last && most > 0; n++ {
			entry := b.Entry(n)
			if !filter.Wants(entry) {
				continue
			}
			if entry = glass.Entry(entry); entry == nil || filter.Words != nil && !filter.Words.Wants(entry) {
				continue
			}
			most--
			if !yield(run{n, n, entry}) {
				return
			}
		}
	}
}

// follow answers with a stream of events that ends when the client, the key or
// the server goes.
func (a *API) follow(ctx context.Context, q *activityQuery, filter history.Filter) (*huma.StreamResponse, error) {
	after := q.Since
	if q.LastID != "" {
		n, err := strconv.ParseUint(q.LastID, 10, 64)
		if err != nil {
			return nil, badField("Last-Event-ID", "The Last-Event-ID "+quoted(q.LastID)+" is no entry number. Nothing was read; send the id of the last event.")
		}
		after = n
	}
	if after > a.book.Head() {
		return nil, a.stale()
	}
	if a.isDraining() {
		return nil, problem(codeUnavailable, "The server is going away. Come back in a few seconds.")
	}
	select {
	case a.streams <- struct{}{}:
	default:
		return nil, problem(ledger.TooFast, "512 streams are open, the most there can be. Come back later, or read page by page.")
	}
	f := &follower{api: a, filter: filter, glass: lens.Of(callOf(ctx).who), after: after, wake: make(chan struct{}, 1)}
	f.lag = a.metrics.following(f.behind)
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer func() { <-a.streams }()
		defer f.lag()
		f.run(ctx)
	}}, nil
}
