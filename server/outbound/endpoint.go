package outbound

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
)

// Events that an endpoint may ask for. The list only grows.
const (
	EventEntries      = "entries"      // the activity log
	EventAlerts       = "alerts"       // raised, cleared, and what people and time did to them
	EventExceptions   = "exceptions"   // what a supervisor should look at
	EventAvailability = "availability" // what can be had of a product, whenever that changes
)

// Events lists them in the order in which they are sent of the same entries.
func Events() []string {
	return []string{EventEntries, EventAlerts, EventExceptions, EventAvailability}
}

// Bounds of what is set up.
const (
	maxEndpoints = 100 // a goroutine each, and a message in memory
	maxEndpoint  = 20  // of one owner
	maxLabel     = 200
	// RotateFor is how long an old secret signs beside a new one.
	RotateFor = 24 * time.Hour
)

// Endpoint is where messages go.
type Endpoint struct {
	ID     string         `json:"id"`
	URL    string         `json:"url"`
	Label  string         `json:"label,omitempty"`
	Owner  string         `json:"owner"`           // by whose rights
	Scope  []string       `json:"scope,omitempty"` // of the token by which it was made
	Events []string       `json:"events"`
	Filter history.Filter `json:"filter,omitzero"`
	// Limit is from which amount down a product is low in stock, where only levels are
	// told of availability; "": the exact amounts are.
	Limit      string      `json:"limit,omitempty"`
	Created    ledger.Time `json:"created"`
	Disabled   string      `json:"disabled,omitempty"` // why nothing is sent
	DisabledAt ledger.Time `json:"disabled_at,omitzero"`
	Secrets    []secret    `json:"secrets"` // the newest first
}

// principal is by whose rights an endpoint sees; ok is false where they have none.
func (s *Service) principal(owner string, scope []string) (access.Principal, bool) {
	p, ok := s.opts.People.Standing(owner)
	if ok && len(scope) > 0 {
		parsed, err := access.ParseScope(scope)
		if err != nil {
			return access.Principal{}, false
		}
		p.Scope = parsed
	}
	return p, ok
}

// EndpointWish is what is asked of an endpoint.
type EndpointWish struct {
	URL, Label, Limit string
	Events            []string
	Filter            history.Filter
	From              *uint64 // the entry behind which it begins; nil: now
}

func badField(field, message string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.BadField, Field: field, Message: message + " Nothing was changed."}
}

func (s *Service) checkWish(ctx context.Context, w *EndpointWish) *ledger.Fault {
	if f := s.guard.checkURL(ctx, w.URL); f != nil {
		return f
	}
	if len(w.Label) > maxLabel {
		return badField("label", "A label has at most 200 bytes.")
	}
	if len(w.Events) == 0 {
		return badField("events", "An endpoint names events: "+strings.Join(Events(), ", ")+".")
	}
	for _, e := range w.Events {
		if !slices.Contains(Events(), e) {
			return badField("events", "There is no event "+ledger.Quote(e)+": use "+strings.Join(Events(), ", ")+".")
		}
	}
	if w.Limit != "" {
		if d, err := ledger.ParseDecimal(w.Limit); err != nil || d.Sign() < 0 {
			return badField("limit", "limit is a decimal number, 0 or more: from there down a product is low in stock.")
		}
	}
	for name, value := range map[string]string{"site": w.Filter.Site, "product": w.Filter.Product, "location": w.Filter.Location, "kind": w.Filter.Kind, "operator": w.Filter.Operator} {
		if len(value) > ledger.MaxCode {
			return badField(name, "The filter "+name+" has at most 200 bytes.")
		}
	}
	if w.From != nil && *w.From > s.opts.Book.Head() {
		return badField("from", "No entry of that number is there yet.")
	}
	return nil
}

// AddEndpoint sets an endpoint up and returns the secret that its messages are signed
// with, which nobody can see again. Errors: a *ledger.Fault, the disk's.
func (s *Service) AddEndpoint(ctx context.Context, owner string, scope []string, w EndpointWish) (Endpoint, string, error) {
	if f := s.checkWish(ctx, &w); f != nil {
		return Endpoint{}, "", f
	}
	key, shown, err := newSecret(s.opts.Random)
	if err != nil {
		return Endpoint{}, "", err
	}
	id, err := s.newID("wh")
	if err != nil {
		return Endpoint{}, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	own := 0
	for _, x := range s.endpoints {
		if x.e.Owner == owner {
			own++
		}
	}
	if len(s.endpoints) >= maxEndpoints || own >= maxEndpoint {
		return Endpoint{}, "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 20 endpoints of one owner, or 100 in all, the most there can be. Nothing was changed; remove one."}
	}
	e := Endpoint{ID: id, URL: w.URL, Label: w.Label, Owner: owner, Scope: scope, Events: w.Events, Filter: w.Filter, Limit: w.Limit, Created: s.now(), Secrets: []secret{key}}
	c := cursor{N: s.opts.Book.Head(), Full: slices.Contains(w.Events, EventAvailability)}
	if w.From != nil {
		c.N = *w.From
	}
	if err := s.opts.Disk.Commit(map[string][]byte{rowEndpoint + id: encoded(e), rowCursor + id: encoded(c)}, nil); err != nil {
		return Endpoint{}, "", err
	}
	s.start(&worker{e: e, cursor: c, told: map[string]told{}})
	return e, shown, nil
}

// Endpoints returns those that keep wants, in the order of their ids, without secrets.
func (s *Service) Endpoints(keep func(*Endpoint) bool) (out []EndpointView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.endpoints {
		if keep(&w.e) {
			out = append(out, w.view(s))
		}
	}
	slices.SortFunc(out, func(a, b EndpointView) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// EndpointView is an endpoint and how it does.
type EndpointView struct {
	Endpoint
	Cursor  uint64      // everything up to here has been taken
	Behind  uint64      // entries
	Failing ledger.Time // since when, 0 where the last message was taken
	Tries   int         // of the message that is under way
	Next    ledger.Time // when it is tried again
	Error   string      // of the last try
}

func (w *worker) view(s *Service) EndpointView {
	v := EndpointView{Endpoint: w.e, Cursor: w.cursor.N, Failing: w.cursor.Failing, Tries: w.cursor.Tries, Next: w.cursor.Next, Error: w.cursor.Error}
	v.Secrets = nil
	v.Behind = s.opts.Book.Head() - min(w.cursor.N, s.opts.Book.Head())
	return v
}

func noEndpoint(id string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.NotFound, Field: "id", Message: "There is no webhook " + ledger.Quote(id) + ". Nothing was changed; look at the list."}
}

// change does something to an endpoint and stores it; the worker looks again.
func (s *Service) change(id string, fn func(w *worker) *ledger.Fault) (EndpointView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.endpoints[id]
	if w == nil {
		return EndpointView{}, noEndpoint(id)
	}
	was, cursorWas := w.e, w.cursor
	if f := fn(w); f != nil {
		w.e, w.cursor = was, cursorWas
		return EndpointView{}, f
	}
	w.changes++
	if err := s.opts.Disk.Commit(map[string][]byte{rowEndpoint + id: encoded(w.e), rowCursor + id: encoded(w.cursor)}, nil); err != nil {
		w.e, w.cursor = was, cursorWas
		return EndpointView{}, err
	}
	w.kick()
	return w.view(s), nil
}

// ChangeEndpoint changes where an endpoint leads and what it asks for; enable sends
// again where it was disabled. Errors: a *ledger.Fault, the disk's.
func (s *Service) ChangeEndpoint(ctx context.Context, id string, w EndpointWish, enable bool) (EndpointView, error) {
	if f := s.checkWish(ctx, &w); f != nil {
		return EndpointView{}, f
	}
	return s.change(id, func(x *worker) *ledger.Fault {
		x.e.URL, x.e.Label, x.e.Events, x.e.Filter, x.e.Limit = w.URL, w.Label, w.Events, w.Filter, w.Limit
		if enable {
			x.e.Disabled, x.e.DisabledAt = "", 0
			x.cursor.Failing, x.cursor.Tries, x.cursor.Next, x.cursor.Error = 0, 0, 0, ""
		}
		x.cursor.To, x.cursor.Part, x.cursor.Pending = 0, 0, nil // made anew of the same entries
		x.cursor.Full = slices.Contains(w.Events, EventAvailability)
		return nil
	})
}

// Rotate gives an endpoint a new secret and returns it; the old one signs beside it
// for a day. Errors: a *ledger.Fault, the disk's.
func (s *Service) Rotate(id string) (string, error) {
	key, shown, err := newSecret(s.opts.Random)
	if err != nil {
		return "", err
	}
	_, err = s.change(id, func(w *worker) *ledger.Fault {
		old := w.e.Secrets[0]
		old.Until = s.now() + ledger.Time(RotateFor.Microseconds())
		w.e.Secrets = []secret{key, old}
		return nil
	})
	return shown, err
}

// Replay sends again from an entry on, or passes over what is before it. Errors: a
// *ledger.Fault, the disk's.
func (s *Service) Replay(id string, after uint64) (EndpointView, error) {
	return s.change(id, func(w *worker) *ledger.Fault {
		if after > s.opts.Book.Head() {
			return badField("after", "No entry of that number is there yet.")
		}
		w.cursor = cursor{N: after, Full: slices.Contains(w.e.Events, EventAvailability), Sent: w.cursor.Sent, Logged: w.cursor.Logged}
		return nil
	})
}

// maxAgain bounds how many deliveries wait to be sent again.
const maxAgain = 20

// Again sends one delivery again, under the id that it had. Errors: a *ledger.Fault,
// the disk's.
func (s *Service) Again(id string, number uint64) (EndpointView, error) {
	d, ok, err := s.delivery(id, number)
	if err != nil {
		return EndpointView{}, err
	}
	return s.change(id, func(w *worker) *ledger.Fault {
		switch {
		case !ok:
			return &ledger.Fault{Code: ledger.NotFound, Field: "delivery", Message: "There is no such delivery in the log any more. Nothing was changed; replay from a cursor instead."}
		case d.Event == EventAvailability:
			w.cursor.Full = true // what can be had now is what matters, and it has a number of its own
		case len(w.cursor.Again) >= maxAgain:
			return &ledger.Fault{Code: ledger.TooLarge, Message: "20 deliveries wait to be sent again, the most there can be. Nothing was changed."}
		default:
			w.cursor.Again = append(slices.Clone(w.cursor.Again), span{d.From, d.To, d.Event})
		}
		return nil
	})
}

// RemoveEndpoint forgets an endpoint, its cursor and its log. Errors: a *ledger.Fault,
// the disk's.
func (s *Service) RemoveEndpoint(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.endpoints[id]
	if w == nil {
		return noEndpoint(id)
	}
	if err := s.opts.Disk.Commit(nil, []string{rowEndpoint + id}); err != nil {
		return err
	}
	w.changes++
	delete(s.endpoints, id)
	w.stop()
	return s.sweep(id)
}

// sweepAtOnce rows are removed in one commit.
const sweepAtOnce = 1_000

// sweep removes what was kept of an endpoint. What is left after a crash is swept at
// the next start.
func (s *Service) sweep(id string) error {
	for _, prefix := range []string{rowCursor + id, rowTold + id + "/", rowDelivery + id + "/"} {
		for {
			var keys []string
			err := s.opts.Disk.Scan(prefix, "", func(key string, _ []byte) (bool, error) {
				keys = append(keys, key)
				return len(keys) < sweepAtOnce, nil
			})
			if err != nil || len(keys) == 0 {
				if err != nil {
					return err
				}
				break
			}
			if err := s.opts.Disk.Commit(nil, keys); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) loadEndpoints() error {
	if err := load(s.opts.Disk, rowEndpoint, func(id string, e *Endpoint) {
		s.endpoints[id] = &worker{e: *e, told: map[string]told{}}
	}); err != nil {
		return err
	}
	lost := map[string]bool{}
	if err := load(s.opts.Disk, rowCursor, func(id string, c *cursor) {
		if w := s.endpoints[id]; w != nil {
			w.cursor = *c
		} else {
			lost[id] = true
		}
	}); err != nil {
		return err
	}
	for id := range lost {
		if err := s.sweep(id); err != nil {
			return err
		}
	}
	return s.opts.Disk.Scan(rowTold, "", func(key string, value []byte) (bool, error) {
		id, product, _ := strings.Cut(strings.TrimPrefix(key, rowTold), "/")
		var t told
		if err := json.Unmarshal(value, &t); err != nil {
			return false, &DamagedError{key, err}
		}
		if w := s.endpoints[id]; w != nil {
			w.told[product] = t
		}
		return true, nil
	})
}
