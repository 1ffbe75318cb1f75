package access_test

import (
	"strings"
	"testing"

	"bayledger/server/access"
)

// matrix is the whole table, written down a second time: f floor, d dock,
// s supervisor, a admin, - nobody with a key but everybody without one.
var matrix = map[access.Action]string{
	access.Public:         "fdsa-",
	access.IntentOwn:      "fdsa",
	access.IntentAny:      "sa",
	access.ReadActivity:   "fdsa",
	access.ReadBalances:   "fdsa",
	access.ReadAlerts:     "fdsa",
	access.ReadCatalog:    "fdsa",
	access.ReadReports:    "sa",
	access.ReadExceptions: "sa",
	access.SeeMoney:       "sa",
	access.CreateProduct:  "dsa",
	access.CreateLocation: "dsa",
	access.EditCatalog:    "sa",
	access.Import:         "sa",
	access.ListDevices:    "sa",
	access.PairDevice:     "sa",
	access.PairPeople:     "a",
	access.ReadMetrics:    "sa",
	access.WatchAsAnyone:  "sa",
	access.ChangeSettings: "a",
	access.TakeBackup:     "a",
	access.ReadLabels:     "fdsa",
	access.PrintLabels:    "fdsa",
	access.CorrectLabels:  "dsa",
	access.EditPrinters:   "sa",
}

func TestMatrix(t *testing.T) {
	letters := map[string]access.Role{"f": access.Floor, "d": access.Dock, "s": access.Supervisor, "a": access.Admin, "-": "", "x": "owner"}
	for _, action := range access.Actions() {
		allowed, ok := matrix[action]
		if !ok {
			t.Errorf("action %q is not in the matrix of this test", action)
			continue
		}
		if action == access.Public {
			allowed += "x"
		}
		for letter, role := range letters {
			p := access.Principal{Role: role}
			if got, want := access.May(p, action), strings.Contains(allowed, letter); got != want {
				t.Errorf("May(%q, %q) = %v, want %v", role, action, got, want)
			}
		}
	}
	if len(matrix) != len(access.Actions()) {
		t.Errorf("the matrix names %d actions, the table %d", len(matrix), len(access.Actions()))
	}
}

func TestUnknownActionIsForbidden(t *testing.T) {
	for _, role := range access.Roles() {
		if access.May(access.Principal{Role: role}, "print.money") {
			t.Errorf("%s may do what no rule names", role)
		}
	}
}

func TestPairingNeedsMoreForPeople(t *testing.T) {
	for _, c := range []struct {
		who, what access.Role
		want      bool
	}{
		{access.Floor, access.Floor, false}, {access.Dock, access.Floor, false},
		{access.Supervisor, access.Floor, true}, {access.Supervisor, access.Dock, true},
		{access.Supervisor, access.Supervisor, false}, {access.Supervisor, access.Admin, false},
		{access.Admin, access.Supervisor, true}, {access.Admin, access.Admin, true},
	} {
		if got := access.May(access.Principal{Role: c.who}, access.Pairing(c.what)); got != c.want {
			t.Errorf("a %s pairs a %s: %v, want %v", c.who, c.what, got, c.want)
		}
	}
}
