package settle

import (
	"testing"

	"bayledger/sync/ledger"
)

// A handheld of the site main, a supervisor of north, and one whose key was taken
// back: what each may mean, and that what they may not is kept and moves nothing.
func TestRightsAtTheScansMoment(t *testing.T) {
	floor := ledger.Grants{{Site: "main", Role: "floor"}}
	north := ledger.Grants{{Site: "north", Role: "supervisor"}}
	for _, c := range []struct {
		name   string
		grants ledger.Grants
		text   string
		site   string // of the intent
		want   string
	}{
		{"at its own site", floor, "add p=BOLT q=5 to=A-01", "", "applied"},
		{"from its own shelf to another site", floor, "move p=BOLT q=1 from=A-01 to=north/N-1", "", "applied"},
		{"from another site's shelf", floor, "move p=BOLT q=1 from=north/N-1 to=A-01", "", "parked"},
		{"receiving at another site", floor, "add p=BOLT q=5 to=north/N-1", "", "parked"},
		{"a count there", floor, "count p=BOLT q=5 from=north/N-1", "", "parked"},
		{"a scan that says the other site", floor, "add p=BOLT q=5 to=N-1", "north", "parked"},
		{"a supervisor there", north, "add p=BOLT q=5 to=N-1", "north", "applied"},
		{"undoes a scan of there", north, "undo ref=H-9/i/1", "north", "applied"},
		{"and none of elsewhere", north, "undo ref=H-9/i/2", "north", "parked"},
		{"holds a lot wherever it lies", floor, "isolate p=BOLT lot=L1 reason=x", "", "applied"},
		{"ends no hold on goods of all sites", north, "release holds=H-9/i/3 reason=x", "north", "parked"},
		{"ends no hold of a place elsewhere", north, "release holds=H-9/i/4 reason=x", "north", "parked"},
		{"a supervisor of all sites ends both", ledger.GrantsEverywhere("supervisor"), "release holds=H-9/i/3 reason=x", "north", "applied"},
		{"ends a hold of a place of its own", ledger.Grants{{Site: "main", Role: "floor"}}, "release holds=H-9/i/4 reason=x", "", "applied"},
		{"closes no books", north, "close", "north", "parked"},
		{"taken back", ledger.Grants{}, "add p=BOLT q=5 to=A-01", "", "parked"},
		{"everywhere", ledger.GrantsEverywhere("floor"), "add p=BOLT q=5 to=north/N-1", "", "applied"},
		{"nobody looked", nil, "add p=BOLT q=5 to=north/N-1", "", "applied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "north", Code: "N-1"})
			s.device = "H-9"
			for i, text := range []string{"add p=BOLT q=3 to=north/N-1", "add p=BOLT q=3 to=A-01", "isolate p=BOLT lot=L9 reason=x", "isolate from=B-01 reason=x"} {
				if d := s.say(uint64(i+1), text); d.Outcome != ledger.Applied {
					t.Fatal(d)
				}
			}
			in := written(t, 10, c.text)
			in.Site, in.Device = c.site, "H-1"
			d := s.stored.decide(s.Books, &ledger.Received{Intent: in, Fault: in.Check()},
				ledger.Receipt{N: 10, BookedAt: 10, TEff: 10, Arrived: 20, Role: "floor", Grants: c.grants})
			if string(d.Outcome) != c.want || d.Outcome == ledger.Parked && d.Code != ledger.NotAllowed {
				t.Errorf("%s %s: %s", d.Outcome, d.Code, d.Message)
			}
			if d.Outcome == ledger.Parked && len(d.Moves) > 0 {
				t.Error("what was parked moved something")
			}
			checkZeroSum(t, s.state)
		})
	}
}
