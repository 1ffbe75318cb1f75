package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/openid"
)

// flowName is the cookie that holds which attempt to sign in a browser has begun,
// named like the session's: nobody else can have set it, and so begun it for them.
func flowName(r *http.Request) string { return cookieName(r) + "-openid" }

const callbackPath = "/v1/openid/callback"

// Offered says whether people may sign in by their company's identity provider.
type Offered struct {
	Offered bool `json:"offered"`
}

type (
	offeredAnswer  struct{ Body Offered }
	redirectAnswer struct {
		Status    int
		Location  string        `header:"Location"`
		SetCookie []http.Cookie `header:"Set-Cookie"`
	}
	callbackQuery struct {
		State string `query:"state" maxLength:"200"`
		Code  string `query:"code" maxLength:"4000"`
		Error string `query:"error" maxLength:"200"`
	}
)

func (a *API) routeOpenID() {
	register(a, route{method: http.MethodGet, path: "/v1/openid", id: "openIDOffered", tag: "People", action: access.Public, summary: "Is there an identity provider"},
		func(context.Context, *struct{}) (*offeredAnswer, error) {
			return &offeredAnswer{Offered{a.opts.OpenID != nil}}, nil
		})
	if a.opts.OpenID == nil {
		return
	}
	register(a, route{method: http.MethodGet, path: "/v1/openid/start", id: "openIDStart", tag: "People", action: access.Public, status: http.StatusFound, summary: "Go to the identity provider",
		about: "For browsers: the authorization code flow of OpenID Connect with PKCE, state and nonce."}, a.startOpenID)
	register(a, route{method: http.MethodGet, path: callbackPath, id: "openIDCallback", tag: "People", action: access.Public, loose: true, status: http.StatusFound, summary: "Come back from the identity provider"}, a.finishOpenID)
}

func flow(r *http.Request, state string) http.Cookie {
	c := http.Cookie{Name: flowName(r), Value: state, Path: "/", HttpOnly: true, Secure: overTLS(r), SameSite: http.SameSiteLaxMode, MaxAge: int(openid.AttemptFor.Seconds())}
	if state == "" {
		c.MaxAge = -1
	}
	return c
}

func (a *API) startOpenID(ctx context.Context, _ *struct{}) (*redirectAnswer, error) {
	if p := a.try(ctx, a.limits.signIn); p != nil {
		return nil, p
	}
	r := callOf(ctx).gin.Request
	address, state, err := a.opts.OpenID.Begin(ctx, a.ownURL(r)+callbackPath)
	if err != nil {
		a.log.WarnContext(ctx, "the identity provider could not be used", "request", requestID(ctx), "error", err)
		return failedOpenID(r), nil
	}
	return &redirectAnswer{Status: http.StatusFound, Location: address, SetCookie: []http.Cookie{flow(r, state)}}, nil
}

// failedOpenID sends a browser back to the page where people sign in.
func failedOpenID(r *http.Request) *redirectAnswer {
	return &redirectAnswer{Status: http.StatusFound, Location: "/login?failed", SetCookie: []http.Cookie{flow(r, "")}}
}

func (a *API) finishOpenID(ctx context.Context, q *callbackQuery) (*redirectAnswer, error) {
	r := callOf(ctx).gin.Request
	if p := a.try(ctx, a.limits.signIn); p != nil {
		return nil, p
	}
	began := ""
	if c, err := r.Cookie(flowName(r)); err == nil {
		began = c.Value
	}
	who, err := a.opts.OpenID.Finish(ctx, began, q.State, q.Code)
	if err != nil {
		a.log.WarnContext(ctx, "nobody was signed in by the identity provider", "request", requestID(ctx), "provider_said", q.Error, "error", err)
		return failedOpenID(r), nil
	}
	if len(who.Grants) > 0 {
		if p := a.knownSites(ctx, who.Grants); p != nil {
			a.log.ErrorContext(ctx, "a group of the identity provider has a role at a site that there is none of", "request", requestID(ctx), "error", p)
			return failedOpenID(r), nil
		}
		if p := a.mayGrant(); p != nil {
			return nil, p
		}
	}
	u, err := a.store.Elsewhere(who.Issuer, who.Subject, who.Login, who.Grants)
	for _, id := range []string{u.ID, a.store.UserOf(who.Issuer, who.Subject)} {
		if id != "" { // roles may have been taken away, and nobody is signed in
			callOf(ctx).who = access.Principal{Name: id}
			a.told(ctx, a.rightsOf(id)...)
		}
	}
	a.rightsChanged()
	if err != nil {
		a.log.WarnContext(ctx, "whom the identity provider vouches for has no role here", "request", requestID(ctx), "error", err)
		return failedOpenID(r), nil
	}
	signed, err := a.begin(ctx, u)
	if err != nil {
		return nil, err
	}
	return &redirectAnswer{Status: http.StatusFound, Location: "/account", SetCookie: append(signed.SetCookie, flow(r, ""))}, nil
}
