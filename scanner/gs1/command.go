package gs1

import "strings"

// CommandPrefix begins each code of our command sheets. No GS1 data and no number begin with it,
// and capital letters, digits, "." and "-" are the same keys on most keyboard layouts.
const CommandPrefix = "BLCMD-"

// UnknownCommand is a code with the prefix of command sheets that means nothing.
const UnknownCommand Code = "unknown_command"

// maxRepeat bounds ×N: four digits, so that a wrong scan cannot make a million.
const maxRepeat = 4

// maxNamed bounds the name of a printer, reason or session in a command: what a Code 128 of a sheet holds.
const maxNamed = 32

// commandNames are the commands with something behind their name: a printer, a reason's code, a count
// session's name.
var commandNames = []string{"PRINTER-", "REASON-", "SESSION-"}

// knownCommand says whether a command is one: ADD, REMOVE, MOVE, ISOLATE, COUNT, ASSEMBLE, DISASSEMBLE, LOOKUP,
// UNDO, REDO, CONFIRM, CANCEL, OK, DONE, COMPLETE, LEAVE, END, X0 to X9999, PRINTER-NAME, REASON-CODE,
// SESSION-NAME.
func knownCommand(name string) bool {
	switch name {
	case "ADD", "REMOVE", "MOVE", "ISOLATE", "COUNT", "ASSEMBLE", "DISASSEMBLE", "LOOKUP", "UNDO", "REDO", "CONFIRM", "CANCEL", "OK", "DONE", "COMPLETE", "LEAVE", "END":
		return true
	}
	if len(name) > 1 && name[0] == 'X' {
		n := name[1:]
		return len(n) <= maxRepeat && allDigits(n) && (n[0] != '0' || n == "0")
	}
	for _, prefix := range commandNames {
		if n, ok := strings.CutPrefix(name, prefix); ok && n != "" {
			return len(n) <= maxNamed && within(&rank82, n, NotSet82).code == ""
		}
	}
	return false
}

// What badges and stickers of ours hold: somebody's name, and a handheld's. Like
// CommandPrefix they come before the catalogue: nothing else is to be named so.
const (
	OperatorPrefix = "BLOP-"
	DevicePrefix   = "BLDEV-"
	PlacePrefix    = "BLLOC-" // a place whose code could be taken for goods
)
