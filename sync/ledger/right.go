package ledger

import (
	"slices"
	"strings"
)

// Grant is a role at a site.
type Grant struct{ Site, Role string }

// Everywhere stands for all sites in a grant.
const Everywhere = "*"

// Grants are the roles that somebody has, at most one a site. Somebody with none is
// allowed nothing any more; nil, unlike that, says that nobody looked.
type Grants []Grant

// maxGrants bounds the sites named for one: more is everywhere.
const maxGrants = 100

// GrantsEverywhere is one role at all sites.
func GrantsEverywhere(role string) Grants { return Grants{{Everywhere, role}} }

// At returns the role at a site, "" where there is none.
func (g Grants) At(site string) (role string) {
	for i := range g {
		switch g[i].Site {
		case site:
			return g[i].Role
		case Everywhere:
			role = g[i].Role
		}
	}
	return role
}

// Both are the roles that two have in common: at each site the one that may decide
// less about others.
func (g Grants) Both(o Grants) Grants {
	out := Grants{}
	for _, x := range slices.Concat(g, o) {
		role := lesser(g.At(x.Site), o.At(x.Site))
		if role != "" && !slices.ContainsFunc(out, func(y Grant) bool { return y.Site == x.Site }) {
			out = append(out, Grant{x.Site, role})
		}
	}
	return out
}

// lesser is the role of two that may decide less about others, "" where either is none.
func lesser(role, other string) string {
	switch {
	case role == "" || other == "":
		return ""
	case MayUndoOthers(role):
		return other
	}
	return role
}

// Whole says whether a role holds at every site alike.
func (g Grants) Whole() bool { return len(g) == 1 && g[0].Site == Everywhere }

// Text writes grants as entries have them: "floor" is everywhere, else
// "main=floor/north=supervisor" (a site's code has no slash), the sites sorted; ""
// is none.
func (g Grants) Text() string {
	if g.Whole() {
		return g[0].Role
	}
	parts := make([]string, len(g))
	for i, x := range g {
		parts[i] = x.Site + "=" + x.Role
	}
	slices.Sort(parts)
	return strings.Join(parts, "/")
}

// ParseGrants reads what Text writes; ok is false for anything else.
func ParseGrants(text string) (g Grants, ok bool) {
	g = Grants{}
	if text == "" {
		return g, true
	}
	if IsRole(text) {
		return GrantsEverywhere(text), true
	}
	for part := range strings.SplitSeq(text, "/") {
		at := strings.LastIndexByte(part, '=')
		if at <= 0 || !IsRole(part[at+1:]) || len(g) >= maxGrants || slices.ContainsFunc(g, func(x Grant) bool { return x.Site == part[:at] }) {
			return nil, false
		}
		g = append(g, Grant{part[:at], part[at+1:]})
	}
	return g, true
}

// Roles, as far as the books judge by them.
const (
	roleSupervisor = "supervisor"
	roleAdmin      = "admin"
)

// IsRole says whether there is such a role.
func IsRole(role string) bool {
	switch role {
	case "floor", "dock", roleSupervisor, roleAdmin:
		return true
	}
	return false
}

// MayIntend says whether a role may mean an action: what people decide about others'
// scans is for supervisors. It is judged by the role that somebody had when they
// meant it.
func MayIntend(role, action string) bool {
	switch action {
	case ActionMap, ActionDecide, ActionClose:
		return role == roleSupervisor || role == roleAdmin
	}
	return true
}

// MayUndoOthers says whether a role may undo what another device scanned.
func MayUndoOthers(role string) bool { return role == roleSupervisor || role == roleAdmin }

// Actions lists what an intent can mean.
func Actions() []string { return sortedKeys(actionRules) }

// Right is what somebody or something may do, dated, under a name that is no
// person's: device/H-07, user/u-k3f9, token/t-77x2, pin/ann. Secrets are no part of
// it; that a new one was given shows as a change of Key.
type Right struct {
	Name     string
	Roles    string        `json:",omitempty"` // see Grants.Text; "" is none: it was taken back
	RolesWas []PastSetting `json:",omitempty"`
	Owner    string        `json:",omitempty"` // of a token: whose
	Scope    string        `json:",omitempty"` // of a token: what it may at most
	Expires  string        `json:",omitempty"`
	Key      string        `json:",omitempty"` // a number that changes with each new secret
	Cut      string        `json:",omitempty"` // RightCut: nothing is taken from it any more

	grants Grants // of Roles
}

// RightCut says of a handheld's key that not even what it scanned before is taken.
const RightCut = "yes"

// maxRightKind is what stands before a name in that of its right.
const maxRightKind = len("device/")

// maxRights bounds the list, which is all in memory at some 200 bytes each: as many
// as keys, users and tokens there can be.
const maxRights = 1 << 18

// GrantsAt returns what somebody was allowed at a moment; known is false where the
// books never heard of them. What they were first given holds for before, too: a
// handheld may scan before it is known.
func (s *State) GrantsAt(name string, t Time) (g Grants, known bool) {
	r := s.rights[name]
	if r == nil {
		return nil, false
	}
	if n := len(r.RolesWas); n == 0 || t >= r.RolesWas[n-1].Until {
		return r.grants, true
	}
	g, _ = ParseGrants(settingAt(r.Roles, r.RolesWas, t))
	return g, true
}

func (s *State) editRight(e *Edit, p *Patch) *Fault {
	r, known := s.rights[p.Code]
	if !known {
		if len(s.rights) >= maxRights {
			return fault(TooLarge, "code", "The book lists 262,144 rights, the most it can. "+quote(p.Code)+" was not added.")
		}
		r = &Right{Name: p.Code, grants: Grants{}}
	}
	f := e.fields(p, r.get, r.set)
	if f == nil && !known {
		e.create("code", p.Code)
		s.rights[p.Code] = r
	}
	return f
}

func (r *Right) get(name string) (string, bool) {
	if at := r.field(name); at != nil {
		return *at, true
	}
	return "", false
}

func (r *Right) field(name string) *string {
	switch name {
	case "roles":
		return &r.Roles
	case "owner":
		return &r.Owner
	case "scope":
		return &r.Scope
	case "expires":
		return &r.Expires
	case "key":
		return &r.Key
	case "cut":
		return &r.Cut
	}
	return nil
}

func (r *Right) set(name, value string) string {
	if name == "roles" {
		g, ok := ParseGrants(value)
		if !ok {
			return "its roles are a role, or SITE=ROLE for each of at most 100 sites, a slash between."
		}
		r.grants, value = g, g.Text()
	}
	*r.field(name) = value
	return ""
}
