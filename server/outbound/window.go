package outbound

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of one message.
const (
	windowEntries = 2_000     // looked at for one message
	messageItems  = 200       // entries, alerts, exceptions or products in one
	messageBytes  = 192 << 10 // of entries; receivers often take no more than 256 KiB
)

// span is a run of entries and what of it is sent.
type span struct {
	From  uint64 `json:"from"` // the first
	To    uint64 `json:"to"`
	Event string `json:"event,omitempty"`
}

// window is what an endpoint's owner is shown of a run of entries.
type window struct {
	from, to   uint64
	at         ledger.Time // when the last of them was booked
	entries    []json.RawMessage
	alerts     []alertEvent
	exceptions []exceptionEvent
	products   map[string]bool // whose availability may have changed
	all        bool            // that of all may have
	bytes      int
}

// alertEvent and exceptionEvent are as an entry has them, with the entry's number.
type (
	alertEvent struct {
		N  uint64      `json:"n"`
		At ledger.Time `json:"booked_at"`
		ledger.Alert
	}
	exceptionEvent struct {
		N  uint64      `json:"n"`
		At ledger.Time `json:"booked_at"`
		ledger.ExceptionEvent
	}
)

// said is what is read of an entry.
type said struct {
	BookedAt   ledger.Time `json:"booked_at"`
	Intent     *saidIntent `json:"intent"`
	Edit       *struct{ Entity, Code string }
	Moves      []struct{ Product string }
	Alerts     []ledger.Alert
	Exceptions []ledger.ExceptionEvent
}

// saidIntent is what is read of an intent.
type saidIntent struct {
	Action, Product, Package, Serial string
	Lines                            []struct{}
}

// covers says what an intent may cover that moves nothing, as holds do: all goods, or
// those of one product.
func (in *saidIntent) covers() (product string, all bool) {
	switch {
	case in == nil:
		return "", false
	case in.Action == ledger.ActionUndo, in.Action == ledger.ActionMap: // of whatever
		return "", true
	case in.Action != ledger.ActionIsolate && in.Action != ledger.ActionRelease:
		return "", false
	case in.Product == "" || in.Package != "" || in.Serial != "" || len(in.Lines) > 0:
		return "", true
	}
	return in.Product, false
}

// look reads a run of entries as an endpoint's owner sees it: from the one behind after
// up to to, or, where that is 0, as far as one message reaches.
func (s *Service) look(ctx context.Context, e *Endpoint, who *access.Principal, after, to uint64) (*window, error) {
	w := &window{from: after + 1, to: after, products: map[string]bool{}}
	glass, most := lens.Of(*who), to
	if to == 0 {
		most = s.opts.Book.Feed().Announced()
	}
	err := s.opts.Book.Feed().Stored(ctx, after, func(b *journal.Block) (bool, error) {
		for n := max(b.First, after+1); n <= min(b.Last, most); n++ {
			if to == 0 && w.full(n) {
				return false, nil
			}
			if err := w.take(n, b.Entry(n), e, &glass); err != nil {
				return false, err
			}
		}
		return b.Last < most && (to != 0 || !w.full(b.Last+1)), nil
	})
	return w, err
}

// full says whether entry n belongs into the next message.
func (w *window) full(n uint64) bool {
	return n >= w.from+windowEntries || w.bytes >= messageBytes || len(w.entries) >= messageItems || len(w.alerts) >= messageItems ||
		len(w.exceptions) >= messageItems || len(w.products) >= messageItems
}

func (w *window) take(n uint64, raw []byte, e *Endpoint, glass *lens.Lens) error {
	w.to = n
	if at, ok := ledger.BookedAt(raw); ok {
		w.at = at
	}
	shown := glass.Entry(raw)
	if slices.Contains(e.Events, EventEntries) && shown != nil && e.Filter.Wants(raw) {
		w.entries = append(w.entries, slices.Clone(shown))
		w.bytes += len(shown)
	}
	availability := slices.Contains(e.Events, EventAvailability)
	if !availability && !bytes.Contains(raw, []byte(`"alerts":[{`)) && !bytes.Contains(raw, []byte(`"exceptions":[{`)) {
		return nil
	}
	if shown != nil {
		if err := w.takeShown(n, shown, e); err != nil {
			return err
		}
	}
	if !availability {
		return nil
	}
	x, err := readSaid(raw) // of all sites: what is said of a product follows from the owner's
	if err != nil {
		return fmt.Errorf("entry %d: %w", n, err)
	}
	for _, m := range x.Moves {
		w.products[m.Product] = true
	}
	switch {
	case x.Edit != nil && x.Edit.Entity == ledger.EntityProduct:
		w.products[x.Edit.Code] = true
	case x.Edit != nil && x.Edit.Entity == ledger.EntityLocation:
		w.all = true
	}
	if product, all := x.Intent.covers(); all {
		w.all = true
	} else if product != "" {
		w.products[product] = true
	}
	return nil
}

// takeShown takes the alerts and exceptions that the owner may see.
func (w *window) takeShown(n uint64, shown []byte, e *Endpoint) error {
	x, err := readSaid(shown)
	if err != nil {
		return fmt.Errorf("entry %d: %w", n, err)
	}
	f := &e.Filter
	for _, a := range x.Alerts {
		if slices.Contains(e.Events, EventAlerts) && (f.Site == "" || a.Site == f.Site) && (f.Product == "" || a.Product == f.Product) &&
			(f.Location == "" || a.Location == f.Location) && (f.Kind == "" || a.Kind == f.Kind) {
			w.alerts = append(w.alerts, alertEvent{n, x.BookedAt, a})
		}
	}
	if !slices.Contains(e.Events, EventExceptions) || !f.Wants(shown) {
		return nil
	}
	for _, ex := range x.Exceptions {
		w.exceptions = append(w.exceptions, exceptionEvent{n, x.BookedAt, ex})
	}
	return nil
}

// readSaid reads an entry. What a device sent may name a member twice.
func readSaid(entry []byte) (x said, err error) {
	err = jsonv2.Unmarshal(entry, &x, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsonv2.MatchCaseInsensitiveNames(true))
	return x, err
}

// message is what is sent at once, as it was made: a repeat sends the same bytes.
type message struct {
	ID    string          `json:"id"`
	Event string          `json:"event"`
	From  uint64          `json:"from"`
	To    uint64          `json:"to"`
	Lens  string          `json:"lens"` // through which it was seen: where rights change, it is made anew
	Body  json.RawMessage `json:"body"`
	Told  map[string]told `json:"told,omitempty"` // what the receiver knows of products then
	Again bool            `json:"again,omitempty"`
}

// Types of messages, by event.
var messageTypes = map[string]string{EventEntries: "entries.booked", EventAlerts: "alerts.changed", EventExceptions: "exceptions.raised", EventAvailability: "availability.changed", eventTest: "webhook.test"}

// eventTest is what is sent to try an endpoint.
const eventTest = "test"

// body is the JSON that is sent, in the form that Standard Webhooks recommends.
func body(event string, at ledger.Time, data any) []byte {
	return encoded(struct {
		Type string      `json:"type"`
		At   ledger.Time `json:"timestamp"`
		Data any         `json:"data"`
	}{messageTypes[event], at, data})
}

// messageOf makes the message of an event, nil where there is nothing to say.
func (s *Service) messageOf(e *Endpoint, w *window, event, glass string) *message {
	data := struct {
		Epoch      string            `json:"epoch"`
		From       uint64            `json:"from"`
		To         uint64            `json:"to"`
		Entries    []json.RawMessage `json:"entries,omitempty"`
		Alerts     []alertEvent      `json:"alerts,omitempty"`
		Exceptions []exceptionEvent  `json:"exceptions,omitempty"`
	}{Epoch: s.opts.Book.Epoch(), From: w.from, To: w.to}
	switch event {
	case EventEntries:
		data.Entries = w.entries
	case EventAlerts:
		data.Alerts = w.alerts
	case EventExceptions:
		data.Exceptions = w.exceptions
	}
	if len(data.Entries)+len(data.Alerts)+len(data.Exceptions) == 0 {
		return nil
	}
	return &message{ID: fmt.Sprintf("msg_%s_%s_%d-%d_%s", e.ID, s.opts.Book.Epoch(), w.from, w.to, event), Event: event, From: w.from, To: w.to, Lens: glass,
		Body: body(event, w.at, data)}
}
