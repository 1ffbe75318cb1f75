package wire

import (
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Subprotocols, the first preferred.
const (
	SubprotocolJSON = "bayledger.v1+json"
	SubprotocolCBOR = "bayledger.v1+cbor"
)

// Bounds of the protocol.
const (
	MaxFrame    = 1 << 20 // bytes of a frame from a device
	MaxPush     = 1_000   // intents of one push
	MaxUnacked  = 1_000   // intents a device may have under way
	MaxMessages = 64      // messages of one frame from a device
	MaxInstalls = 10_000  // of one device: a new one each day for 27 years; each is a row that stays
	// MaxServerFrame is what a device must be able to take: a server fills frames
	// up to 256 KiB, and a single message may be larger.
	MaxServerFrame = 64 << 20
)

// Topics a device may subscribe to.
const (
	TopicActivity   = "activity"
	TopicAlerts     = "alerts"
	TopicBalances   = "balances"
	TopicExceptions = "exceptions"
	TopicCatalog    = "catalog"
)

// Close codes (RFC 6455 leaves 4000–4999 to applications). Below 4400 a client
// comes back by itself, with jitter; from 4400 on it must not until a person
// has done something.
const (
	CloseResume      = 4000 // too far behind: come back with your cursor
	CloseDrain       = 4001 // the server is going away: come back after a while
	CloseIdle        = 4002 // nothing was heard for too long: come back
	CloseTooFast     = 4003 // too many intents under way: come back more slowly
	CloseBadFrame    = 4400 // a frame that is no message
	CloseBadKey      = 4401 // the key is not valid: pair again
	CloseReplaced    = 4409 // a newer connection of the same device took over
	CloseUnsupported = 4415 // no subprotocol that both speak
)

// Cursor is a position in the journal of one epoch.
type Cursor struct {
	Epoch string `json:"epoch" doc:"the life of the journal that n belongs to; a restored one has another"`
	N     uint64 `json:"n" doc:"the number of an entry"`
}

// UnmarshalJSON reads {"epoch","n"}, or a bare number: a position in whatever
// epoch the server has.
func (c *Cursor) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] != '{' {
		c.Epoch = ""
		return json.Unmarshal(data, &c.N)
	}
	type plain Cursor
	return json.Unmarshal(data, (*plain)(c))
}

// Filter narrows a subscription; empty fields let everything through.
type Filter struct {
	Product  string `json:"product,omitzero"`
	Location string `json:"location,omitzero"`
	Kind     string `json:"kind,omitzero" doc:"of an entry, an alert or an exception"`
	Operator string `json:"operator,omitzero"`
}

// Hello opens a session; it is the first message of a connection.
type Hello struct {
	Type    string      `json:"type" const:"hello"`
	Device  string      `json:"device" doc:"the name under which the device was paired"`
	Install string      `json:"install" doc:"random id made when the device was paired or re-imaged"`
	Key     string      `json:"key" doc:"the device key; empty where the request carried it"`
	Cursor  *Cursor     `json:"cursor" doc:"the newest entry that the device knows, null if none"`
	Now     ledger.Time `json:"now,omitzero" doc:"the device clock"`
	Pending uint64      `json:"pending,omitzero" doc:"how many intents wait on the device"`
	App     string      `json:"app,omitzero" doc:"name and version of the app"`
}

// Push carries intents in the order of their seq.
type Push struct {
	Type    string          `json:"type" const:"push"`
	Intents []ledger.Intent `json:"intents"`
	Trace   string          `json:"trace,omitzero" doc:"W3C traceparent of the scan, for whoever traces it: told to watchers, and kept nowhere"`
}

// Subscribe asks for a topic: from since on, or a snapshot first where since is
// missing or cannot be used.
type Subscribe struct {
	Type   string  `json:"type" const:"subscribe"`
	Topic  string  `json:"topic" enum:"activity,alerts,balances,exceptions,catalog"`
	Site   string  `json:"site,omitzero" doc:"narrows to a site"`
	Since  *Cursor `json:"since" doc:"from here on; null for a snapshot first"`
	Filter *Filter `json:"filter,omitzero"`
}

// Ping measures the way and the clock, and tells of the device's state.
type Ping struct {
	Type    string      `json:"type" const:"ping"`
	Now     ledger.Time `json:"now,omitzero" doc:"the device clock"`
	Pending uint64      `json:"pending,omitzero" doc:"how many intents wait on the device"`
	Oldest  ledger.Time `json:"oldest,omitzero" doc:"when the oldest of them happened"`
	Battery int         `json:"battery,omitzero" doc:"percent"`
	// LostFocus is of apps that a reader types into; others leave it out.
	LostFocus int `json:"lost_focus,omitzero" doc:"how often the field that hears the reader lost the focus since the app was opened; missing: never, or there is no such field"`
}

// Skip says that the intent of a seq was lost in the outbox.
type Skip struct {
	Type   string `json:"type" const:"skip"`
	Seq    uint64 `json:"seq" doc:"the next seq of the stream"`
	Reason string `json:"reason" doc:"what happened to it, for people"`
}

// Print asks for labels.
type Print struct {
	Type    string `json:"type" const:"print"`
	Job     string `json:"job" doc:"the device own id of the job, so that a repeat prints once"`
	Label   string `json:"label,omitzero" doc:"what it is for (product, location, package, lot, operator, device, printer, sheet), or a layout; empty: only choose the printer"`
	Code    string `json:"code,omitzero" doc:"of it, or new:RANGE for the next number of a range"`
	Copies  int    `json:"copies,omitzero"`
	Printer string `json:"printer,omitzero" doc:"its name, or what its label says; empty: the one that the device chose"`
}

// Message is one message from a device: Type says which field is set.
type Message struct {
	Type      string
	Hello     *Hello
	Intents   []ledger.Received // of a push
	Trace     string            // of a push
	Subscribe *Subscribe
	Ping      *Ping
	Skip      *Skip
	Print     *Print
}

// Welcome answers hello.
type Welcome struct {
	Type    string      `json:"type" const:"welcome"`
	Now     ledger.Time `json:"now" doc:"the server clock"`
	LastSeq uint64      `json:"last_seq" doc:"the highest seq of this device and install with all before it there"`
	Head    Cursor      `json:"head" doc:"the newest durable entry"`
	Policy  Policy      `json:"policy"`
}

// Policy is what a device must know to behave: bounds and site settings.
type Policy struct {
	Site     string `json:"site,omitzero"`
	Role     string `json:"role,omitzero"`
	Negative string `json:"negative,omitzero" enum:"allow,auto-add,refuse"`
	Counts   string `json:"counts,omitzero" enum:"shown,blind" doc:"blind: do not show who counts what the books expect; missing: shown"`
	// Reasons are the actions that need one.
	Reasons    []string `json:"reasons,omitzero" doc:"actions that need a reason at the site: a command without one is refused, a fact is flagged"`
	RenewKey   bool     `json:"renew_key,omitzero" doc:"fetch a new key (POST /v1/key); the one in use is good until that is first used"`
	LowestPage int      `json:"lowest_page,omitzero" doc:"a handheld's page of a lower number takes a newer version at once; what it has collected is taken all the same"`
	MaxPush    int      `json:"max_push"`
	MaxUnacked int      `json:"max_unacked"`
	MaxFrame   int      `json:"max_frame"`
	PingEvery  int      `json:"ping_every" doc:"seconds"` // seconds
}

// Ack tells the fate of intents. Through is the device's last_seq now.
type Ack struct {
	Type     string          `json:"type" const:"ack"`
	Through  uint64          `json:"through" doc:"the last_seq of the stream now"`
	Outcomes []ledger.Result `json:"outcomes"`
}

// Events carries the entries (topic activity) or rows of (From, To].
type Events struct {
	Type   string           `json:"type" const:"events"`
	Topic  string           `json:"topic"`
	From   uint64           `json:"from" doc:"covers the entries after this one"`
	To     uint64           `json:"to" doc:"up to and with this one"`
	Events []jsontext.Value `json:"events"`
	Traces []Trace          `json:"traces,omitzero" doc:"of topic activity: W3C trace contexts of some of these entries"`
}

// Trace is the trace context of an entry, for whoever shows it to go on with.
type Trace struct {
	Entry uint64 `json:"entry"`
	Trace string `json:"trace" doc:"a W3C traceparent"`
}

// Snapshot carries one part of a topic's rows.
type Snapshot struct {
	Type  string           `json:"type" const:"snapshot"`
	Topic string           `json:"topic"`
	Part  int              `json:"part" doc:"from 1"`
	Parts int              `json:"parts"`
	N     uint64           `json:"n" doc:"the entry that the rows stand at; the feed goes on from here"`
	Rows  []jsontext.Value `json:"rows"`
}

// Pong answers ping.
type Pong struct {
	Type string      `json:"type" const:"pong"`
	Now  ledger.Time `json:"now"`
}

// Notice tells something that needs no answer.
type Notice struct {
	Type   string    `json:"type" const:"notice"`
	Kind   string    `json:"kind" enum:"message,policy,print,drain,revoked,log"`
	Text   string    `json:"text,omitzero" doc:"for people"`
	Policy *Policy   `json:"policy,omitzero"`
	Print  *PrintJob `json:"print,omitzero"`
	// RetryAfter of drain is a device's own: they come back one after the other.
	RetryAfter int `json:"retry_after,omitzero" doc:"with drain: come back after so many seconds, each device after others"`
}

// PrintJob is what became of a print job, or of choosing a printer.
type PrintJob struct {
	Job     string `json:"job,omitzero" doc:"the device own id of the job"`
	ID      uint64 `json:"id,omitzero" doc:"the server's, as in /v1/print-jobs"`
	Printer string `json:"printer"`
	State   string `json:"state" enum:"queued,sending,printed,failed,held,stopped,chosen,refused"`
	Reason  string `json:"reason,omitzero" doc:"the printer's own: out of labels; of what was refused, why"`
	Labels  int    `json:"labels,omitzero"`
	Done    int    `json:"done,omitzero" doc:"how many of them are out"`
}

// Error says that a message had no effect, and why.
type Error struct {
	Type       string      `json:"type" const:"error"`
	Code       ledger.Code `json:"code"`
	Message    string      `json:"message" doc:"for people: what happened, what was kept, what to do"`
	RetryAfter int         `json:"retry_after,omitzero" doc:"seconds"`                                      // seconds
	LastSeq    *uint64     `json:"last_seq,omitzero" doc:"with code gap: send again from the seq after it"` // with code gap: resend from last_seq + 1
}

// BalanceRow is a row of topic balances and of the balance report. Values are
// missing where they are not known or not to be seen.
type BalanceRow struct {
	Site        string      `json:"site"`
	Location    string      `json:"location"`
	Product     string      `json:"product"`
	Lot         string      `json:"lot"`
	Serial      string      `json:"serial"`
	Package     string      `json:"package"`
	Status      string      `json:"status"`
	Quantity    string      `json:"quantity"`
	Value       string      `json:"value"`
	AverageCost string      `json:"average_cost"`
	ChangedAt   ledger.Time `json:"changed_at"`
	N           uint64      `json:"n,omitzero"`
	Gone        bool        `json:"gone,omitzero"`
}

// PoolRow is a row of topic balances, for who may see money: what the goods of one
// cost pool are worth. It has no location.
type PoolRow struct {
	Product  string `json:"product"`
	Site     string `json:"site" doc:"empty where the pool is the company's; transit: what is between sites, where sites have pools"`
	Quantity string `json:"quantity"`
	Value    string `json:"value"`
	N        uint64 `json:"n"`
	Gone     bool   `json:"gone,omitzero"`
}

// AlertRow is a row of topic alerts: what is open, or has just been cleared.
type AlertRow struct {
	ledger.Alert
	Since ledger.Time `json:"since"`
	N     uint64      `json:"n" doc:"the entry that last changed it"`
	Gone  bool        `json:"gone,omitzero"`
}

// ExceptionRow is a row of topic exceptions: what somebody has to look at, or, with
// Gone, what was decided or cleared itself.
type ExceptionRow struct {
	ledger.ExceptionView
	Gone bool `json:"gone,omitzero"`
}

// CatalogRow is a row of topic catalog: an item of master data as it is now.
type CatalogRow struct {
	Entity string            `json:"entity"`
	Code   string            `json:"code"`
	Site   string            `json:"site,omitzero"`
	Fields map[string]string `json:"fields"`
	N      uint64            `json:"n"`
	Gone   bool              `json:"gone,omitzero"`
}
