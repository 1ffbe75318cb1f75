package socket

import (
	"context"
	"errors"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Printing answers a device's message print. Its errors are a *ledger.Fault, or
// told as one that may pass.
//
// It judges itself whether whoever asks may.
type Printing func(ctx context.Context, device string, who *access.Principal, m *wire.Print) (*wire.Notice, error)

// print hands a wish for labels on. The session is not read meanwhile: a device's
// labels keep their order.
func (s *session) print(m *wire.Print) {
	if s.hub.opts.Print == nil {
		s.fail(&ledger.Fault{Code: ledger.Unsupported, Message: "This server prints no labels. Nothing was printed."})
		return
	}
	if !access.May(s.who, access.PrintLabels) {
		s.fail(&ledger.Fault{Code: ledger.NotAllowed, Message: "This key may not print labels. Nothing was printed; ask a supervisor."})
		return
	}
	notice, err := s.hub.opts.Print(s.ctx, s.device, &s.who, m)
	var f *ledger.Fault
	switch {
	case err == nil:
		s.send(notice)
	case errors.As(err, &f) && m.Job != "" && f.Code != ledger.TooFast: // named, so that the device asks no more
		s.send(&wire.Notice{Type: "notice", Kind: "print", Text: f.Message, Print: &wire.PrintJob{Job: m.Job, Printer: m.Printer, State: "refused", Reason: string(f.Code)}})
	case errors.As(err, &f):
		s.fail(f)
	default:
		s.line().Error("a print job could not be taken", "error", err)
		s.send(&wire.Error{Type: "error", Code: ledger.TooFast, Message: "The print job could not be taken. Nothing was printed; ask again.", RetryAfter: retryDiskFull})
	}
}

// Notify sends a notice to a device, if it is connected. It does not wait.
func (h *Hub) Notify(device string, n *wire.Notice) {
	h.mu.Lock()
	s := h.devices[device]
	h.mu.Unlock()
	if s != nil && s.ready.Load() {
		s.send(n)
	}
}
