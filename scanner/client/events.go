package client

import (
	"sync/atomic"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json/jsontext"
)

// EventKind says what an Event tells.
type EventKind int

// Kinds of events.
const (
	// Sent: the scans Seq to Through have left the device.
	Sent EventKind = iota + 1
	// Booked: the server has Result.Seq, and all is well (applied, absorbed).
	Booked
	// NeedsYou: the server has Result.Seq, and a person must look (exception,
	// parked, refused). It stands in the outbox's notes until cleared.
	NeedsYou
	// Connected: the server has said welcome; Text is its epoch.
	Connected
	// Disconnected: Text says why, Retry when the next try comes.
	Disconnected
	// Stopped: Run returns; Text says what a person must do.
	Stopped
	// Notice: Text is to be shown; Code says what it is about (a kind of the
	// protocol's notice, or the code of an error that concerns no scan).
	Notice
	// Lost: the outbox has lost the rows Seq to Through; the server is told.
	Lost
)

var eventNames = [...]string{Sent: "sent", Booked: "booked", NeedsYou: "needs you", Connected: "connected",
	Disconnected: "disconnected", Stopped: "stopped", Notice: "notice", Lost: "lost"}

func (k EventKind) String() string {
	if k < 1 || int(k) >= len(eventNames) {
		return "unknown"
	}
	return eventNames[k]
}

// Event is something that happened to the client or to a scan.
type Event struct {
	Kind    EventKind
	Seq     uint64
	Through uint64
	Result  ledger.Result // Booked, NeedsYou
	Epoch   string        // of the server that gave Result.Entry
	Took    time.Duration // Booked, NeedsYou: from the write of the frame to its answer
	Code    string
	Text    string
	Retry   time.Duration
}

// Rows is one message of a followed topic, as it came.
type Rows struct {
	Topic    string
	Snapshot bool
	Part     int    // of Parts, from 1; snapshots only
	Parts    int    // snapshots only
	From     uint64 // (From, To] is covered; a snapshot is as of To
	To       uint64
	Rows     []jsontext.Value
	Traces   []wire.Trace // contexts of some of the entries, of topic activity
}

// State is how far a scan has come.
type State int

// States of a scan, in their order.
const (
	StateUnknown State = iota // no such scan
	StateSaved                // durable on the device
	StateSent                 // on its way
	StateBooked               // the server has it
)

func (s State) String() string {
	return [...]string{"unknown", "saved", "sent", "booked"}[max(StateUnknown, min(s, StateBooked))]
}

// Queue is a bounded channel of events: hand Put to Config.Notify. When nobody
// takes them, the oldest is dropped for the newest; what matters of a dropped one
// can be read from the outbox (notes, stats).
type Queue struct {
	events  chan Event
	dropped atomic.Uint64
}

// NewQueue returns a queue of at most size events, at least one.
func NewQueue(size int) *Queue { return &Queue{events: make(chan Event, max(1, size))} }

// Put adds an event and never blocks.
func (q *Queue) Put(e Event) {
	for {
		select {
		case q.events <- e:
			return
		default:
		}
		select {
		case <-q.events:
			q.dropped.Add(1)
		default:
		}
	}
}

// Events returns the channel to take events from; it is never closed.
func (q *Queue) Events() <-chan Event { return q.events }

// Dropped returns how many events were dropped.
func (q *Queue) Dropped() uint64 { return q.dropped.Load() }
