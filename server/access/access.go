// Package access says who someone is and what they may do.
//
// # Use
//
// Every way in (REST, socket, command line) turns a key into a Principal once
// and asks May before it acts; the table of rules is in one place, in rules.go.
//
// # Promised
//
// May is a pure function of the role and the action. An action that the table
// does not know, and a role that it does not know, are allowed nothing but what
// is public.
//
// # Owed by callers
//
// What a role may see or do inside an intent (undo another's scan, decide an
// exception) is judged by the ledger at the scan's own time, not here.
package access

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
func (r Role) Known() bool {
	switch r {
	case Floor, Dock, Supervisor, Admin:
		return true
	}
	return false
}

// Principal is who a key belongs to.
type Principal struct {
	Device string // the handheld; "" for a person or a program, who may bring anyone's intents
	Name   string // shown as the actor of edits
	Site   string // the device's; "" is main
	Role   Role
}
