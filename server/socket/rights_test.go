package socket_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// topics are those that the protocol's schema names.
func topics(t *testing.T) []string {
	t.Helper()
	f, _ := reflect.TypeFor[wire.Subscribe]().FieldByName("Topic")
	list := strings.Split(f.Tag.Get("enum"), ",")
	if len(list) < 5 {
		t.Fatalf("the schema names the topics %v", list)
	}
	return list
}

func scope(t *testing.T, words ...string) *access.Scope {
	t.Helper()
	s, err := access.ParseScope(words)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every topic has a rule, and is followed by those whom the table lets, with every
// kind of key; pushes and prints likewise.
func TestEveryTopicWithEveryKey(t *testing.T) {
	north := func(role string) ledger.Grants { return ledger.Grants{{Site: "north", Role: role}} }
	keys := map[string]access.Principal{
		"floor": {Device: "floor", Role: access.Floor}, "dock": {Device: "dock", Role: access.Dock}, "supervisor": {Name: "supervisor", Role: access.Supervisor}, "admin": {Name: "admin", Role: access.Admin},
		"floor-north": {Device: "floor-north", Role: access.Floor, Grants: north("floor")}, "supervisor-north": {Name: "supervisor-north", Role: access.Supervisor, Grants: north("supervisor")},
		"reads": {Kind: access.Token, Name: "reads", Role: access.Admin, Scope: scope(t, "read")}, "books": {Kind: access.Token, Name: "books", Role: access.Admin, Scope: scope(t, "intent.own", "intent.any")},
		"nobody": {Name: "nobody", Role: access.Floor, Grants: ledger.Grants{}}, "revoked": {Device: "revoked", Role: access.Floor, Until: 1},
	}
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(key string) (access.Principal, bool) { p, ok := keys[key]; return p, ok }
	})
	if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntitySite, Code: "north"}}, false); err != nil {
		t.Fatal(err)
	}
	for name, who := range keys {
		for _, topic := range topics(t) {
			action, known := access.Topic(topic)
			if !known {
				t.Fatalf("the topic %s has no rule", topic)
			}
			for _, site := range []string{"", "main", "north"} {
				h := d.stream(d.dial())
				h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i1","key":%q,"cursor":null}`, name, name))
				h.one("welcome")
				if who.Until != 0 {
					h.one("notice")
				}
				h.send(fmt.Sprintf(`{"type":"subscribe","topic":%q,"site":%q}`, topic, site))
				may := access.May(who, action) && (site == "" || access.MayAt(who, action, site))
				if !may {
					if e := h.one("error").Error; e.Code != ledger.NotAllowed {
						t.Errorf("%s %s at %q: %+v", name, topic, site, e)
					}
				} else {
					h.one("snapshot")
				}
				h.conn.Close()
			}
		}
		h := d.stream(d.dial())
		h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i2","key":%q,"cursor":null}`, name, name))
		h.one("welcome")
		if who.Until != 0 {
			h.one("notice")
		}
		h.send(`{"type":"push","intents":[{"seq":1,"action":"add","product":"BOLT","site":"north","to":"stock"}]}`)
		if access.May(who, access.IntentOwn) {
			h.one("ack")
		} else if e := h.one("error").Error; e.Code != ledger.NotAllowed {
			t.Errorf("%s pushes: %+v", name, e)
		}
		h.conn.Close()
	}
}

// A key that was taken back: the open session ends with a notice, and the next one
// hands in what waits, and is given nothing else.
func TestATakenBackKeyHandsIn(t *testing.T) {
	var until atomic.Int64
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(string) (access.Principal, bool) {
			return access.Principal{Device: "H-1", Role: access.Floor, Until: ledger.Time(until.Load())}, true
		}
		o.Print = func(context.Context, string, *access.Principal, *wire.Print) (*wire.Notice, error) {
			t.Error("something is printed")
			return &wire.Notice{Type: "notice", Kind: "print"}, nil
		}
	})
	h := d.stream(d.hello("H-1"))
	h.send(`{"type":"subscribe","topic":"balances"}`)
	h.one("snapshot")
	h.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	h.one("ack")
	until.Store(int64(ledger.TimeOf(noon)))
	d.hub.RightsChanged()
	if n := h.one("notice").Notice; n.Kind != "revoked" {
		t.Errorf("%+v", n)
	}
	if code := h.closed(); code != wire.CloseResume {
		t.Errorf("closed with %d", code)
	}
	h = d.stream(d.dial())
	h.send(`{"type":"hello","device":"H-1","install":"i1","key":"key-H-1","cursor":null}`)
	if n := h.one("notice").Notice; n.Kind != "revoked" {
		t.Errorf("%+v", n)
	}
	for _, message := range []string{`{"type":"subscribe","topic":"catalog"}`, `{"type":"print","job":"1","label":"product","code":"BOLT"}`} {
		h.send(message)
		if e := h.one("error").Error; e.Code != ledger.NotAllowed {
			t.Errorf("%s: %+v", message, e)
		}
	}
}

// A session that the browser's cookie brings cannot be named in a hello, and no key
// speaks for a device that is not its own.
func TestWhoSpeaksForWhom(t *testing.T) {
	keys := map[string]access.Principal{
		"session": {Kind: access.Person, Name: "u-1", Role: access.Admin},
		"hand":    {Kind: access.Person, Name: "u-2", Role: access.Floor},
		"H-1":     {Kind: access.Handheld, Device: "H-1", Role: access.Floor},
	}
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(key string) (access.Principal, bool) { p, ok := keys[key]; return p, ok }
		o.Secret = func(r *http.Request) string { return r.Header.Get("Cookie") }
	})
	for _, c := range []struct {
		cookie, device, key string
		in                  bool
	}{
		{"session", "watch-1", "", true}, {"session", "", "", true}, {"", "watch-1", "session", false}, {"", "watch-1", "", false},
		{"hand", "u-2", "", true}, {"hand", "H-1", "", false}, {"", "H-1", "H-1", true}, {"", "H-2", "H-1", false}, {"session", "H-2", "H-1", false},
	} {
		h := d.dialAs(c.cookie)
		h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i1","key":%q,"cursor":null}`, c.device, c.key))
		if c.in {
			h.one("welcome")
		} else if e := h.one("error").Error; e.Code != ledger.BadKey {
			t.Errorf("%+v: %+v", c, e)
		}
		h.conn.Close()
	}
}

// A name that a key has is used only by whom it could be given by: the newest
// connection of a name throws the older one out.
func TestWhoWatchesUnderWhoseName(t *testing.T) {
	at := func(site, role string) ledger.Grants { return ledger.Grants{{Site: site, Role: role}} }
	keys := map[string]access.Principal{
		"north": {Kind: access.Program, Name: "north", Role: access.Supervisor, Grants: at("north", "supervisor")},
		"all":   {Kind: access.Program, Name: "all", Role: access.Supervisor, Grants: ledger.GrantsEverywhere("supervisor")},
	}
	names := map[string]access.Principal{
		"H-n": {Kind: access.Handheld, Device: "H-n", Role: access.Floor, Grants: at("north", "floor")},
		"H-s": {Kind: access.Handheld, Device: "H-s", Role: access.Floor, Grants: at("south", "floor")},
		"S-n": {Kind: access.Program, Name: "S-n", Role: access.Supervisor, Grants: at("north", "supervisor")},
		"u-1": {Kind: access.Person, Name: "u-1", Role: access.Floor, Grants: at("north", "floor")},
	}
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(key string) (access.Principal, bool) { p, ok := keys[key]; return p, ok }
		o.Named = func(name string) (access.Principal, bool) { p, ok := names[name]; return p, ok }
	})
	for _, c := range []struct {
		key, device string
		in          bool
	}{
		{"north", "H-n", true}, {"north", "H-s", false}, {"north", "S-n", false}, {"north", "u-1", false}, {"north", "screen-1", true}, {"north", "north", true},
		{"all", "H-n", true}, {"all", "H-s", true}, {"all", "S-n", false}, {"all", "u-1", false},
	} {
		h := d.dial()
		h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i1","key":%q,"cursor":null}`, c.device, c.key))
		if c.in {
			h.one("welcome")
		} else if e := h.one("error").Error; e.Code != ledger.BadKey {
			t.Errorf("%+v: %+v", c, e)
		}
		h.conn.Close()
	}
}

// Two handhelds of one name, one paired after the other: neither ends the other, and
// the name is that of the one whose key is good.
func TestAFormerHandheldEndsNobody(t *testing.T) {
	d := open(t, func(o *socket.Options) {
		o.Authenticate = func(key string) (access.Principal, bool) {
			p := access.Principal{Kind: access.Handheld, Device: "H-1", Role: access.Floor}
			if key == "old" {
				p.Until = 1
			}
			return p, true
		}
	})
	enter := func(key string) *stream {
		h := d.stream(d.dial())
		h.send(fmt.Sprintf(`{"type":"hello","device":"H-1","install":%q,"key":%q,"cursor":null}`, key, key))
		h.one("welcome")
		return h
	}
	early := enter("old")
	fresh := enter("new")
	late := enter("old")
	for _, h := range []*stream{early, fresh, late} {
		h.send(`{"type":"ping"}`)
	}
	for _, h := range []*stream{early, late} {
		h.one("notice")
		h.one("pong")
	}
	fresh.one("pong")
	d.hub.Poke("H-1")
	late.conn.Close()
	early.conn.Close()
	if list := d.hub.Devices(); len(list) != 1 || list[0].Install != "new" || !list[0].Connected {
		t.Errorf("%+v", list)
	}
}

// Messages wait for a device, and are shown again until it has said something since.
func TestMessagesAreShown(t *testing.T) {
	waiting := []string{"Come to the office.", "Bring coffee."}
	var told atomic.Int32
	d := open(t, func(o *socket.Options) {
		o.Waiting = func(string) socket.Waiting { return socket.Waiting{Messages: waiting[told.Load():], Renew: true} }
		o.Told = func(_ string, count int) { told.Add(int32(count)) }
	})
	for range 2 { // the first connection breaks before it has said anything
		h := d.stream(d.dial())
		h.send(`{"type":"hello","device":"H-1","install":"i1","key":"key-H-1","cursor":null}`)
		if p := h.one("welcome").Welcome.Policy; !p.RenewKey {
			t.Error("it is not told to renew its key")
		}
		for _, want := range waiting {
			if n := h.one("notice").Notice; n.Kind != "message" || n.Text != want {
				t.Errorf("%+v", n)
			}
		}
		if told.Load() != 0 {
			t.Error("it has said nothing since")
		}
		d.hub.Poke("H-1") // nothing new: only the policy
		if n := h.one("notice").Notice; n.Kind != "policy" || n.Policy == nil || !n.Policy.RenewKey || n.Policy.MaxPush != wire.MaxPush {
			t.Errorf("%+v", n)
		}
		h.conn.Close()
	}
	other := d.stream(d.dial()) // who watches under its name takes none of them away
	other.send(`{"type":"hello","device":"H-1","install":"i9","key":"watcher","cursor":null}`)
	if p := other.one("welcome").Welcome.Policy; p.RenewKey {
		t.Error("a watcher is to renew a handheld's key")
	}
	other.send(`{"type":"ping","now":"2026-03-02T09:00:00Z","pending":0}`)
	other.one("pong")
	if told.Load() != 0 {
		t.Error("a watcher was told what waits for a handheld")
	}
	h := d.stream(d.dial())
	h.send(`{"type":"hello","device":"H-1","install":"i1","key":"key-H-1","cursor":null}`)
	for range waiting {
		h.one("notice")
	}
	h.send(`{"type":"ping","now":"2026-03-02T09:00:00Z","pending":0}`)
	h.one("pong")
	if told.Load() != 2 {
		t.Errorf("%d were told", told.Load())
	}
}

// A handheld is asked for its log at each connection, and at once where it is there,
// until somebody has it; who watches under its name is not.
func TestALogIsAskedFor(t *testing.T) {
	var wanted atomic.Bool
	wanted.Store(true)
	d := open(t, func(o *socket.Options) {
		o.Waiting = func(string) socket.Waiting { return socket.Waiting{Log: wanted.Load()} }
		known := o.Authenticate
		o.Authenticate = func(secret string) (access.Principal, bool) {
			if secret == "lost" {
				return access.Principal{Device: "H-1", Name: "H-1", Role: access.Floor, Until: 1}, true
			}
			return known(secret)
		}
	})
	hello := func(key string) *stream {
		h := d.stream(d.dial())
		h.send(`{"type":"hello","device":"H-1","install":"i1","key":"` + key + `","cursor":null}`)
		h.one("welcome")
		return h
	}
	silent := func(h *stream) {
		t.Helper()
		d.hub.Poke("H-1")
		h.send(`{"type":"ping","now":"2026-03-02T09:00:00Z"}`)
		for { // no notice before the pong
			for i, m := range h.rest {
				if m.Type == "notice" {
					t.Errorf("it is told %+v", m.Notice)
				}
				if m.Type == "pong" {
					h.rest = h.rest[i+1:]
					return
				}
			}
			var err error
			if h.rest, err = h.frame(); err != nil {
				t.Fatal(err)
			}
		}
	}
	lost := hello("lost") // its key was replaced: what waits is for the handheld that has the new one
	lost.one("notice")
	silent(lost)
	for range 2 {
		h := hello("key-H-1")
		if n := h.one("notice").Notice; n.Kind != "log" || n.Text != "" {
			t.Errorf("%+v", n)
		}
		d.hub.Poke("H-1")
		if n := h.one("notice").Notice; n.Kind != "log" {
			t.Errorf("%+v", n)
		}
		h.conn.Close()
	}
	silent(hello("watcher"))
	wanted.Store(false)
	silent(hello("key-H-1"))
}

// Costs, exceptions and rights are told to nobody who may not see them, live, from
// memory and from storage, and shared frames are shared among those who see the same.
func TestActivityIsShownThroughALens(t *testing.T) {
	d := open(t)
	watcher, floor := d.hello("watch-1"), d.hello("H-2")
	since := d.book.Head()
	for _, x := range []*handheld{watcher, floor} {
		x.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, since))
	}
	h := d.hello("H-1")
	h.send(`{"type":"push","intents":[{"seq":1,"action":"add","product":"BOLT","quantity":3,"total_cost":"98765.43"},{"seq":2,"action":"isolate","product":"BOLT","quantity":1}]}`)
	h.one("ack")
	if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntityRight, Code: "device/H-1", Fields: map[string]string{"roles": "floor"}}}, false); err != nil {
		t.Fatal(err)
	}
	text := func(x *handheld) (all string) {
		for to := since; to < since+3; {
			m := x.one("events").Events
			for _, e := range m.Events {
				all += string(e)
			}
			to = m.To
		}
		return all
	}
	all, part := text(watcher), text(floor)
	for _, word := range []string{"98765.43", `"exceptions":[{`, `"entity":"right"`, `"hash"`} {
		if !strings.Contains(all, word) || strings.Contains(part, word) {
			t.Errorf("%s: told to a supervisor %v, to the floor %v", word, strings.Contains(all, word), strings.Contains(part, word))
		}
	}
	if !strings.Contains(part, `"quantity":"3"`) {
		t.Error("the floor is not told what happened")
	}
	late := d.hello("H-3") // the same from the past
	late.send(`{"type":"subscribe","topic":"activity"}`)
	for _, row := range late.one("snapshot").Snapshot.Rows {
		if strings.Contains(string(row), "98765.43") || strings.Contains(string(row), `"entity":"right"`) {
			t.Errorf("the past is told whole: %s", row)
		}
	}
}

// dialAs opens a socket with a cookie.
func (d *dock) dialAs(cookie string) *handheld {
	d.Helper()
	header := http.Header{}
	if cookie != "" {
		header.Set("Cookie", cookie)
	}
	dialer := websocket.Dialer{Subprotocols: []string{wire.SubprotocolJSON}, HandshakeTimeout: time.Minute}
	conn, resp, err := dialer.Dial("ws"+strings.TrimPrefix(d.server.URL, "http"), header)
	if err != nil {
		d.Fatalf("%v (%v)", err, resp)
	}
	d.Cleanup(func() { conn.Close() })
	return &handheld{d, conn, false}
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// stream reads a handheld's messages one by one, whichever frames they share; those of
// other types are passed over.
type stream struct {
	*handheld
	rest []wire.ServerMessage
}

func (d *dock) stream(h *handheld) *stream { return &stream{handheld: h} }

func (s *stream) one(kind string) wire.ServerMessage {
	s.Helper()
	for {
		for i := range s.rest {
			if s.rest[i].Type == kind {
				m := s.rest[i]
				s.rest = s.rest[i+1:]
				return m
			}
		}
		var err error
		if s.rest, err = s.frame(); err != nil {
			s.Fatalf("wanted %s: %v", kind, err)
		}
	}
}
