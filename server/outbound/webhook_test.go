package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
)

func withCancel(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// The example of the specification (standard-webhooks.md, signature scheme), by its own
// numbers.
func TestSignatureOfTheSpecification(t *testing.T) {
	key := []byte{0x31, 0xf2, 0x98, 0x8a, 0x32, 0xbb, 0x26, 0x93, 0xbc, 0x1e, 0xe4, 0x79, 0x0a, 0x9e, 0x43, 0x21, 0x31, 0xf2, 0x98, 0x8a, 0x32, 0xbb, 0x26, 0x93}
	g := got{id: "msg_1", timestamp: "1674087231", body: []byte(`{"a":1}`)}
	g.signature = Sign(key, g.id, time.Unix(1_674_087_231, 0), g.body)
	if !verify("whsec_MfKYijK7JpO8HuR5Cp5DITHymIoyuyaT", g) {
		t.Error(g.signature)
	}
	g.body = []byte(`{"a":2}`)
	if verify("whsec_MfKYijK7JpO8HuR5Cp5DITHymIoyuyaT", g) {
		t.Error("another body has the same signature")
	}
}

// Everything that is asked for comes, once, in the order of the journal, signed; after
// a restart it goes on where it was.
func TestEveryEntryComesOnce(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	r := newReceiver(t, nil)
	s, stop := w.open(r.trust)
	defer func() { stop() }()
	w.edit(ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5"}})
	from := uint64(0)
	e, secret, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: r.URL, Events: []string{EventEntries, EventAlerts}, From: &from})
	if err != nil {
		t.Fatal(err)
	}
	last, alerts, id := uint64(0), "", ""
	follow := func(to uint64) {
		t.Helper()
		for last < to || !strings.HasSuffix(alerts, " ") {
			g := r.next(t)
			if !verify(secret, g) {
				t.Fatalf("the signature of %s is wrong: %s", g.id, g.signature)
			}
			if g.id == id {
				continue // the server went away before it knew that it was taken
			}
			id = g.id
			m := read(t, g)
			for _, x := range m.Data.Entries {
				if x.N != last+1 {
					t.Fatalf("entry %d came behind %d", x.N, last)
				}
				last = x.N
			}
			for _, a := range m.Data.Alerts {
				alerts += a.Kind + "=" + a.State + " "
			}
		}
	}
	w.scan("add BOLT 10 main")
	follow(w.book.Head())
	stop()
	w.scan("remove BOLT 9 main")
	if s, stop = w.open(r.trust); len(s.Endpoints(func(*Endpoint) bool { return true })) != 1 {
		t.Fatal("the endpoint is gone")
	}
	follow(w.book.Head())
	for !strings.HasSuffix(alerts, "low=raised ") {
		for _, a := range read(t, r.next(t)).Data.Alerts {
			alerts += a.Kind + "=" + a.State + " "
		}
	}
	if alerts != "low=raised out=raised low=cleared out=cleared low=raised " {
		t.Errorf("alerts: %s", alerts)
	}
	if _, err := s.Replay(e.ID, 3); err != nil {
		t.Fatal(err)
	}
	last = 3
	follow(w.book.Head())
}

// A kill between sending and marking sends the very same bytes under the same id
// again.
func TestKillBetweenSendAndMark(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	var killed atomic.Bool
	w.disk.Fail = func() error {
		if killed.Load() {
			return errors.New("killed")
		}
		return nil
	}
	r := newReceiver(t, func(_ http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 { // from now on nothing reaches the disk
			killed.Store(true)
		}
	})
	s, stop := w.open(r.trust)
	if _, _, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: r.URL, Events: []string{EventEntries}}); err != nil {
		t.Fatal(err)
	}
	w.scan("add BOLT 10 main")
	first := r.next(t)
	stop()
	killed.Store(false)
	w.scan("add BOLT 10 main")
	_, stop = w.open(r.trust)
	defer stop()
	second := r.next(t)
	if first.id != second.id || !bytes.Equal(first.body, second.body) {
		t.Errorf("%s %s\n%s %s", first.id, first.body, second.id, second.body)
	}
	if third := r.next(t); third.id == second.id || read(t, third).Data.From != read(t, second).Data.To+1 {
		t.Errorf("behind %s came %s %s", second.id, third.id, third.body)
	}
}

// What an endpoint gets is what its owner may see.
func TestThroughTheOwnersEyes(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	w.people.set("north", "north=supervisor")
	w.people.set("dock", "dock")
	for owner, c := range map[string]struct{ sees, hidden string }{
		"boss":  {`"value":"98.7"`, "nothing"},
		"north": {"H-north", "H-main"},
		"dock":  {"H-main", "98.7"},
	} {
		t.Run(owner, func(t *testing.T) {
			r := newReceiver(t, nil)
			s, stop := w.open(r.trust)
			defer stop()
			e, _, err := s.AddEndpoint(t.Context(), owner, nil, EndpointWish{URL: r.URL, Events: []string{EventEntries, EventAvailability}})
			if err != nil {
				t.Fatal(err)
			}
			w.scan("add BOLT 10 main")
			w.scan("add BOLT 10 north")
			all := ""
			for !strings.Contains(all, "H-north") || !strings.Contains(all, c.sees) {
				all += string(r.next(t).body)
			}
			if strings.Contains(all, c.hidden) {
				t.Errorf("%s is shown %q: %s", owner, c.hidden, all)
			}
			if err := s.RemoveEndpoint(e.ID); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Availability: levels alone, each product with a number that grows, only when they
// change; held goods cannot be had.
func TestAvailabilityLevels(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	r := newReceiver(t, nil)
	s, stop := w.open(r.trust)
	defer stop()
	if _, _, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: r.URL, Events: []string{EventAvailability}, Limit: "5", Filter: history.Filter{Site: "main"}}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ scan, want string }{
		{"", "BOLT=Out of stock#1 NUT=Out of stock#1"},
		{"add BOLT 20 main", "BOLT=In stock#2"},
		{"remove BOLT 15 main", "BOLT=Low in stock#3"},
		{"isolate BOLT 5 main", "BOLT=Out of stock#4"},
		{"add NUT 6 main", "NUT=In stock#2"},
	} {
		if row.scan != "" {
			w.scan(row.scan)
		}
		m := read(t, r.next(t))
		if m.words() != row.want {
			t.Errorf("%s: %s, want %s", row.scan, m.words(), row.want)
		}
		if row.scan == "" {
			w.scan("add NUT 5 north") // not at this site: nothing changes
		}
	}
	select {
	case g := <-r.got:
		t.Errorf("nothing changed, and %s came", g.body)
	default:
	}
}

// Receivers that do anything but take what they get: each try is in the log, in words,
// and nothing is passed over.
func TestHostileReceivers(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	elsewhere := newReceiver(t, nil)
	release := make(chan struct{})
	defer close(release)
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request, n int)
		plain  bool // we do not trust its certificate
		want   string
	}{
		"fails": {func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(500) }, false, "it answered 500"},
		"redirects": {func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, false, "it answered 307, a redirect, which is not followed: name the new address"},
		"refuses": {func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(400)
			io.WriteString(w, strings.Repeat("no ", 1_000_000))
		}, false, "it answered 400"},
		"hangs up":                 {func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) }, false, "no answer came: "},
		"a stranger's certificate": {nil, true, "no answer came: x509: certificate signed by unknown authority"},
		"slow": {func(w http.ResponseWriter, r *http.Request, _ int) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}, false, "no answer came in time"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t, c.answer)
			s, err := Open(Options{Book: w.book, Disk: &MemoryDisk{}, People: w.people, Allow: loopback, TLS: trustOf(r, c.plain)})
			if err != nil {
				t.Fatal(err)
			}
			s.client.Timeout = 30 * time.Second
			if name == "slow" { // the others answer as fast as the machine lets them
				s.client.Timeout = 300 * time.Millisecond
			}
			defer s.client.CloseIdleConnections()
			e, _, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: r.URL, Events: []string{EventEntries}, From: new(uint64)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.step(t.Context(), s.endpoints[e.ID]); err != nil {
				t.Fatal(err)
			}
			log, err := s.Deliveries(e.ID)
			if err != nil || len(log) != 1 || !strings.HasPrefix(log[0].Error, c.want) || len(log[0].Answer) > shownAnswer {
				t.Fatalf("%+v %v", log, err)
			}
			v := s.Endpoints(func(*Endpoint) bool { return true })[0]
			if v.Cursor != 0 || v.Failing == 0 || v.Tries != 1 || v.Next <= log[0].At {
				t.Errorf("%+v", v)
			}
		})
	}
	if len(elsewhere.got) > 0 {
		t.Error("a redirect was followed")
	}
}

// Tries come later and later for five days, and then no more, until somebody enables
// the endpoint again: nothing was lost by then.
func TestTriesOverDays(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		w.t = t
		w.book.Close()
		w = newWorld(t)
		defer w.book.Close()
		s, err := Open(Options{Book: w.book, Disk: w.disk, People: w.people, Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
		if err != nil {
			t.Fatal(err)
		}
		tries, ok := []time.Time{}, false
		s.client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			tries = append(tries, time.Now())
			if status := map[bool]int{true: 204, false: 503}[ok]; true {
				return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}}, nil
			}
			return nil, nil
		})
		stop := s.go_(t)
		defer stop()
		e, _, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: "https://192.0.2.1/x", Events: []string{EventEntries}, From: new(uint64)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * 24 * time.Hour)
		synctest.Wait()
		if n := len(tries); n < 30 || n > 45 {
			t.Errorf("%d tries in five days", n)
		}
		for i := 2; i < len(tries); i++ {
			if gap := tries[i].Sub(tries[i-1]); gap > 5*time.Hour || i > len(waits)+1 && gap < 3*time.Hour {
				t.Errorf("try %d came %s behind the one before", i, gap)
			}
		}
		v := s.Endpoints(func(*Endpoint) bool { return true })[0]
		if !strings.HasPrefix(v.Disabled, "it took nothing for five days") || v.Cursor != 0 || s.Status().Off != 1 {
			t.Fatalf("%+v", v)
		}
		ok = true
		if _, err := s.ChangeEndpoint(t.Context(), e.ID, EndpointWish{URL: e.URL, Events: e.Events}, true); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if v = s.Endpoints(func(*Endpoint) bool { return true })[0]; v.Cursor != w.book.Head() || v.Failing != 0 {
			t.Errorf("%+v", v)
		}
	})
}

// An old secret signs beside the new one for a day.
func TestRotation(t *testing.T) {
	w := newWorld(t)
	defer w.book.Close()
	r := newReceiver(t, nil)
	now := time.Now()
	s, stop := w.open(r.trust, func(o *Options) { o.Now = func() time.Time { return now } })
	defer stop()
	e, old, err := s.AddEndpoint(t.Context(), "boss", nil, EndpointWish{URL: r.URL, Events: []string{EventEntries}})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := s.Rotate(e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := s.Test(t.Context(), e.ID); err != nil || d.Error != "" {
		t.Fatal(d, err)
	}
	if g := r.next(t); !verify(old, g) || !verify(fresh, g) {
		t.Errorf("both secrets sign: %s", g.signature)
	}
	now = now.Add(RotateFor)
	if _, err := s.Test(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if g := r.next(t); verify(old, g) || !verify(fresh, g) {
		t.Errorf("the new one alone signs after a day: %s", g.signature)
	}
}

// Where a message may go, and what is said where it may not.
func TestWhereWebhooksMayGo(t *testing.T) {
	g := guard{[]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1:248:1893:25c8:1946": true, "10.1.2.3": true, "::ffff:10.1.2.3": true,
		"127.0.0.1": false, "::1": false, "::ffff:127.0.0.1": false, "10.2.0.1": false, "192.168.1.1": false, "172.16.0.1": false, "169.254.169.254": false,
		"fe80::1%eth0": false, "fd00::1": false, "0.0.0.0": false, "::": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := g.allowed(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	for url, want := range map[string]string{
		"https://93.184.216.34/x": "", "https://10.1.2.3/x": "", "http://10.1.2.3/x": "",
		"ftp://93.184.216.34": "is an address such as", "https://": "is an address such as", "nothing": "is an address such as", "https://[::1": "is an address such as",
		"http://93.184.216.34/x": "plain http", "https://u:p@93.184.216.34": "name or password", "https://93.184.216.34/#x": "has a #", "https://127.0.0.1:1": "private network",
	} {
		f := g.checkURL(t.Context(), url)
		if (f == nil) != (want == "") || f != nil && (!strings.Contains(f.Message, want) || f.Field != "url") {
			t.Errorf("%s: %v, want %q", url, f, want)
		}
	}
	// A name that leads elsewhere by the time it is dialled.
	client := (&guard{}).client(nil)
	defer client.CloseIdleConnections()
	if _, err := client.Get("http://127.0.0.1:1/"); !errors.Is(err, errForbidden) {
		t.Errorf("dialled: %v", err)
	}
}
