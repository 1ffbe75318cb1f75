package queue

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bayledger/labels/design"
)

// Bounds.
const (
	MaxLabels = 2_000   // of a job: what one delivery brings, if its values are short
	MaxCopies = 100     // of a label
	MaxOpen   = 5_000   // jobs that are not finished: they are in memory
	maxRow    = 8 << 10 // a label's values
	maxSheet  = 64 << 10
	maxText   = 200 // of names and reasons
)

// State is where a job stands.
type State string

// States.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Printed State = "printed"
	Failed  State = "failed"
	Held    State = "held"
	Stopped State = "stopped"
)

// States lists them.
func States() []State { return []State{Queued, Sending, Printed, Failed, Held, Stopped} }

// Final says whether a job goes on by itself no more.
func (s State) Final() bool { return s == Printed || s == Failed || s == Stopped }

// Job is labels that are printed together.
type Job struct {
	ID       uint64    `json:"id"`
	Key      string    `json:"key,omitempty"`
	Hash     string    `json:"hash,omitempty"` // of what was asked under the key
	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"`
	Ask      bool      `json:"ask,omitempty"` // a person has to look and resume it
	Printer  string    `json:"printer"`
	Layout   string    `json:"layout"`
	Version  string    `json:"version"` // of the layout, when it was asked for
	Subject  string    `json:"subject,omitempty"`
	Delivery string    `json:"delivery,omitempty"`
	By       string    `json:"by,omitempty"`
	Device   string    `json:"device,omitempty"`
	Site     string    `json:"site,omitempty"`
	Why      string    `json:"why,omitempty"`
	Copies   int       `json:"copies"`
	Labels   int       `json:"labels"`
	Done     int       `json:"done"` // labels that are out, from the first
	Reprint  uint64    `json:"reprint_of,omitempty"`
	Created  time.Time `json:"created_at"`
	Changed  time.Time `json:"changed_at"`
	NextAt   time.Time `json:"next_at,omitzero"` // not before, after a failure
	Attempts int       `json:"attempts,omitempty"`
	Broken   int       `json:"broken,omitempty"` // times that the printer broke it off
	Since    time.Time `json:"since,omitzero"`   // of the first failure in a row
	Halt     string    `json:"halt,omitempty"`   // somebody stopped it while labels were on their way
	Under    *Underway `json:"under_way,omitempty"`
}

// Underway is a piece that was sent, or is about to be.
type Underway struct {
	From int       `json:"from"` // the first label, from 0
	To   int       `json:"to"`   // the one after the last
	Name string    `json:"name"` // of the printer's job
	At   time.Time `json:"at"`
}

// Label is one label of a job.
type Label struct {
	Code    string            `json:"code,omitempty"` // what it is for
	Fields  map[string]string `json:"fields"`
	Sheet   *design.SheetData `json:"sheet,omitempty"`
	Range   string            `json:"range,omitempty"`  // that its number is to come from; asked for only
	Number  string            `json:"number,omitempty"` // that it was given, or bears
	Kind    string            `json:"kind,omitempty"`   // of the number
	Named   bool              `json:"named,omitempty"`  // somebody's name is looked up when it is drawn, and not kept
	Void    *Note             `json:"void,omitempty"`
	Reprint int               `json:"reprints,omitempty"` // how often it was printed again
}

// Note is who did something, when and why.
type Note struct {
	By  string    `json:"by,omitempty"`
	At  time.Time `json:"at"`
	Why string    `json:"why,omitempty"`
}

// Fault says in words why something was not done.
type Fault struct {
	Code    Code
	Field   string
	Message string
}

func (f *Fault) Error() string { return f.Message }

// Code of a Fault.
type Code string

// Codes.
const (
	BadField  Code = "bad_field"
	NotFound  Code = "not_found"
	Conflict  Code = "identity_conflict"
	TooLarge  Code = "too_large"
	TooMany   Code = "too_fast"
	Exhausted Code = "short"
	WrongTime Code = "not_allowed"
)

func fault(code Code, field, format string, a ...any) error {
	return &Fault{code, field, fmt.Sprintf(format, a...)}
}

// Keys of rows.
const (
	keyPrinter = "pp/"
	keyChosen  = "pd/"
	keyJob     = "pj"
	keyKey     = "pk/"
	keyLabel   = "pl"
	keyRange   = "nr/"
	keyIssued  = "ni/"
)

func jobKey(id uint64) string { return string(binary.BigEndian.AppendUint64([]byte(keyJob), id)) }

func labelKey(id uint64, n int) string {
	return string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64([]byte(keyLabel), id), uint32(n)))
}

func number(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// ErrDamaged tells that a row cannot be read.
var ErrDamaged = errors.New("a row of the print queue cannot be read: restore a backup")

func decode[T any](value []byte, what string) (T, error) {
	var v T
	if err := json.Unmarshal(value, &v); err != nil {
		return v, fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	return v, nil
}

// row makes a row's value; nothing that is kept can fail to be JSON.
func row(v any) ([]byte, error) { return json.Marshal(v) }
