// Package hours is what time does to the books: days begin at the sites' midnights,
// snoozed alerts wake, and alerts that nobody acknowledged are escalated.
//
// # Use
//
// Run works until its context ends. It needs a book, and asks for the policy of
// escalation whenever it looks.
//
// # Promised
//
// A day begins once, within a minute of the site's midnight, or of the start of the
// server where it slept through it; of days that were missed only the last begins,
// which finds all that has expired. Everything that is done is an entry, so a restart
// does nothing twice. An alert is escalated only while nobody has acknowledged or
// snoozed it.
//
// # Owed by callers
//
// One Run per book.
package hours

import (
	"context"
	"log/slog"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// look is how often is looked what the time is: nobody waits for a minute of a day.
const look = time.Minute

// actor is as whom entries name the program.
const actor = "bayledger"

// Policy is when alerts are escalated.
type Policy struct {
	// After is how long somebody may take to acknowledge an alert, and then each next
	// level; 0: nothing is escalated.
	After time.Duration
	// Levels is how often at most.
	Levels int
	// Kinds are those that are escalated; none: all.
	Kinds []string
}

// Escalates says whether an alert is to be escalated at a moment. since is when it was
// raised, woken or escalated last.
func (p *Policy) Escalates(a *ledger.OpenAlert, since, now ledger.Time) bool {
	if p.After <= 0 || a.State != ledger.AlertRaised && a.State != ledger.AlertEscalated || a.Level >= uint64(min(p.Levels, ledger.MaxAlertLevel)) {
		return false
	}
	wanted := len(p.Kinds) == 0
	for _, kind := range p.Kinds {
		wanted = wanted || kind == a.Kind
	}
	return wanted && now-since >= ledger.Time(p.After.Microseconds())
}

// Options of Run. Book is needed.
type Options struct {
	Book   *book.Book
	Policy func() Policy // nil: nothing is escalated
	Log    *slog.Logger  // default: nothing is logged
	Now    func() time.Time
}

// Run works until ctx ends.
func Run(ctx context.Context, o Options) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Policy == nil {
		o.Policy = func() Policy { return Policy{} }
	}
	for {
		now := o.Now()
		if err := o.days(ctx, now); err != nil && ctx.Err() == nil {
			o.Log.Error("a day could not begin; it is tried again in a minute", "error", err)
		}
		if err := o.alerts(ctx, now); err != nil && ctx.Err() == nil {
			o.Log.Error("alerts could not be woken or escalated; it is tried again in a minute", "error", err)
		}
		wait := now.Truncate(look).Add(look).Sub(now) // on the minute: midnights are
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// days begins the days that have come.
func (o *Options) days(ctx context.Context, now time.Time) error {
	sites, err := o.Book.Days(ctx)
	if err != nil {
		return err
	}
	for i := range sites {
		today := sites[i].Today(now)
		if today <= sites[i].Day {
			continue
		}
		if began, err := o.Book.BeginDay(ctx, sites[i].Site, today); err != nil {
			return err
		} else if began {
			o.Log.Info("a day began", "site", sites[i].Site, "day", today)
		}
	}
	return nil
}

// alerts wakes and escalates, a bounded number at a time.
func (o *Options) alerts(ctx context.Context, now time.Time) error {
	policy, at := o.Policy(), ledger.TimeOf(now)
	for {
		var acts []ledger.AlertAct
		err := o.Book.View(ctx, func(s *ledger.State, _ uint64) {
			for _, a := range s.OpenAlerts() {
				switch {
				case len(acts) == ledger.MaxAlertActs:
					return
				case a.State == ledger.AlertSnoozed && a.Until <= at:
					acts = append(acts, ledger.AlertAct{ID: a.ID, Do: ledger.ActWake, By: actor})
				case policy.Escalates(&a, a.Changed, at):
					acts = append(acts, ledger.AlertAct{ID: a.ID, Do: ledger.ActEscalate, By: actor})
				}
			}
		})
		if err != nil || len(acts) == 0 {
			return err
		}
		// One that was cleared meanwhile keeps the others back: they are looked at anew.
		if _, bad, err := o.Book.ActOnAlerts(ctx, actor, acts); err != nil && bad < 0 {
			return err
		}
		if len(acts) < ledger.MaxAlertActs {
			return nil
		}
	}
}
