package printer

import (
	"context"
	"errors"
	"time"
)

// Status is how a printer is.
type Status struct {
	Ready  bool
	Reason string // why it is not: "out of labels"
	Detail string // the printer's own words: keywords, flags
}

// Fate is what became of a piece.
type Fate int

// Fates.
const (
	Printed Fate = iota // all of it is out
	NotSent             // nothing of it was printed: it can be sent again
	Broken              // the printer took it and broke it off, with nothing more printed than Labels says
	Refused             // the printer will never take it
	Unknown             // nobody can say: a person has to look
)

// Outcome is the end of a Send or Recall.
type Outcome struct {
	Fate   Fate
	Labels int    // that are known to be out, of a piece that was not printed whole
	Reason string // in words; "" where all is well
	// Condition of what was not sent: the printer waits for somebody ("out of
	// labels"); else it cannot be reached or failed, and may do so again. Of what is
	// Unknown: Recall may tell later; else nobody but a person can.
	Condition bool
}

// ErrStop is the cause of a context whose job is not wanted any more: a printer
// that can is told to stop. Any other end of a context leaves it alone.
var ErrStop = errors.New("the job was stopped")

// Piece is some labels of a job, sent as one document.
type Piece struct {
	Name     string // of the printer's job: never used twice
	Labels   int
	Copies   int // of each, one behind the other; below 1 is 1
	Document func(format string) ([]byte, error)
	// Waits is told why a piece that was handed over is not out yet, and with "" that
	// it goes on. May be nil.
	Waits func(reason string)
}

// Driver is one printer. Make one with Open.
type Driver interface {
	Status(ctx context.Context) (Status, error)
	Send(ctx context.Context, p *Piece) Outcome
	// Recall says what became of a piece that was sent, or about to be, by its name;
	// it needs no Document.
	Recall(ctx context.Context, p *Piece, sent time.Time) Outcome
}

// Times are how long things may take; the zero value of each has a default.
type Times struct {
	Dial   time.Duration // to reach the printer; default 3 s
	Answer time.Duration // to a question; default 5 s
	Write  time.Duration // for a piece to be taken; default 60 s
	Poll   time.Duration // between questions while labels are printed; default 100 ms, doubling up to 2 s
	Now    func() time.Time
}

func (t *Times) defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&t.Dial, 3*time.Second)
	set(&t.Answer, 5*time.Second)
	set(&t.Write, 60*time.Second)
	set(&t.Poll, 100*time.Millisecond)
	if t.Now == nil {
		t.Now = time.Now
	}
}

// longestPoll bounds how far polling slows down.
const longestPoll = 2 * time.Second

// Open returns the driver of a profile that Check found good.
func Open(p Profile, t Times) Driver {
	t.defaults()
	u, _ := p.target()
	if u.Scheme == "raw" {
		return &raw{address: u.Host, times: t}
	}
	return newIPP(p, u, t)
}

// pause waits; false where the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// waits tells a change of the reason once.
func (p *Piece) waits(last *string, reason string) {
	if *last != reason {
		*last = reason
		if p.Waits != nil {
			p.Waits(reason)
		}
	}
}
