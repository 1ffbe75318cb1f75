package labels_test

import (
	"errors"
	"testing"

	"bayledger/labels/printer"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

var boss = access.Principal{Name: "boss", Role: access.Admin, Grants: ledger.GrantsEverywhere("admin")}

// Labels that are asked for by REST (Print) and over a socket (FromDevice) are judged
// alike: by the site of what they are for, and by where the printer stands.
func TestWhoMayPrintWhatAndWhere(t *testing.T) {
	w := newWorld(t)
	for name, site := range map[string]string{"P-main": "", "P-north": "north"} {
		if err := w.PutPrinter(printer.Profile{Name: name, Address: "raw://127.0.0.1:1", DPI: 203, Site: site}); err != nil {
			t.Fatal(err)
		}
	}
	at := func(site string) access.Principal {
		return access.Principal{Kind: access.Handheld, Name: "N", Device: "N", Site: site, Role: access.Floor, Grants: ledger.Grants{{Site: site, Role: "floor"}}}
	}
	gone := at("north")
	gone.Until = 1
	for name, c := range map[string]struct {
		who           access.Principal
		printer, code string
		want          ledger.Code
	}{
		"a place and a printer of one's own site":    {at("north"), "P-north", "north/stock", ""},
		"a place of another site":                    {at("north"), "P-north", "main/stock", ledger.NotAllowed},
		"a printer of another site":                  {at("north"), "P-main", "north/stock", ledger.NotAllowed},
		"a printer that says no site stands at main": {at("main"), "P-main", "main/stock", ""},
		"somebody of all sites":                      {boss, "P-north", "main/stock", ""},
		"a key that was taken back":                  {gone, "P-north", "north/stock", ledger.NotAllowed},
		"nobody":                                     {access.Principal{}, "P-main", "main/stock", ledger.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.Print(t.Context(), labels.Request{Key: "r/" + name, Printer: c.printer, Who: c.who, Device: "N", Asks: []labels.Ask{{Subject: "location", Code: c.code}}})
			if got := codeOf(err); got != c.want {
				t.Errorf("by REST: %v, want %q", err, c.want)
			}
			_, err = w.FromDevice(t.Context(), "N", &c.who, &wire.Print{Job: name, Printer: c.printer, Label: "location", Code: c.code})
			if got := codeOf(err); got != c.want {
				t.Errorf("over a socket: %v, want %q", err, c.want)
			}
		})
	}
	north := at("north")
	if _, err := w.FromDevice(t.Context(), "N", &north, &wire.Print{Job: "c", Printer: "P-main"}); codeOf(err) != ledger.NotAllowed {
		t.Errorf("a printer of another site is chosen: %v", err)
	}
	if _, err := w.FromDevice(t.Context(), "N", &north, &wire.Print{Job: "c", Printer: "P-north"}); err != nil {
		t.Error(err)
	}
}

func codeOf(err error) ledger.Code {
	var f *ledger.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}
