// Package access says who someone is and what they may do.
//
// # Use
//
// Every way in (REST, socket, command line) turns a secret into a Principal once
// and asks May, MayAt or Where before it acts; the table of rules is in one place,
// in rules.go, and what topics and commands ask for in words of it beside it.
//
// # Promised
//
// All are pure functions of principal and action. An action that the table does not
// know, and a role that it does not know, are allowed nothing but what is public. A
// token is allowed no more than its owner, and no more than its scope; what hands out
// rights, only where its scope names it, and then no more than it holds itself. Somebody
// whose key was taken back may hand in what they scanned before, and nothing else.
//
// # Owed by callers
//
// What a role may mean by an intent (undo another's scan, decide an exception) is
// judged by the books at the scan's own moment (ledger.MayIntend), not here. Rows of
// several sites are limited to those that Where names.
package access

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Role is what a person or device is trusted with. The list only grows.
type Role string

// Roles, from the least to the most.
const (
	Floor      Role = "floor"
	Dock       Role = "dock"
	Supervisor Role = "supervisor"
	Admin      Role = "admin"
)

// Roles lists the roles, from the least to the most.
func Roles() []Role { return []Role{Floor, Dock, Supervisor, Admin} }

// Known says whether the role is one of ours.
func (r Role) Known() bool { return bit(r) != 0 }

// Above says whether a role is trusted with more than another.
func (r Role) Above(other Role) bool { return bit(r) > bit(other) }

// Kind says what a secret is.
type Kind string

// Kinds of principals.
const (
	Handheld Kind = "device"  // a key that speaks for one device
	Program  Kind = "program" // a key that speaks for anyone: of the data folder, of a script
	Person   Kind = "user"    // a session of somebody who signed in
	Token    Kind = "token"   // a token of theirs
)

// Principal is who a secret belongs to.
type Principal struct {
	Kind   Kind
	Device string // the handheld; "" for a person or a program, who may bring anyone's intents
	Name   string // shown as the actor of edits; no person's name
	Site   string // where they work; "" is main
	// Role is what they are trusted with where Grants is nil, else the most that they
	// are trusted with anywhere.
	Role   Role
	Grants ledger.Grants // by site
	Scope  *Scope        // of a token: nil is all that its owner may, but what hands out rights
	Token  string        // of a token: its id
	Until  ledger.Time   // when the key was taken back; 0 where it is good
	// Right is the name of what the books know of them (ledger.Right).
	Right string
}

// HighestRole is the most that grants trust somebody with anywhere, "" for none.
func HighestRole(g ledger.Grants) (most Role) {
	for i := range g {
		if r := Role(g[i].Role); r.Above(most) {
			most = r
		}
	}
	return most
}

// RoleAt is somebody's role at a site.
func (p *Principal) RoleAt(site string) Role {
	if p.Grants == nil {
		return p.Role
	}
	return Role(p.Grants.At(site))
}

// Sites are some sites, or all.
type Sites struct {
	all  bool
	list []string
}

// AllSites are all sites.
func AllSites() Sites { return Sites{all: true} }

// All says whether they are all sites.
func (s Sites) All() bool { return s.all }

// None says whether there is none.
func (s Sites) None() bool { return !s.all && len(s.list) == 0 }

// Has says whether a site is among them. What belongs to no site is the company's.
func (s Sites) Has(site string) bool { return s.all || site != "" && slices.Contains(s.list, site) }

// SeesPlace says whether a place, as moves name it (site/code), is at one of them. A
// virtual one, which is named by its code alone, is at none.
func (s Sites) SeesPlace(ref string) bool {
	site, _, physical := strings.Cut(ref, "/")
	return physical && s.Has(site)
}

// SeesValue says of the sites at which somebody sees money whether they see what a move
// was worth: it tells of what goods cost at both of its ends.
func (s Sites) SeesValue(m *ledger.Move) bool {
	for _, ref := range [...]string{m.From, m.To} {
		if site, _, physical := strings.Cut(ref, "/"); physical && !s.Has(site) {
			return false
		}
	}
	return !s.None()
}

// List names the sites, nil where they are all.
func (s Sites) List() []string { return s.list }

// Where returns the sites at which somebody may do something.
func Where(p Principal, action Action) Sites {
	if action == Public {
		return AllSites()
	}
	rule := rules[action]
	if !p.lets(action) {
		return Sites{}
	}
	if p.Grants == nil {
		return Sites{all: rule.who.has(p.Role)}
	}
	if rule.who.has(Role(p.Grants.At(ledger.Everywhere))) && p.Grants.Whole() {
		return AllSites()
	}
	var out Sites
	for i := range p.Grants {
		if g := &p.Grants[i]; rule.who.has(Role(g.Role)) {
			if g.Site == ledger.Everywhere { // nobody has less at one site than at all
				return AllSites()
			}
			out.list = append(out.list, g.Site)
		}
	}
	return out
}

// Bringing is as whom somebody brings scans, for the books to judge what the scans
// mean: a handheld for its own with its roles, others with those that may bring
// anyone's. A token whose scope does not name that brings its owner's as floor:
// undoing another's scan and closing a period are not in intent.own.
func Bringing(p Principal) Principal {
	if p.Scope != nil && !p.Scope.Allows(IntentAny) {
		grants := ledger.GrantsEverywhere(string(Floor))
		if p.Grants != nil {
			grants = slices.Clone(p.Grants)
		}
		for i := range grants {
			grants[i].Role = string(Floor)
		}
		p.Grants, p.Role, p.Right = grants, Floor, ""
		return p
	}
	if p.Device != "" || p.Grants == nil || !May(p, IntentAny) {
		return p
	}
	out := ledger.Grants{}
	for _, g := range p.Grants {
		if rules[IntentAny].who.has(Role(g.Role)) {
			out = append(out, g)
		}
	}
	p.Grants = out
	return p
}

// lets says whether neither the key's end nor a scope stands against an action.
func (p *Principal) lets(action Action) bool {
	if p.Until != 0 {
		return action == IntentOwn
	}
	if p.Kind == Token && rules[action].named {
		return p.Scope != nil && p.Scope.Names(action)
	}
	return p.Scope == nil || p.Scope.Allows(action)
}

// May says whether somebody may do something: anywhere, where the rule is by site;
// everywhere, where what is done concerns the whole company.
func May(p Principal, action Action) bool {
	where := Where(p, action)
	if rules[action].whole {
		return where.all
	}
	return !where.None()
}

// MayAt says whether somebody may do something at a site; "" is what belongs to the
// company, and asks for all sites.
func MayAt(p Principal, action Action, site string) bool {
	if action == Public {
		return true
	}
	if site == "" {
		return Where(p, action).all
	}
	return p.lets(action) && rules[action].who.has(p.RoleAt(site))
}

// Refused returns what somebody lacks to hand out a role at some sites, and where; ok
// is true where they lack nothing. Nobody hands out what they could not do there
// themselves.
func Refused(p Principal, role Role, grants ledger.Grants) (action Action, site string, ok bool) {
	for i := range grants {
		if site = grants[i].Site; site == ledger.Everywhere {
			site = ""
		}
		if action = Pairing(role); !MayAt(p, action, site) {
			return action, site, false
		}
	}
	return "", "", true
}

// Exceeds returns what a token would give away with a role at some sites and does not
// hold itself, and where; ok is true where that is nothing, and for whoever is no token.
// A program with a key that it made itself would else be free of its scope and its end.
func Exceeds(p Principal, role Role, grants ledger.Grants) (action Action, site string, ok bool) {
	if p.Kind != Token {
		return "", "", true
	}
	for i := range grants {
		if site = grants[i].Site; site == ledger.Everywhere {
			site = ""
		}
		for _, action := range Held(role, site == "") {
			if !holds(p, action, site) {
				return action, site, false
			}
		}
	}
	return "", "", true
}

// holds says whether a token has what a key would have: what concerns the key's owner
// alone is nobody's, and whoever knows the numbers knows their words.
func holds(p Principal, action Action, site string) bool {
	return rules[action].self || MayAt(p, action, site) || action == Availability && MayAt(p, ReadBalances, site)
}

// MayTouch says whether somebody may replace, end or speak under what another has: a
// key takes what making it would take, at all of its sites; a person's name takes the
// right to make people.
func MayTouch(p, other Principal) bool {
	if other.Kind == Person {
		return p.Name == other.Name || May(p, PairPeople)
	}
	_, _, ok := Refused(p, other.Role, other.Grants)
	return ok
}
