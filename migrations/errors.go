package migrations

import (
	"fmt"
	"strings"
)

// Code is what a program reads of an [Error].
type Code string

// The codes of this package.
const (
	CodeNewerData       Code = "newer_data"       // the folder was written by a newer Bayledger
	CodeForeignData     Code = "foreign_data"     // the folder holds keys, but no version
	CodeUnknownDirty    Code = "unknown_dirty"    // dirty, and not by one of the numbered files
	CodeBadMigration    Code = "bad_migration"    // a migration file cannot be read or names what is not there
	CodeChangedFile     Code = "changed_file"     // the interrupted file had other steps than the one at hand
	CodeKeyTaken        Code = "key_taken"        // a renamed or rewritten key would land on another one
	CodeTransformFailed Code = "transform_failed" // a Transform gave an error or an unusable key
	CodeTooLarge        Code = "too_large"        // one key alone does not fit into a transaction
	CodeLockLost        Code = "lock_lost"        // someone broke this driver's lock, or wrote meanwhile
	CodeLocked          Code = "locked"           // wraps database.ErrLocked
	CodeHalfDropped     Code = "half_dropped"     // a Drop stopped halfway
	CodeDamaged         Code = "damaged_record"   // a record of room 'm' cannot be read
	CodeDamagedData     Code = "damaged_data"     // a file of the folder fails its checksum
	CodeStopped         Code = "stopped"          // the context ended; the next Up goes on
	CodeStorage         Code = "storage"          // Badger failed
	CodeBadURL          Code = "bad_url"          // Open cannot read the URL
	CodeBadCall         Code = "bad_call"         // a misuse by the caller: nil database, version below -1
)

// Error says what happened, what was kept, and what to do. File and Step
// (counted from 1; 0 where no step is at fault) say where.
type Error struct {
	Code    Code
	File    string
	Step    int
	Message string
	Err     error // the cause, may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Step > 0 {
			fmt.Fprintf(&b, ", step %d", e.Step)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func fail(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: cause}
}

// storage wraps an error of Badger.
func storage(cause error, doing string) *Error {
	return fail(CodeStorage, cause, "the data folder could not be used while %s; what was committed before is kept, "+
		"and the next start goes on from there once the cause is mended", doing)
}
