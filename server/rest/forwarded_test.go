package rest_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/sync/ledger"
)

// behind is a server whose proxy is on the same machine, as the test itself is.
func behind(o *rest.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// What a proxy says is believed of a proxy that is trusted, and of nobody else.
func TestWhoIsBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		trusted bool
		address string // in the log
		secure  bool   // cookies and transport security of TLS
	}{
		"a stranger says nothing":         {nil, false, "127.0.0.1", false},
		"a stranger makes up an address":  {[]string{"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "Forwarded", "for=203.0.113.7;proto=https"}, false, "127.0.0.1", false},
		"the proxy says nothing":          {nil, true, "127.0.0.1", false},
		"the proxy says who asked":        {[]string{"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https"}, true, "203.0.113.7", true},
		"of several hops it saw the last": {[]string{"X-Forwarded-For", "10.0.0.1, 203.0.113.7", "X-Forwarded-Proto", "https, http"}, true, "203.0.113.7", false},
		"with a port":                     {[]string{"X-Forwarded-For", "[2001:db8::7]:4711"}, true, "2001:db8::7", false},
		"no address at all":               {[]string{"X-Forwarded-For", "unknown"}, true, "127.0.0.1", false},
		"nothing behind the last comma":   {[]string{"X-Forwarded-For", "203.0.113.7,"}, true, "127.0.0.1", false},
		"the newer header":                {[]string{"Forwarded", `for=203.0.113.9;proto=http, for=203.0.113.7; Proto="https"`}, true, "127.0.0.1", true},
	} {
		t.Run(name, func(t *testing.T) {
			var change []func(*rest.Options)
			if c.trusted {
				change = append(change, behind)
			}
			w := newWorld(t, change...)
			w.user("ann", ledger.GrantsEverywhere("admin"))
			got, a := w.signIn("ann", "correct horse ann", c.headers...)
			if got == nil || got.Secure != c.secure || strings.HasPrefix(got.Name, "__Host-") != c.secure || (a.header.Get("Strict-Transport-Security") != "") != c.secure {
				t.Errorf("%+v %v", got, a.header)
			}
			if !strings.Contains(w.logs.String(), `"from":"`+c.address) {
				t.Errorf("the log has it from elsewhere: %s", w.logs)
			}
		})
	}
}

// Limits count who stands behind the proxy, each apart; a stranger who makes up
// addresses is one.
func TestLimitsBehindAProxy(t *testing.T) {
	tries := func(w *world, address string) (last int) {
		for range 25 {
			_, a := w.signIn("ann", "wrong", "X-Forwarded-For", address)
			last = a.status
		}
		return last
	}
	w := newWorld(t, behind)
	w.user("ann", ledger.GrantsEverywhere("admin"))
	if got := tries(w, "203.0.113.7"); got != http.StatusTooManyRequests {
		t.Errorf("one address: %d", got)
	}
	if c, a := w.signIn("ann", "correct horse ann", "X-Forwarded-For", "203.0.113.8"); c == nil {
		t.Errorf("another is kept out: %s", a.body)
	}
	w = newWorld(t)
	for i := range 25 {
		if _, a := w.signIn("ann", "wrong", "X-Forwarded-For", netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String()); i == 24 && a.status != http.StatusTooManyRequests {
			t.Errorf("made-up addresses are counted apart: %d", a.status)
		}
	}
}

// Whoever has signed in with a browser gets in from the address of somebody who guesses
// at their name, where a stranger is told to come back later.
func TestAKnownBrowserGetsIn(t *testing.T) {
	w := newWorld(t)
	w.user("ann", ledger.GrantsEverywhere("admin"))
	_, a := w.signIn("ann", "correct horse ann")
	cookies := (&http.Response{Header: a.header}).Cookies()
	if len(cookies) != 2 || cookies[1].Name != "bayledger-device" || !cookies[1].HttpOnly || cookies[1].MaxAge < 100*24*3600 {
		t.Fatalf("%v", cookies)
	}
	for range 25 {
		w.signIn("ann", "wrong")
	}
	if c, a := w.signIn("ann", "correct horse ann"); c != nil || a.status != http.StatusTooManyRequests {
		t.Errorf("a stranger: %d %s", a.status, a.body)
	}
	known := []string{"Cookie", cookies[1].Name + "=" + cookies[1].Value}
	if c, a := w.signIn("ann", "correct horse ann", known...); c == nil {
		t.Errorf("the browser: %d %s", a.status, a.body)
	}
	w.pass(20 * time.Second) // the address may try again, and the name is shut for it
	if c, a := w.signIn("ann", "correct horse ann"); c != nil || a.status != http.StatusUnauthorized {
		t.Errorf("a stranger, later: %d %s", a.status, a.body)
	}
	if got := w.do("GET", "/v1/key", "", "", known...); got.status != http.StatusUnauthorized {
		t.Errorf("the cookie of the browser opens something: %d", got.status)
	}
}

// A server that knows its names answers to no other.
func TestNamesThatAreAnsweredTo(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Hosts = []string{"127.0.0.1", "stock.example"} })
	w.fails(w.do("GET", "/v1/key", w.keys[access.Admin], "", "Host", "evil.example"), http.StatusForbidden, "not_allowed")
	for _, name := range []string{"stock.example", "STOCK.example:8080"} {
		if a := w.do("GET", "/v1/key", w.keys[access.Admin], "", "Host", name); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}
