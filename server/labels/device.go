package labels

import (
	"context"
	"errors"
	"strings"

	"bayledger/labels/design"
	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// FromDevice answers the message print of a handheld: it asks for labels, or, with
// no label, chooses the device's printer by its name or what its label says. label
// is what it is for, or the name of a layout. Errors: a *ledger.Fault, and those
// of the rows.
func (s *Service) FromDevice(ctx context.Context, device string, who *access.Principal, m *wire.Print) (*wire.Notice, error) {
	if m.Label == "" {
		name := printer.Named(m.Printer)
		if p, ok := s.Printer(name); ok {
			if err := mayUse(who, &p); err != nil {
				return nil, err
			}
		}
		if err := s.Choose(device, name); err != nil {
			return nil, AsFault(err)
		}
		return &wire.Notice{Type: "notice", Kind: "print", Text: "Labels of this device come out of " + name + " from now on.", Print: &wire.PrintJob{Job: m.Job, Printer: name, State: "chosen"}}, nil
	}
	if m.Job == "" {
		return nil, &ledger.Fault{Code: ledger.BadField, Field: "job", Message: "The print job has no id. Nothing was printed; give each job one of its own, so that a repeat prints once."}
	}
	ask, template := Ask{Subject: m.Label, Code: m.Code}, ""
	if l, ok := s.Layout(m.Label); ok {
		ask.Subject, template = l.For, l.Name
		if isSubject(m.Label) { // a subject's own name leaves the choice to the printer
			template = ""
		}
	}
	if name, ok := strings.CutPrefix(m.Code, newNumber); ok {
		ask.Code, ask.Range = "", name
	}
	j, _, err := s.Print(ctx, Request{Key: DeviceKey(device, m.Job), Printer: m.Printer, Template: template, Asks: []Ask{ask}, Copies: m.Copies, Who: *who, Device: device})
	if err != nil {
		return nil, err
	}
	return Notice(&j), nil
}

// newNumber before the name of a range asks for a label with the next number of it.
const newNumber = "new:"

func isSubject(name string) bool {
	for _, s := range design.Subjects() {
		if s == name {
			return true
		}
	}
	return false
}

// DeviceKey is the key of a device's job, the same over the socket and over REST.
func DeviceKey(device, job string) string {
	if job == "" {
		return ""
	}
	return device + "/" + job
}

// Notice tells a device how its job goes.
func Notice(j *queue.Job) *wire.Notice {
	_, own, _ := strings.Cut(j.Key, "/")
	return &wire.Notice{Type: "notice", Kind: "print", Text: Say(j), Print: &wire.PrintJob{Job: own, ID: j.ID, Printer: j.Printer, State: string(j.State), Reason: j.Reason, Labels: j.Labels, Done: j.Done}}
}

// TellDevices calls tell with what a device should hear of its jobs: each change of
// a state or reason, and not each label. stop ends it.
func (s *Service) TellDevices(tell func(device string, n *wire.Notice)) (stop func()) {
	last := map[uint64]string{} // by job: what was told; watchers are called one at a time
	return s.Watch(func(j queue.Job) {
		if j.Device == "" || j.State == queue.Queued && j.Reason == "" || j.State == queue.Sending {
			return
		}
		said := string(j.State) + " " + j.Reason
		if last[j.ID] == said {
			return
		}
		last[j.ID] = said
		if j.State.Final() {
			delete(last, j.ID)
		}
		tell(j.Device, Notice(&j))
	})
}

// IsFault says whether an error is for whoever asked.
func IsFault(err error) (*ledger.Fault, bool) {
	var f *ledger.Fault
	ok := errors.As(err, &f)
	return f, ok
}
