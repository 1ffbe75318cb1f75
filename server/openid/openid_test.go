package openid_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"testing"
	"time"

	"bayledger/server/openid"
	"bayledger/server/openid/providertest"
	"bayledger/sync/ledger"
)

const back = "http://stock.example/v1/openid/callback"

func provider(t *testing.T, p *providertest.Provider, change ...func(*openid.Config)) *openid.Provider {
	t.Helper()
	cfg := openid.Config{Issuer: p.URL, ClientID: "bayledger", ClientSecret: "s3cret", Client: p.Client()}
	for _, text := range []string{"stock=floor", "north-bosses=supervisor@north", "north-hands=floor@north", "bosses=supervisor", "admins=admin"} {
		r, err := openid.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Rules = append(cfg.Rules, r)
	}
	for _, fn := range change {
		fn(&cfg)
	}
	out, err := openid.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// round is somebody's way to the provider and back.
func round(t *testing.T, p *providertest.Provider, o *openid.Provider) (openid.Identity, error) {
	t.Helper()
	address, state, err := o.Begin(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Visit(address)
	return o.Finish(t.Context(), state, q.Get("state"), q.Get("code"))
}

func TestGroupsAreRoles(t *testing.T) {
	p := providertest.New(t)
	o := provider(t, p)
	for _, c := range []struct {
		groups any
		want   string
	}{
		{[]string{"stock"}, "floor"},
		{[]string{"stock", "north-bosses"}, "*=floor/north=supervisor"},
		{[]string{"bosses", "north-hands"}, "supervisor"}, // less there than everywhere is no less
		{[]string{"north-hands", "north-bosses"}, "north=supervisor"},
		{[]string{"admins", "stock", "bosses"}, "admin"},
		{"stock", "floor"}, // some providers send one as a text
		{[]string{"strangers"}, ""},
		{nil, ""},
		{[]any{7, map[string]any{}}, ""},
	} {
		p.Person(map[string]any{"sub": "7", "preferred_username": "ann", "groups": c.groups})
		who, err := round(t, p, o)
		if err != nil || who.Grants.Text() != c.want || who.Subject != "7" || who.Issuer != p.URL || who.Login != "ann" {
			t.Errorf("%v: %+v %q, want %q (%v)", c.groups, who, who.Grants.Text(), c.want, err)
		}
	}
}

// Whatever is wrong with the way or the token, nobody is signed in.
func TestNobodyIsSignedIn(t *testing.T) {
	p := providertest.New(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.Person(map[string]any{"sub": "7", "groups": []string{"admins"}})
	set := func(name string, value any) func(map[string]any, *rsa.PrivateKey) *rsa.PrivateKey {
		return func(claims map[string]any, key *rsa.PrivateKey) *rsa.PrivateKey {
			claims[name] = value
			return key
		}
	}
	for name, wrong := range map[string]func(map[string]any, *rsa.PrivateKey) *rsa.PrivateKey{
		"signed by a stranger": func(_ map[string]any, _ *rsa.PrivateKey) *rsa.PrivateKey { return stranger },
		"for another client":   set("aud", "other"),
		"by another issuer":    set("iss", "https://evil.example"),
		"of another attempt":   set("nonce", "x"),
		"without a nonce":      set("nonce", nil),
		"expired":              set("exp", time.Now().Add(-time.Hour).Unix()),
	} {
		p.Wrongly(wrong)
		if who, err := round(t, p, provider(t, p)); !errors.Is(err, openid.ErrRefused) {
			t.Errorf("%s: %+v %v", name, who, err)
		}
	}
	p.Wrongly(nil)
	o := provider(t, p)
	address, state, err := o.Begin(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Visit(address)
	for name, way := range map[string][3]string{
		"another browser":  {"", q.Get("state"), q.Get("code")},
		"a cookie of else": {"x", q.Get("state"), q.Get("code")},
		"no such attempt":  {"made-up", "made-up", q.Get("code")},
	} {
		if _, err := o.Finish(t.Context(), way[0], way[1], way[2]); !errors.Is(err, openid.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Finish(t.Context(), state, state, q.Get("code")); err != nil {
		t.Errorf("the right way: %v", err)
	}
	if _, err := o.Finish(t.Context(), state, state, q.Get("code")); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("the same way twice: %v", err)
	}
}

// An attempt ends with its time, and their number is bounded.
func TestAttemptsEnd(t *testing.T) {
	p := providertest.New(t)
	p.Person(map[string]any{"sub": "7", "groups": []string{"stock"}})
	now := time.Now()
	o := provider(t, p, func(c *openid.Config) { c.Now = func() time.Time { return now } })
	address, state, err := o.Begin(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Visit(address)
	begun := now
	now = now.Add(openid.AttemptFor)
	if _, err := o.Finish(t.Context(), state, state, q.Get("code")); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("after its time: %v", err)
	}
	now = begun
	failed := 0
	for range 1_100 {
		if _, _, err := o.Begin(t.Context(), back); err != nil {
			failed++
		}
	}
	if failed != 100 {
		t.Errorf("%d of 1,100 at once were refused", failed)
	}
	now = now.Add(openid.AttemptFor)
	if _, _, err := o.Begin(t.Context(), back); err != nil {
		t.Errorf("room does not come back: %v", err)
	}
}

// A server starts without its provider, and uses it once it is there.
func TestTheProviderIsAway(t *testing.T) {
	p := providertest.New(t)
	p.Close()
	o := provider(t, p)
	if _, _, err := o.Begin(t.Context(), back); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestConfigs(t *testing.T) {
	rule := []openid.Rule{{Group: "a", Grant: ledger.Grant{Site: "*", Role: "floor"}}}
	for name, cfg := range map[string]openid.Config{
		"plain":       {Issuer: "http://id.example", ClientID: "x", Rules: rule},
		"no client":   {Issuer: "https://id.example", Rules: rule},
		"nobody":      {Issuer: "https://id.example", ClientID: "x"},
		"no address":  {Issuer: "id.example", ClientID: "x", Rules: rule},
		"a file":      {Issuer: "file:///x", ClientID: "x", Rules: rule},
		"no address2": {Issuer: "https://", ClientID: "x", Rules: rule},
	} {
		if _, err := openid.New(cfg); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, text := range []string{"", "a", "=floor", "a=owner", "a=floor@", "a="} {
		if _, err := openid.ParseRule(text); err == nil {
			t.Errorf("%q is a rule", text)
		}
	}
	if r, err := openid.ParseRule("CN=stock,DC=x=supervisor@north"); err != nil || r.Group != "CN=stock,DC=x" || r.Grant != (ledger.Grant{Site: "north", Role: "supervisor"}) {
		t.Errorf("%+v %v", r, err)
	}
}
