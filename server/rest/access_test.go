package rest_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/openid"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// knock is somebody at the door: what they bring, and who the store says that is.
type knock struct {
	name    string
	headers []string
	who     access.Principal
	known   bool
}

// knocks is one of each kind of caller.
func (w *world) knocks() []knock {
	w.t.Helper()
	w.ok("PUT", "/v1/sites/north", `{}`)
	out := []knock{{name: "nobody"}, {name: "a made-up key", headers: []string{"Authorization", "Bearer bl_" + strings.Repeat("a", 52)}}}
	bearer := func(name, secret string) {
		who, known := w.store.Authenticate(secret)
		out = append(out, knock{name, []string{"Authorization", "Bearer " + secret}, who, known})
	}
	for _, role := range access.Roles() {
		bearer("a key of role "+string(role), w.keys[role])
	}
	pair := func(q store.Request) string {
		secret, err := w.store.Pair(q)
		if err != nil {
			w.t.Fatal(err)
		}
		return secret
	}
	bearer("a handheld of north", pair(store.Request{Device: "N-1", Role: access.Floor, Site: "north", Only: true}))
	revoked := pair(store.Request{Device: "gone", Role: access.Floor})
	stolen := pair(store.Request{Device: "stolen", Role: access.Floor})
	for device, cut := range map[string]bool{"gone": false, "stolen": true} {
		if err := w.store.Revoke(device, "test", cut); err != nil {
			w.t.Fatal(err)
		}
	}
	bearer("a key that was taken back", revoked)
	bearer("a key that was stolen", stolen)
	boss := w.user("boss", ledger.GrantsEverywhere("admin"))
	for name, g := range map[string]ledger.Grants{"an administrator": ledger.GrantsEverywhere("admin"), "a supervisor of north": {{Site: "north", Role: "supervisor"}}, "a floor hand": {{Site: "north", Role: "floor"}}} {
		u := w.user(strings.ReplaceAll(name, " ", "-"), g)
		secret, err := w.store.SignIn(u.ID, "test", store.Place{Address: ""})
		if err != nil {
			w.t.Fatal(err)
		}
		who, known := w.store.Authenticate(secret)
		out = append(out, knock{name + " who is signed in", []string{"Cookie", "bayledger=" + secret}, who, known},
			knock{name + ", with the session in the header", []string{"Authorization", "Bearer " + secret}, access.Principal{}, false},
			knock{name + ", with a cookie of TLS", []string{"Cookie", "__Host-bayledger=" + secret}, access.Principal{}, false})
	}
	token := func(name string, scope []string, lives time.Duration) string {
		_, secret, err := w.store.AddToken(boss.ID, name, scope, lives)
		if err != nil {
			w.t.Fatal(err)
		}
		return secret
	}
	short := token("short", nil, time.Minute)
	w.pass(2 * time.Minute)
	bearer("an expired token", short)
	bearer("a token", token("whole", nil, time.Hour))
	bearer("a token that reads", token("reads", []string{"read"}, time.Hour))
	bearer("a token that books", token("books", []string{"intent.own", "intent.any"}, time.Hour))
	return out
}

func (w *world) user(login string, g ledger.Grants) store.User {
	w.t.Helper()
	u, err := w.store.AddUser(store.NewUser{Login: login, Grants: g, Password: "correct horse " + login})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// Every path is asked for with every kind of key, and what is let in is what the table
// says: the paths come from the document, so that a new one is asked for too.
func TestEveryPathWithEveryKey(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) {
		var err error
		o.OpenID, err = openid.New(openid.Config{Issuer: "http://127.0.0.1:1", ClientID: "x", Rules: []openid.Rule{{Group: "g", Grant: ledger.Grant{Site: "*", Role: "floor"}}}})
		if err != nil {
			t.Fatal(err)
		}
	})
	knocks := w.knocks()
	doc, _ := w.document()
	asked := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			action := access.Action(op.Action)
			method, url := strings.ToUpper(method), placeholder.ReplaceAllString(path, "x")
			w.pass(5 * time.Second) // wrong keys are few in any second
			if action == access.Public && strings.HasPrefix(path, "/v1/openid/") {
				continue // it asks the provider, which is not there
			}
			w.pass(10 * time.Second) // or strangers are told to come back later
			for _, k := range knocks {
				asked++
				a := w.do(method, url+"?no-such-parameter=1", "", "no JSON", k.headers...)
				var p problem
				_ = json.Unmarshal(a.body, &p)
				switch {
				case action == access.Public:
					if p.Code == "bad_key" || p.Code == "not_allowed" {
						t.Errorf("%s: %s %s, which is public: %s", k.name, method, path, a.body)
					}
				case !k.known || k.who.Until != 0 && !access.May(k.who, action):
					w.fails(a, http.StatusUnauthorized, "bad_key")
				case !access.May(k.who, action):
					w.fails(a, http.StatusForbidden, "not_allowed")
				case p.Code == "bad_key" || p.Code == "not_allowed":
					t.Errorf("%s may not %s %s: %s", k.name, method, path, a.body)
				}
				if t.Failed() {
					t.Fatalf("%s: %s %s (%s)", k.name, method, path, action)
				}
			}
		}
	}
	if asked < 1_000 {
		t.Errorf("only %d were asked", asked)
	}
}

// reading lists what can be read, with parameters that name something there.
func (w *world) reading(doc document) (paths []string) {
	values := map[string]string{"code": "X", "device": "H-M", "name": "P", "id": "1", "hold": "H-M%2F-%2F5", "session": "S1", "kind": "sscc", "number": "1", "label": "location", "user": "boss", "path": "x"}
	for path, methods := range doc.Paths {
		if _, ok := methods["get"]; !ok || strings.HasPrefix(path, "/v1/openid/") || path == "/v1/sync" || strings.HasPrefix(path, "/assets") || strings.HasPrefix(path, "/scan/") {
			continue
		}
		for _, code := range []string{"BOLT", "M-SECRET", "main"} {
			full := placeholder.ReplaceAllStringFunc(path, func(p string) string {
				if p == "{code}" {
					return code
				}
				return values[strings.Trim(p, "{}")]
			})
			if !slices.Contains(paths, full) {
				paths = append(paths, full)
			}
		}
	}
	return append(paths, "/v1/balances?at=2026-03-02T12:00:00Z", "/v1/balances?entry=40&all=true", "/v1/balances?all=true", "/v1/exceptions?state=all", "/v1/holds?all=true",
		"/v1/tainted?product=BOLT&lot=*", "/v1/exceptions/held_taken%2FH-M%2F-%2F6", "/v1/activity?limit=10000", "/v1/activity?location=main%2FM-SECRET", "/v1/balances?site=main", "/v1/balances?location=M-SECRET",
		"/v1/negative?site=main", "/v1/labels/location/M-SECRET?site=main&format=zpl", "/v1/locations/M-SECRET?site=main", "/v1/sessions/S1?site=main&location=M-SECRET", "/v1/balances/steps?product=BOLT", "/v1/counts?product=BOLT", "/v1/unknown/scans?kind=product&raw=SECRET-unknown", "/v1/throughput?span=28-days", "/v1/throughput?site=main", "/v1/dock-to-stock?span=28-days", "/v1/dock-to-stock?site=main", "/v1/stock?by=place", "/v1/stock?below=minimum", "/v1/stock?site=main&by=place", "/v1/balances/steps?product=BOLT&site=main&location=M-SECRET")
}

// stock makes goods at two sites, with costs that are known by their digits.
func (w *world) stock() {
	w.t.Helper()
	w.ok("PUT", "/v1/sites/north", `{"approve_value":"1"}`)
	w.ok("PUT", "/v1/sites/main", `{"approve_value":"1"}`)
	w.ok("PUT", "/v1/products/BOLT", `{"name":"Bolt"}`)
	w.ok("PUT", "/v1/products/LOTTED", `{"tracking":"lot"}`)
	w.ok("PUT", "/v1/locations/M-SECRET?site=main", `{}`)
	w.ok("PUT", "/v1/locations/N-1?site=north", `{}`)
	w.ok("PUT", "/v1/constraints/BOLT?site=main", `{"min":"500"}`)
	w.ok("PUT", "/v1/constraints/BOLT?site=north", `{"min":"500"}`)
	w.ok("POST", "/v1/intents", strings.Join([]string{
		`{"device":"H-M","seq":1,"action":"add","product":"BOLT","quantity":"20","unit_cost":"98765.43","to":"M-SECRET","site":"main"}`,
		`{"device":"H-N","seq":1,"action":"add","product":"BOLT","quantity":"7","unit_cost":"98765.43","to":"N-1","site":"north"}`,
		`{"device":"H-M","seq":2,"action":"count","product":"BOLT","quantity":"3","from":"M-SECRET","site":"main"}`,
		`{"device":"H-N","seq":2,"action":"count","product":"BOLT","quantity":"3","from":"N-1","site":"north"}`,
		`{"device":"H-M","seq":3,"action":"session-open","session":"S1","from":"M-SECRET","site":"main"}`,
		`{"device":"H-M","seq":4,"action":"remove","product":"BOLT","quantity":"30","from":"M-SECRET","site":"main"}`,
		`{"device":"H-M","seq":5,"action":"isolate","from":"M-SECRET","site":"main","reason":"SECRET"}`,
		`{"device":"H-M","seq":6,"action":"remove","product":"BOLT","quantity":"1","from":"M-SECRET","site":"main"}`,
		`{"device":"H-M","seq":7,"action":"add","product":"SECRET-unknown","site":"main"}`,
	}, "\n"))
	w.ok("PUT", "/v1/printers/P", `{"address":"raw://127.0.0.1:1"}`)
	w.ok("PUT", "/v1/printers/PN", `{"address":"raw://127.0.0.1:1","site":"north"}`)
	w.ok("POST", "/v1/print-jobs", `{"printer":"P","label":"location","labels":[{"code":"M-SECRET","site":"main"}]}`)
}

// Whoever is of the site north sees nothing of main, however it is asked for; and
// whoever may not see money sees none.
func TestNothingLeaks(t *testing.T) {
	w := newWorld(t)
	w.stock()
	doc, _ := w.document()
	for _, c := range []struct {
		name     string
		request  store.Request
		hidden   []string
		sees     []string
		wholeAll bool
	}{
		{"a supervisor of north", store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true}, []string{"SECRET", `"site":"main"`, "H-M"}, []string{"N-1", "H-N"}, false},
		{"a handheld of north", store.Request{Device: "fn", Role: access.Floor, Site: "north", Only: true}, []string{"SECRET", `"site":"main"`, "H-M", "98765"}, []string{"N-1"}, false},
		{"a handheld of all sites", store.Request{Device: "fa", Role: access.Floor}, []string{"98765", "unit_cost\":", "roles\":\"admin"}, []string{"N-1", "M-SECRET"}, true},
		{"a dock of all sites", store.Request{Device: "da", Role: access.Dock}, []string{"98765", "unit_cost\":"}, []string{"N-1", "M-SECRET"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, err := w.store.Pair(c.request)
			if err != nil {
				t.Fatal(err)
			}
			all := ""
			for _, path := range w.reading(doc) {
				if strings.HasPrefix(path, "/openapi") || strings.HasPrefix(path, "/sign-in") || path == "/" {
					continue
				}
				a := w.do("GET", path, key, "")
				if a.status >= 500 {
					t.Errorf("%s: %d %s", path, a.status, a.body)
				}
				if a.status != 200 {
					continue // a refusal says what was asked for, and nothing else
				}
				for _, word := range c.hidden {
					if strings.Contains(a.text(), word) {
						t.Errorf("%s shows %q: %.600s", path, word, a.body)
					}
				}
				all += a.text()
			}
			for _, word := range c.sees {
				if !strings.Contains(all, word) {
					t.Errorf("nothing shows %q, which may be seen", word)
				}
			}
		})
	}
	// The same for an admin shows all of it: the test looks where something is.
	all := ""
	for _, path := range w.reading(doc) {
		all += w.as(access.Admin, "GET", path, "").text()
	}
	for _, word := range []string{"SECRET", `"site":"main"`, "H-M", "98765", "unit_cost\":", "N-1"} {
		if !strings.Contains(all, word) {
			t.Errorf("an admin does not see %q", word)
		}
	}
}

// What somebody of one site may change, and what not.
func TestChangesOfOtherSites(t *testing.T) {
	w := newWorld(t)
	w.stock()
	w.ok("PUT", "/v1/operators/ann", `{"site":"main"}`)
	w.ok("PUT", "/v1/operators/bob", `{"site":"north"}`)
	w.ok("POST", "/v1/devices", `{"device":"D-main","site":"main"}`)
	w.ok("POST", "/v1/devices", `{"device":"D-all"}`)
	w.ok("POST", "/v1/devices", `{"device":"D-gone","site":"main"}`)
	w.ok("DELETE", "/v1/devices/D-gone", "")
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"PUT", "/v1/locations/N-2?site=north", `{}`, 200},
		{"PUT", "/v1/locations/N-1?site=north", `{"name":"x"}`, 200},
		{"PUT", "/v1/locations/M-2?site=main", `{}`, 403},
		{"PUT", "/v1/locations/M-2", `{"site":"main"}`, 403},
		{"PUT", "/v1/locations/M-SECRET?site=main", `{"name":"x"}`, 403},
		{"PUT", "/v1/locations/CUST", `{"kind":"customer"}`, 403},
		{"PUT", "/v1/constraints/BOLT?site=north", `{"min":"1"}`, 200},
		{"PUT", "/v1/constraints/BOLT?site=main", `{"min":"1"}`, 403},
		{"PUT", "/v1/products/NEW", `{}`, 200},
		{"PUT", "/v1/products/BOLT", `{"name":"x"}`, 403},
		{"PUT", "/v1/barcodes/123", `{"product":"BOLT"}`, 403},
		{"PUT", "/v1/sites/north", `{"name":"x"}`, 403},
		{"PUT", "/v1/operators/cid", `{"site":"north"}`, 200},
		{"PUT", "/v1/operators/cid", `{"site":"main"}`, 403},
		{"PUT", "/v1/operators/ann", `{"active":"false"}`, 403},
		{"PUT", "/v1/operators/ann", `{"site":"north"}`, 403},
		{"PUT", "/v1/operators/dot", `{}`, 403},
		{"PUT", "/v1/operators/bob/pin", `{"pin":"2580"}`, 204},
		{"PUT", "/v1/operators/ann/pin", `{"pin":"2580"}`, 403},
		{"POST", "/v1/devices", `{"device":"D-n","site":"north"}`, 201},
		{"POST", "/v1/devices", `{"device":"D-m","site":"main"}`, 403},
		{"POST", "/v1/devices", `{"device":"D-a"}`, 403},
		{"POST", "/v1/devices", `{"device":"D-main","site":"north"}`, 403}, // would cut another's handheld off
		{"POST", "/v1/devices", `{"device":"D-n","site":"north","role":"supervisor"}`, 403},
		{"POST", "/v1/pairings", `{"device":"D-n2","site":"north"}`, 201},
		{"POST", "/v1/pairings", `{"device":"D-all","site":"north"}`, 403},
		{"POST", "/v1/devices", `{"device":"D-gone","site":"north"}`, 403}, // its waiting scans are another's still
		{"GET", "/v1/labels/location/main%2FM-SECRET?site=north&format=zpl", "", 403},
		{"POST", "/v1/print-jobs", `{"printer":"P","label":"location","dry_run":true,"labels":[{"code":"main/M-SECRET","site":"north"}]}`, 403},
		{"DELETE", "/v1/devices/D-main", "", 403},
		{"DELETE", "/v1/devices/D-all", "", 403},
		{"POST", "/v1/devices/D-main/message", `{"text":"x"}`, 403},
		{"POST", "/v1/devices/D-n/message", `{"text":"x"}`, 202},
		{"POST", "/v1/devices/D-main/log", "", 403},
		{"POST", "/v1/devices/D-all/log", "", 403},
		{"POST", "/v1/devices/D-n/log", "", 202},
		{"GET", "/v1/devices/D-main/logs/newest", "", 403},
		{"GET", "/v1/devices/D-n/logs/newest", "", 404}, // none came yet
		{"POST", "/v1/log", "", 403},                    // with no handheld's key
		{"PATCH", "/v1/devices/D-main", `{"name":"x"}`, 403},
		{"PATCH", "/v1/devices/D-n", `{"name":"x"}`, 200},
		{"POST", "/v1/devices/D-n/renew", "", 202},
		{"DELETE", "/v1/devices/D-n", "", 204},
		{"POST", "/v1/import/products", "code\nX\n", 403},
		{"POST", "/v1/print-jobs", `{"printer":"P","label":"location","dry_run":true,"labels":[{"code":"M-SECRET","site":"main"}]}`, 403},
		{"POST", "/v1/print-jobs", `{"printer":"P","label":"location","dry_run":true,"labels":[{"code":"N-1","site":"north"}]}`, 403}, // it stands at main
		{"POST", "/v1/print-jobs", `{"printer":"PN","label":"location","dry_run":true,"labels":[{"code":"N-1","site":"north"}]}`, 200},
		{"POST", "/v1/print-jobs", `{"printer":"PN","label":"location","dry_run":true,"labels":[{"code":"M-SECRET","site":"main"}]}`, 403},
		{"POST", "/v1/print-jobs/1/stop", `{}`, 403},
		{"POST", "/v1/print-jobs/1/resume", `{}`, 403},
		{"POST", "/v1/print-jobs/1/reprint", `{"reason":"x"}`, 403},
		{"POST", "/v1/print-jobs/1/void", `{"labels":[1],"reason":"x"}`, 403},
		{"POST", "/v1/labels", `{"label":"location","code":"M-SECRET","site":"main"}`, 403},
		{"PUT", "/v1/printers/P", `{"address":"raw://127.0.0.1:2"}`, 403},
		{"PUT", "/v1/settings/book", `{"pools":"site"}`, 403},
		{"GET", "/v1/users", "", 403},
		{"GET", "/metrics", "", 403},
	} {
		if a := w.do(c.method, c.path, key, c.body); a.status != c.want {
			t.Errorf("%s %s %s: %d %s, want %d", c.method, c.path, c.body, a.status, a.body, c.want)
		}
	}
	var o outcomes
	w.do("POST", "/v1/intents", key, strings.Join([]string{
		`{"device":"H-N","seq":10,"action":"add","product":"BOLT","to":"N-1","site":"north"}`,
		`{"device":"H-M","seq":10,"action":"add","product":"BOLT","to":"M-SECRET","site":"main"}`,
		`{"device":"H-N","seq":11,"action":"remove","product":"BOLT","from":"main/M-SECRET","site":"north"}`,
		`{"device":"H-N","seq":12,"action":"close","through":"2026-03-02T11:00:00Z","site":"north"}`,
		`{"device":"H-N","seq":13,"action":"undo","reference":"H-M/-/4","site":"north"}`,
		`{"device":"H-N","seq":14,"action":"decide","exception":"held_taken/H-M/-/6","choice":"take","site":"north"}`,
	}, "\n")).json(t, &o)
	if got := o.codes(); got != "applied parked/not_allowed parked/not_allowed parked/not_allowed parked/not_allowed parked/not_allowed" {
		t.Errorf("what was brought: %s %+v", got, o.Outcomes)
	}
}
