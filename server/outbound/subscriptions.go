package outbound

import (
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// maxSubscriptions bounds what each alert is held against.
const maxSubscriptions = 1_000

// Subscription says which alerts reach whom.
type Subscription struct {
	ID       string      `json:"id"`
	By       string      `json:"by"`
	For      string      `json:"for,omitempty"`  // one person, by name
	Role     string      `json:"role,omitempty"` // or all who have this role at the alert's site
	Kinds    []string    `json:"kinds,omitempty"`
	Site     string      `json:"site,omitempty"`
	Location string      `json:"location,omitempty"` // with all below it
	Category string      `json:"category,omitempty"`
	Level    uint64      `json:"level,omitempty"` // told of alerts escalated so often, and not before
	Created  ledger.Time `json:"created"`
}

// Subscribe keeps a subscription and returns it with its id. Errors: a *ledger.Fault,
// the disk's.
func (s *Service) Subscribe(x Subscription) (Subscription, error) {
	if s.opts.Mail == nil {
		return x, noMail()
	}
	if (x.For == "") == (x.Role == "") {
		return x, badField("role", "A subscription is for a person or for a role, one of the two.")
	}
	if x.Role != "" && !access.Role(x.Role).Known() {
		return x, badField("role", "role is one of floor, dock, supervisor, admin.")
	}
	for _, kind := range x.Kinds {
		if !slices.Contains(ledger.AlertKinds(), kind) {
			return x, badField("kinds", "There is no alert "+ledger.Quote(kind)+": use "+strings.Join(ledger.AlertKinds(), ", ")+".")
		}
	}
	switch {
	case x.Location != "" && x.Site == "":
		return x, badField("site", "A location is of a site: name that too.")
	case x.Level > ledger.MaxAlertLevel:
		return x, badField("level", "level is a number from 0 to 5.")
	case len(x.Site) > ledger.MaxCode || len(x.Location) > ledger.MaxCode || len(x.Category) > ledger.MaxCode:
		return x, badField("category", "Codes have at most 200 bytes.")
	}
	var err error
	if x.ID, err = s.newID("sub"); err != nil {
		return x, err
	}
	x.Created = s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.subscriptions) >= maxSubscriptions {
		return x, &ledger.Fault{Code: ledger.TooLarge, Message: "There are 1,000 subscriptions, the most there can be. Nothing was changed."}
	}
	if err := s.opts.Disk.Commit(map[string][]byte{rowSubscription + x.ID: encoded(x)}, nil); err != nil {
		return x, err
	}
	s.subscriptions[x.ID] = &x
	return x, nil
}

// Subscriptions returns those that keep wants, in the order of their ids.
func (s *Service) Subscriptions(keep func(*Subscription) bool) (out []Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.subscriptions {
		if keep(x) {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b Subscription) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Unsubscribe forgets a subscription. Error: the disk's.
func (s *Service) Unsubscribe(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.opts.Disk.Commit(nil, []string{rowSubscription + id}); err != nil {
		return err
	}
	delete(s.subscriptions, id)
	return nil
}

// wants says whether a subscription is about an alert, in the state of the books.
func (x *Subscription) wants(st *ledger.State, a *ledger.Alert) bool {
	if a.State != ledger.AlertRaised && a.State != ledger.AlertEscalated || x.Level > a.Level || x.Level == 0 && a.State == ledger.AlertEscalated {
		return false
	}
	if len(x.Kinds) > 0 && !slices.Contains(x.Kinds, a.Kind) || x.Site != "" && x.Site != a.Site {
		return false
	}
	if x.Location != "" && !st.AlertWithin(&ledger.OpenAlert{Alert: *a}, x.Location) {
		return false
	}
	if x.Category == "" {
		return true
	}
	p, ok := st.Product(a.Product)
	return ok && p.Category == x.Category
}
