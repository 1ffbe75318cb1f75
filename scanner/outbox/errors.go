package outbox

import (
	"errors"
	"fmt"
)

// Code is the machine-readable kind of an [Error].
type Code string

const (
	CodeFull        Code = "outbox_full"    // MaxWaiting rows wait; nothing was stored
	CodeFilling     Code = "outbox_filling" // warning only: WarnPercent of MaxWaiting wait
	CodeDiskFull    Code = "disk_full"      // below the reserve; nothing was stored
	CodeDiskLow     Code = "disk_low"       // warning only: below twice the reserve
	CodeDiskFailed  Code = "disk_failed"    // a write or read failed; open again
	CodeBuildFailed Code = "build_failed"   // the caller's build failed; no seq used
	CodeBadRow      Code = "bad_row"        // build gave no row that can be stored; no seq used
	CodeTooLarge    Code = "too_large"      // a row, note, state or batch above its bound
	CodeTooMany     Code = "too_many"       // more notes, states, boxes or holes than the bound
	CodeBadArgument Code = "bad_argument"   // the call makes no sense
	CodeAckAhead    Code = "ack_ahead"      // the server acknowledges what was never given out
	CodeDamaged     Code = "damaged"        // stored data fails its checksum
	CodeNewer       Code = "newer_format"   // written by a newer version of this package
	CodeLocked      Code = "locked"         // another process has the folder
	CodeClosed      Code = "closed"         // the store is closed
	CodeCanceled    Code = "canceled"       // the context ended first; nothing was stored
	CodeAbsent      Code = "absent"         // no such seq or state
)

// Error says what happened, what was kept and what to do. Message is a sentence
// for people; Code is stable.
type Error struct {
	Code    Code
	Message string
	Err     error // cause, may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + " (" + e.Err.Error() + ")"
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the Code of the first [Error] in err's tree, or "".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func fail(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: cause}
}

func errClosed() error {
	return fail(CodeClosed, nil, "the outbox is closed; nothing was stored by this call, what was stored before is kept")
}

func errCanceled(cause error) error {
	return fail(CodeCanceled, cause, "given up before it was stored; no number was used")
}

func errDiskFull(free, need uint64) *Error {
	return fail(CodeDiskFull, nil,
		"the device's storage is nearly full (%d KiB free, %d KiB must stay free): this was not stored, everything stored before is safe and can be read and sent; free some space and try again",
		free>>10, need>>10)
}
