package simulation

import (
	"bayledger/sync/ledger"
)

// Script is a world written down: its master data, its handhelds, and what
// happens, in order. Any sub-list of the steps is a script too.
type Script struct {
	Note   string         `json:"note,omitempty"` // what it once showed
	Config Config         `json:"config"`
	Start  int64          `json:"start"` // microseconds since 1970
	Master []ledger.Patch `json:"master"`
	Hands  []Hand         `json:"hands"`
	Steps  []Step         `json:"steps"`
}

// Hand is a handheld, or another source of scans, as it is at the start.
type Hand struct {
	Device  string `json:"device"`
	Site    string `json:"site"`
	Role    string `json:"role"`
	Only    bool   `json:"only,omitempty"`   // has that role at that site, and none elsewhere
	Stated  bool   `json:"stated,omitempty"` // uploads files: any order, stated times
	Naive   bool   `json:"naive,omitempty"`  // stamps with its wall clock, whatever that says
	Mute    bool   `json:"mute,omitempty"`   // states no time at all
	Deaf    bool   `json:"deaf,omitempty"`   // follows no feed: its scans say nothing of what it had seen
	Offset  int64  `json:"offset"`           // of the wall clock at the start, microseconds
	Drift   int64  `json:"drift"`            // of the wall clock, in millionths
	Coarse  int64  `json:"coarse"`           // stamps are cut to multiples of it
	Paired  int64  `json:"paired,omitempty"` // microseconds before the start at which it was last in contact; 0: never
	Unborn  bool   `json:"unborn,omitempty"` // comes to life as the copy of another
	MaxSend int    `json:"max_send"`         // window: scans sent at once
}

// Kind is what a step does.
type Kind string

// Kinds of steps.
const (
	KindScan    Kind = "scan"    // someone scans: into the outbox of Hand
	KindCommand Kind = "command" // someone asks: the outbox is sent, and the command with it
	KindContact Kind = "contact" // Hand connects, and goes on from where From says
	KindSend    Kind = "send"    // Hand sends Count scans; Lost says what the network lost
	KindCut     Kind = "cut"     // the connection of Hand ends
	KindBoot    Kind = "boot"    // Hand crashes and starts again
	KindClock   Kind = "clock"   // the wall clock of Hand is set, by Jump
	KindImage   Kind = "image"   // Hand gets a new install; what was not sent is gone
	KindCopy    Kind = "copy"    // Other becomes a copy of Hand: same identity, same outbox
	KindLose    Kind = "lose"    // Hand loses the oldest scan that it has not sent
	KindCrash   Kind = "crash"   // the server ends, as Mode says, and starts again
	KindFull    Kind = "full"    // the server's disk is full from now on
	KindRoom    Kind = "room"    // it is not any more
	KindServer  Kind = "server"  // the server's clock is set, by Jump
	KindEdit    Kind = "edit"    // master data changes
	KindRead    Kind = "read"    // a watcher reads the feed from where it was
	KindAgain   Kind = "again"   // Hand sends everything again that it ever sent
	KindRestore Kind = "restore" // the server is restored from a backup of Back bursts ago, with a new epoch
)

// Where a handheld goes on after a contact.
const (
	FromServer  = ""        // after the last that the server says it has
	FromUnacked = "unacked" // with the first that no one has acknowledged to it
	FromStart   = "start"   // with the first that it ever scanned
)

// What the network loses.
const (
	LostPush = "push" // the scans never reach the server
	LostAck  = "ack"  // they do, and the device never hears of it
)

// How a server ends.
const (
	CrashIdle  = "idle"  // kill -9 between two commits
	CrashClean = "clean" // it was asked to
	CrashLost  = "lost"  // during the next commit, of which nothing is on disk
	CrashKept  = "kept"  // during the next commit, which is on disk, unacknowledged
)

// Step is one thing that happens.
type Step struct {
	T       int64          `json:"t"` // microseconds since the start, never less than the step before
	Kind    Kind           `json:"kind"`
	Hand    int            `json:"hand,omitempty"`
	Other   int            `json:"other,omitempty"`
	Scan    *Scan          `json:"scan,omitempty"`
	From    string         `json:"from,omitempty"`
	Count   int            `json:"count,omitempty"`
	Lost    string         `json:"lost,omitempty"`
	Join    bool           `json:"join,omitempty"`  // reaches the server together with the send or command before it
	Mixed   bool           `json:"mixed,omitempty"` // a stated source sends in no order
	Mode    string         `json:"mode,omitempty"`
	Jump    int64          `json:"jump,omitempty"`
	Back    int            `json:"back,omitempty"`
	Patches []ledger.Patch `json:"patches,omitempty"`
}

// Scan is what someone meant, before a device gave it its identity and moment.
type Scan struct {
	ID     int           `json:"id"`
	Intent ledger.Intent `json:"intent"`
	// Undoes is the scan whose identity becomes the intent's reference; Names are
	// the scans whose identities become its holds. 0 is none.
	Undoes int   `json:"undoes,omitempty"`
	Names  []int `json:"names,omitempty"`
	// Asks is the scan about which a supervisor is asked; Answers is the ask that a
	// decision is about. 0 is none.
	Asks    int `json:"asks,omitempty"`
	Answers int `json:"answers,omitempty"`
	// Beside is what was put beside a day's scans: asks, and what becomes of them.
	Beside bool `json:"beside,omitempty"`
	// Decides is a decision on one of the exceptions that are open when it is made.
	Decides bool `json:"decides,omitempty"`
	// Raw is sent as it is in place of the intent, SEQ in it standing for the seq.
	Raw string `json:"raw,omitempty"`
	// Want is the code for which it must be parked or refused; else it must be
	// booked. Commands may be refused.
	Want ledger.Code `json:"want,omitempty"`
}
