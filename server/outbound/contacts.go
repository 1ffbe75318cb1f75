package outbound

import (
	"net/mail"
	"time"

	"bayledger/sync/ledger"
)

// maxContacts bounds whom letters go to: more people than any house with a server of its
// own has.
const maxContacts = 10_000

// Contact is where and when somebody is reached.
type Contact struct {
	Whose string `json:"whose"`
	Mail  string `json:"mail"`
	Zone  string `json:"zone,omitempty"`
	// QuietFrom and QuietTo are hours of the day, "22:00" and "06:30", between which
	// letters wait; a critical word comes all the same.
	QuietFrom string `json:"quiet_from,omitempty"`
	QuietTo   string `json:"quiet_to,omitempty"`
}

func clock(text string) (minutes int, ok bool) {
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}

// quiet says whether letters wait at a moment, and until when.
func (c *Contact) quiet(now time.Time) bool {
	from, ok := clock(c.QuietFrom)
	to, ok2 := clock(c.QuietTo)
	zone, err := time.LoadLocation(c.Zone)
	if !ok || !ok2 || err != nil || from == to {
		return false
	}
	now = now.In(zone)
	at := now.Hour()*60 + now.Minute()
	if from < to {
		return at >= from && at < to
	}
	return at >= from || at < to
}

func checkMail(field, address string) *ledger.Fault {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || len(address) > 254 {
		return badField(field, field+" is an address such as ann@example.com.")
	}
	return nil
}

// noMail tells that the server was started without a mail server.
func noMail() *ledger.Fault {
	return &ledger.Fault{Code: ledger.Unsupported, Message: "This server sends no mail: have it started with --smtp. Nothing was changed."}
}

func checkZone(zone string) *ledger.Fault {
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return badField("zone", "There is no time zone "+ledger.Quote(zone)+": use a name such as Europe/Vienna.")
	}
	return nil
}

// PutContact says where and when somebody is reached; no address: nowhere. Errors: a
// *ledger.Fault, the disk's.
func (s *Service) PutContact(c Contact) error {
	if f := checkZone(c.Zone); f != nil {
		return f
	}
	if (c.QuietFrom == "") != (c.QuietTo == "") {
		return badField("quiet_to", "quiet_from and quiet_to belong together.")
	}
	for field, text := range map[string]string{"quiet_from": c.QuietFrom, "quiet_to": c.QuietTo} {
		if _, ok := clock(text); text != "" && !ok {
			return badField(field, field+" is a time of the day such as 22:00.")
		}
	}
	if c.Mail != "" {
		if f := checkMail("mail", c.Mail); f != nil {
			return f
		}
	}
	if c.Mail != "" && s.opts.Mail == nil {
		return noMail()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Mail == "" {
		if err := s.opts.Disk.Commit(nil, []string{rowContact + c.Whose, rowNotice + c.Whose}); err != nil {
			return err
		}
		delete(s.contacts, c.Whose)
		delete(s.notices, c.Whose)
		return nil
	}
	if len(s.contacts) >= maxContacts && s.contacts[c.Whose] == nil {
		return &ledger.Fault{Code: ledger.TooLarge, Message: "10,000 people are reached by mail, the most there can be. Nothing was changed."}
	}
	if err := s.opts.Disk.Commit(map[string][]byte{rowContact + c.Whose: encoded(c)}, nil); err != nil {
		return err
	}
	s.contacts[c.Whose] = &c
	return nil
}

// ContactOf returns where somebody is reached.
func (s *Service) ContactOf(name string) Contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.contacts[name]; c != nil {
		return *c
	}
	return Contact{Whose: name}
}
