package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Attention is what needs somebody.
type Attention struct {
	Rows  []AttentionRow `json:"rows" doc:"first where somebody asks for a supervisor, then the gravest, of those the newest; last what somebody looks after"`
	Next  string         `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64         `json:"head"`
	Epoch string         `json:"epoch"`
}

// AttentionRow is an alert or an exception that is open.
type AttentionRow struct {
	Is       string      `json:"is" enum:"alert,exception"`
	Severity string      `json:"severity" enum:"info,warning,critical"`
	Kind     string      `json:"kind"`
	State    string      `json:"state" enum:"raised,acknowledged,snoozed,escalated,open,taken"`
	Since    ledger.Time `json:"since"`
	Site     string      `json:"site"`
	Location string      `json:"location"`
	Product  string      `json:"product"`
	Lot      string      `json:"lot"`
	Device   string      `json:"device"`
	Operator string      `json:"operator"`
	Message  string      `json:"message"`
	By       string      `json:"by" doc:"who looks after it, or has put it off"`
	Until    ledger.Time `json:"until,omitzero" doc:"when it is put off to"`
	ID       string      `json:"id"`
	N        uint64      `json:"n" doc:"the entry that last changed it"`
}

func (a *API) routeAttention() {
	register(a, route{method: http.MethodGet, path: "/v1/attention", id: "getAttention", tag: "Alerts", action: access.ReadAlerts,
		summary: "What needs somebody",
		about:   "Open alerts, and exceptions where whoever asks may read them, as one list."}, a.getAttention)
}

type (
	attentionQuery struct {
		Site  string `query:"site"`
		Show  string `query:"show" default:"all" enum:"all,alerts,exceptions"`
		Mine  bool   `query:"mine" doc:"only what whoever asks looks after"`
		After string `query:"after" doc:"next of the page before"`
		Limit int    `query:"limit" default:"1000" minimum:"1" maximum:"10000"`
	}
	attentionAnswer struct{ Body Attention }
)

// wants says whether a row is asked for.
func (q *attentionQuery) wants(r *AttentionRow, who string) bool {
	return (q.Site == "" || r.Site == q.Site) && (!q.Mine || r.By == who)
}

func (a *API) getAttention(ctx context.Context, q *attentionQuery) (*attentionAnswer, error) {
	out := &attentionAnswer{Body: Attention{Rows: []AttentionRow{}, Epoch: a.book.Epoch()}}
	alerts, exceptions, who := a.where(ctx, access.ReadAlerts), a.where(ctx, access.ReadExceptions), callOf(ctx).who.Name
	var rows []AttentionRow
	add := func(r AttentionRow) {
		if q.wants(&r, who) {
			rows = append(rows, r)
		}
	}
	err := a.book.Exceptions(ctx, func(b *settle.Books, head uint64) {
		out.Body.Head = head
		if q.Show != "exceptions" {
			for _, o := range b.State().OpenAlerts() {
				if alerts.Has(o.Site) {
					add(attentionOfAlert(&o))
				}
			}
		}
		if q.Show == "alerts" {
			return
		}
		for _, x := range b.Exceptions(func(x *ledger.ExceptionView) bool { return exceptions.Has(x.Site) && !x.Closed() }) {
			a.worded(ctx, &x)
			add(attentionOfException(&x))
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(x, y AttentionRow) int { return x.place().compare(y.place()) })
	return out, q.page(&out.Body, rows)
}

// rank orders rows as the page does: first where somebody waits for an answer, then the
// gravest, and last what somebody looks after.
func (r *AttentionRow) rank() int {
	switch {
	case r.By != "":
		return ledger.SeverityRank(ledger.Info) + 1
	case r.Kind == kindAsked:
		return -1
	}
	return ledger.SeverityRank(r.Severity)
}

// page cuts out the page that is asked for. A page begins behind a place in the order, and
// not behind a row: somebody may look after that one by now, and it stands last then.
func (q *attentionQuery) page(to *Attention, rows []AttentionRow) error {
	if q.After != "" {
		last, ok := attentionAt(q.After)
		if !ok {
			return badField("after", "What the page before ended with, "+quoted(q.After)+", is no next of a page. Nothing was read; begin with the first page.")
		}
		rows = slices.DeleteFunc(rows, func(r AttentionRow) bool { return r.place().compare(last) <= 0 })
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		to.Next = rows[len(rows)-1].place().text()
	}
	to.Rows = append(to.Rows, rows...)
	return nil
}

// attentionPlace is where a row stands in the list.
type attentionPlace struct {
	rank  int
	since ledger.Time
	id    string
}

func (r *AttentionRow) place() attentionPlace {
	return attentionPlace{r.rank(), r.Since, r.Is + "/" + r.ID}
}

func (p attentionPlace) compare(q attentionPlace) int {
	return cmp.Or(cmp.Compare(p.rank, q.rank), cmp.Compare(q.since, p.since), cmp.Compare(p.id, q.id))
}

func (p attentionPlace) text() string {
	return strconv.Itoa(p.rank) + "/" + strconv.FormatInt(int64(p.since), 10) + "/" + p.id
}

// attentionAt reads what text has written.
func attentionAt(text string) (p attentionPlace, ok bool) {
	rank, rest, _ := strings.Cut(text, "/")
	since, id, ok := strings.Cut(rest, "/")
	at, err := strconv.ParseInt(since, 10, 64)
	n, wrong := strconv.Atoi(rank)
	return attentionPlace{n, ledger.Time(at), id}, ok && err == nil && wrong == nil
}

// kindAsked is the kind of exceptions by which somebody asks for a supervisor.
const kindAsked = "asked"

// grave are alerts of what cannot be so, or is gone.
var grave = []string{ledger.AlertNegative, ledger.AlertOut, ledger.AlertHeldTaken, ledger.AlertExpired}

func attentionOfAlert(o *ledger.OpenAlert) AttentionRow {
	r := AttentionRow{Is: "alert", Severity: ledger.Warning, Kind: o.Kind, State: o.State, Since: o.Since, Site: o.Site, Location: o.Location, Product: o.Product, Lot: o.Lot,
		Message: o.Message, ID: o.ID, N: o.N}
	if slices.Contains(grave, o.Kind) {
		r.Severity = ledger.Critical
	}
	if o.State == ledger.AlertAcknowledged || o.State == ledger.AlertSnoozed {
		r.By, r.Until = o.By, o.Until
	}
	return r
}

func attentionOfException(x *ledger.ExceptionView) AttentionRow {
	return AttentionRow{Is: "exception", Severity: x.Severity, Kind: x.Kind, State: x.State, Since: x.RaisedAt, Site: x.Site, Location: x.Location, Product: x.Product,
		Device: x.Device, Operator: x.Operator, Message: x.Message, By: x.TakenBy, ID: x.ID, N: x.N}
}
