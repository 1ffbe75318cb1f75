package outbound

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bayledger/server/access"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// Bounds of what people are told.
const (
	// gather is how long is waited for more of the same before a letter is written.
	gather = 10 * time.Second
	// maxAnHour letters go to one person; what is more is summed up in the next one.
	maxAnHour = 6
	// maxNotices wait for one person; more of them are counted.
	maxNotices = 200
	// maxLines of one letter; the others are counted.
	maxLines = 100
	// hearEntries are read at once: as many as ten messages of webhooks are made of.
	hearEntries = 10 * windowEntries
)

// line is one alert as it is told, and where it is: whoever may not look there any more
// when the letter leaves is not told.
type line struct {
	Site string `json:"site"`
	Text string `json:"text"`
}

// notices are what waits to be told to somebody.
type notices struct {
	Lines []line      `json:"lines"`
	More  int         `json:"more,omitempty"`
	Since ledger.Time `json:"since"`
	Loud  bool        `json:"loud,omitempty"`
}

// audience is whom alerts may reach, as it stood when some of them were heard.
type audience struct {
	subscriptions []*Subscription
	people        map[string]access.Principal // who has rights, and somewhere to be reached
}

// audience takes note of who is reached. Neither subscriptions nor contacts are changed
// in place.
func (s *Service) audience() *audience {
	s.mu.Lock()
	a := &audience{people: map[string]access.Principal{}}
	for _, x := range s.subscriptions {
		a.subscriptions = append(a.subscriptions, x)
	}
	var names []string
	for name := range s.contacts {
		names = append(names, name)
	}
	s.mu.Unlock()
	for _, name := range names {
		if p, ok := s.opts.People.Standing(name); ok {
			a.people[name] = p
		}
	}
	return a
}

// reached are the people whom an alert reaches.
func (a *audience) reached(st *ledger.State, alert *ledger.Alert) (names []string) {
	for _, x := range a.subscriptions {
		if !x.wants(st, alert) {
			continue
		}
		for name, p := range a.people {
			if (name == x.For || x.For == "" && string(p.RoleAt(alert.Site)) == x.Role) && access.MayAt(p, access.ReadAlerts, alert.Site) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// notify tells people of alerts until its context ends. Without a mail server nobody is
// told, and nothing is gathered.
func (s *Service) notify(ctx context.Context) {
	if s.opts.Mail == nil {
		return
	}
	for ctx.Err() == nil {
		more, err := s.hear(ctx)
		wait := time.Minute
		if err == nil {
			wait, err = s.write()
		}
		if err != nil && ctx.Err() == nil {
			s.opts.Log.Error("people could not be told of alerts; it is tried again in a minute", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-time.After(wait):
		case <-s.heard:
		case <-ctx.Done():
		}
	}
}

// hear reads what came since, and keeps what people are to be told with how far it was
// read: a kill loses no word and says none twice. Where nobody is to be told, that is
// stored now and then alone, so that scans cost the disk nothing here.
func (s *Service) hear(ctx context.Context) (more bool, err error) {
	s.mu.Lock()
	after := s.told
	s.mu.Unlock()
	end := s.opts.Book.Feed().Announced()
	to := min(end, after+hearEntries)
	if after >= to {
		return false, nil
	}
	alerts, err := s.alertsOf(ctx, after, to)
	if err != nil {
		return false, err
	}
	words := map[string][]*ledger.Alert{}
	if who := s.audience(); len(alerts) > 0 && len(who.subscriptions) > 0 && len(who.people) > 0 {
		if err := s.opts.Book.View(ctx, func(st *ledger.State, _ uint64) { // without mu: it waits for the disk
			for i := range alerts {
				for _, name := range who.reached(st, &alerts[i]) {
					words[name] = append(words[name], &alerts[i])
				}
			}
		}); err != nil {
			return false, err
		}
	}
	return to < end, s.heardOf(to, words)
}

// alertsOf reads the alerts of a run of entries. Of those that are as old as a letter may
// become nobody wants to be told: they stand in the list of alerts.
func (s *Service) alertsOf(ctx context.Context, after, to uint64) (alerts []ledger.Alert, err error) {
	oldest := s.now() - ledger.Time(letterFor.Microseconds())
	err = s.opts.Book.Feed().Stored(ctx, after, func(b *journal.Block) (bool, error) {
		for n := max(b.First, after+1); n <= min(b.Last, to); n++ {
			entry := b.Entry(n)
			if !bytes.Contains(entry, []byte(`"alerts":[{`)) {
				continue
			}
			x, err := readSaid(entry)
			if err != nil {
				return false, fmt.Errorf("entry %d: %w", n, err)
			}
			if x.BookedAt >= oldest {
				alerts = append(alerts, x.Alerts...)
			}
		}
		return b.Last < to, nil
	})
	return alerts, err
}

// heardOf keeps what people are to be told, up to an entry.
func (s *Service) heardOf(to uint64, words map[string][]*ledger.Alert) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(words) == 0 && s.opts.Now().Sub(s.toldKept) < keepCursor {
		s.told = to
		return nil
	}
	put, next := map[string][]byte{rowNotified: []byte(strconv.FormatUint(to, 10))}, map[string]*notices{}
	for name, alerts := range words {
		if s.contacts[name] == nil {
			continue // gone meanwhile
		}
		for _, a := range alerts {
			s.notice(next, name, a)
		}
		put[rowNotice+name] = encoded(next[name])
	}
	if err := s.opts.Disk.Commit(put, nil); err != nil {
		return err
	}
	for name, n := range next {
		s.notices[name] = n
	}
	s.told, s.toldKept = to, s.opts.Now()
	return nil
}

func (s *Service) notice(next map[string]*notices, name string, a *ledger.Alert) {
	n := next[name]
	if n == nil {
		n = &notices{Since: s.now()}
		if was := s.notices[name]; was != nil {
			n = &notices{slices.Clone(was.Lines), was.More, was.Since, was.Loud}
		}
		next[name] = n
	}
	n.Loud = n.Loud || a.Kind == ledger.AlertHeldTaken || a.Level > 0
	if len(n.Lines) >= maxNotices {
		n.More++
		return
	}
	n.Lines = append(n.Lines, line{a.Site, a.Told()})
}

// write makes letters of what waits, and says when to look again.
func (s *Service) write() (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, wait := s.opts.Now(), time.Minute
	for name, n := range s.notices {
		c := s.contacts[name]
		if c == nil {
			continue
		}
		if left := gather - time.Duration(s.now()-n.Since)*time.Microsecond; left > 0 {
			wait = min(wait, left)
			continue
		}
		s.sent[name] = slices.DeleteFunc(s.sent[name], func(t time.Time) bool { return now.Sub(t) >= time.Hour })
		if len(s.sent[name]) >= maxAnHour || c.quiet(now) && !n.Loud {
			continue
		}
		l, err := s.letter(Letter{To: c.Mail, Whose: name, Lines: n.Lines, More: n.More})
		if err != nil {
			return wait, err
		}
		if err := s.post([]*Letter{l}, nil, []string{rowNotice + name}); err != nil {
			return wait, err
		}
		delete(s.notices, name)
		s.sent[name] = append(s.sent[name], now)
	}
	return wait, nil
}

// told says in a letter what its reader may see now; false where that is nothing.
func (l *Letter) told(e *Envelope, p *access.Principal) bool {
	lines := slices.DeleteFunc(slices.Clone(l.Lines), func(x line) bool { return !access.MayAt(*p, access.ReadAlerts, x.Site) })
	if len(lines) == 0 {
		return false
	}
	e.Subject = lines[0].Text
	if count := len(lines) + l.More; count > 1 {
		e.Subject = fmt.Sprintf("%d stock alerts", count)
	}
	shown := lines[:min(len(lines), maxLines)]
	for _, x := range shown {
		e.Text += x.Text + "\n"
	}
	if more := len(lines) - len(shown) + l.More; more > 0 {
		e.Text += fmt.Sprintf("And %d more: see bayledger report alerts.\n", more)
	}
	return true
}

func (s *Service) loadPeople() error {
	if err := load(s.opts.Disk, rowSubscription, func(id string, x *Subscription) { s.subscriptions[id] = x }); err != nil {
		return err
	}
	if err := load(s.opts.Disk, rowContact, func(name string, c *Contact) { s.contacts[name] = c }); err != nil {
		return err
	}
	if err := load(s.opts.Disk, rowNotice, func(name string, n *notices) { s.notices[name] = n }); err != nil {
		return err
	}
	s.told = s.opts.Book.Head() // of what was before there was anybody to tell nobody is told
	return s.opts.Disk.Scan(rowNotified, "", func(key string, value []byte) (bool, error) {
		n, err := strconv.ParseUint(string(value), 10, 64)
		if err != nil {
			return false, &DamagedError{key, err}
		}
		s.told = min(n, s.opts.Book.Head())
		return false, nil
	})
}
