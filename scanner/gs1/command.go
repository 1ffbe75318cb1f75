package gs1

// CommandPrefix begins each code of our command sheets. No GS1 data and no number begin with it,
// and capital letters, digits, "." and "-" are the same keys on most keyboard layouts.
const CommandPrefix = "BLCMD-"

// UnknownCommand is a code with the prefix of command sheets that means nothing.
const UnknownCommand Code = "unknown_command"

// maxRepeat bounds ×N: four digits, so that a wrong scan cannot make a million.
const maxRepeat = 4

// maxPrinter bounds a printer's name in a command.
const maxPrinter = 32

// knownCommand says whether a command is one: ADD, REMOVE, MOVE, ISOLATE, COUNT, LOOKUP, UNDO, REDO,
// CONFIRM, CANCEL, OK, DONE, X0 to X9999, PRINTER-NAME.
func knownCommand(name string) bool {
	switch name {
	case "ADD", "REMOVE", "MOVE", "ISOLATE", "COUNT", "LOOKUP", "UNDO", "REDO", "CONFIRM", "CANCEL", "OK", "DONE":
		return true
	}
	if len(name) > 1 && name[0] == 'X' {
		n := name[1:]
		return len(n) <= maxRepeat && allDigits(n) && (n[0] != '0' || n == "0")
	}
	const printer = "PRINTER-"
	if len(name) > len(printer) && name[:len(printer)] == printer {
		n := name[len(printer):]
		return len(n) <= maxPrinter && within(&rank82, n, NotSet82).code == ""
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
