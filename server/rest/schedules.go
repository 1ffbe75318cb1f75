package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"bayledger/server/access"
	"bayledger/server/outbound"
	"bayledger/sync/ledger"
)

// ScheduleBody is a report that is to go out by mail.
type ScheduleBody struct {
	Report  string            `json:"report" maxLength:"100" doc:"as bayledger report names it: balance, reorder, transactions …"`
	Filters map[string]string `json:"filters,omitempty" maxProperties:"20" doc:"as its flags: site, product, by …"`
	Days    int               `json:"days,omitempty" minimum:"0" maximum:"366" doc:"a report of a span is of so many days up to when it is due"`
	Format  string            `json:"format,omitempty" enum:"table,json,csv,xlsx" default:"xlsx"`
	To      string            `json:"to,omitempty" maxLength:"254" doc:"whom it goes to; missing: oneself, as own-contact says"`
	Every   string            `json:"every" enum:"daily,weekly,monthly"`
	At      string            `json:"at" maxLength:"5" doc:"the time of the day, such as 07:30"`
	Zone    string            `json:"zone,omitempty" maxLength:"200" doc:"of that time, such as Europe/Vienna; missing: UTC"`
	Weekday int               `json:"weekday,omitempty" minimum:"0" maximum:"6" doc:"of a weekly one; 0 is Sunday"`
	Day     int               `json:"day,omitempty" minimum:"0" maximum:"31" doc:"of a monthly one; in shorter months the last"`
}

// ScheduleRows are schedules.
type ScheduleRows struct {
	Rows []outbound.Schedule `json:"rows"`
}

type (
	scheduleBodyQuery struct{ Body ScheduleBody }
	// ScheduleQuery names a schedule.
	ScheduleQuery struct {
		ID string `path:"id" maxLength:"100"`
	}
	scheduleAnswer  struct{ Body outbound.Schedule }
	schedulesAnswer struct{ Body ScheduleRows }
)

func (a *API) routeSchedules() {
	if a.opts.Outbound == nil {
		return
	}
	r := func(method, path, id, summary, about string) route {
		return route{method: method, path: "/v1/schedules" + path, id: id, tag: "Reports", action: access.OwnSchedules, summary: summary, about: about}
	}
	register(a, r(http.MethodGet, "", "listSchedules", "Reports that go out by mail", "One's own; of whoever may see everybody's, all."), a.listSchedules)
	add := r(http.MethodPost, "", "addSchedule", "Send a report by mail, again and again",
		"It is made when it is sent, and shows what its owner may see then: their sites, and money where they may see it. What was missed while the server was away comes once. An attachment has at most 7 MiB.")
	add.status = http.StatusCreated
	register(a, add, a.addSchedule)
	send := r(http.MethodPost, "/{id}/send", "sendSchedule", "Send a report now", "Its schedule stays as it is.")
	send.status = http.StatusNoContent
	register(a, send, func(ctx context.Context, q *ScheduleQuery) (*struct{}, error) {
		if p := a.ownSchedule(ctx, q.ID); p != nil {
			return nil, p
		}
		return &struct{}{}, a.opts.Outbound.SendNow(q.ID)
	})
	remove := r(http.MethodDelete, "/{id}", "removeSchedule", "Send a report no more", "")
	remove.status = http.StatusNoContent
	register(a, remove, func(ctx context.Context, q *ScheduleQuery) (*struct{}, error) {
		if p := a.ownSchedule(ctx, q.ID); p != nil {
			return nil, p
		}
		return &struct{}{}, a.opts.Outbound.RemoveSchedule(q.ID)
	})
}

// schedulesOf are those that whoever asks may see.
func (a *API) schedulesOf(ctx context.Context, id string) []outbound.Schedule {
	who := callOf(ctx).who
	all := access.May(who, access.AnyWebhooks)
	return a.opts.Outbound.Schedules(func(x *outbound.Schedule) bool { return (id == "" || x.ID == id) && (all || x.Owner == who.Name) })
}

func (a *API) listSchedules(ctx context.Context, _ *struct{}) (*schedulesAnswer, error) {
	out := &schedulesAnswer{ScheduleRows{a.schedulesOf(ctx, "")}}
	if out.Body.Rows == nil {
		out.Body.Rows = []outbound.Schedule{}
	}
	return out, nil
}

// ownSchedule judges whether a schedule is whoever's that asks.
func (a *API) ownSchedule(ctx context.Context, id string) *Problem {
	if len(a.schedulesOf(ctx, id)) == 1 {
		return nil
	}
	p := problem(ledger.NotFound, "There is no schedule "+quoted(id)+" of this key. Nothing was changed; look at /v1/schedules.")
	p.Field = "id"
	return p
}

func (a *API) addSchedule(ctx context.Context, q *scheduleBodyQuery) (*scheduleAnswer, error) {
	who, b := callOf(ctx).who, &q.Body
	if rule, ok := access.Command("report " + b.Report); ok && len(rule.Asks) > 0 {
		if p := a.may(ctx, rule.Asks[0]); p != nil {
			return nil, p
		}
	}
	if site := b.Filters["site"]; site != "" {
		if p := a.mayAt(ctx, access.ReadReports, site); p != nil {
			return nil, p
		}
	}
	filters := url.Values{}
	for name, value := range b.Filters {
		filters.Set(name, value)
	}
	to := cmp.Or(b.To, a.opts.Outbound.ContactOf(who.Name).Mail)
	x, err := a.opts.Outbound.AddSchedule(outbound.Schedule{Owner: who.Name, Scope: who.Scope.Words(), Report: b.Report, Filters: filters.Encode(), Days: b.Days, Format: b.Format, To: to,
		Every: b.Every, At: b.At, Zone: b.Zone, Weekday: b.Weekday, Day: b.Day})
	return &scheduleAnswer{x}, err
}
