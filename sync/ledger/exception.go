package ledger

import (
	"crypto/sha256"
	"encoding/hex"
)

// Severities of an exception, the worst first.
const (
	Critical = "critical"
	Warning  = "warning"
	Info     = "info"
)

// States of an exception.
const (
	ExceptionOpen    = "open"    // somebody should look at it
	ExceptionTaken   = "taken"   // somebody said that they look after it
	ExceptionDecided = "decided" // a supervisor decided, on the evidence as it is
	ExceptionCleared = "cleared" // it healed itself: a late scan came, or it was undone
)

// ExceptionView is something that a supervisor should look at, as the report, the
// topic and REST show it. Its ID says what it is about, and is the same whatever
// order scans arrived in.
type ExceptionView struct {
	ID        string `json:"id" doc:"kind/device/install/seq of the intent that it is about; kind.i/… of a further line"`
	Kind      string `json:"kind"`
	Severity  string `json:"severity" enum:"info,warning,critical"`
	State     string `json:"state" enum:"open,taken,decided,cleared"`
	Site      string `json:"site"`
	Location  string `json:"location"`
	Product   string `json:"product"`
	Device    string `json:"device"`
	Operator  string `json:"operator"`
	At        Time   `json:"at" doc:"when the intent that it is about happened"`
	RaisedAt  Time   `json:"raised_at" doc:"when it was first found"`
	Entry     uint64 `json:"entry" doc:"of the intent that it is about"`
	Message   string `json:"message"`
	Evidence  string `json:"evidence" doc:"16 hex digits of kind, severity and message: what a decision names as seen"`
	TakenBy   string `json:"taken_by"`
	Choice    string `json:"choice" doc:"what was decided on this evidence"`
	DecidedBy string `json:"decided_by"`
	DecidedAt Time   `json:"decided_at"`
	About     string `json:"about,omitempty" doc:"of asked: device/install/seq of the scan that somebody wants looked at"`
	N         uint64 `json:"n" doc:"the entry that last changed the row"`
}

// Closed says whether nobody has to look at it any more.
func (r *ExceptionView) Closed() bool {
	return r.State == ExceptionDecided || r.State == ExceptionCleared
}

// EvidenceOf is what a decision names as what it saw.
func EvidenceOf(kind, severity, message string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + severity + "\x00" + message))
	return hex.EncodeToString(sum[:8])
}

// SeverityRank orders severities, the worst first.
func SeverityRank(severity string) int {
	switch severity {
	case Critical:
		return 0
	case Warning:
		return 1
	}
	return 2
}
