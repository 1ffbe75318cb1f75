package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/labels/printer"
	"bayledger/labels/queue"
)

// paper is a printer of the tests: what came out, and how it behaves.
type paper struct {
	mu     sync.Mutex
	out    []string // names of labels, as they came out
	pieces map[string]printer.Outcome
	next   []printer.Outcome // of the next sends; then all is well
	recall func(name string) printer.Outcome
	sends  []time.Time
	gate   chan struct{} // a send waits for it, or for its end
}

func (p *paper) Status(context.Context) (printer.Status, error) {
	return printer.Status{Ready: true}, nil
}

func (p *paper) Send(ctx context.Context, piece *printer.Piece) printer.Outcome {
	body, err := piece.Document(printer.ZPL)
	if err != nil {
		return printer.Outcome{Fate: printer.Refused, Reason: err.Error()}
	}
	p.mu.Lock()
	p.sends = append(p.sends, time.Now())
	gate := p.gate
	out := printer.Outcome{Fate: printer.Printed}
	if len(p.next) > 0 {
		out, p.next = p.next[0], p.next[1:]
	}
	p.mu.Unlock()
	if gate != nil {
		piece.Waits("out of labels")
		select {
		case <-gate:
			piece.Waits("")
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), printer.ErrStop) {
				return printer.Outcome{Fate: printer.NotSent, Reason: "stopped"}
			}
			return printer.Outcome{Fate: printer.Unknown, Reason: "the server stopped"}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	labels := strings.Fields(string(body))
	switch out.Fate {
	case printer.Printed:
		p.out = append(p.out, labels...)
	case printer.Unknown, printer.Broken:
		p.out = append(p.out, labels[:min(out.Labels, len(labels))]...)
	}
	p.pieces[piece.Name] = out
	return out
}

func (p *paper) Recall(_ context.Context, piece *printer.Piece, _ time.Time) printer.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.recall != nil {
		return p.recall(piece.Name)
	}
	return printer.Outcome{Fate: printer.Unknown, Reason: "it keeps no list"}
}

func (p *paper) labels() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.out)
}

// dock is a queue with printers of the tests.
type dock struct {
	*queue.Queue
	t      *testing.T
	disk   queue.Disk
	papers map[string]*paper
}

func open(t *testing.T, disk queue.Disk, papers map[string]*paper) *dock {
	t.Helper()
	return openEpoch(t, disk, papers, "")
}

func openEpoch(t *testing.T, disk queue.Disk, papers map[string]*paper, epoch string) *dock {
	t.Helper()
	q, err := queue.Open(disk, queue.Options{Epoch: epoch,
		Document: func(j *queue.Job, labels []queue.Label, _ *printer.Profile, _ string) ([]byte, error) {
			var names []string
			for _, l := range labels {
				name := l.Code
				if m := l.Fields["mark"]; m != "" {
					name += "!" + strings.ReplaceAll(m, " ", "")
				}
				names = append(names, name)
			}
			return []byte(strings.Join(names, " ")), nil
		},
		Open: func(p printer.Profile) printer.Driver { return papers[p.Name] }})
	if err != nil {
		t.Fatal(err)
	}
	d := &dock{q, t, disk, papers}
	for name := range papers {
		if _, ok := q.Printer(name); !ok {
			if err := q.PutPrinter(printer.Profile{Name: name, Address: "raw://127.0.0.1", DPI: 203}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func (d *dock) close() { d.Close(context.Background()) }

func newPaper() *paper { return &paper{pieces: map[string]printer.Outcome{}} }

func labels(prefix string, n int) (out []queue.Label) {
	for i := range n {
		out = append(out, queue.Label{Code: fmt.Sprintf("%s%d", prefix, i+1), Fields: map[string]string{"code": "x"}})
	}
	return out
}

func (d *dock) submit(r queue.Request) queue.Job {
	d.t.Helper()
	if r.Printer == "" {
		r.Printer = "P"
	}
	j, _, err := d.Submit(r, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return j
}

func (d *dock) job(id uint64) queue.Job {
	d.t.Helper()
	j, _, err := d.Job(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return j
}

func code(err error) queue.Code {
	var f *queue.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}
