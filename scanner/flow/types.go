package flow

import (
	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// Bounds.
const (
	MaxPending = 200  // things in someone's hands: one commit of an outbox takes them
	MaxBehind  = 1000 // scans behind a stop: 50 s of the fastest trigger
	MaxDone    = 100  // bookings that are remembered: a run, and its correction
	MaxRun     = 50   // scans that are corrected as one: both halves of a correction are one commit
	// maxBytes bounds what is collected, and what a step of waiting scans puts out: with the largest
	// of all intents beside it, it fits into one commit of an outbox.
	maxBytes = 128 << 10
	maxWords = 300 // of a screen
	// AskAbove is the quantity that is asked about once: more than anyone means by a slip.
	AskAbove = 999
	// maxLines is the most pieces of a code that nobody knows in one scan.
	maxLines = ledger.MaxLines
)

// Mode is what the person does.
type Mode string

// The modes.
const (
	Add         Mode = "add"
	Remove      Mode = "remove"
	Move        Mode = "move"
	Isolate     Mode = "isolate"
	Count       Mode = "count"
	Assemble    Mode = "assemble"    // parts into a machine
	Disassemble Mode = "disassemble" // and out of it
	Lookup      Mode = "lookup"
)

// Event is one thing that happens: one of its fields is set, and beside it the moment.
type Event struct {
	Scan    string `json:"scan,omitempty"`    // a scan, as scanner/wedge gives it
	Tap     string `json:"tap,omitempty"`     // a button: the name of a command, ADD, OK, X12
	Number  string `json:"number,omitempty"`  // keyed in: how many the next scan is of
	Correct string `json:"correct,omitempty"` // keyed in: how many the last one was of
	Undo    string `json:"undo,omitempty"`    // keyed in: the seq of the scan that is taken back
	Again   string `json:"again,omitempty"`   // the seq of a scan that is read and booked anew
	Run     string `json:"run,omitempty"`     // the last scans that are to be corrected as one: "30", or "#41,#43"
	Reason  string `json:"reason,omitempty"`  // keyed in: why it is done
	Key     string `json:"key,omitempty"`     // any other key; it does nothing
	ledger.Moment
}

// Stock says what is known on the spot of goods; nil knows nothing.
type Stock interface {
	// Held says whether all that is known of a product at a place is held; with a lot, all of that.
	Held(site, place, product, lot string) bool
}

// Setup is what a handheld is set to.
type Setup struct {
	Catalogue meaning.Catalogue
	Stock     Stock
	Site      string
	Rules     string          // of the site, for its own numbers
	Reasons   string          // of the site: what is not done without a reason, by commas
	Install   string          // of the outbox: the seqs of another one are not these
	Badge     bool            // nobody scans before saying who it is
	Places    map[Mode]string // where goods go to or come from where no place was scanned
}

// State of a screen: what colour and tone it has.
type State string

// The states.
const (
	Ready State = "ready"
	Saved State = "saved" // durable on the device
	Check State = "check" // taken, and somebody should look
	Stop  State = "stop"  // not taken
)

// Screen is what is shown.
type Screen struct {
	Mode     Mode     `json:"mode"`
	State    State    `json:"state"`
	Words    string   `json:"words,omitempty"` // what happened
	Prompt   string   `json:"prompt"`          // the one next step
	Place    string   `json:"place,omitempty"`
	To       string   `json:"to,omitempty"`      // of a move
	Asset    string   `json:"asset,omitempty"`   // that parts go into, or come out of
	Session  string   `json:"session,omitempty"` // of a count by many
	Reason   string   `json:"reason,omitempty"`
	Times    string   `json:"times,omitempty"`
	Last     *Card    `json:"last,omitempty"`
	Run      []Change `json:"run,omitempty"`     // what a correction would do, the last scan first
	RunTo    string   `json:"run_to,omitempty"`  // where it would book them
	InHand   int      `json:"in_hand,omitempty"` // collected, and not booked yet
	Behind   int      `json:"behind,omitempty"`  // scans that wait behind a stop
	Operator string   `json:"operator,omitempty"`
	Printer  string   `json:"printer,omitempty"`
}

// Change is what a correction makes of one scan.
type Change struct {
	Seq uint64 `json:"seq"`
	Was string `json:"was"`
	Now string `json:"now,omitempty"` // missing: it is taken back, or stays as it is
}

// Card is the last thing scanned.
type Card struct {
	Code     string `json:"code"` // of the product or package, else the scan
	Name     string `json:"name,omitempty"`
	Quantity string `json:"quantity,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Sum      string `json:"sum,omitempty"` // 12 × 24 = 288
	Lot      string `json:"lot,omitempty"`
	Serial   string `json:"serial,omitempty"`
	Expiry   string `json:"expiry,omitempty"`
	Package  string `json:"package,omitempty"`
}

// Step is what follows from an event.
type Step struct {
	Intents []ledger.Intent `json:"intents,omitempty"`
	Screen  Screen          `json:"screen"`
}

// thing is goods or a package that was scanned.
type thing struct {
	Scan     string         `json:",omitempty"`
	Product  string         `json:",omitempty"`
	Name     string         `json:",omitempty"`
	Unit     string         `json:",omitempty"`
	Each     ledger.Decimal `json:",omitzero"` // what the barcode stands for
	Times    ledger.Decimal `json:",omitzero"` // missing: once
	Lot      string         `json:",omitempty"`
	Serial   string         `json:",omitempty"`
	Expiry   string         `json:",omitempty"`
	Package  string         `json:",omitempty"`
	Tracking string         `json:",omitempty"`
	Count    bool           `json:",omitempty"` // the barcode says how many there are
	Asked    bool           `json:",omitempty"` // its quantity was confirmed
	Since    ledger.Moment  `json:",omitzero"`  // when it was scanned, while something of it is asked for
}

// booked is what can be undone.
type booked struct {
	Seq    uint64
	Undo   uint64 `json:",omitempty"` // it is the undo of that seq
	Gone   bool   `json:",omitempty"` // it was undone
	Words  string
	Thing  thing         `json:",omitzero"`
	Mode   Mode          `json:",omitempty"`
	From   string        `json:",omitempty"`
	To     string        `json:",omitempty"`
	Reason string        `json:",omitempty"`
	Asset  string        `json:",omitempty"`
	Run    int           `json:",omitempty"` // of which correction it is a part
	At     ledger.Moment `json:",omitzero"`  // when it was, of the last booking alone
}

// run are scans that are corrected as one, once somebody has said yes.
type run struct {
	Seqs []uint64
	To   string `json:",omitempty"` // missing: they are taken back
}

// counted is a scan of a count: which thing it raised, and from what; missing: it was new.
type counted struct {
	At    int
	Was   ledger.Decimal `json:",omitzero"`
	Times ledger.Decimal `json:",omitzero"` // how many it was of
}

// half is a barcode of a label whose other one has not come yet.
type half struct {
	Scan     string
	Elements []gs1.Element
	Since    ledger.Moment `json:",omitzero"`
}

// state is all that a machine knows; it is stored as JSON.
type state struct {
	Install  string `json:",omitempty"` // whose seqs Done and First are
	Mode     Mode
	Operator string          `json:",omitempty"`
	Printer  string          `json:",omitempty"`
	Place    string          `json:",omitempty"` // from where a move goes, too
	To       string          `json:",omitempty"` // of a move
	Times    ledger.Decimal  `json:",omitzero"`
	Reason   string          `json:",omitempty"`
	Asset    string          `json:",omitempty"` // that parts go into, or come out of
	Session  string          `json:",omitempty"` // of a count by many
	Hand     []thing         `json:",omitempty"` // collected for a place, or counted at one
	Half     *half           `json:",omitempty"`
	Need     *thing          `json:",omitempty"` // its lot or serial is asked for
	Ask      *thing          `json:",omitempty"` // its quantity is asked about
	Why      *thing          `json:",omitempty"` // its reason is asked for
	Run      *run            `json:",omitempty"` // it is asked whether they are corrected
	Runs     int             `json:",omitempty"` // corrections so far: names the next
	Complete bool            `json:",omitempty"` // it is asked whether all is counted
	Stop     string          `json:",omitempty"`
	Kept     []waiting       `json:",omitempty"` // scans that wait, the first first
	Behind   []string        `json:",omitempty"` // the same as earlier versions keep them; see recall
	Done     []booked        `json:",omitempty"`
	Last     *Card           `json:",omitempty"`
	Fresh    bool            `json:",omitempty"` // the event before booked the last of Done
	Handed   bool            `json:",omitempty"` // the event before put a thing into Hand
	Counted  []counted       `json:",omitempty"` // how Hand came to be, where it is a count
	Out      []ledger.Intent `json:",omitempty"` // of the last step
	OutDone  []booked        `json:",omitempty"` // what they will be in Done
	First    uint64          `json:",omitempty"` // the seq that the first of Out gets
}
