package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

type (
	signInQuery struct {
		Body struct {
			Login    string `json:"login" maxLength:"200"`
			Password string `json:"password" maxLength:"200"`
		}
	}
	setUpQuery struct {
		Body struct {
			Code     string `json:"code" maxLength:"200"`
			Login    string `json:"login" maxLength:"200"`
			Password string `json:"password" maxLength:"200" doc:"at least 10 characters"`
		}
	}
	signedInAnswer struct {
		SetCookie []http.Cookie `header:"Set-Cookie"`
		Body      KeyOwner
	}
	signedOutAnswer struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}
	passwordQuery struct {
		Body struct {
			Old string `json:"old" maxLength:"200"`
			New string `json:"new" maxLength:"200"`
		}
	}
	sessionIDQuery struct {
		ID string `path:"id" maxLength:"100"`
	}
	sessionRowsAnswer struct{ Body SessionRows }
)

func (a *API) routeSignIn() {
	register(a, route{method: http.MethodPost, path: "/v1/session", id: "signIn", tag: "People", action: access.Public, summary: "Sign in with a password",
		about: "Sets a cookie that browsers keep from pages and from other sites. Ten wrong passwords in a row shut the account for a quarter of an hour at the place that they came from; a hundred from strange places shut it at all of those, and never where its owner has signed in before (an address, or a browser that kept the cookie it got then)."}, a.signIn)
	register(a, route{method: http.MethodGet, path: "/v1/session", id: "whoIsSignedIn", tag: "People", action: access.Public, summary: "Is this browser signed in"}, a.whoIsSignedIn)
	register(a, route{method: http.MethodDelete, path: "/v1/session", id: "signOut", tag: "People", action: access.Public, status: http.StatusNoContent, summary: "Sign out"}, a.signOut)
	register(a, route{method: http.MethodPost, path: "/v1/set-up", id: "setUp", tag: "People", action: access.Public, summary: "Become the first administrator",
		about: "With the code that the server printed when it started, while nobody is an administrator who signs in."}, a.setUp)
	register(a, route{method: http.MethodGet, path: "/v1/own-sessions", id: "listOwnSessions", tag: "People", action: access.OwnKey, summary: "Where one is signed in"}, a.ownSessions)
	register(a, route{method: http.MethodDelete, path: "/v1/own-sessions/{id}", id: "endOwnSession", tag: "People", action: access.OwnKey, status: http.StatusNoContent, summary: "Sign oneself out somewhere"}, a.endOwnSession)
	register(a, route{method: http.MethodPut, path: "/v1/own-password", id: "changeOwnPassword", tag: "People", action: access.OwnKey, status: http.StatusNoContent, summary: "Change one's own password",
		about: "All sessions of one's own end with it."}, a.ownPassword)
}

// SessionRow is somebody signed in somewhere.
type SessionRow struct {
	ID        string      `json:"id"`
	Agent     string      `json:"agent" doc:"the browser, in its own words"`
	From      string      `json:"from" doc:"the address"`
	CreatedAt ledger.Time `json:"created_at"`
	SeenAt    ledger.Time `json:"seen_at" doc:"to some minutes"`
}

// SessionRows are somebody's sessions.
type SessionRows struct {
	Rows []SessionRow `json:"rows"`
}

// badSignIn is told for a login that there is none of, for a wrong password, and for
// an account that is shut: a stranger learns nothing.
func badSignIn() *Problem {
	return problem(ledger.BadKey, "Login and password do not fit, or were wrong too often. Nobody was signed in; try again in a while, or ask an administrator.")
}

func (a *API) signIn(ctx context.Context, q *signInQuery) (*signedInAnswer, error) {
	from := placeOf(callOf(ctx).gin.Request)
	if p := a.tryPassword(q.Body.Login, from); p != nil {
		return nil, p
	}
	done, p := a.slowly()
	if p != nil {
		return nil, p
	}
	defer done()
	u, ok := a.store.CheckPassword(q.Body.Login, q.Body.Password, from)
	if !ok {
		return nil, badSignIn()
	}
	return a.begin(ctx, u)
}

// tryPassword counts an attempt against the address that it comes from, or against the
// browser, where somebody has signed in with it under that login: what others of the
// address do, behind one router, keeps them from nothing.
func (a *API) tryPassword(login string, from store.Place) *Problem {
	name := a.store.KnownDevice(login, from.Device)
	if name == "" {
		name = from.Address
	}
	return a.taken(a.limits.signIn, name)
}

// begin signs somebody in.
func (a *API) begin(ctx context.Context, u store.User) (*signedInAnswer, error) {
	c := callOf(ctx)
	r := c.gin.Request
	from := placeOf(r)
	if from.Device == "" {
		var err error
		if from.Device, err = a.store.NewDevice(); err != nil {
			return nil, err
		}
	}
	secret, err := a.store.SignIn(u.ID, r.UserAgent(), from)
	if err != nil {
		return nil, err
	}
	var ok bool
	if c.who, ok = a.store.Authenticate(secret); !ok {
		return nil, badSignIn() // they were disabled meanwhile
	}
	owner, err := a.ownKey(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &signedInAnswer{SetCookie: []http.Cookie{*sessionCookie(r, secret), *deviceCookie(r, from.Device)}, Body: owner.Body}, nil
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*signedOutAnswer, error) {
	r := callOf(ctx).gin.Request
	if secret := sessionSecret(r); secret != "" {
		ended, err := a.store.SignOut(secret)
		if err != nil {
			return nil, err
		}
		if !ended {
			if p := a.strange(callOf(ctx)); p != nil {
				return nil, p
			}
		} else { // all sessions are judged, which a stranger cannot ask for
			a.rightsChanged()
		}
	}
	return &signedOutAnswer{SetCookie: *sessionCookie(r, "")}, nil
}

func (a *API) setUp(ctx context.Context, q *setUpQuery) (*signedInAnswer, error) {
	if p := a.try(ctx, a.limits.code); p != nil {
		return nil, p
	}
	if p := a.mayGrant(); p != nil {
		return nil, p
	}
	u, err := a.store.SetUp(q.Body.Code, q.Body.Login, q.Body.Password)
	if err != nil {
		return nil, err
	}
	callOf(ctx).who = access.Principal{Name: u.ID}
	a.told(ctx, store.UserRight(u.ID))
	return a.begin(ctx, u)
}

// SignedIn says whether a browser brings a session.
type SignedIn struct {
	SignedIn bool   `json:"signed_in"`
	Login    string `json:"login,omitempty"`
	Role     string `json:"role,omitempty" doc:"the most that they are trusted with anywhere"`
}

type whoAnswer struct{ Body SignedIn }

func (a *API) whoIsSignedIn(ctx context.Context, _ *struct{}) (*whoAnswer, error) {
	out := &whoAnswer{}
	if secret := sessionSecret(callOf(ctx).gin.Request); secret != "" {
		if who, ok := a.store.Authenticate(secret); ok {
			u, _ := a.store.FindUser(who.Name)
			out.Body = SignedIn{SignedIn: true, Login: u.Login, Role: string(who.Role)}
		} else if p := a.strange(callOf(ctx)); p != nil {
			return nil, p
		}
	}
	return out, nil
}

// person returns the id of whoever signed in, or whose token it is.
func person(ctx context.Context) (string, *Problem) {
	who := callOf(ctx).who
	if who.Kind != access.Person && who.Kind != access.Token {
		return "", problem(ledger.NotAllowed, "This is for people who sign in. Nothing was done; sign in.")
	}
	return who.Name, nil
}

func (a *API) ownSessions(ctx context.Context, _ *struct{}) (*sessionRowsAnswer, error) {
	id, p := signedIn(ctx)
	if p != nil {
		return nil, p
	}
	out := &sessionRowsAnswer{SessionRows{Rows: []SessionRow{}}}
	for _, s := range a.store.Sessions(id) {
		out.Body.Rows = append(out.Body.Rows, SessionRow{s.ID, s.Agent, s.From, s.Created, s.Seen})
	}
	return out, nil
}

// signedIn is person, but for tokens: those do not sign people out, or change what
// they sign in with.
func signedIn(ctx context.Context) (string, *Problem) {
	if callOf(ctx).who.Kind != access.Person {
		return "", problem(ledger.NotAllowed, "This is for people who are signed in, and not for keys and tokens. Nothing was done; sign in.")
	}
	return callOf(ctx).who.Name, nil
}

func (a *API) endOwnSession(ctx context.Context, q *sessionIDQuery) (*none, error) {
	id, p := signedIn(ctx)
	if p != nil {
		return nil, p
	}
	ok, err := a.store.EndSession(id, q.ID)
	if err == nil && (!ok || q.ID == "") {
		err = missing("session", q.ID)
	}
	a.rightsChanged()
	return &none{}, err
}

func (a *API) ownPassword(ctx context.Context, q *passwordQuery) (*none, error) {
	id, p := signedIn(ctx)
	if p != nil {
		return nil, p
	}
	u, _ := a.store.FindUser(id)
	from := placeOf(callOf(ctx).gin.Request)
	if p := a.tryPassword(u.Login, from); p != nil {
		return nil, p
	}
	done, p := a.slowly()
	if p != nil {
		return nil, p
	}
	defer done()
	if _, ok := a.store.CheckPassword(u.Login, q.Body.Old, from); !ok || u.ID != id {
		return nil, problem(ledger.NotAllowed, "The old password is not right. Nothing was changed.")
	}
	if _, err := a.store.ChangeUser(id, store.UserChange{Password: &q.Body.New}); err != nil {
		return nil, err
	}
	a.told(ctx, store.UserRight(id))
	a.rightsChanged()
	return &none{}, nil
}
