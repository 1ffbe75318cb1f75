package rest

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/danielgtaylor/huma/v2"
)

type none struct{}

// Outcomes is the answer to a POST of intents.
type Outcomes struct {
	Outcomes []ledger.Result `json:"outcomes" doc:"one for each intent, in their order"`
	Head     uint64          `json:"head" doc:"the newest entry"`
	Epoch    string          `json:"epoch" doc:"what entry numbers belong to"`
}

func (a *API) routeIntents() {
	one := a.schema(reflect.TypeFor[ledger.Intent](), "Intent")
	many := &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one}}}
	register(a, route{method: http.MethodPost, path: "/v1/intents", id: "postIntents", tag: "Intents", action: access.IntentOwn,
		summary: "Book intents",
		about: "Takes one intent, an array, or JSON lines, told apart by content, and answers when what was booked is durable. Each gets its outcome, also those that were refused. " +
			"A repeat gets its first outcome again, so that sending twice is always right. A device's key brings its own device's intents, a supervisor's or admin's anyone's; a missing device is the key's.",
		request: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json":     {Schema: many},
			"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString, Description: "one intent a line"}},
			"text/plain":           {Schema: &huma.Schema{Type: huma.TypeString, Description: "any of these"}},
		}},
		responses: a.jsonResponse("The outcome of each intent", reflect.TypeFor[Outcomes]())}, a.postIntents)
}

func (a *API) postIntents(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
	body, release, err := a.readBody(ctx, maxIntentsBody)
	if err != nil {
		return nil, err
	}
	defer release()
	lines, p := split(body)
	if p != nil {
		return nil, p
	}
	intents, some := a.decode(ctx, lines)
	if !some && len(lines) > 0 {
		p := unreadable()
		if f := intents[0].Fault; f != nil && f.Code == ledger.BadJSON {
			p.Message, p.Detail = f.Message, f.Message
		}
		return nil, p
	}
	results, head, err := a.bookAll(ctx, intents)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, 64+len(results)*96)
	out = append(out, `{"outcomes":[`...)
	for i := range results {
		if i > 0 {
			out = append(out, ',')
		}
		out = ledger.AppendResult(out, &results[i])
	}
	out = append(out, ']')
	out = a.appendHead(out, head)
	return a.plain("application/json", append(out, '}', '\n')), nil
}

// decode reads all intents, and says whether any could be read at all. Where no
// device is named it is the key's.
func (a *API) decode(ctx context.Context, lines [][]byte) (intents []ledger.Received, some bool) {
	who := callOf(ctx).who
	intents = make([]ledger.Received, len(lines))
	for i, line := range lines {
		r := wire.DecodeIntent(line, wire.Stated)
		if r.Intent.Device == "" {
			r.Intent.Device = who.Name
			if r.Fault == nil {
				r.Payload, _ = ledger.AppendIntent(nil, &r.Intent)
			}
		}
		some = some || r.Fault == nil || readable(line)
		intents[i] = r
	}
	return intents, some
}

// bookAll books intents in order, some at a time. Where the book takes no more,
// the error says how many it has taken.
func (a *API) bookAll(ctx context.Context, intents []ledger.Received) (results []ledger.Result, head uint64, err error) {
	source := a.bringing(ctx)
	results = make([]ledger.Result, 0, len(intents))
	head = a.book.Head()
	for from := 0; from < len(intents); from += chunkIntents {
		part := intents[from:min(len(intents), from+chunkIntents)]
		r, err := a.book.DoThen(ctx, source, part, a.traced(ctx))
		if err != nil {
			p := *a.asProblem(ctx, err)
			if from > 0 {
				p.Message = fmt.Sprintf("The first %d of %d intents were taken, the others not: %s Send all again; what was taken is not booked twice.", from, len(intents), p.Message)
				p.Detail = p.Message
			}
			return nil, 0, &p
		}
		for i := range r.Results {
			a.metrics.outcomes.WithLabelValues(string(r.Results[i].Outcome)).Inc()
		}
		results, head = append(results, r.Results...), max(head, r.Head)
	}
	return results, head, nil
}

// bringing is as whom the intents of a request are brought.
func (a *API) bringing(ctx context.Context) book.Source {
	who := callOf(ctx).who
	as := access.Bringing(who)
	source := book.Source{Device: who.Device, Self: who.Name, Site: who.Site, Role: string(as.Role), Transport: book.Stated, Actor: as.Right, Grants: as.Grants, Until: who.Until}
	if source.Device == "" && !access.May(who, access.IntentAny) {
		source.Device = who.Name // somebody who may bring their own alone
	}
	return source
}

// traced notes for the watchers which entries a request led to, where its client
// traces it.
func (a *API) traced(ctx context.Context) func(book.Results) {
	span := &callOf(ctx).span
	if a.opts.Traces == nil || span.Context() == "" {
		return nil
	}
	return func(r book.Results) {
		for i := range r.Results {
			if result := &r.Results[i]; !result.Repeat {
				a.opts.Traces.Note(result.Entry, span.Context())
			}
		}
	}
}

// appendHead appends the members that every answer about the journal has.
func (a *API) appendHead(b []byte, head uint64) []byte {
	b = append(b, `,"head":`...)
	b = strconv.AppendUint(b, head, 10)
	b = append(b, `,"epoch":`...)
	return ledger.AppendString(b, a.book.Epoch())
}

func itoa[N int | int64 | uint64](n N) string { return fmt.Sprint(n) }
