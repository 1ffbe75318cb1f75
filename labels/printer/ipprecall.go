package printer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// cancelWithin is how long a job that is no longer wanted may take to end.
const cancelWithin = 5 * time.Second

// cancel takes a job back because its sender stops, and says what was out by then.
func (p *ipp) cancel(ctx context.Context, id int, piece *Piece) Outcome {
	ctx, stop := context.WithTimeout(ctx, cancelWithin)
	defer stop()
	r := p.request(opCancelJob)
	r.integer("job-id", id)
	r.text(tagName, "requesting-user-name", user)
	if _, err := p.do(ctx, r, nil, p.times.Answer); err != nil {
		return Outcome{Fate: Unknown, Reason: p.unreached(err) + " when the job was to be stopped"}
	}
	for {
		if g, err := p.job(ctx, id); err == nil {
			if state, _ := g.number("job-state"); state >= jobCanceled {
				out := p.ended(ctx, g, state, piece)
				if out.Fate == Broken || out.Fate == NotSent || out.Fate == Refused {
					out.Fate, out.Reason, out.Condition = NotSent, "stopped", false
				}
				return out
			}
		}
		if !pause(ctx, p.times.Poll) {
			return Outcome{Fate: Unknown, Reason: "it did not end the job that was stopped"}
		}
	}
}

// Recall finds a piece by the name of its job.
func (p *ipp) Recall(ctx context.Context, piece *Piece, sent time.Time) Outcome {
	for look := range looks {
		if look > 0 && !pause(ctx, looksApart*p.times.Poll) {
			return Outcome{Fate: Unknown, Condition: true, Reason: closing}
		}
		id, err := p.find(ctx, piece.Name)
		if err != nil {
			return Outcome{Fate: Unknown, Reason: p.unreached(err) + ", so it cannot be asked what became of the labels", Condition: !errors.Is(err, errNoList)}
		}
		if id != 0 {
			return p.await(ctx, id, piece)
		}
	}
	return p.notListed(ctx, sent)
}

// A printer that was cut off in the middle may list the job a moment later: before
// it is said that it never came, there is a second look.
const (
	looks      = 2
	looksApart = 20 // polls, 2 s
)

// errNoList tells that asking again is of no use.
var errNoList = errors.New("it answers that it lists no jobs")

// find looks for a job of ours; 0 where there is none of the name.
func (p *ipp) find(ctx context.Context, name string) (id int, err error) {
	for _, which := range []string{"not-completed", "completed"} {
		r := p.request(opGetJobs)
		r.text(tagName, "requesting-user-name", user)
		r.text(tagKeyword, "which-jobs", which)
		r.text(tagKeyword, "requested-attributes", jobAsked...)
		a, err := p.do(ctx, r, nil, p.times.Answer)
		if err != nil {
			return 0, err
		}
		switch {
		case a.status >= statusClientFirst && a.status <= statusClientLast, a.status == statusNoOperation:
			return 0, errNoList
		case !a.ok():
			return 0, fmt.Errorf("it answers with IPP status 0x%04x", a.status)
		}
		for _, g := range a.of(tagJob) {
			if !slices.Contains(g.texts("job-name"), name) {
				continue
			}
			if id, ok := g.number("job-id"); ok && id != 0 {
				return id, nil
			}
		}
	}
	return 0, nil
}

// notListed judges a job of which the printer knows nothing: it never came, unless
// the printer was switched off meanwhile, or forgets so fast.
func (p *ipp) notListed(ctx context.Context, sent time.Time) Outcome {
	since := p.times.Now().Sub(sent)
	g, err := p.attributes(ctx)
	if err != nil {
		return Outcome{Fate: Unknown, Reason: err.Error(), Condition: true}
	}
	up, counted := g.number("printer-up-time")
	if since > historyKept || since < 0 || !counted || time.Duration(up)*time.Second < since {
		return Outcome{Fate: Unknown, Reason: "it does not know the job any more: look whether its labels came out"}
	}
	return Outcome{Fate: NotSent, Reason: "it never got the labels"}
}
