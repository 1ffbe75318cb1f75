package client

import (
	"errors"
	"fmt"
)

// Code is the machine-readable kind of an Error.
type Code string

// Codes of an Error.
const (
	CodeBadConfig    Code = "bad_config"    // New: the configuration cannot work
	CodeBadIntent    Code = "bad_intent"    // the call and the intent do not fit; nothing was stored
	CodeNotConnected Code = "not_connected" // a command without a connection; nothing was stored
	CodeNoAnswer     Code = "no_answer"     // a command was sent, its answer did not come in time
	CodeClosed       Code = "closed"        // the client is closed
	CodeRunning      Code = "running"       // Run runs already
	CodeStopped      Code = "stopped"       // the server says that a person must act
)

// Error says what happened, what was kept and what to do.
type Error struct {
	Code    Code
	Message string
	// Close is the close code of the connection, with CodeStopped.
	Close int
	// Seq is the seq of a command that was stored and not answered.
	Seq uint64
	Err error // cause, may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + " (" + e.Err.Error() + ")"
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the Code of the first Error in err's tree, or "".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func fail(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func errClosed() error {
	return fail(CodeClosed, "The client is closed. Nothing was stored by this call; what was stored before is kept.")
}
