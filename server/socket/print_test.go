package socket_test

import (
	"context"
	"errors"
	"testing"

	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Labels asked for over the socket: answered by a notice, refused in words, and told
// of later to the device that asked, if it is there.
func TestPrint(t *testing.T) {
	d := open(t, func(o *socket.Options) {
		o.Print = func(_ context.Context, device string, who *access.Principal, m *wire.Print) (*wire.Notice, error) {
			switch m.Code {
			case "GHOST":
				return nil, &ledger.Fault{Code: ledger.NotFound, Message: "There is no product."}
			case "BROKEN":
				return nil, errors.New("the disk is gone")
			}
			return &wire.Notice{Type: "notice", Kind: "print", Text: device + " " + m.Job, Print: &wire.PrintJob{Job: m.Job, ID: 7, Printer: "P", State: "queued"}}, nil
		}
	})
	for _, protocol := range []string{wire.SubprotocolJSON, wire.SubprotocolCBOR} {
		h := d.hello("H-1", protocol)
		h.send(`{"type":"print","job":"p-1","label":"product","code":"BOLT"}`)
		if n := h.one("notice").Notice; n.Kind != "print" || n.Text != "H-1 p-1" || n.Print == nil || n.Print.ID != 7 {
			t.Errorf("%+v", n)
		}
		h.send(`{"type":"print","job":"p-2","label":"product","code":"GHOST"}`)
		if n := h.one("notice").Notice; n.Print.Job != "p-2" || n.Print.State != "refused" || n.Print.Reason != "not_found" || n.Text != "There is no product." {
			t.Errorf("%+v", n)
		}
		h.send(`{"type":"print","label":"product","code":"GHOST"}`)
		if e := h.one("error").Error; e.Code != ledger.NotFound {
			t.Errorf("%+v", e)
		}
		h.send(`{"type":"print","job":"p-3","label":"product","code":"BROKEN"}`)
		if e := h.one("error").Error; e.Code != ledger.TooFast || e.RetryAfter == 0 {
			t.Errorf("%+v", e)
		}
		d.hub.Notify("H-1", &wire.Notice{Type: "notice", Kind: "print", Text: "out of labels"})
		d.hub.Notify("H-2", &wire.Notice{Type: "notice", Kind: "print", Text: "of nobody"})
		if n := h.one("notice").Notice; n.Text != "out of labels" {
			t.Errorf("%+v", n)
		}
	}
}
