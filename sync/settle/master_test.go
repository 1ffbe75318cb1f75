package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// Rule E2: a change of tracking is dated and re-reads nothing. What lay there without
// a serial stays as it is; the first serial seen has no history, and somebody is told.
func TestE2TrackingIsDated(t *testing.T) {
	s := world(t)
	s.say(100, "add p=BOLT q=4")
	(&codeStory{}).edit(t, s.state, "product BOLT tracking=serial", 200, 200)
	s.say(300, "move p=BOLT serial=S1 from=stock to=B-01")
	s.at, s.seq = 150, 301
	s.say(301, "remove p=BOLT q=1")
	if got, want := stock(s.state), "customer:BOLT=1 shortage:BOLT@S1=-1 supplier:BOLT=-4 main/B-01:BOLT@S1=1 main/stock:BOLT=3"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if p, _ := s.state.Product("BOLT"); p.TrackedAt(199) != "none" || p.TrackedAt(200) != "serial" {
		t.Errorf("it was tracked by %s before and is by %s", p.TrackedAt(199), p.TrackedAt(200))
	}
	if x, ok := s.Exception("serial_unknown/H-1/i/300"); !ok || x.Closed() {
		t.Errorf("%+v", x)
	}
}

// Rules L1 to L4: goods that land on what was deleted are booked and reopen it as
// closing; removals, holds and counts there are as anywhere.
func TestL1L2L3L4DeletedPlaces(t *testing.T) {
	for _, row := range []struct{ name, scan, outcome, says, books string }{
		{"L1 goods land there", "add p=BOLT q=2 to=B-01", "exception", "Goods were brought to main/B-01, which was deleted; it is closing until it is empty.", "supplier:BOLT=-6 main/B-01:BOLT=6"},
		{"L2 a removal is fine", "remove p=BOLT q=3 from=B-01", "applied", "", "customer:BOLT=3 supplier:BOLT=-4 main/B-01:BOLT=1"},
		{"L3 a hold holds", "isolate from=B-01 reason=x", "applied", "", "supplier:BOLT=-4 main/B-01:BOLT=4"},
		{"L4 a count counts", "count p=BOLT q=0 from=B-01", "applied", "", "loss:BOLT=4 supplier:BOLT=-4"},
		{"L4 and finds some", "count p=BOLT q=5 from=B-01", "exception", "Goods were brought to main/B-01, which was deleted; it is closing until it is empty.", "loss:BOLT=-1 supplier:BOLT=-4 main/B-01:BOLT=5"},
		{"a command is refused", "add p=BOLT q=2 to=B-01 mode=command", "refused", "", "supplier:BOLT=-4 main/B-01:BOLT=4"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			s.say(100, "add p=BOLT q=4 to=B-01")
			(&codeStory{}).edit(t, s.state, "location B-01 deleted=true", 200, 200)
			d := s.say(300, row.scan)
			if string(d.Outcome) != row.outcome {
				t.Errorf("%s: %s", d.Outcome, d.Message)
			}
			var said []string
			for _, e := range d.Exceptions {
				said = append(said, e.Message)
			}
			if got := strings.Join(said, " "); got != row.says {
				t.Errorf("%q, want %q", got, row.says)
			}
			if at, _ := s.state.Place("main", "B-01"); at.Closing && !strings.Contains(row.books, "main/B-01") {
				t.Error("nothing is left there, and it is still closing")
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
		})
	}
}

// Rule L6: deleting twice is once, and a code that comes back is the same place.
func TestL6DeletingTwiceIsOnce(t *testing.T) {
	s := world(t)
	before, _ := s.state.Place("main", "B-01")
	edit := func(n uint64, value string) int {
		done, _, f := s.state.Edit([]ledger.Patch{{Entity: ledger.EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{"deleted": value}}}, n, ledger.Time(n), false)
		if f != nil {
			t.Fatal(f)
		}
		return len(done)
	}
	if first, second := edit(10, "true"), edit(11, "true"); first != 1 || second != 0 {
		t.Errorf("%d edits, then %d", first, second)
	}
	edit(12, "false")
	if after, _ := s.state.Place("main", "B-01"); after != before || after.ID != before.ID {
		t.Errorf("%+v, %+v", before, after)
	}
}
