package rest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/openid"
	"bayledger/server/openid/providertest"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// signIn signs somebody in and returns the cookie that they got.
func (w *world) signIn(login, password string, headers ...string) (*http.Cookie, answer) {
	w.t.Helper()
	body, err := json.Marshal(map[string]string{"login": login, "password": password})
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.do("POST", "/v1/session", "", string(body), headers...)
	cookies := (&http.Response{Header: a.header}).Cookies()
	if len(cookies) == 0 {
		return nil, a
	}
	return cookies[0], a
}

func TestSignInAndOut(t *testing.T) {
	w := newWorld(t, behind)
	u := w.user("ann", ledger.GrantsEverywhere("admin"))
	for _, bad := range [][2]string{{"ann", "wrong"}, {"eve", "correct horse ann"}, {"", ""}, {u.ID, "correct horse ann"}} {
		c, a := w.signIn(bad[0], bad[1])
		if p := w.fails(a, 401, "bad_key"); c != nil || strings.Contains(p.Message, bad[0]+" ") && bad[0] != "" {
			t.Errorf("%v: %v %s", bad, c, p.Message)
		}
	}
	c, a := w.signIn("Ann", "correct horse ann")
	if c == nil || c.Name != "bayledger" || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Fatalf("without TLS: %+v %s", c, a.body)
	}
	secure, _ := w.signIn("ann", "correct horse ann", "X-Forwarded-Proto", "https")
	if secure == nil || secure.Name != "__Host-bayledger" || !secure.HttpOnly || !secure.Secure || secure.Path != "/" || secure.Domain != "" {
		t.Fatalf("over TLS: %+v", secure)
	}
	cookie := []string{"Cookie", c.Name + "=" + c.Value}
	if got := w.do("GET", "/v1/key", "", "", cookie...); got.status != 200 || !strings.Contains(got.text(), `"kind":"user"`) || !strings.Contains(got.text(), `"login":"ann"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	var rows struct{ Rows []struct{ ID string } }
	w.do("GET", "/v1/own-sessions", "", "", cookie...).json(t, &rows)
	if len(rows.Rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	if got := w.do("DELETE", "/v1/session", "", "", cookie...); got.status != 204 || !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", got.status, got.header)
	}
	w.fails(w.do("GET", "/v1/key", "", "", cookie...), 401, "bad_key")
	over := []string{"Cookie", secure.Name + "=" + secure.Value, "X-Forwarded-Proto", "https"}
	if got := w.do("PUT", "/v1/own-password", "", `{"old":"wrong","new":"another good one"}`, over...); got.status != 403 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.do("PUT", "/v1/own-password", "", `{"old":"correct horse ann","new":"another good one"}`, over...); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.fails(w.do("GET", "/v1/key", "", "", over...), 401, "bad_key")
	for _, secret := range []string{c.Value, secure.Value, "correct horse", "another good"} {
		if strings.Contains(w.logs.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
}

// What another site's page makes a browser send, with the cookie of somebody signed in
// here, changes nothing and opens no socket.
func TestAnotherSitesPageDoesNothing(t *testing.T) {
	w := newWorld(t, behind)
	w.user("ann", ledger.GrantsEverywhere("admin"))
	c, _ := w.signIn("ann", "correct horse ann")
	for name, headers := range map[string][]string{
		"a form of a modern browser": {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Content-Type", "text/plain"},
		"a form of an older one":     {"Origin", "https://evil.example", "Content-Type", "text/plain"},
		"a sandboxed frame":          {"Origin", "null"},
		"a neighbour's page":         {"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"},
		"another port":               {"Origin", "http://127.0.0.1:1"},
		"no scheme of the web":       {"Origin", "ftp://" + strings.TrimPrefix(w.server.URL, "http://")},
		"our name without TLS":       {"Origin", w.server.URL, "X-Forwarded-Proto", "https"},
		"our name, and a neighbour":  {"Origin", w.server.URL, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"},
	} {
		headers = append(headers, "Cookie", c.Name+"="+c.Value)
		for _, path := range []string{"/v1/users", "/v1/tokens", "/v1/intents", "/v1/session", "/v1/set-up", "/v1/pairings/redeem"} {
			w.fails(w.do("POST", path, "", `{"login":"eve","roles":"admin"}`, headers...), 403, "not_allowed")
		}
		if name != "a form of a modern browser" { // a link may lead here, and a socket is no link
			w.fails(w.do("GET", "/v1/sync", "", "", headers...), 403, "not_allowed")
		}
	}
	if len(w.store.Users()) != 1 {
		t.Error("somebody was added")
	}
	own := []string{"Origin", w.server.URL, "Sec-Fetch-Site", "same-origin", "Cookie", c.Name + "=" + c.Value}
	if a := w.do("POST", "/v1/users", "", `{"login":"bob","roles":"floor"}`, own...); a.status != 201 {
		t.Errorf("our own page: %d %s", a.status, a.body)
	}
}

func TestPeopleAreManaged(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("POST", "/v1/users", `{"login":"boss","roles":"admin","password":"correct horse boss"}`)
	for body, want := range map[string]int{`{"login":"a b","roles":"floor"}`: 422, `{"login":"x","roles":"owner"}`: 422, `{"login":"x","roles":"moon=floor"}`: 404, `{"login":"x","roles":""}`: 422,
		`{"login":"BOSS","roles":"floor"}`: 409, `{"login":"x","roles":"floor","password":"short"}`: 422, `{"login":"x","roles":"*=supervisor/north=floor"}`: 422, `{"login":"ann","roles":"north=supervisor","password":"correct horse ann"}`: 201} {
		if a := w.as(access.Admin, "POST", "/v1/users", body); a.status != want {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	c, _ := w.signIn("ann", "correct horse ann")
	cookie := []string{"Cookie", c.Name + "=" + c.Value}
	var token struct{ ID, Token string }
	w.do("POST", "/v1/tokens", "", `{"label":"x","scope":["read"]}`, cookie...).json(t, &token)
	if a := w.do("GET", "/v1/exceptions", token.Token, ""); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.fails(w.do("POST", "/v1/tokens", token.Token, `{}`), 403, "not_allowed")
	w.fails(w.do("POST", "/v1/tokens", "", `{"user":"boss"}`, cookie...), 403, "not_allowed") // another's
	w.fails(w.do("GET", "/v1/tokens?all=true", "", "", cookie...), 403, "not_allowed")
	w.fails(w.do("PUT", "/v1/own-password", token.Token, `{"old":"correct horse ann","new":"another good one"}`), 403, "not_allowed")
	w.fails(w.do("POST", "/v1/tokens", w.keys[access.Supervisor], `{}`), 403, "not_allowed") // a key is nobody who signs in
	w.fails(w.as(access.Supervisor, "PATCH", "/v1/users/ann", `{"roles":"admin"}`), 403, "not_allowed")
	w.fails(w.do("PATCH", "/v1/users/ann", "", `{"roles":"admin"}`, cookie...), 403, "not_allowed")
	// Other roles end the session; the token goes on with what is left.
	w.ok("PATCH", "/v1/users/ann", `{"roles":"north=floor"}`)
	w.fails(w.do("GET", "/v1/key", "", "", cookie...), 401, "bad_key")
	w.fails(w.do("GET", "/v1/exceptions", token.Token, ""), 403, "not_allowed")
	w.ok("PATCH", "/v1/users/ann", `{"disabled":true}`)
	w.fails(w.do("GET", "/v1/balances", token.Token, ""), 401, "bad_key")
	w.ok("PATCH", "/v1/users/ann", `{"disabled":false}`) // which gives no token back
	w.fails(w.do("GET", "/v1/balances", token.Token, ""), 401, "bad_key")
	w.fails(w.as(access.Admin, "PATCH", "/v1/users/boss", `{"disabled":true}`), 403, "not_allowed") // the last one
	w.fails(w.as(access.Admin, "DELETE", "/v1/tokens/"+token.ID, ""), 404, "not_found")             // it has ended
	// Each change of rights is an entry, by whom, and of whom by a name that is none.
	report := w.ok("GET", "/v1/activity?limit=1000", "").text()
	u, _ := w.store.FindUser("ann")
	for _, want := range []string{`"entity":"right","code":"user/` + u.ID, `"to":"north=supervisor"`, `"from":"north=supervisor","to":"north=floor"`, `"from":"north=floor","to":""`,
		`"entity":"right","code":"token/` + token.ID + `","changes":[{"field":"expires"`, `"entity":"right","code":"token/` + token.ID, `"actor":"` + u.ID + `"`} {
		if !strings.Contains(report, want) {
			t.Errorf("no entry has %s", want)
		}
	}
	if strings.Contains(report, "ann") || strings.Contains(report, token.Token) {
		t.Error("an entry names a person or a secret")
	}
}

// A handheld is paired, told things, given a new key, and taken back.
func TestALifeOfAHandheld(t *testing.T) {
	w := newWorld(t)
	w.goods()
	offer := w.as(access.Supervisor, "POST", "/v1/pairings", `{"device":"H-1","site":"main","minutes":5}`)
	var p struct {
		Code, URL, QR string
		Expires       string `json:"expires_at"`
	}
	offer.json(t, &p)
	if offer.status != 201 || p.URL != w.server.URL+"/scan#pair="+p.Code || !strings.HasPrefix(p.QR, "data:image/png;base64,iVBOR") || p.Expires != "2026-03-02T12:05:00Z" {
		t.Fatalf("%d %s", offer.status, offer.body)
	}
	var got struct{ Device, Key, Site, Role string }
	a := w.do("POST", "/v1/pairings/redeem", "", `{"code":"`+p.Code+`"}`)
	if a.json(t, &got); a.status != 201 || got.Device != "H-1" || got.Site != "main" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	w.fails(w.do("POST", "/v1/pairings/redeem", "", `{"code":"`+p.Code+`"}`), 401, "bad_key")
	var fresh struct{ Key string }
	w.do("POST", "/v1/key", got.Key, "").json(t, &fresh)
	for range 2 { // the old one is good until the new one is used
		if a := w.do("GET", "/v1/key", got.Key, ""); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if a := w.do("POST", "/v1/intents", fresh.Key, `{"seq":1,"action":"add","product":"BOLT"}`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.fails(w.do("GET", "/v1/key", got.Key, ""), 401, "bad_key")
	w.fails(w.do("POST", "/v1/key", w.keys[access.Admin], ""), 403, "not_allowed") // it stands in a file

	w.pass(time.Hour)
	if a := w.as(access.Supervisor, "DELETE", "/v1/devices/H-1", ""); a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	w.pass(time.Hour)
	var o outcomes
	a = w.do("POST", "/v1/intents", fresh.Key, `{"seq":2,"action":"add","product":"BOLT","at":"2026-03-02T12:30:00Z"}`+"\n"+`{"seq":3,"action":"add","product":"BOLT","at":"2026-03-02T13:30:00Z"}`+"\n"+
		`{"device":"H-2","seq":1,"action":"add","product":"BOLT","at":"2026-03-02T12:30:00Z"}`)
	a.json(t, &o)
	if got := o.codes(); got != "applied parked/not_allowed refused/not_allowed" {
		t.Errorf("%s %s", got, a.body)
	}
	for _, path := range []string{"/v1/balances", "/v1/key", "/v1/shift", "/v1/activity", "/v1/products"} {
		w.fails(w.do("GET", path, fresh.Key, ""), 401, "bad_key")
	}
	w.fails(w.do("POST", "/v1/key", fresh.Key, ""), 401, "bad_key")
	if a := w.as(access.Supervisor, "DELETE", "/v1/devices/H-1?stolen=true", ""); a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	w.fails(w.do("POST", "/v1/intents", fresh.Key, `{"seq":4,"action":"add","product":"BOLT","at":"2026-03-02T12:30:00Z"}`), 401, "bad_key")
	for _, secret := range []string{p.Code, got.Key, fresh.Key} {
		if strings.Contains(w.logs.String(), secret) {
			t.Error("a secret stands in the log")
		}
	}
}

func TestPINsOverREST(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/sites/north", `{}`)
	for _, code := range []string{"ann", "bob", "old"} {
		w.ok("PUT", "/v1/operators/"+code, `{}`)
		w.ok("PUT", "/v1/operators/"+code+"/pin", `{"pin":"2580"}`)
	}
	w.ok("PUT", "/v1/operators/bob", `{"site":"north"}`)
	w.pass(time.Minute)
	w.ok("PUT", "/v1/operators/old", `{"active":"false"}`)
	w.pass(time.Minute)
	w.fails(w.as(access.Admin, "PUT", "/v1/operators/nobody/pin", `{"pin":"2580"}`), 404, "not_found")
	w.fails(w.as(access.Floor, "PUT", "/v1/operators/ann/pin", `{"pin":"2580"}`), 403, "not_allowed")
	w.fails(w.as(access.Floor, "POST", "/v1/operators/old/verify", `{"pin":"2580"}`), 403, "not_allowed")
	verify := func(pin string) string {
		return w.as(access.Floor, "POST", "/v1/operators/ann/verify", `{"pin":"`+pin+`"}`).text()
	}
	if !strings.Contains(verify("2580"), `"right":true`) || !strings.Contains(verify("1111"), `"right":false`) {
		t.Error("the PIN is judged wrongly")
	}
	var shift struct {
		Until  string
		Checks []struct{ Operator, Check string }
		Known  []string
	}
	w.as(access.Floor, "GET", "/v1/shift", "").json(t, &shift)
	if strings.Join(shift.Known, " ") != "ann bob old" { // of other sites too: their badges are not open here
		t.Errorf("who has a PIN: %v", shift.Known)
	}
	if len(shift.Checks) != 1 || shift.Checks[0].Operator != "ann" || shift.Until != "2026-03-03T00:02:00Z" {
		t.Errorf("the list of the shift at main: %+v", shift)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/shift", ""), 403, "not_allowed") // no handheld
	for range 5 {
		verify("1111")
	}
	if got := verify("2580"); !strings.Contains(got, "shut_until") || strings.Contains(got, `"right":true`) {
		t.Errorf("the badge is not shut: %s", got)
	}
	for range 30 {
		verify("1111")
	}
	w.fails(w.as(access.Floor, "POST", "/v1/operators/ann/verify", `{"pin":"2580"}`), 429, "too_fast")
	pin := regexp.MustCompile(`\b2580\b`) // hashes and ports may hold its digits
	if report := w.ok("GET", "/v1/activity?limit=1000", "").text(); pin.MatchString(report) || !strings.Contains(report, `"code":"pin/ann"`) || pin.MatchString(w.logs.String()) {
		t.Error("what entries and logs say of PINs")
	}
}

func TestGuessingIsSlow(t *testing.T) {
	w := newWorld(t)
	w.user("ann", ledger.GrantsEverywhere("admin"))
	for path, most := range map[string]int{"/v1/session": 20, "/v1/pairings/redeem": 60} {
		body := map[string]string{"/v1/session": `{"login":"nobody","password":"x"}`, "/v1/pairings/redeem": `{"code":"x"}`}[path]
		for i := range most + 5 {
			a := w.do("POST", path, "", body)
			if slow := a.status == 429; slow != (i >= most) {
				t.Fatalf("%s: try %d: %d %s", path, i, a.status, a.body)
			}
		}
		if a := w.do("POST", path, "", body); a.header.Get("Retry-After") == "" {
			t.Error("nobody is told when to come back")
		}
	}
	for range 310 {
		w.do("GET", "/v1/key", "bl_nonsense", "")
	}
	w.fails(w.do("GET", "/v1/key", "bl_nonsense", ""), 429, "too_fast")
	w.ok("GET", "/v1/key", "") // whose key is good does not wait for guessers of the same address
	w.pass(time.Minute)
	w.fails(w.do("GET", "/v1/key", "bl_nonsense", ""), 401, "bad_key")
}

// The whole way by an identity provider, in a browser's steps.
func TestSignInElsewhere(t *testing.T) {
	p := providertest.New(t)
	rule, _ := openid.ParseRule("stock=supervisor@main")
	o, err := openid.New(openid.Config{Issuer: p.URL, ClientID: "bayledger", Rules: []openid.Rule{rule}, Client: p.Client()})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(options *rest.Options) { options.OpenID = o })
	client := w.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	way := func(claims map[string]any) answer {
		p.Person(claims)
		begun := w.do("GET", "/v1/openid/start", "", "", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate")
		if begun.status != 302 || !strings.HasPrefix(begun.header.Get("Location"), p.URL+"/authorize?") {
			t.Fatalf("%d %v %s", begun.status, begun.header, begun.body)
		}
		flow := (&http.Response{Header: begun.header}).Cookies()[0]
		q := p.Visit(begun.header.Get("Location"))
		q.Set("session_state", "what providers add")
		return w.do("GET", "/v1/openid/callback?"+q.Encode(), "", "", "Cookie", flow.Name+"="+flow.Value, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	}
	a := way(map[string]any{"sub": "7", "preferred_username": "ann.miller", "groups": []string{"stock"}})
	if a.status != 302 || a.header.Get("Location") != "/account" {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	cookie := ""
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "bayledger" {
			cookie = c.Value
		}
	}
	own := w.do("GET", "/v1/key", "", "", "Cookie", "bayledger="+cookie)
	if own.status != 200 || !strings.Contains(own.text(), `"roles":"main=supervisor"`) {
		t.Fatalf("%d %s", own.status, own.body)
	}
	// A group is lost: nobody is signed in, and who was is not any more.
	if a := way(map[string]any{"sub": "7", "groups": []string{}}); a.header.Get("Location") != "/login?failed" {
		t.Errorf("%v", a.header)
	}
	w.fails(w.do("GET", "/v1/key", "", "", "Cookie", "bayledger="+cookie), 401, "bad_key")
	report := w.ok("GET", "/v1/activity?limit=1000", "").text()
	if !strings.Contains(report, `"from":"main=supervisor","to":""`) || strings.Contains(report, "miller") {
		t.Error("the books do not know that the role went, or know a name")
	}
	// Without the browser's own cookie nobody is signed in.
	p.Person(map[string]any{"sub": "7", "groups": []string{"stock"}})
	begun := w.do("GET", "/v1/openid/start", "", "")
	if a := w.do("GET", "/v1/openid/callback?"+p.Visit(begun.header.Get("Location")).Encode(), "", ""); a.header.Get("Location") != "/login?failed" {
		t.Errorf("a stranger's way: %v", a.header)
	}
	if strings.Contains(w.logs.String(), "secret-access-token") || strings.Contains(w.logs.String(), cookie) {
		t.Error("a secret stands in the log")
	}
}

// Who comes over our own TLS is told to come so again; over a proxy's, and without, not.
func TestTransportSecurity(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ url, want string }{{"https://127.0.0.1/version", "max-age=2592000"}, {"http://127.0.0.1/version", ""}} {
		rec := httptest.NewRecorder()
		w.api.Handler().ServeHTTP(rec, httptest.NewRequest("GET", c.url, nil))
		if got := rec.Header().Get("Strict-Transport-Security"); got != c.want {
			t.Errorf("%s: %q", c.url, got)
		}
	}
}

// judges counts how often all sessions are judged.
type judges struct {
	http.Handler
	count atomic.Int32
}

func (j *judges) RightsChanged() { j.count.Add(1) }
func (j *judges) Poke(string)    {}

// A stranger's cookie ends nothing, has nobody judged, and is counted as a wrong key.
func TestAStrangersSignOut(t *testing.T) {
	j := &judges{Handler: http.NotFoundHandler()}
	w := newWorld(t, func(o *rest.Options) { o.Sync = j })
	w.user("ann", ledger.GrantsEverywhere("admin"))
	c, _ := w.signIn("ann", "correct horse ann")
	before := j.count.Load()
	made := "bayledger=" + c.Value[:len(c.Value)-4] + "aaaa"
	limited := 0
	for i := range 400 {
		method := []string{"DELETE", "GET"}[i%2]
		if a := w.do(method, "/v1/session", "", "", "Cookie", made); a.status == 429 {
			limited++
		}
	}
	if j.count.Load() != before || limited == 0 {
		t.Errorf("judged %d times, %d of 400 refused", j.count.Load()-before, limited)
	}
	if a := w.do("DELETE", "/v1/session", "", "", "Cookie", "bayledger="+c.Value); a.status != 204 || j.count.Load() == before {
		t.Errorf("one's own: %d, judged %d times", a.status, j.count.Load()-before)
	}
}

// Pages are served with a policy; the API shows nothing in frames.
func TestEveryAnswerHasAPolicy(t *testing.T) {
	w := newWorld(t)
	doc, _ := w.document()
	for path := range doc.Paths {
		rec := httptest.NewRecorder()
		w.api.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "http://127.0.0.1"+placeholder.ReplaceAllString(path, "x"), nil))
		h := rec.Header()
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cross-Origin-Opener-Policy") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// A stream ends as soon as its key is taken back, and when what it may show has
// changed, without waiting for its next sign of life.
func TestStreamsEndWithTheirRights(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Heartbeat = time.Hour })
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("POST", "/v1/users", `{"login":"boss","roles":"admin","password":"correct horse boss"}`)
	w.ok("POST", "/v1/users", `{"login":"ann","roles":"supervisor","password":"correct horse ann"}`)
	var token struct{ Token string }
	w.ok("POST", "/v1/tokens", `{"user":"ann"}`).json(t, &token)
	key, err := w.store.Pair(store.Request{Device: "watcher", Role: access.Floor})
	if err != nil {
		t.Fatal(err)
	}
	for secret, end := range map[string]func(){
		key:         func() { w.as(access.Admin, "DELETE", "/v1/devices/watcher", "") },
		token.Token: func() { w.ok("PATCH", "/v1/users/ann", `{"roles":"north=supervisor"}`) },
	} {
		s := w.follow(t.Context(), "", secret, "")
		end()
		for err := error(nil); err == nil; {
			_, err = s.next()
		}
		s.body.Close()
	}
}

// What a token gives away is bounded by its scope, also over its owner's head.
func TestWhatATokenHandsOut(t *testing.T) {
	w := newWorld(t)
	boss := w.user("boss", ledger.GrantsEverywhere("admin"))
	w.user("ann", ledger.GrantsEverywhere("floor"))
	token := func(scope ...string) string {
		_, secret, err := w.store.AddToken(boss.ID, "", scope, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	floor := []string{"device.pair", "read", "intent.own", "pin.verify", "print.labels"}
	for name, c := range map[string]struct {
		token              string
		method, path, body string
		want               int
	}{
		"no scope, an admin's key":          {token(), "POST", "/v1/devices", `{"device":"X","role":"admin"}`, 403},
		"no scope, a floor key":             {token(), "POST", "/v1/devices", `{"device":"X"}`, 403},
		"no scope, a code":                  {token(), "POST", "/v1/pairings", `{"device":"X"}`, 403},
		"no scope, a person":                {token(), "POST", "/v1/users", `{"login":"x","roles":"admin"}`, 403},
		"no scope, a PIN":                   {token(), "PUT", "/v1/operators/ann/pin", `{"pin":"2580"}`, 403},
		"no scope, all there is":            {token(), "GET", "/v1/backup", "", 403},
		"no scope, what is no right":        {token(), "PUT", "/v1/products/BOLT", `{}`, 200},
		"pairs, and has not what it gives":  {token("device.pair"), "POST", "/v1/devices", `{"device":"X"}`, 403},
		"pairs, and has what it gives":      {token(floor...), "POST", "/v1/devices", `{"device":"X1"}`, 201},
		"pairs, an admin's key":             {token(append([]string{"people.pair"}, floor...)...), "POST", "/v1/devices", `{"device":"X2","role":"admin"}`, 403},
		"manages people, an administrator":  {token("people.pair"), "POST", "/v1/users", `{"login":"x","roles":"admin"}`, 403},
		"manages people, promotes":          {token("people.pair"), "PATCH", "/v1/users/ann", `{"roles":"admin"}`, 403},
		"manages people, takes an account":  {token("people.pair"), "PATCH", "/v1/users/boss", `{"password":"another good one"}`, 403},
		"manages people, changes a name":    {token("people.pair"), "PATCH", "/v1/users/ann", `{"name":"Ann"}`, 200},
		"pairs, and takes a handheld's key": {token("device.pair"), "POST", "/v1/devices/floor/message", `{"text":"x"}`, 202},
	} {
		if a := w.do(c.method, c.path, c.token, c.body); a.status != c.want {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, c.want)
		}
	}
}

// That a handheld was stolen is an entry, also where its key had been taken back before.
func TestStolenIsAnEntry(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/v1/devices/floor", "/v1/devices/floor?stolen=true"} {
		if a := w.as(access.Supervisor, "DELETE", path, ""); a.status != 204 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
	}
	if report := w.ok("GET", "/v1/activity?limit=1000", "").text(); !strings.Contains(report, `"code":"device/floor","changes":[{"field":"cut","to":"yes"}]`) {
		t.Errorf("no entry says so: %s", report)
	}
}
