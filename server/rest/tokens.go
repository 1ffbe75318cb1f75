package rest

import (
	"context"
	"net/http"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// TokenRow is a token without its secret.
type TokenRow struct {
	ID        string      `json:"id"`
	User      string      `json:"user" doc:"whose it is; it may never more than they"`
	Label     string      `json:"label,omitempty"`
	Scope     []string    `json:"scope" doc:"what it may at most; empty: all that its owner may, but what hands out rights"`
	CreatedAt ledger.Time `json:"created_at"`
	ExpiresAt ledger.Time `json:"expires_at"`
	UsedAt    ledger.Time `json:"used_at,omitzero" doc:"to some minutes"`
	EndedAt   ledger.Time `json:"ended_at,omitzero"`
}

// NewToken is a token with its secret, which is shown this once.
type NewToken struct {
	TokenRow
	Token string `json:"token" doc:"the secret, bay_…; sent as Authorization: Bearer"`
}

// TokenRows are tokens, the newest first.
type TokenRows struct {
	Rows []TokenRow `json:"rows"`
}

type (
	newTokenQuery struct {
		Body struct {
			Label string   `json:"label,omitempty" maxLength:"200"`
			Scope []string `json:"scope,omitempty" maxItems:"64" doc:"actions (x-action), or read for all that only reads; money only with see.money. What hands out rights (device.pair, people.pair, pin.set, backup.take) only where it is named, and never more than the token holds itself"`
			Days  int      `json:"days,omitempty" minimum:"1" maximum:"366" doc:"that it lives; default 90"`
			User  string   `json:"user,omitempty" maxLength:"200" doc:"for whom, by an administrator; missing: oneself"`
		}
	}
	tokenIDQuery struct {
		ID string `path:"id" maxLength:"100"`
	}
	tokensQuery struct {
		All bool `query:"all" doc:"everybody's, for administrators"`
	}
	newTokenAnswer  struct{ Body NewToken }
	tokenRowsAnswer struct{ Body TokenRows }
)

func (a *API) routeTokens() {
	register(a, route{method: http.MethodPost, path: "/v1/tokens", id: "addToken", tag: "People", action: access.OwnTokens, status: http.StatusCreated, summary: "Make a token for a program"}, a.addToken)
	register(a, route{method: http.MethodGet, path: "/v1/tokens", id: "listTokens", tag: "People", action: access.OwnTokens, summary: "List tokens"}, a.listTokens)
	register(a, route{method: http.MethodDelete, path: "/v1/tokens/{id}", id: "endToken", tag: "People", action: access.OwnTokens, status: http.StatusNoContent, summary: "End a token"}, a.endToken)
}

func tokenRow(t *store.Token) TokenRow {
	return TokenRow{ID: t.ID, User: t.User, Label: t.Label, Scope: append([]string{}, t.Scope...), CreatedAt: t.Created, ExpiresAt: t.Expires, UsedAt: t.Used, EndedAt: t.Ended}
}

// owner is whose tokens are spoken of: one's own, or, by an administrator, another's.
func (a *API) owner(ctx context.Context, named string) (string, *Problem) {
	if named == "" {
		return person(ctx)
	}
	u, ok := a.store.FindUser(named)
	if own := callOf(ctx).who; ok && u.ID == own.Name && (own.Kind == access.Person || own.Kind == access.Token) {
		return u.ID, nil
	}
	if p := a.may(ctx, access.PairPeople); p != nil {
		return "", p
	}
	if !ok {
		return "", missing("user", named)
	}
	return u.ID, nil
}

func (a *API) addToken(ctx context.Context, q *newTokenQuery) (*newTokenAnswer, error) {
	user, p := a.owner(ctx, q.Body.User)
	if p == nil {
		p = a.mayGrant()
	}
	if p == nil && callOf(ctx).who.Kind == access.Token {
		p = problem(ledger.NotAllowed, "A token makes no tokens: whoever found it would never let go. Nothing was made; sign in.")
	}
	if p != nil {
		return nil, p
	}
	t, secret, err := a.store.AddToken(user, q.Body.Label, q.Body.Scope, time.Duration(q.Body.Days)*24*time.Hour)
	if err != nil {
		return nil, err
	}
	a.told(ctx, store.TokenRight(t.ID))
	return &newTokenAnswer{NewToken{TokenRow: tokenRow(&t), Token: secret}}, nil
}

func (a *API) listTokens(ctx context.Context, q *tokensQuery) (*tokenRowsAnswer, error) {
	user := ""
	p := a.may(ctx, access.PairPeople)
	if !q.All {
		user, p = person(ctx)
	}
	if p != nil {
		return nil, p
	}
	out := &tokenRowsAnswer{TokenRows{Rows: []TokenRow{}}}
	for _, t := range a.store.Tokens(user) {
		out.Body.Rows = append(out.Body.Rows, tokenRow(&t))
	}
	return out, nil
}

func (a *API) endToken(ctx context.Context, q *tokenIDQuery) (*none, error) {
	user := callOf(ctx).who.Name
	if a.may(ctx, access.PairPeople) == nil {
		user = "" // anybody's
	} else if _, p := person(ctx); p != nil {
		return nil, p
	}
	if err := a.store.EndToken(user, q.ID); err != nil {
		return nil, err
	}
	a.told(ctx, store.TokenRight(q.ID))
	a.rightsChanged()
	return &none{}, nil
}
