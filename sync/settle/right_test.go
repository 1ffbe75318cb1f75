package settle

import (
	"fmt"
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

// An ask, and a scan that waits for a name, are of the site that they name, else of their
// handheld's: whoever takes one off the list of a site has the right to there. Each is
// taken back right after it came, and, of asks, before.
func TestWhoTakesBackWhatMovedNothing(t *testing.T) {
	at := func(site, role string) ledger.Grants { return ledger.Grants{{Site: site, Role: role}} }
	const ask, wait = "ask ref=7", "add scan=555"
	for _, c := range []struct {
		name, text   string
		names, hand  string // the site that it names, and that of its handheld
		own          bool
		by           ledger.Grants
		site, want   string // of whoever takes it back: which site they name, and what becomes of it
		early, still string // before it came, where that is not as after; what is open, "" for nothing
	}{
		{"a supervisor of its handheld's site", ask, "", "north", false, at("north", "supervisor"), "north", "applied", "", ""},
		{"of main", ask, "", "north", false, at("main", "supervisor"), "main", "parked", "applied", "asked/H-9/i/1"},
		{"of main, about one of main", ask, "", "", false, at("main", "supervisor"), "main", "applied", "", ""},
		{"of north, about one of main", ask, "", "", false, at("north", "supervisor"), "north", "parked", "applied", "asked/H-9/i/1"},
		{"of the site that it names", ask, "north", "", false, at("north", "supervisor"), "north", "applied", "", ""},
		{"of its handheld's, where it names another", ask, "north", "", false, at("main", "supervisor"), "main", "parked", "applied", "asked/H-9/i/1"},
		{"of all sites", ask, "", "north", false, ledger.GrantsEverywhere("supervisor"), "", "applied", "", ""},
		{"of two sites, one of them its own", ask, "", "north", false, append(at("main", "supervisor"), at("north", "supervisor")...), "main", "applied", "", ""},
		{"a supervisor elsewhere who only works there", ask, "", "north", false, append(at("main", "supervisor"), at("north", "floor")...), "main", "parked", "applied", "asked/H-9/i/1"},
		{"nobody looked", ask, "", "north", false, nil, "", "applied", "", ""},
		{"whoever asked", ask, "", "north", true, at("north", "floor"), "north", "applied", "", ""},
		{"whoever asked, and works elsewhere now", ask, "", "north", true, at("main", "floor"), "main", "parked", "applied", "asked/H-9/i/1"},
		{"a scan that waits, by a supervisor of there", wait, "", "north", false, at("north", "supervisor"), "north", "applied", "", ""},
		{"by one of main", wait, "", "north", false, at("main", "supervisor"), "main", "parked", "-", "555"},
		{"of main, by one of main", wait, "", "", false, at("main", "supervisor"), "main", "applied", "", ""},
		{"of the site that it names, by one of main", wait, "north", "", false, at("main", "supervisor"), "main", "parked", "-", "555"},
		{"by its handheld", wait, "", "north", true, at("north", "floor"), "north", "applied", "", ""},
	} {
		for _, first := range []bool{true, false} {
			if !first && c.early == "-" {
				continue // what waits is judged by its stamp, once somebody has named it
			}
			t.Run(fmt.Sprint(c.name, ", it came first: ", first), func(t *testing.T) {
				s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "north"})
				say := func(n, seq uint64, device, site, names string, g ledger.Grants, text string) ledger.Decision {
					in := written(t, seq, text)
					in.Device, in.Site = device, names
					d := s.stored.decide(s.Books, &ledger.Received{Intent: in, Fault: in.Check()},
						ledger.Receipt{N: n, BookedAt: ledger.Time(n), TEff: ledger.Time(n), Arrived: 20, Site: site, Role: "supervisor", Grants: g})
					s.stored.take(s.Books, n, ledger.Time(n))
					s.Books = s.stored.reopen(t)
					return d
				}
				it := func(n uint64) { say(n, 1, "H-9", c.hand, c.names, nil, c.text) }
				back := func(n uint64) ledger.Decision {
					if c.own {
						return say(n, 2, "H-9", c.site, c.site, c.by, "undo ref=1")
					}
					return say(n, 1, "S-1", c.site, c.site, c.by, "undo ref=H-9/i/1")
				}
				want, d := c.want, ledger.Decision{}
				if first {
					it(1)
					d = back(2)
				} else {
					d = back(1)
					it(2)
					want = nameOr(c.early, want)
				}
				if string(d.Outcome) != want || d.Outcome == ledger.Parked && d.Code != ledger.NotAllowed {
					t.Errorf("%s %s: %s", d.Outcome, d.Code, d.Message)
				}
				open := ""
				for _, x := range s.Exceptions(func(x *ledger.ExceptionView) bool { return x.Kind == kindAsked && x.State == ledger.ExceptionOpen }) {
					open += x.ID
				}
				for _, u := range s.Unknown() {
					open += u.Raw
				}
				if open != c.still {
					t.Errorf("%q is open, want %q", open, c.still)
				}
			})
		}
	}
}

// Asks of earlier releases have no stamp: they are judged by the site of the exception
// that they are.
func TestAnAskOfBeforeStamps(t *testing.T) {
	for _, c := range []struct {
		by    string // the site of whoever takes back an ask of north
		stamp ledger.Stamp
		want  ledger.Outcome
	}{
		{"main", ledger.Stamp{TEff: 1}, ledger.Parked},
		{"north", ledger.Stamp{TEff: 1}, ledger.Applied},
		{"main", ledger.Stamp{TEff: 1, Kind: ledger.StampAsk, Names: []string{"north"}}, ledger.Parked},
		{"north", ledger.Stamp{TEff: 1, Kind: ledger.StampAsk, Names: []string{"north"}}, ledger.Applied},
	} {
		s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "north"})
		ask, undo := written(t, 1, "ask ref=7"), written(t, 1, "undo ref=H-9/i/1")
		ask.Device, undo.Device = "H-9", "S-1"
		s.stored.decide(s.Books, &ledger.Received{Intent: ask}, ledger.Receipt{N: 1, BookedAt: 1, TEff: 1, Arrived: 1, Site: "north", Role: "floor"})
		s.stored.take(s.Books, 1, 1)
		s.Books = s.stored.reopen(t)
		d := s.Decide(&ledger.Received{Intent: undo}, ledger.Receipt{N: 2, BookedAt: 2, TEff: 2, Arrived: 20, Site: c.by, Role: "supervisor", Grants: ledger.Grants{{Site: c.by, Role: "supervisor"}},
			Stamped: func(ledger.Identity) (uint64, []byte, error) { return 1, c.stamp.AppendTo(nil), nil }})
		if d.Outcome != c.want {
			t.Errorf("by %s, stamped %d: %s %s", c.by, c.stamp.Kind, d.Outcome, d.Message)
		}
	}
}

// A scan whose code nobody knew is judged by its sender's sites once somebody says what
// it is; and what a code of goods or a badge is, which holds at all sites, only somebody
// with a role at all of them says.
func TestRightsOfUnknownCodes(t *testing.T) {
	floor := ledger.Grants{{Site: "north", Role: "floor"}}
	north := ledger.Grants{{Site: "north", Role: "supervisor"}}
	everywhere := ledger.GrantsEverywhere("supervisor")
	for _, c := range []struct {
		name, scan, mapping string
		by                  ledger.Grants
		want, books         string
	}{
		{"goods of its own site", "remove scan=555 q=1 from=N-1", "map raw=555 p=BOLT", everywhere, "applied", "customer:BOLT=1 north/N-1:BOLT=-1"},
		{"goods of another site", "remove scan=555 q=1 from=main/A-01", "map raw=555 p=BOLT", everywhere, "exception", ""},
		{"a supervisor of a site", "remove scan=555 q=1 from=N-1", "map raw=555 p=BOLT", north, "parked", ""},
		{"a place of their own", "add p=BOLT q=1 to=N-9", "map raw=N-9 to=N-1", north, "applied", "supplier:BOLT=-1 north/N-1:BOLT=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "north", Code: "N-1"})
			say := func(n uint64, text string, g ledger.Grants) ledger.Decision {
				in := written(t, n, text)
				in.Site = "north"
				d := s.stored.decide(s.Books, &ledger.Received{Intent: in, Fault: in.Check()},
					ledger.Receipt{N: n, BookedAt: ledger.Time(n), TEff: ledger.Time(n), Arrived: 20, Role: "floor", Grants: g})
				s.stored.take(s.Books, n, ledger.Time(n))
				s.Books = s.stored.reopen(t)
				return d
			}
			if d := say(1, c.scan, floor); d.Outcome != ledger.Parked || len(s.Unknown()) != 1 {
				t.Fatalf("%+v", d)
			}
			d := say(2, c.mapping, c.by)
			if string(d.Outcome) != c.want || d.Outcome == ledger.Parked && d.Code != ledger.NotAllowed {
				t.Errorf("%s %s: %s", d.Outcome, d.Code, d.Message)
			}
			if d.Outcome == ledger.Exception && (len(d.Exceptions) != 1 || d.Exceptions[0].Kind != "still_parked") {
				t.Errorf("%+v", d.Exceptions)
			}
			if got := stock(s.state); got != c.books {
				t.Errorf("the books say %s, want %s", got, c.books)
			}
		})
	}
}
