package rest

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"bayledger/server/access"
	"bayledger/server/documents"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Alerts are the open alerts.
type Alerts struct {
	Rows  []wire.AlertRow `json:"rows" doc:"the oldest first"`
	Head  uint64          `json:"head"`
	Epoch string          `json:"epoch"`
}

// Answered is what was done to an alert.
type Answered struct {
	Alert   wire.AlertRow `json:"alert" doc:"as it is now"`
	Changed bool          `json:"changed" doc:"false where it was so already"`
}

// ReorderRow is what to order of a product.
type ReorderRow struct {
	Product   string `json:"product"`
	Name      string `json:"name"`
	Site      string `json:"site"`
	Location  string `json:"location" doc:"with all below it; empty: the whole site"`
	Available string `json:"available"`
	Expected  string `json:"expected" doc:"what open deliveries are still to bring to the site; of a location, nothing is known"`
	Point     string `json:"point" doc:"below which it is ordered"`
	Max       string `json:"max"`
	Multiple  string `json:"multiple"`
	Order     string `json:"order" doc:"how much to order"`
	Unit      string `json:"unit"`
	DaysLeft  string `json:"days_left"`
	LeadDays  string `json:"lead_days"`
	Late      bool   `json:"late" doc:"what is there does not last until it comes"`
	Replaced  string `json:"superseded_by" doc:"the product that takes its place: order that"`
}

// Reorders are what to order.
type Reorders struct {
	Rows  []ReorderRow `json:"rows" doc:"sorted by product, site and location"`
	Head  uint64       `json:"head"`
	Epoch string       `json:"epoch"`
}

func (a *API) routeAlerts() {
	register(a, route{method: http.MethodGet, path: "/v1/alerts", id: "getAlerts", tag: "Alerts", action: access.ReadAlerts,
		summary: "Open alerts", about: "Those that nobody has cleared, with what people and time did to them."}, a.getAlerts)
	answer := func(verb, id, summary, about string) route {
		return route{method: http.MethodPost, path: "/v1/alerts/{id}/" + verb, id: id, tag: "Alerts", action: access.AnswerAlerts, summary: summary, about: about}
	}
	register(a, answer("acknowledge", "acknowledgeAlert", "Say that one looks after an alert", "It stays open until the line is crossed back, and is escalated no more."),
		func(ctx context.Context, q *AlertQuery) (*answeredAnswer, error) {
			return a.answerAlert(ctx, ledger.AlertAct{ID: q.ID, Do: ledger.ActAcknowledge})
		})
	register(a, answer("snooze", "snoozeAlert", "Be told of an alert again later", "Until a moment within 90 days; then it is as if it had just been raised."),
		func(ctx context.Context, q *snoozeQuery) (*answeredAnswer, error) {
			until, p := parseMoment("until", q.Body.Until)
			if p != nil {
				return nil, p
			}
			return a.answerAlert(ctx, ledger.AlertAct{ID: q.ID, Do: ledger.ActSnooze, Until: until})
		})
	register(a, answer("wake", "wakeAlert", "Give an alert back", "It is as if it had just been raised."),
		func(ctx context.Context, q *AlertQuery) (*answeredAnswer, error) {
			return a.answerAlert(ctx, ledger.AlertAct{ID: q.ID, Do: ledger.ActWake})
		})
	register(a, route{method: http.MethodGet, path: "/v1/reorder", id: "getReorder", tag: "Reports", action: access.ReadCatalog,
		summary: "What to order",
		about: "Each constraint of which less is available, or expected at its site, than its reorder point (without one: its least): what fills up to the most, in whole multiples, as many as stay within the most, " +
			"and one more where these would not reach the reorder point."}, a.getReorder)
}

// AlertQuery names an open alert; huma looks into exported ones only.
type AlertQuery struct {
	ID string `path:"id" maxLength:"1000" doc:"as the list has it; its slashes as %2F"`
}

type (
	alertsQuery struct {
		Site     string `query:"site"`
		Product  string `query:"product"`
		Location string `query:"location"`
		Kind     string `query:"kind" enum:"low,out,over,negative,held_taken,expiring,expired"`
		State    string `query:"state" enum:"raised,escalated,acknowledged,snoozed"`
	}
	alertsAnswer struct{ Body Alerts }
	snoozeQuery  struct {
		AlertQuery
		Body struct {
			Until string `json:"until" doc:"RFC 3339, such as 2026-03-02T17:00:00Z"`
		}
	}
	answeredAnswer struct{ Body Answered }
	reorderQuery   struct {
		Site    string `query:"site"`
		Product string `query:"product"`
	}
	reorderAnswer struct{ Body Reorders }
)

func (a *API) getAlerts(ctx context.Context, q *alertsQuery) (*alertsAnswer, error) {
	sites := a.where(ctx, access.ReadAlerts)
	out := &alertsAnswer{Body: Alerts{Rows: []wire.AlertRow{}, Epoch: a.book.Epoch()}}
	err := a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		for _, o := range s.OpenAlerts() {
			if sites.Has(o.Site) && (q.Site == "" || o.Site == q.Site) && (q.Product == "" || o.Product == q.Product) &&
				(q.Location == "" || o.Location == q.Location) && (q.Kind == "" || o.Kind == q.Kind) && (q.State == "" || o.State == q.State) {
				out.Body.Rows = append(out.Body.Rows, wire.AlertRow{Alert: o.Alert, Since: o.Since, N: o.N})
			}
		}
	})
	return out, err
}

// answerAlert does something to an alert of a site where one may.
func (a *API) answerAlert(ctx context.Context, act ledger.AlertAct) (*answeredAnswer, error) {
	who := callOf(ctx).who
	open, known := ledger.OpenAlert{}, false
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { open, known = s.OpenAlert(act.ID) }); err != nil {
		return nil, err
	}
	if !known || !a.where(ctx, access.ReadAlerts).Has(open.Site) {
		p := problem(ledger.NotFound, "There is no open alert "+quoted(act.ID)+": it has cleared itself, or never was. Nothing was changed; look at /v1/alerts.")
		p.Field = "id"
		return nil, p
	}
	if p := a.mayAt(ctx, access.AnswerAlerts, open.Site); p != nil {
		return nil, p
	}
	act.By = who.Name
	changed, _, err := a.book.ActOnAlerts(ctx, who.Name, []ledger.AlertAct{act})
	if err != nil {
		return nil, err
	}
	out := &answeredAnswer{Body: Answered{Changed: len(changed) > 0}}
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		if now, ok := s.OpenAlert(act.ID); ok {
			open = now
		}
	})
	out.Body.Alert = wire.AlertRow{Alert: open.Alert, Since: open.Since, N: open.N}
	return out, err
}

func (a *API) getReorder(ctx context.Context, q *reorderQuery) (*reorderAnswer, error) {
	sites := a.where(ctx, access.ReadCatalog)
	out := &reorderAnswer{Body: Reorders{Rows: []ReorderRow{}, Epoch: a.book.Epoch()}}
	coming, err := a.coming(ctx, q.Site)
	if err != nil {
		return nil, err
	}
	var wrong *Problem
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		if _, wrong = scopeOf(s, sites, q.Site, q.Product, ""); wrong != nil {
			return
		}
		for _, c := range s.Constraints(ledger.TimeOf(a.opts.Now()), coming) {
			if c.Order == "" || !sites.Has(c.Site) || q.Site != "" && c.Site != q.Site || q.Product != "" && c.Product != q.Product {
				continue
			}
			p, _ := s.Product(c.Product)
			if p.Deleted {
				continue
			}
			row := reorderRow(s, p, &c)
			row.Expected = "0"
			if c.Location == "" {
				row.Expected = ledger.FormatScaled(coming(&ledger.Constraint{Product: p, Site: c.Site}), p.Decimals)
			}
			out.Body.Rows = append(out.Body.Rows, row)
		}
	})
	if wrong != nil {
		return nil, wrong
	}
	return out, err
}

// coming is what is on its way to where a constraint holds: goods come to a site, and
// nobody knows to which place of it.
func (a *API) coming(ctx context.Context, site string) (func(*ledger.Constraint) int64, error) {
	if a.opts.Documents == nil {
		return func(*ledger.Constraint) int64 { return 0 }, nil
	}
	sums, err := a.opts.Documents.Coming(ctx, site)
	return func(c *ledger.Constraint) int64 {
		if c.Place != nil {
			return 0
		}
		return sums[documents.OnOrder{Site: c.Site, Product: c.Product.Code}]
	}, err
}

func reorderRow(s *ledger.State, p *ledger.Product, c *ledger.ConstraintView) ReorderRow {
	replaced := ""
	if next := s.Successor(p); next != nil {
		replaced = next.Code
	}
	point := c.Reorder
	if !point.IsSet() {
		point = c.Min
	}
	left, err := strconv.Atoi(c.DaysLeft)
	return ReorderRow{Product: c.Product, Name: p.Name, Site: c.Site, Location: c.Location, Available: c.Available, Point: point.String(), Max: c.Max.String(),
		Multiple: c.Multiple.String(), Order: c.Order, Unit: p.Unit, DaysLeft: c.DaysLeft, LeadDays: daysText(c.LeadDays), Late: err == nil && left < c.LeadDays,
		Replaced: replaced}
}

func daysText(days int) string {
	if days == 0 {
		return ""
	}
	return strconv.Itoa(days)
}

// checkZone asks this machine's tables whether there is a time zone of the name that a
// site is given.
func checkZone(patch *ledger.Patch) *Problem {
	zone, ok := patch.Fields["zone"]
	if !ok || patch.Entity != ledger.EntitySite {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return badField("zone", "There is no time zone "+quoted(zone)+". Nothing was changed; use a name such as Europe/Vienna.")
	}
	return nil
}
