package main

import (
	"fmt"
	"io"

	"bayledger/server/openid"
	"bayledger/server/store"

	"github.com/spf13/pflag"
)

// openIDFlags say by which identity provider people sign in.
type openIDFlags struct {
	issuer, client, claim string
	groups                []string
}

func (f *openIDFlags) flags(flags *pflag.FlagSet) {
	flags.StringVar(&f.issuer, "openid-issuer", "", "people sign in by this OpenID Connect provider too (its secret is BAYLEDGER_OPENID_SECRET); it sends them back to /v1/openid/callback")
	flags.StringVar(&f.client, "openid-client", "", "this server's client id there")
	flags.StringVar(&f.claim, "openid-claim", "groups", "the claim that holds the groups")
	flags.StringArrayVar(&f.groups, "openid-group", nil, "GROUP=ROLE or GROUP=ROLE@SITE: what the members of a group may; may be said again")
}

// provider makes the provider that the flags name, nil where they name none.
func (f *openIDFlags) provider(secret string) (*openid.Provider, error) {
	if f.issuer == "" {
		if f.client != "" || len(f.groups) > 0 {
			return nil, misused("--openid-client and --openid-group need --openid-issuer")
		}
		return nil, nil
	}
	cfg := openid.Config{Issuer: f.issuer, ClientID: f.client, ClientSecret: secret, GroupsClaim: f.claim}
	for _, text := range f.groups {
		rule, err := openid.ParseRule(text)
		if err != nil {
			return nil, misused("--openid-group: %v", err)
		}
		cfg.Rules = append(cfg.Rules, rule)
	}
	p, err := openid.New(cfg)
	if err != nil {
		return nil, misused("--openid-issuer: %v", err)
	}
	return p, nil
}

// offerSetUp prints the link by which somebody becomes the first administrator who
// signs in, while nobody is. A demo on one's own machine has its key instead.
func (n *node) offerSetUp(out io.Writer, url string, demo bool) error {
	if demo {
		return nil
	}
	code, ok, err := n.store.OfferSetUp()
	if err != nil || !ok {
		return err
	}
	_, err = fmt.Fprintf(out, "set up: open %s/setup#%s (makes the first administrator; works once, for %d minutes)\n", url, code.Text, int(store.SetUpFor.Minutes()))
	return err
}
