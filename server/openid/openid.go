// Package openid signs people in by an identity provider of their company: OpenID
// Connect, the authorization code flow with PKCE, state and nonce.
//
// # Use
//
// Begin gives the address to send a browser to, and what to remember of it; Finish
// takes what the browser came back with and says who it is, and which roles their
// groups have here.
//
// # Promised
//
// Only a token that the provider signed for this client, for this very attempt, names
// anybody. An attempt works once and for minutes, and their number is bounded. The
// provider is asked for its keys when somebody first signs in, and again after a
// failure, so that a server starts without it.
//
// # Owed by callers
//
// The state goes into a cookie of the browser, and is compared when it comes back: an
// attempt that another browser began signs nobody in.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Bounds.
const (
	// AttemptFor is how long somebody may take at their provider.
	AttemptFor  = 10 * time.Minute
	maxAttempts = 1_000
	// answerWithin bounds each question to the provider.
	answerWithin = 15 * time.Second
	maxGroups    = 2_000
	// maxAnswer bounds what a provider's answer may hold.
	maxAnswer = 1 << 20
)

// ErrRefused tells that nobody was signed in; what it wraps is for the log.
var ErrRefused = errors.New("nobody was signed in")

// Rule gives the members of a group a role, at a site or everywhere.
type Rule struct {
	Group string
	Grant ledger.Grant
}

// ParseRule reads GROUP=ROLE or GROUP=ROLE@SITE.
func ParseRule(text string) (r Rule, err error) {
	at := strings.LastIndexByte(text, '=')
	if at <= 0 {
		return r, fmt.Errorf("%q is not GROUP=ROLE or GROUP=ROLE@SITE", text)
	}
	role, site, sited := strings.Cut(text[at+1:], "@")
	if !access.Role(role).Known() || sited && site == "" {
		return r, fmt.Errorf("%q is not GROUP=ROLE or GROUP=ROLE@SITE; roles are floor, dock, supervisor and admin", text)
	}
	if !sited {
		site = ledger.Everywhere
	}
	return Rule{text[:at], ledger.Grant{Site: site, Role: role}}, nil
}

// Config says which provider, and what its groups may here. Issuer, ClientID and Rules
// are needed.
type Config struct {
	Issuer       string
	ClientID     string
	ClientSecret string // "": a public client
	Rules        []Rule
	GroupsClaim  string   // default groups
	Scopes       []string // besides openid; default profile, email, groups

	Client *http.Client // to ask the provider with; default: one with a deadline
	Now    func() time.Time
	Random io.Reader
}

// Identity is whom a provider vouches for.
type Identity struct {
	Issuer, Subject string
	Login           string        // what the provider calls them
	Grants          ledger.Grants // of their groups; none: they have no role here
}

// attempt is somebody on their way to the provider and back.
type attempt struct {
	nonce, verifier, redirect string
	until                     time.Time
}

// Provider signs people in. Make one with New.
type Provider struct {
	cfg Config

	mu       sync.Mutex // guards what follows
	found    *oidc.Provider
	attempts map[string]attempt // by state
}

// New makes a provider; it asks it nothing. Errors: what the configuration lacks.
func New(cfg Config) (*Provider, error) {
	u, err := url.Parse(cfg.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return nil, errors.New("the issuer is an address that begins with https://")
	case cfg.ClientID == "":
		return nil, errors.New("the provider's client id is missing")
	case len(cfg.Rules) == 0:
		return nil, errors.New("no group of the provider has a role, so nobody could sign in: name one as GROUP=ROLE")
	}
	if cfg.GroupsClaim == "" {
		cfg.GroupsClaim = "groups"
	}
	if cfg.Scopes == nil {
		cfg.Scopes = []string{"profile", "email", "groups"}
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: answerWithin}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	bounded := *cfg.Client
	bounded.Transport = limited{cfg.Client.Transport}
	cfg.Client = &bounded
	return &Provider{cfg: cfg, attempts: map[string]attempt{}}, nil
}

func loopback(host string) bool { return host == "127.0.0.1" || host == "::1" || host == "localhost" }

// limited bounds the answers of a provider.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	next := l.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxAnswer)
	}
	return answer, err
}

// discover asks the provider where its doors and keys are, once. The context of what
// is kept must outlive the request.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.cfg.Client), p.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: the identity provider does not answer as it should: %w", ErrRefused, err)
	}
	p.mu.Lock()
	p.found = found
	p.mu.Unlock()
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.cfg.Scopes...)}
}

// random makes something that nobody guesses.
func (p *Provider) random() (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(p.cfg.Random, b); err != nil {
		return "", fmt.Errorf("%w: no random bytes could be had: %w", ErrRefused, err)
	}
	return fmt.Sprintf("%x", b), nil
}

// Begin returns where to send a browser that is to come back to redirect, and the
// state for its cookie. Errors: ErrRefused.
func (p *Provider) Begin(ctx context.Context, redirect string) (address, state string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state, err = p.random()
	if err != nil {
		return "", "", err
	}
	a := attempt{verifier: oauth2.GenerateVerifier(), redirect: redirect, until: p.cfg.Now().Add(AttemptFor)}
	if a.nonce, err = p.random(); err != nil {
		return "", "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.attempts) >= maxAttempts {
		now := p.cfg.Now()
		for s, old := range p.attempts {
			if !old.until.After(now) {
				delete(p.attempts, s)
			}
		}
		if len(p.attempts) >= maxAttempts {
			return "", "", fmt.Errorf("%w: too many are signing in at once", ErrRefused)
		}
	}
	p.attempts[state] = a
	return p.oauth(found, redirect).AuthCodeURL(state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), state, nil
}

// take uses an attempt up.
func (p *Provider) take(state string) (attempt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.attempts[state]
	delete(p.attempts, state)
	return a, ok && a.until.After(p.cfg.Now())
}

// Finish says who it is that came back with state and code, in a browser whose cookie
// holds began. Errors: ErrRefused.
func (p *Provider) Finish(ctx context.Context, began, state, code string) (who Identity, err error) {
	if began == "" || subtle.ConstantTimeCompare([]byte(began), []byte(state)) != 1 {
		return who, fmt.Errorf("%w: the attempt was begun in another browser", ErrRefused)
	}
	a, ok := p.take(state)
	if !ok || code == "" {
		return who, fmt.Errorf("%w: the attempt is over or was never begun", ErrRefused)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return who, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.cfg.Client), answerWithin)
	defer cancel()
	token, err := p.oauth(found, a.redirect).Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return who, fmt.Errorf("%w: the provider took the code not: %w", ErrRefused, withoutBody(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, fmt.Errorf("%w: the provider gave no id token", ErrRefused)
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, Now: p.cfg.Now}).Verify(ctx, raw)
	if err != nil {
		return who, fmt.Errorf("%w: the id token is not right: %w", ErrRefused, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.nonce)) != 1 {
		return who, fmt.Errorf("%w: the id token is of another attempt", ErrRefused)
	}
	return p.identity(id)
}

// withoutBody says what went wrong without what the provider wrote, which may hold
// anything.
func withoutBody(err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil {
		return fmt.Errorf("it answered %s, %s", answer.Response.Status, answer.ErrorCode)
	}
	return err
}

func (p *Provider) identity(id *oidc.IDToken) (who Identity, err error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return who, fmt.Errorf("%w: the id token's claims cannot be read: %w", ErrRefused, err)
	}
	who = Identity{Issuer: id.Issuer, Subject: id.Subject}
	for _, name := range []string{"preferred_username", "email"} {
		if text, ok := claims[name].(string); ok && who.Login == "" {
			who.Login = text
		}
	}
	who.Grants = p.grants(groupsOf(claims[p.cfg.GroupsClaim]))
	return who, nil
}

func groupsOf(claim any) (groups []string) {
	switch claim := claim.(type) {
	case string:
		return []string{claim}
	case []any:
		for _, g := range claim[:min(len(claim), maxGroups)] {
			if text, ok := g.(string); ok {
				groups = append(groups, text)
			}
		}
	}
	return groups
}

// grants are the most that somebody's groups have at each site. What is less at a site
// than everywhere is left out.
func (p *Provider) grants(groups []string) ledger.Grants {
	most := map[string]access.Role{}
	for _, r := range p.cfg.Rules {
		if role := access.Role(r.Grant.Role); slices.Contains(groups, r.Group) && role.Above(most[r.Grant.Site]) {
			most[r.Grant.Site] = role
		}
	}
	g := ledger.Grants{}
	for site, role := range most {
		if site == ledger.Everywhere || role.Above(most[ledger.Everywhere]) {
			g = append(g, ledger.Grant{Site: site, Role: string(role)})
		}
	}
	slices.SortFunc(g, func(a, b ledger.Grant) int { return strings.Compare(a.Site, b.Site) })
	return g
}
