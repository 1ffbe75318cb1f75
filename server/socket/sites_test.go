package socket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// A handheld of north scans what moves nothing, and names no site: supervisors of north
// are told, those of main are not, as it happens and in the snapshot of who comes later.
func TestWhatMovedNothingIsToldAtItsHandheldsSite(t *testing.T) {
	at := func(site, role string) ledger.Grants { return ledger.Grants{{Site: site, Role: role}} }
	keys := map[string]access.Principal{
		"N-1":        {Kind: access.Handheld, Device: "N-1", Site: "north", Role: access.Floor, Grants: at("north", "floor")},
		"boss-north": {Kind: access.Program, Name: "boss-north", Role: access.Supervisor, Grants: at("north", "supervisor")},
		"boss-main":  {Kind: access.Program, Name: "boss-main", Role: access.Supervisor, Grants: at("main", "supervisor")},
		"boss":       {Kind: access.Program, Name: "boss", Role: access.Supervisor},
	}
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(key string) (access.Principal, bool) { p, ok := keys[key]; return p, ok }
	})
	if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntitySite, Code: "north"}}, false); err != nil {
		t.Fatal(err)
	}
	enter := func(device, key string) *stream {
		h := d.stream(d.dial())
		h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i1","key":%q,"cursor":null}`, device, key))
		h.one("welcome")
		return h
	}
	type watched struct {
		name, site string // of whom, and which site they ask for
		sees       bool
		live       map[string]*stream
	}
	watchers := []*watched{{name: "boss-north", sees: true}, {name: "boss-main"}, {name: "boss", site: "north", sees: true}, {name: "boss", site: "main"}}
	topics := []string{wire.TopicActivity, wire.TopicExceptions}
	want := map[string]string{wire.TopicActivity: "1 parked, 2 refused, 3 applied, 4 applied", wire.TopicExceptions: "asked/N-1/i1/3 north"}
	screens := 0
	subscribe := func(x *watched, topic string) (*stream, wire.ServerMessage) {
		screens++
		h := enter(fmt.Sprint("screen-", screens), x.name)
		h.send(fmt.Sprintf(`{"type":"subscribe","topic":%q,"site":%q}`, topic, x.site))
		return h, h.one("snapshot")
	}
	for _, x := range watchers {
		x.live = map[string]*stream{}
		for _, topic := range topics {
			x.live[topic], _ = subscribe(x, topic)
		}
	}
	hand := enter("N-1", "N-1")
	hand.send(`{"type":"push","intents":[{"seq":1,"action":"add","scan":"555"},{"seq":2,"action":"add","product":"BOLT","quantity":-1},{"seq":3,"action":"ask","reference":"1"},{"seq":4,"action":"session-open","session":"c","from":"stock"}]}`)
	hand.one("ack")
	for _, x := range watchers {
		for _, topic := range topics {
			told := ""
			if x.sees {
				told = want[topic]
			}
			live, upTo := "", uint64(0)
			for upTo < d.book.Head() {
				e := x.live[topic].one("events").Events
				live, upTo = strings.Trim(live+", "+words(t, e.Events), ", "), e.To
			}
			if live != told {
				t.Errorf("%s at %q is told by %s of %q, want %q", x.name, x.site, topic, live, told)
			}
			if _, m := subscribe(x, topic); words(t, m.Snapshot.Rows) != told {
				t.Errorf("%s at %q begins %s with %q, want %q", x.name, x.site, topic, words(t, m.Snapshot.Rows), told)
			}
		}
	}
}

// words are scans of entries and rows of exceptions, shortly.
func words(t *testing.T, rows any) string {
	t.Helper()
	var list []struct {
		Outcome, ID, Site string
		Intent            *struct{ Seq int }
	}
	b, err := json.Marshal(rows)
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range list {
		if r.Intent != nil {
			out = append(out, fmt.Sprint(r.Intent.Seq, " ", r.Outcome))
		} else if r.ID != "" {
			out = append(out, r.ID+" "+r.Site)
		}
	}
	return strings.Join(out, ", ")
}
