package journal

import (
	"errors"
	"fmt"
)

// Errors. Code gives each one's machine code.
var (
	ErrFull     = errors.New("the disk is nearly full: nothing was stored, reading goes on; free some space and send again")
	ErrBroken   = errors.New("the journal stopped after a failed commit: restart the server, which reopens it")
	ErrNotFound = errors.New("no such entry")
	ErrBatch    = errors.New("the batch cannot be stored as it is: nothing was stored, and the journal goes on")
	ErrClosed   = errors.New("the journal is closed: open it again")
	ErrDamaged  = errors.New("the journal is damaged")
	ErrFormat   = errors.New("the data folder is of another format: migrate it, or use the program that wrote it; nothing was changed")
	ErrFolder   = errors.New("the data folder cannot be used as a journal: nothing was changed")
)

var codes = []struct {
	err  error
	code string
}{
	{ErrFull, "disk_full"},
	{ErrBatch, "bad_batch"},
	{ErrNotFound, "not_found"},
	{ErrDamaged, "journal_damaged"},
	{ErrClosed, "journal_closed"},
	{ErrFormat, "journal_format"},
	{ErrFolder, "journal_folder"},
	{ErrBroken, "journal_broken"},
}

// Code returns the machine code of an error of this package, "internal" for any
// other, "" for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "internal"
}

// Damage says what part of a journal cannot be trusted. It is an ErrDamaged.
type Damage struct {
	From, To uint64 // the entries; To 0: all from From on; both 0: not entries but what What names
	What     string // what is wrong, in words
	Derived  bool   // it follows from the entries, and Rebuild makes it anew
}

func (d *Damage) Error() string {
	var which string
	switch {
	case d.From == 0 && d.To == 0:
		which = "the journal is damaged"
	case d.To == 0:
		which = fmt.Sprintf("the journal is damaged from entry %d on", d.From)
	default:
		which = fmt.Sprintf("the journal's entries %d to %d are damaged", d.From, d.To)
	}
	if d.Derived {
		return which + ": " + d.What + ". Nothing was changed. It follows from the entries: stop the server and run bayledger rebuild on this folder."
	}
	return which + ": " + d.What + ". Nothing was changed. Keep this folder as it is, restore the newest backup " +
		"into an empty one, and let the devices resend what came after it."
}

// Is makes a Damage an ErrDamaged.
func (d *Damage) Is(target error) bool { return target == ErrDamaged }

func damage(from, to uint64, format string, args ...any) error {
	return &Damage{From: from, To: to, What: fmt.Sprintf(format, args...)}
}

// lost is the damage of what follows from the entries.
func lost(format string, args ...any) error {
	return &Damage{What: fmt.Sprintf(format, args...), Derived: true}
}

func badBatch(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBatch, fmt.Sprintf(format, args...))
}
