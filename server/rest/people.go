package rest

import (
	"context"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// User is somebody who signs in.
type User struct {
	ID         string      `json:"id" doc:"as entries have it; no name"`
	Login      string      `json:"login"`
	Name       string      `json:"name,omitempty"`
	Roles      string      `json:"roles" doc:"a role alone is everywhere, else SITE=ROLE/SITE=ROLE"`
	Password   bool        `json:"password" doc:"signs in by password"`
	Elsewhere  bool        `json:"elsewhere" doc:"signs in by OpenID Connect; roles are those of their groups"`
	CreatedAt  ledger.Time `json:"created_at"`
	CreatedBy  string      `json:"created_by,omitempty"`
	DisabledAt ledger.Time `json:"disabled_at,omitzero"`
}

// Users are all who sign in.
type Users struct {
	Rows []User `json:"rows"`
}

type (
	newUserQuery struct {
		Body struct {
			Login    string `json:"login" maxLength:"200"`
			Name     string `json:"name,omitempty" maxLength:"200"`
			Roles    string `json:"roles" maxLength:"20000" doc:"a role, or SITE=ROLE/SITE=ROLE"`
			Password string `json:"password,omitempty" maxLength:"200"`
		}
	}
	changeUserQuery struct {
		User string `path:"user" maxLength:"600" doc:"id or login"`
		Body struct {
			Login    *string `json:"login,omitempty" maxLength:"200"`
			Name     *string `json:"name,omitempty" maxLength:"200" doc:"empty removes it"`
			Roles    *string `json:"roles,omitempty" maxLength:"20000"`
			Password *string `json:"password,omitempty" maxLength:"200"`
			Disabled *bool   `json:"disabled,omitempty"`
		}
	}
	userAnswer  struct{ Body User }
	usersAnswer struct{ Body Users }
)

func (a *API) routePeople() {
	a.routeSignIn()
	register(a, route{method: http.MethodGet, path: "/v1/users", id: "listUsers", tag: "People", action: access.PairPeople, summary: "List who signs in"}, a.listUsers)
	register(a, route{method: http.MethodPost, path: "/v1/users", id: "addUser", tag: "People", action: access.PairPeople, status: http.StatusCreated, summary: "Add somebody who signs in"}, a.addUser)
	register(a, route{method: http.MethodPatch, path: "/v1/users/{user}", id: "changeUser", tag: "People", action: access.PairPeople, summary: "Change somebody who signs in",
		about: "What is not said stays. A new password, other roles and an end take their sessions and the pairing codes that they made; an end takes their tokens too, for good. Tokens have never more than their owner. The last administrator stays one."}, a.changeUser)
	register(a, route{method: http.MethodDelete, path: "/v1/users/{user}/sessions", id: "endSessions", tag: "People", action: access.PairPeople, status: http.StatusNoContent, summary: "Sign somebody out everywhere"},
		a.endUserSessions)
}

func userOf(u *store.User) User {
	return User{ID: u.ID, Login: u.Login, Name: u.Name, Roles: u.Grants.Text(), Password: u.Password, Elsewhere: u.Elsewhere, CreatedAt: u.CreatedAt, CreatedBy: u.CreatedBy, DisabledAt: u.DisabledAt}
}

func (a *API) listUsers(context.Context, *struct{}) (*usersAnswer, error) {
	out := &usersAnswer{Users{Rows: []User{}}}
	for _, u := range a.store.Users() {
		out.Body.Rows = append(out.Body.Rows, userOf(&u))
	}
	return out, nil
}

// grants reads roles that somebody is to be given.
func (a *API) grants(ctx context.Context, text string) (ledger.Grants, *Problem) {
	g, ok := ledger.ParseGrants(text)
	if !ok || len(g) == 0 {
		return nil, badField("roles", "Roles are floor, dock, supervisor or admin; or SITE=ROLE for some sites, a slash between. Nothing was changed.")
	}
	return g, a.knownSites(ctx, g)
}

// holdsAll refuses a token roles that are more than it holds itself.
func (a *API) holdsAll(ctx context.Context, grants ledger.Grants) *Problem {
	for _, g := range grants {
		if p := a.holds(ctx, access.Role(g.Role), ledger.Grants{g}); p != nil {
			return p
		}
	}
	return nil
}

// rightsOf names the rights that somebody has: their own, and their tokens'.
func (a *API) rightsOf(id string) []string {
	names := []string{store.UserRight(id)}
	for _, t := range a.store.Tokens(id) {
		names = append(names, store.TokenRight(t.ID))
	}
	return names
}

func (a *API) addUser(ctx context.Context, q *newUserQuery) (*userAnswer, error) {
	g, p := a.grants(ctx, q.Body.Roles)
	if p == nil {
		p = a.holdsAll(ctx, g)
	}
	if p == nil {
		p = a.mayGrant()
	}
	if p != nil {
		return nil, p
	}
	u, err := a.store.AddUser(store.NewUser{Login: q.Body.Login, Name: q.Body.Name, Grants: g, Password: q.Body.Password, By: callOf(ctx).who.Name})
	if err != nil {
		return nil, err
	}
	a.told(ctx, store.UserRight(u.ID))
	return &userAnswer{userOf(&u)}, nil
}

func (a *API) changeUser(ctx context.Context, q *changeUserQuery) (*userAnswer, error) {
	old, ok := a.store.FindUser(q.User)
	if !ok {
		return nil, missing("user", q.User)
	}
	change := store.UserChange{Login: q.Body.Login, Name: q.Body.Name, Password: q.Body.Password, Disabled: q.Body.Disabled}
	if q.Body.Roles != nil {
		var p *Problem
		if change.Grants, p = a.grants(ctx, *q.Body.Roles); p == nil {
			p = a.mayGrant()
		}
		if p != nil {
			return nil, p
		}
	}
	// Whoever sets a password, or lets somebody in again, has what they have.
	if opens := change.Grants != nil || change.Password != nil || change.Disabled != nil && !*change.Disabled; opens {
		if p := a.holdsAll(ctx, slices.Concat(old.Grants, change.Grants)); p != nil {
			return nil, p
		}
	}
	u, err := a.store.ChangeUser(old.ID, change)
	if err != nil {
		return nil, err
	}
	a.told(ctx, a.rightsOf(u.ID)...)
	a.rightsChanged()
	return &userAnswer{userOf(&u)}, nil
}

type userPathQuery struct {
	User string `path:"user" maxLength:"600" doc:"id or login"`
}

func (a *API) endUserSessions(_ context.Context, q *userPathQuery) (*none, error) {
	u, ok := a.store.FindUser(q.User)
	if !ok {
		return nil, missing("user", q.User)
	}
	_, err := a.store.EndSession(u.ID, "")
	a.rightsChanged()
	return &none{}, err
}

// actionsOf lists what somebody may do somewhere, sorted.
func actionsOf(who *access.Principal) []string {
	out := []string{}
	for _, action := range access.Actions() {
		if action != access.Public && access.May(*who, action) {
			out = append(out, string(action))
		}
	}
	slices.Sort(out)
	return out
}
