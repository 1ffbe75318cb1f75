package ledger

import "strconv"

// States of an alert: raised and cleared by the entries that cross the line, the others
// by people and time (entries of kind alert).
const (
	AlertRaised       = "raised"
	AlertCleared      = "cleared"
	AlertAcknowledged = "acknowledged" // somebody looks after it
	AlertSnoozed      = "snoozed"      // until a moment
	AlertEscalated    = "escalated"    // nobody acknowledged it in time
)

// What people and time do to an open alert.
const (
	ActAcknowledge = "acknowledge"
	ActSnooze      = "snooze"
	ActWake        = "wake"     // it is raised again: a snooze is over, or somebody gives it back
	ActEscalate    = "escalate" // to the next level
)

// Bounds of acts on alerts.
const (
	MaxAlertActs = 100 // of one entry
	maxSnooze    = 90 * microsOfDay
	// MaxAlertLevel is how often an alert is escalated at most.
	MaxAlertLevel = 5
)

// AlertAct is one thing that is done to an open alert.
type AlertAct struct {
	ID    string
	Do    string
	By    string // who; of time, the program
	Until Time   // of a snooze
}

// ActOnAlerts does something to open alerts: all of it, or, with the fault and the
// index of the first that cannot be, nothing. What is so already changes nothing and
// is not told.
func (s *State) ActOnAlerts(acts []AlertAct, n uint64, at Time) (out []Alert, bad int, f *Fault) {
	if len(acts) > MaxAlertActs {
		return nil, -1, fault(TooLarge, "", "At most 100 alerts are answered at once. Nothing was changed; send them as several.")
	}
	for i := range acts {
		if f := s.checkAct(&acts[i], at); f != nil {
			return nil, i, f
		}
	}
	for i := range acts {
		if a := s.act(&acts[i]); a != nil {
			a.N, a.Changed = n, at
			s.changed.alert(a.ID)
			out = append(out, a.Alert)
		}
	}
	return out, -1, nil
}

func (s *State) checkAct(act *AlertAct, at Time) *Fault {
	const kept = " Nothing was changed."
	switch act.Do {
	case ActAcknowledge, ActWake, ActEscalate:
	case ActSnooze:
		if act.Until <= at || act.Until > at+maxSnooze {
			return fault(BadTime, "until", "An alert is snoozed until a moment that is to come, within 90 days."+kept)
		}
	default:
		return fault(UnknownAction, "do", "What is done to an alert is one of acknowledge, snooze, wake, escalate."+kept)
	}
	if s.alerts[act.ID] == nil {
		return fault(NotFound, "id", "There is no open alert "+quote(act.ID)+": it has cleared itself, or never was."+kept)
	}
	return nil
}

// act changes one alert, and returns it, nil where it is so already.
func (s *State) act(act *AlertAct) *OpenAlert {
	a := s.alerts[act.ID]
	next := *a
	switch act.Do {
	case ActAcknowledge:
		next.State, next.By, next.Until = AlertAcknowledged, act.By, 0
	case ActSnooze:
		next.State, next.By, next.Until = AlertSnoozed, act.By, act.Until
	case ActWake:
		next.State, next.By, next.Until = AlertRaised, "", 0
	case ActEscalate:
		if a.State == AlertAcknowledged || a.State == AlertSnoozed || a.Level >= MaxAlertLevel {
			return nil // somebody looks after it now
		}
		next.State, next.Level = AlertEscalated, a.Level+1
	}
	if next == *a || act.Do == ActAcknowledge && a.State == AlertAcknowledged {
		return nil
	}
	*a = next
	return a
}

// Told is an alert's act in words.
func (a *Alert) Told() string {
	switch a.State {
	case AlertAcknowledged:
		return "Acknowledged by " + a.By + ": " + a.Message
	case AlertSnoozed:
		return "Snoozed by " + a.By + " until " + a.Until.String() + ": " + a.Message
	case AlertEscalated:
		return "Nobody acknowledged it (level " + strconv.FormatUint(a.Level, 10) + "): " + a.Message
	}
	return a.Message
}

// HeldTaken raises or clears, within a posting's entry n, that held goods of a product
// were taken at a site and somebody has to find out where they are; product is nil of
// a package with anything in it, count is how many scans it is about.
func (s *State) HeldTaken(product *Product, site string, count int, n uint64, at Time) (a Alert, ok bool) {
	parts := alertParts{kind: AlertHeldTaken, product: product, site: site, quantity: int64(count)}
	open := s.alerts[parts.id()] != nil
	if open == (count > 0) {
		return a, false
	}
	if product != nil {
		parts.quantity *= pow10[product.Decimals]
	}
	return s.cross(nil, n, at, parts, count > 0)[0], true
}

// AlertWithin says whether an alert is of a location or of one below it. One of a
// whole site is of none.
func (s *State) AlertWithin(a *OpenAlert, location string) bool {
	top, known := s.Place(a.Site, location)
	at, found := s.Place(a.Site, a.Location)
	return known && found && a.Location != "" && at.Within(top)
}

// AvailableOf is what is available of a product at the sites that at says, in its last
// decimal: on hand that is neither held, nor under a hold, nor in a quarantine place.
func (s *State) AvailableOf(p *Product, at func(site string) bool) (sum int64) {
	for _, sh := range p.shelves {
		stand := sh.place.Stand()
		if !stand.Physical() || stand.pack || sh.place.Quarantine() || !at(stand.Site) {
			continue
		}
		for _, c := range sh.cells {
			if !c.Held && !s.UnderHold(c) {
				sum += c.Quantity
			}
		}
	}
	return sum
}
