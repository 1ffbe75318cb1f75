// Package access says who someone is and what they may do.
//
// Every way in (REST, socket, command line) turns a key into a Principal once
// and asks May before it acts; the table of rules is in one place, here.
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

// Principal is who a key belongs to.
type Principal struct {
	Device string // the handheld; "" for a person or a program, who may bring anyone's intents
	Name   string // shown as the actor of edits
	Site   string // the device's; "" is main
	Role   Role
}
