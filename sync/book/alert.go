package book

import (
	"context"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// dayEntryAlerts is how many alerts one entry of a day lists: some 150 KiB, far below
// what a batch may hold.
const dayEntryAlerts = 500

// ActOnAlerts does something to open alerts, all of it or nothing: one entry of kind
// alert, where anything changed. It returns the alerts that changed, as they are now.
// Errors: a *ledger.Fault with the index of the act at fault, ErrClosed, that of ctx.
func (b *Book) ActOnAlerts(ctx context.Context, actor string, acts []ledger.AlertAct) (changed []ledger.Alert, bad int, err error) {
	reply, err := b.ask(ctx, &editRequest{instead: func(w *writer, reply *editReply) {
		alerts, bad, f := w.book.state.ActOnAlerts(acts, w.n+1, w.bookedAt)
		if f != nil {
			reply.bad, reply.err = bad, f
			return
		}
		if reply.alerts = alerts; len(alerts) > 0 {
			w.add(&ledger.Entry{N: w.n + 1, Kind: ledger.KindAlert, BookedAt: w.bookedAt, TEff: w.bookedAt, Actor: actor,
				Outcome: ledger.Applied, Message: alerts[0].Told(), Alerts: alerts}, nil, journal.Record{})
		}
	}})
	if err != nil {
		return nil, -1, err
	}
	return reply.alerts, reply.bad, reply.err
}

// BeginDay begins a day at a site (kind day): what has expired by then is told. A day
// that began already begins no second time, and makes no entry. Errors: a
// *ledger.Fault, ErrClosed, that of ctx.
func (b *Book) BeginDay(ctx context.Context, site, date string) (began bool, err error) {
	reply, err := b.ask(ctx, &editRequest{instead: func(w *writer, reply *editReply) {
		edit, alerts, f := w.book.state.Day(site, date, w.n+1, w.bookedAt)
		if f != nil {
			reply.err = f
			return
		}
		if reply.fresh = edit != nil; !reply.fresh {
			return
		}
		for first := true; first || len(alerts) > 0; first = false {
			part := alerts[:min(len(alerts), dayEntryAlerts)]
			alerts = alerts[len(part):]
			e := ledger.Entry{N: w.n + 1, Kind: ledger.KindDay, BookedAt: w.bookedAt, TEff: w.bookedAt, Outcome: ledger.Applied,
				Edit: edit, Message: "The day " + date + " began at " + site + ".", Alerts: part}
			w.add(&e, nil, journal.Record{})
			edit = &ledger.Edit{Entity: ledger.EntitySite, Code: site, Changes: []ledger.FieldChange{}}
		}
	}})
	if err != nil {
		return false, err
	}
	return reply.fresh, reply.err
}

// SiteDay is a site and the day that began there last.
type SiteDay struct{ Site, Zone, Day string }

// Days returns where each site stands in its days, in the order of their codes. Error:
// that of ctx, ErrClosed.
func (b *Book) Days(ctx context.Context) (out []SiteDay, err error) {
	err = b.View(ctx, func(s *ledger.State, _ uint64) {
		for _, it := range s.Items(ledger.EntitySite) {
			if site, ok := s.Site(it.Key); ok {
				out = append(out, SiteDay{it.Key, site.Zone, site.Day})
			}
		}
	})
	return out, err
}

// Today is which day it is at a site at a moment. A zone that this machine has no
// tables of counts as UTC.
func (d *SiteDay) Today(now time.Time) string {
	zone, err := time.LoadLocation(d.Zone) // "" is UTC
	if err != nil {
		zone = time.UTC
	}
	return now.In(zone).Format(time.DateOnly)
}

// NextMidnight is when the next day begins there.
func (d *SiteDay) NextMidnight(now time.Time) time.Time {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	t := now.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
}
