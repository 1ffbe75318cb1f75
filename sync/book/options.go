package book

import (
	"errors"
	"time"

	"bayledger/sync/ledger"
)

// Bounds.
const (
	// MaxBatch is how many entries share one commit: at 256 the sync is already a
	// small part of the cost, and a larger batch only makes others wait.
	MaxBatch = 1_024
	// maxBatchBytes keeps a batch far below the journal's bound. The pushes of a
	// socket are not cut for it before they have several times as much.
	maxBatchBytes = 2 << 20
	maxPushBytes  = 8 << 20
	// maxBeside is with how many scans of backlogs, taken before their turn, the scans of
	// those who work now share a commit: it takes a tenth longer than without them, and
	// with twice as many half as long again.
	maxBeside = 128
	// queueSubmissions is how many submissions may wait for the writer; more push
	// back on the sockets they come from.
	queueSubmissions = 4_096
	// MaxEdits and maxEditBytes are how many patches one edit may hold, and how
	// large they may be: all of them go into one batch.
	MaxEdits     = 20_000
	maxEditBytes = 8 << 20
	// defaultRing is how many bytes of entries the feed keeps in memory.
	defaultRing = 16 << 20
)

// ErrClosed tells that the book takes no more work.
var ErrClosed = errors.New("the book is closing: nothing was taken; send again after the restart")

// ErrFailed tells that a commit failed: what was acknowledged is safe, nothing
// more is taken until the book is opened anew.
var ErrFailed = errors.New("the journal failed: what was acknowledged is safe, nothing more is taken until the server is started again")

// Options are what a book is given; the zero value of each has a default.
type Options struct {
	Now       func() time.Time  // default time.Now
	Room      func() error      // says when the disk has no room for another batch
	Fatal     func(error)       // told when a commit failed; the process must end
	Report    func(error)       // told of a fault of the program that one scan met
	Scans     ledger.ScanReader // reads barcodes that say more than a code; nil: none does
	RingBytes int
	// Whole has all that waits decided as one batch, also where only backlogs wait: for
	// logs that are played again, where what came together has to stay together.
	Whole bool
}

// Transport says by which rules an intent's time and seq are taken.
type Transport int

// Transports.
const (
	Socket Transport = iota // seq gapless, t_eff floored
	Stated                  // REST and files: any unseen seq, stated times
)

// Source is who brings a submission.
type Source struct {
	Device    string // the device whose key it is; "" may bring anyone's intents
	Install   string // of the socket session; "" takes the intents' own
	Site      string
	Role      string
	Transport Transport
	// Actor is under which name the books know the rights of whoever brings it
	// (ledger.Right); "" none.
	Actor string
	// Grants are what they may do now, by site; nil: Role holds everywhere. Scans of
	// their own are judged by what the books say of Actor at the scan's moment.
	Grants ledger.Grants
	// Self is the device name of scans of their own.
	Self string
	// Until is when their key was taken back, 0 where it is good: what they scanned
	// before is taken in, and what they did not is parked.
	Until ledger.Time
}

// Lost tells that the intent of a seq was lost in the outbox.
type Lost struct {
	Seq    uint64
	Reason string
}

// Submission is work for the writer: intents in order, or one lost seq.
type Submission struct {
	Source  Source
	Intents []ledger.Received
	Lost    *Lost
	// Backlog says that the intents waited for a network: they wait behind those of who
	// scans now, however few they are. More than 64 wait in any case.
	Backlog bool
	// Guard, if set, is asked before any of the intents is booked, and has all of them
	// booked in one commit: after a crash all are there, or none. See Whole for how many
	// that may be; where they are a repeat it is not asked.
	Guard Guard
	// Done is called once, after everything is durable, or at once with err set
	// (and no results) when nothing was taken. The book does not look at the intents
	// after it has called it.
	Done func(Results, error)
}

// Results are the fates of one submission's intents, in their order.
type Results struct {
	Results []ledger.Result
	Through uint64 // the stream's last_seq
	Head    uint64 // the newest durable entry
}
