package labels

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bayledger/labels/design"
	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/scanner/gs1"
	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Request asks for a job.
type Request struct {
	Key      string // of whoever asks; the same again is the same job
	Printer  string // a name, what its label says, or "": the device's, or the site's only one
	Template string // a layout, or "": what suits the subject and the printer
	Asks     []Ask  // all of one subject
	Copies   int
	Delivery string
	Who      access.Principal // who asks
	Device   string           // whose printer it is; a handheld's own name
	Why      string
	DryRun   bool // draw and check all, print nothing
}

// pairingField holds what pairs a device: it is drawn, and in no job.
const pairingField = "pairing"

// suits picks a layout for a subject: the template named, else the first of those
// for it that fits the printer, the one of the subject's own name before others.
func (s *Service) suits(a *Ask, template string, p *printer.Profile) (*design.Layout, error) {
	if template == "" && a.Subject == design.Sheet {
		template = a.Code
	}
	if template != "" {
		l, ok := s.Layout(template)
		if !ok {
			return nil, &ledger.Fault{Code: ledger.NotFound, Field: "template", Message: "There is no layout " + ledger.Quote(template) + ". Nothing was printed; look at the list of layouts."}
		}
		if l.For != a.Subject {
			return nil, &ledger.Fault{Code: ledger.BadField, Field: "template", Message: "The layout " + l.Name + " is for a " + l.For + ", not for a " + a.Subject + ". Nothing was printed."}
		}
		return l, nil
	}
	list, _ := s.Layouts()
	var first *design.Layout
	rank := func(l *design.Layout) int {
		n := 2
		if l.Name == s.natural(a) {
			n = 0
		} else if l.Own {
			n = 1
		}
		if p != nil && p.Fits(l.Width, l.Height) > 0 {
			n += 10
		}
		return n
	}
	for _, l := range list {
		if l.For != a.Subject || (l.Name == "plate") != plated(a) && a.Subject == design.Package {
			continue
		}
		if first == nil || rank(l) < rank(first) {
			first = l
		}
	}
	if first == nil {
		return nil, &ledger.Fault{Code: ledger.BadField, Field: "label", Message: "There are no labels for " + ledger.Quote(a.Subject) + ". Nothing was printed."}
	}
	return first, nil
}

// natural is the layout that a subject has where nothing else is said.
func (s *Service) natural(a *Ask) string {
	if plated(a) {
		return "plate"
	}
	return a.Subject
}

// plated says whether a package has a code of its own, and no SSCC.
func plated(a *Ask) bool {
	if a.Subject != design.Package || a.Range != "" || a.Fields["sscc"] != "" {
		return false
	}
	return len(a.Code) != 18 || gs1.Check([]gs1.Element{{AI: "00", Value: a.Code}}) != nil
}

// Prepare finds the layout and composes labels, for a file or a job.
func (s *Service) Prepare(ctx context.Context, asks []Ask, template string, p *printer.Profile) (*design.Layout, []queue.Label, error) {
	if len(asks) == 0 {
		return nil, nil, &ledger.Fault{Code: ledger.BadField, Field: "labels", Message: "No labels were asked for. Nothing was printed."}
	}
	l, err := s.suits(&asks[0], template, p)
	if err != nil {
		return nil, nil, err
	}
	labels, err := s.Compose(ctx, l, asks)
	return l, labels, err
}

// Print makes a job, where whoever asks may print each of its labels, and where the
// printer stands. repeat says that it was asked for before. Errors: a
// *ledger.Fault, and those of the rows.
func (s *Service) Print(ctx context.Context, r Request) (j queue.Job, repeat bool, err error) {
	name := printer.Named(cmp.Or(r.Printer, s.Chosen(r.Device, r.Who.Site)))
	if name == "" {
		return j, false, &ledger.Fault{Code: ledger.BadField, Field: "printer", Message: "No printer was named, and this device has chosen none. Nothing was printed; scan a printer's label."}
	}
	p, ok := s.Printer(name)
	if !ok {
		return j, false, unknown("printer", name)
	}
	if err := mayUse(&r.Who, &p); err != nil {
		return j, false, err
	}
	for i := range r.Asks {
		r.Asks[i].Site = cmp.Or(r.Asks[i].Site, r.Who.Site)
		r.Asks[i].Named = MayName(&r.Who)
		if err := s.May(ctx, &r.Who, access.PrintLabels, &r.Asks[i]); err != nil {
			return j, false, err
		}
		if r.Asks[i].Fields[pairingField] != "" {
			return j, false, &ledger.Fault{Code: ledger.BadField, Field: "fields", Message: "A pairing code opens a door, and jobs are kept. Nothing was printed; draw the label as a file, and print that."}
		}
		r.Asks[i].delivery = r.Delivery
	}
	asked, err := r.asked()
	if err != nil {
		return j, false, err
	}
	if !r.DryRun {
		if j, repeat, err = s.Known(r.Key, asked); repeat || err != nil {
			return j, repeat, AsFault(err)
		}
	}
	l, labels, err := s.Prepare(ctx, r.Asks, r.Template, &p)
	if err != nil {
		return j, false, err
	}
	try := func(labels []queue.Label) error {
		done, err := s.draws(ctx)
		if err != nil {
			return err
		}
		defer done()
		return s.renderer.Try(l.Name, &p, labels)
	}
	if r.DryRun {
		return queue.Job{Printer: p.Name, Layout: l.Name, Version: l.Hash, Labels: len(labels), Copies: max(1, r.Copies), State: queue.Queued}, false, AsFault(s.Rehearse(labels, try))
	}
	j, repeat, err = s.Submit(queue.Request{Key: r.Key, Printer: p.Name, Layout: l.Name, Version: l.Hash, Subject: r.Asks[0].Subject, Delivery: r.Delivery, By: r.Who.Name, Device: r.Device,
		Site: r.Who.Site, Why: r.Why, Copies: r.Copies, Labels: labels, Asked: asked}, try)
	return j, repeat, AsFault(err)
}

// asked is a request as it was made: what a repeat of it says again.
func (r *Request) asked() (string, error) {
	b, err := json.Marshal(struct {
		Printer, Template, Delivery string
		Copies                      int
		Asks                        []Ask
	}{r.Printer, r.Template, r.Delivery, max(1, r.Copies), r.Asks})
	return string(b), err
}

// Reprint makes a job of labels that were printed before: numbers are those of the
// job's labels, from 0, none: all. It is drawn with the layout as it is today.
// Whoever asks may print where the printer stands; callers judge them at the job's site.
func (s *Service) Reprint(ctx context.Context, who *access.Principal, id uint64, which []int, r queue.Request) (j queue.Job, repeat bool, err error) {
	r.Printer = printer.Named(r.Printer)
	if p, ok := s.Printer(r.Printer); ok { // none named: that of the job, which was judged with it
		if err := mayUse(who, &p); err != nil {
			return j, false, err
		}
	}
	done, err := s.draws(ctx)
	if err != nil {
		return j, false, err
	}
	defer done()
	j, repeat, err = s.Queue.Reprint(id, which, r, func(r *queue.Request) error {
		l, err := s.renderer.Layout(r.Layout)
		if err != nil {
			return err
		}
		r.Version = l.Hash
		p, _ := s.Printer(r.Printer)
		return s.renderer.Try(r.Layout, &p, r.Labels)
	})
	return j, repeat, AsFault(err)
}

// codes are the queue's, as the ledger names them.
var codes = map[queue.Code]ledger.Code{queue.BadField: ledger.BadField, queue.NotFound: ledger.NotFound, queue.Conflict: ledger.IdentityConflict, queue.TooLarge: ledger.TooLarge,
	queue.TooMany: ledger.TooFast, queue.Exhausted: ledger.Short, queue.WrongTime: ledger.Expired}

// AsFault turns the queue's faults into the ledger's, which every way in knows.
func AsFault(err error) error {
	var f *queue.Fault
	if errors.As(err, &f) {
		return &ledger.Fault{Code: codes[f.Code], Field: f.Field, Message: f.Message}
	}
	return err
}

// Say is a job's state in a sentence.
func Say(j *queue.Job) string {
	what := fmt.Sprintf("%d labels", j.Labels)
	if j.Labels == 1 {
		what = "The label"
	}
	switch j.State {
	case queue.Printed:
		return what + " came out of " + j.Printer + "."
	case queue.Failed:
		return fmt.Sprintf("%s: %d of %d printed on %s, then it failed: %s.", what, j.Done, j.Labels, j.Printer, j.Reason)
	case queue.Held:
		return fmt.Sprintf("%s: %d of %d printed; %s waits: %s.", what, j.Done, j.Labels, j.Printer, j.Reason)
	case queue.Stopped:
		return fmt.Sprintf("%s: %d of %d printed on %s, then %s.", what, j.Done, j.Labels, j.Printer, j.Reason)
	}
	if j.Reason != "" {
		return fmt.Sprintf("%s wait for %s: %s.", what, j.Printer, j.Reason)
	}
	return fmt.Sprintf("%s go to %s.", what, j.Printer)
}
