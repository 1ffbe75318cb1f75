package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of scheduled reports.
const (
	maxSchedules   = 1_000
	maxSchedulesOf = 20 // of one owner
	maxQuery       = 2_000
	maxDays        = 366 // that a report of a span reaches back
)

// How often a report goes out.
const (
	Daily   = "daily"
	Weekly  = "weekly"
	Monthly = "monthly"
)

// Schedule is a report that goes out by mail.
type Schedule struct {
	ID      string   `json:"id"`
	Owner   string   `json:"owner"` // by whose rights it is made, when it is sent
	Scope   []string `json:"scope,omitempty"`
	Report  string   `json:"report"`
	Filters string   `json:"filters,omitempty"` // as a query: site=main&product=BOLT
	Format  string   `json:"format"`
	To      string   `json:"to"`
	// Days, where it is not 0, is how far back a report of a span begins: it ends when it is due.
	Days    int         `json:"days,omitempty"`
	Every   string      `json:"every"`
	At      string      `json:"at"` // 07:30
	Zone    string      `json:"zone,omitempty"`
	Weekday int         `json:"weekday,omitempty"` // of a weekly one: 0 is Sunday
	Day     int         `json:"day,omitempty"`     // of a monthly one: 1 to 31; in shorter months the last
	Next    ledger.Time `json:"next"`
	Last    ledger.Time `json:"last,omitzero"`
	Created ledger.Time `json:"created"`
}

// Reporter makes reports, as somebody may see them.
type Reporter interface {
	// Check says what is wrong with a wish, and whether the report is of a span of time.
	Check(report string, filters url.Values, format string) (span bool, err error)
	// Report writes one. Errors: a Refusal where trying again changes nothing.
	Report(ctx context.Context, who access.Principal, report string, filters url.Values, format string, to io.Writer) error
}

// Refusal is why a report cannot be made, for whoever gets it.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// After is when a schedule is due next, behind a moment: pure, by the wall clock of its
// zone. An hour that a day does not have comes when the day has it next.
func (x *Schedule) After(t time.Time) time.Time {
	zone, err := time.LoadLocation(x.Zone)
	if err != nil {
		zone = time.UTC
	}
	minutes, _ := clock(x.At)
	t = t.In(zone)
	for day := 0; ; day++ { // 31 days at most, and a year for what never comes
		at := time.Date(t.Year(), t.Month(), t.Day()+day, minutes/60, minutes%60, 0, 0, zone)
		if at.After(t) && x.on(at) || day > 366 {
			return at
		}
	}
}

func (x *Schedule) on(at time.Time) bool {
	switch x.Every {
	case Weekly:
		return int(at.Weekday()) == x.Weekday
	case Monthly:
		last := time.Date(at.Year(), at.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return at.Day() == min(x.Day, last)
	}
	return true
}

// AddSchedule keeps a schedule and returns it with its id. Errors: a *ledger.Fault, the
// disk's.
func (s *Service) AddSchedule(x Schedule) (Schedule, error) {
	filters, err := url.ParseQuery(x.Filters)
	if err != nil || len(x.Filters) > maxQuery {
		return x, badField("filters", "filters are written as site=main&product=BOLT.")
	}
	if s.opts.Reporter == nil || s.opts.Mail == nil {
		return x, noMail()
	}
	span, err := s.opts.Reporter.Check(x.Report, filters, x.Format)
	if err != nil {
		return x, badField("report", "This report cannot be sent: "+err.Error()+".")
	}
	if f := checkMail("to", x.To); f != nil {
		return x, f
	}
	if f := checkZone(x.Zone); f != nil {
		return x, f
	}
	if _, ok := clock(x.At); !ok {
		return x, badField("at", "at is a time of the day such as 07:30.")
	}
	switch {
	case x.Days != 0 && !span:
		return x, badField("days", "The report "+x.Report+" is not of a span of time.")
	case x.Days < 0 || x.Days > maxDays:
		return x, badField("days", "days is a number from 1 to 366.")
	case x.Every != Daily && x.Every != Weekly && x.Every != Monthly:
		return x, badField("every", "every is one of daily, weekly, monthly.")
	case x.Weekday < 0 || x.Weekday > 6:
		return x, badField("weekday", "weekday is a number from 0, which is Sunday, to 6.")
	case x.Every == Monthly && (x.Day < 1 || x.Day > 31):
		return x, badField("day", "day is a number from 1 to 31.")
	}
	if x.ID, err = s.newID("rep"); err != nil {
		return x, err
	}
	x.Created, x.Next = s.now(), ledger.TimeOf(x.After(s.opts.Now()))
	s.mu.Lock()
	defer s.mu.Unlock()
	own := 0
	for _, o := range s.schedules {
		if o.Owner == x.Owner {
			own++
		}
	}
	if own >= maxSchedulesOf || len(s.schedules) >= maxSchedules {
		return x, &ledger.Fault{Code: ledger.TooLarge, Message: "There are 20 scheduled reports of one owner, or 1,000 in all, the most there can be. Nothing was changed."}
	}
	if err := s.opts.Disk.Commit(map[string][]byte{rowSchedule + x.ID: encoded(x)}, nil); err != nil {
		return x, err
	}
	s.schedules[x.ID] = &x
	note(s.due)
	return x, nil
}

// Schedules returns those that keep wants, in the order of their ids.
func (s *Service) Schedules(keep func(*Schedule) bool) (out []Schedule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.schedules {
		if keep(x) {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b Schedule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// RemoveSchedule forgets a schedule. Error: the disk's.
func (s *Service) RemoveSchedule(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.opts.Disk.Commit(nil, []string{rowSchedule + id}); err != nil {
		return err
	}
	delete(s.schedules, id)
	return nil
}

// keepSchedules writes letters when reports are due, until its context ends.
func (s *Service) keepSchedules(ctx context.Context) {
	for ctx.Err() == nil {
		wait, err := s.schedule()
		if err != nil {
			s.opts.Log.Error("a scheduled report could not be put on its way; it is tried again in a minute", "error", err)
			wait = time.Minute
		}
		select {
		case <-time.After(wait):
		case <-s.due:
		case <-ctx.Done():
		}
	}
}

// schedule writes a letter for each report that is due, once however often it was
// missed, and says how long none is.
func (s *Service) schedule() (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, wait := s.now(), idle
	for _, x := range s.schedules {
		if x.Next > now {
			wait = min(wait, time.Duration(x.Next-now)*time.Microsecond)
			continue
		}
		next := *x
		next.Last, next.Next = now, ledger.TimeOf(x.After(s.opts.Now()))
		l, err := s.letter(Letter{To: x.To, Report: x.ID, Due: x.Next})
		if err != nil {
			return wait, err
		}
		if err := s.post([]*Letter{l}, map[string][]byte{rowSchedule + x.ID: encoded(next)}, nil); err != nil {
			return wait, err
		}
		s.schedules[x.ID] = &next // whoever reads the old one goes on with it
		wait = min(wait, time.Duration(next.Next-now)*time.Microsecond)
	}
	return max(wait, time.Millisecond), nil
}

// SendNow puts a report on its way at once; its schedule stays as it is. Errors: a
// *ledger.Fault, the disk's.
func (s *Service) SendNow(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.schedules[id]
	switch {
	case x == nil:
		return &ledger.Fault{Code: ledger.NotFound, Field: "id", Message: "There is no schedule " + ledger.Quote(id) + ". Nothing was sent."}
	case s.opts.Mail == nil:
		return noMail()
	}
	l, err := s.letter(Letter{To: x.To, Report: x.ID, Due: s.now()})
	if err != nil {
		return err
	}
	return s.post([]*Letter{l}, nil, nil)
}

// attach makes the report of a letter, by what its owner may see now.
func (s *Service) attach(ctx context.Context, e *Envelope, l *Letter) error {
	s.mu.Lock()
	x := s.schedules[l.Report]
	s.mu.Unlock()
	if x == nil || s.opts.Reporter == nil {
		return errNobody
	}
	who, ok := s.principal(x.Owner, x.Scope)
	if !ok {
		return errNobody
	}
	filters, err := url.ParseQuery(x.Filters)
	if err != nil {
		return errNobody
	}
	if x.Days > 0 {
		filters.Set("from", (l.Due - ledger.Time(x.Days)*ledger.Time((24*time.Hour).Microseconds())).String())
		filters.Set("to", l.Due.String())
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	e.Subject = "Report " + x.Report
	data := &bounded{}
	err = s.opts.Reporter.Report(ctx, who, x.Report, filters, x.Format, data)
	if refused := Refusal(""); errors.As(err, &refused) {
		e.Text = "The report " + x.Report + " could not be made: " + string(refused) + "\n"
		return nil
	}
	switch {
	case errors.Is(err, errTooLarge):
		e.Text = "The report " + x.Report + " is larger than 7 MiB, and is not attached: narrow its filters.\n"
		return nil
	case err != nil:
		return fmt.Errorf("the report %s could not be made: %w", x.Report, err)
	}
	ending := x.Format
	if ending == "table" {
		ending = "txt"
	}
	e.Text = fmt.Sprintf("The report %s, due %s, is attached. It shows what %s may see.\n", x.Report, l.Due, x.Owner)
	e.Name, e.Data = x.Report+"."+ending, data.Bytes()
	return nil
}

var errTooLarge = errors.New("the report is larger than 7 MiB")

// bounded is a buffer that takes so much.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxReport {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}

func (s *Service) loadSchedules() error {
	return load(s.opts.Disk, rowSchedule, func(id string, x *Schedule) { s.schedules[id] = x })
}
