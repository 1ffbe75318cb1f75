package adjust

import (
	"fmt"
	"time"

	"bayledger/sync/ledger"
)

// Device is under whose name adjustments are booked; the install is the draft's id.
const Device = "adjustment"

// Bounds.
const (
	// MaxLines is how many lines a draft has: twenty times what most catalogues of a
	// site have. How many of them can be booked at once is the book's to say.
	MaxLines = 100_000
	// MaxName and MaxNote bound what people write about a draft.
	MaxName = 200
	MaxNote = ledger.MaxText
)

// State says where a draft stands.
type State string

// States of a draft. The list only grows.
const (
	Open    State = "draft"
	Booking State = "booking" // it was given to the books, and nobody has looked what they said
	Booked  State = "booked"
	Dropped State = "dropped"
)

// Draft is an adjustment without its lines.
type Draft struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Note      string      `json:"note,omitzero"`
	Site      string      `json:"site"`
	Location  string      `json:"location,omitzero" doc:"where lines are that name no location; missing: stock"`
	Date      string      `json:"date,omitzero" doc:"a day at the site (2026-03-02) or a moment; missing: when it is booked. Of a day opening stock is booked at its beginning, all else at its end"`
	Reference string      `json:"reference" doc:"what all its intents bear; its id where nobody chose another"`
	State     State       `json:"state" enum:"draft,booking,booked,dropped"`
	Version   uint64      `json:"version" doc:"goes up with each change"`
	Lines     int         `json:"lines"`
	CopyOf    string      `json:"copy_of,omitzero"`
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by"`
	ChangedAt ledger.Time `json:"changed_at"`
	ChangedBy string      `json:"changed_by"`
	Booking   *Attempt    `json:"booking,omitzero" doc:"of a draft that is, or is being, booked"`
	Told      string      `json:"told,omitzero" doc:"what happened to it while nobody looked"`
	// HeadVersion is the version in which what stands above lines was last changed.
	HeadVersion uint64 `json:"head_version,omitzero"`
}

// Attempt is a booking, as it was begun and as it ended.
type Attempt struct {
	At       ledger.Time `json:"at" doc:"the moment that stands for now in it"`
	By       string      `json:"by"`
	Operator string      `json:"operator,omitzero"`
	Epoch    string      `json:"epoch"`
	Version  uint64      `json:"version" doc:"of the draft that was booked"`
	Intents  int         `json:"intents"`
	First    uint64      `json:"first,omitzero" doc:"entry"`
	Last     uint64      `json:"last,omitzero" doc:"entry"`
	Outcomes []Outcome   `json:"outcomes,omitzero" doc:"of intents that were not simply applied"`
}

// Outcome is what the books said of one intent.
type Outcome struct {
	Seq     uint64         `json:"seq"`
	Kind    Kind           `json:"kind"`
	Outcome ledger.Outcome `json:"outcome"`
	Code    ledger.Code    `json:"code,omitzero"`
	Message string         `json:"message,omitzero"`
}

// Touch notes that somebody changed the draft: it is another version.
func (d *Draft) Touch(now ledger.Time, by string) {
	d.Version++
	d.ChangedAt, d.ChangedBy, d.Told = now, by, ""
}

func bad(field, message string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.BadField, Field: field, Message: message}
}

// Check says what is wrong with what stands above a draft's lines, nil for nothing.
func (d *Draft) Check(s *ledger.State, now ledger.Time) *ledger.Fault {
	const kept = " Nothing was changed."
	switch {
	case d.Name == "" || len(d.Name) > MaxName:
		return bad("name", "An adjustment's name has 1 to 200 bytes."+kept)
	case len(d.Note) > MaxNote:
		return bad("note", "A note has at most 1,000 bytes."+kept)
	case len(d.Reference) > ledger.MaxCode:
		return bad("reference", "A reference has at most 200 bytes."+kept)
	}
	if _, ok := s.Site(d.Site); !ok {
		return &ledger.Fault{Code: ledger.UnknownLocation, Field: "site", Message: "There is no site " + ledger.Quote(d.Site) + "." + kept}
	}
	if _, f := d.place(s, d.Location); f != nil {
		f.Message += kept
		return f
	}
	return d.checkDate(s, now, kept)
}

func (d *Draft) checkDate(s *ledger.State, now ledger.Time, kept string) *ledger.Fault {
	if d.Date == "" {
		return nil
	}
	from, _, ok := spanOf(d.Date, ZoneOf(s, d.Site))
	if !ok {
		return &ledger.Fault{Code: ledger.BadTime, Field: "date", Message: "The date " + ledger.Quote(d.Date) + " is neither a day such as 2026-03-02 nor a moment such as 2026-03-02T17:00:00Z." + kept}
	}
	if from > now {
		return &ledger.Fault{Code: ledger.BadTime, Field: "date", Message: "The date " + ledger.Quote(d.Date) + " is still to come at " + d.Site + "." + kept}
	}
	return nil
}

// ZoneOf is where a site's clocks are; one that this machine has no tables of is UTC, as
// where days begin.
func ZoneOf(s *ledger.State, site string) *time.Location {
	if at, ok := s.Site(site); ok {
		if zone, err := time.LoadLocation(at.Zone); err == nil {
			return zone
		}
	}
	return time.UTC
}

// spanOf is the first and the last moment that a date stands for. A day is from midnight
// to midnight where the site is: not all have 24 hours.
func spanOf(date string, zone *time.Location) (from, to ledger.Time, ok bool) {
	if day, err := time.ParseInLocation(time.DateOnly, date, zone); err == nil {
		from = ledger.TimeOf(day)
		return from, ledger.TimeOf(day.AddDate(0, 0, 1)) - 1, from > 0
	}
	at, err := ledger.ParseTime(date)
	return at, at, err == nil && at > 0
}

// moments are when a draft's lines are booked: opening stock before all else of its day.
type moments struct{ opening, other ledger.Time }

func (m *moments) of(k Kind) ledger.Time {
	if k == Opening {
		return m.opening
	}
	return m.other
}

func (d *Draft) moments(s *ledger.State, now ledger.Time) moments {
	if d.Date == "" {
		return moments{now, now}
	}
	from, to, _ := spanOf(d.Date, ZoneOf(s, d.Site))
	return moments{from, min(to, now)}
}

// place finds a place of the draft's site; no name is the draft's own, else stock.
func (d *Draft) place(s *ledger.State, name string) (*ledger.Place, *ledger.Fault) {
	for _, name := range [...]string{name, d.Location, string(ledger.PlaceStock)} {
		if name == "" {
			continue
		}
		p, ok := s.Place(d.Site, name)
		switch {
		case !ok:
			return nil, &ledger.Fault{Code: ledger.UnknownLocation, Field: "location", Message: fmt.Sprintf("There is no location %s at %s.", ledger.Quote(name), d.Site)}
		case p.Site != d.Site:
			return nil, bad("location", fmt.Sprintf("The location %s is none of %s, and an adjustment is of one site.", ledger.Quote(name), d.Site))
		case p.Deleted:
			return nil, &ledger.Fault{Code: ledger.Closing, Field: "location", Message: "The location " + ledger.Quote(name) + " was deleted."}
		}
		return p, nil
	}
	return nil, bad("location", "No location is named.")
}
