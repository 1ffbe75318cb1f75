package settle

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// One scan moves a package, and the entry says what went, cell by cell; whatever
// is inside goes along.
func TestAPackageIsMovedCellByCell(t *testing.T) {
	for _, row := range []struct{ name, story, want string }{
		{"moved", "add p=BOLT q=9 package=P1; add p=OIL q=2 package=P1 lot=L; move package=P1 to=B-01",
			"9 BOLT main/stock[P1] -> main/B-01[P1], 2 OIL main/stock[P1] -> main/B-01[P1]"},
		{"with one inside", "add p=BOLT q=9 package=P1; add p=BOLT q=2 package=P2; pack package=P2 to=P1; move package=P1 to=B-01",
			"9 BOLT main/stock[P1] -> main/B-01[P1], 2 BOLT main/stock[P2] -> main/B-01[P2]"},
		{"into one that stands elsewhere", "add p=BOLT q=9 package=P1; move package=P2 to=B-01; pack package=P1 to=P2",
			"9 BOLT main/stock[P1] -> main/B-01[P1]"},
		{"to where it stands", "add p=BOLT q=9 package=P1; move package=P1 to=stock", ""},
		{"into quarantine", "add p=BOLT q=9 package=P1; move package=P1 to=quarantine",
			"9 BOLT main/stock[P1] -> main/quarantine[P1] held"},
		{"packed, and put elsewhere", "add p=BOLT q=9 package=P1; pack p=BOLT q=1 from=A-01 package=P1 to=B-01",
			"9 BOLT main/stock[P1] -> main/B-01[P1], 1 BOLT main/A-01 -> main/B-01[P1]"},
		{"removed whole", "add p=BOLT q=9 package=P1; remove package=P1", "9 BOLT main/stock[P1] -> customer"},
		{"a move undone", "add p=BOLT q=9 package=P1; move package=P1 to=B-01; undo ref=2", "9 BOLT main/B-01[P1] -> main/stock[P1]"},
		{"below zero", "unpack p=BOLT q=2 package=P1; move package=P1 to=B-01", "2 BOLT main/B-01[P1] -> main/stock[P1]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			var d ledger.Decision
			for i, text := range strings.Split(row.story, ";") {
				d = s.say(uint64(i+1), strings.TrimSpace(text))
			}
			var got []string
			for _, m := range d.Moves {
				word := fmt.Sprint(m.Quantity, " ", m.Product, " ", m.From)
				if m.FromPackage != "" {
					word += "[" + m.FromPackage + "]"
				}
				if word += " -> " + m.To; m.ToPackage != "" {
					word += "[" + m.ToPackage + "]"
				}
				if m.ToStatus == ledger.HeldGoods {
					word += " held"
				}
				got = append(got, word)
			}
			if strings.Join(got, ", ") != row.want {
				t.Errorf("the entry says\n  %s\nwant\n  %s", strings.Join(got, ", "), row.want)
			}
		})
	}
}

// Goods count where their package stands: a move of it crosses lines.
func TestAlertsFollowAPackage(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Location: "A", Fields: map[string]string{"min": "5", "max": "10"}})
	for i, row := range []struct{ scan, want string }{
		{"add p=BOLT q=6 package=P1 to=B-01", ""},
		{"move package=P1 to=A-01", "low cleared, out cleared"},
		{"add p=BOLT q=6 package=P2 to=A-01", "over raised"},
		{"pack package=P1 to=P2", ""},
		{"move package=P2 to=quarantine", "low raised, out raised, over cleared"},
		{"move package=P1 to=A-01", ""}, // held by now
		{"unpack p=BOLT q=7 package=P1 from=A-01", "negative raised"},
	} {
		d := s.say(uint64(i+1), row.scan)
		var got []string
		for _, a := range d.Alerts {
			got = append(got, a.Kind+" "+a.State)
		}
		if strings.Join(got, ", ") != row.want {
			t.Errorf("%s: %q, want %q (%s)", row.scan, strings.Join(got, ", "), row.want, stock(s.state))
		}
	}
}

// What is refused or parked leaves no package behind, and the next one takes its
// number.
func TestNoPackageIsLeftBehind(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": "refuse"}})
	for i, text := range []string{"unpack p=BOLT q=2 package=P1 from=A-01 mode=command", "pack p=BOLT q=0.5 package=P1", "pack p=BOLT q=1 package=P1 from=Z-99", "add p=OIL q=1 package=P1 to=Z-99"} {
		if d := s.say(uint64(i+1), text); d.Outcome != ledger.Refused && d.Outcome != ledger.Parked {
			t.Errorf("%s: %s", text, d.Outcome)
		}
		if _, known := s.state.Package("P1"); known || len(s.Packages()) > 0 {
			t.Errorf("%s leaves a package behind", text)
		}
	}
	s.say(9, "add p=BOLT q=2 package=P2")
	if got := fmt.Sprint(s.Packages()); got != "[{P2 main/stock }]" {
		t.Error(got)
	}
	s.stored.take(s.Books, 9, 9)
	again := s.stored.reopen(t)
	steps := 0
	for key := range s.stored.rows {
		if key[0] == rowStep {
			steps++
		}
	}
	if steps != 1 {
		t.Error(steps, "rows of what was said of packages, want 1")
	}
	if got := fmt.Sprint(again.Packages()); got != "[{P2 main/stock }]" || stock(again.state) != stock(s.state) {
		t.Error("after a restart:", got, stock(again.state))
	}
}

// Scans come as they are listed, each with the moment at which it happened; the
// books are the oracle's, and say where packages are.
func TestLatePackages(t *testing.T) {
	for _, row := range []struct{ name, story, want string }{
		{"a hold of before an empty package left", "1 pack package=P1 from=A-01; 3 remove package=P1; 2 isolate package=P1 reason=x", "[{P1 breach }]"},
		{"a hold of before it was first spoken of", "3 remove package=P1 from=A-01; 2 isolate from=A reason=x", "[{P1 breach }]"},
		{"which of two closes the circle is decided by their moments", "2 pack package=P1 to=P2; 1 pack package=P2 to=P1", "[{P1 main/stock } {P2 main/stock P1}]"},
		{"packed again, it had left", "5 undo ref=2; 3 pack p=OIL q=5 package=P1 from=B-01; 7 remove package=P1; 9 undo ref=1", "[{P1 customer }]"},
		{"something held was inside, as is found late", "1 add p=OIL q=1 package=P1; 5 remove package=P1; 2 add p=BOLT q=1 package=P1 lot=L; 3 isolate p=BOLT lot=L reason=x", "[{P1 breach }]"},
		{"and was not, after all", "1 add p=OIL q=1 package=P1; 2 add p=BOLT q=1 package=P1 lot=L; 3 isolate p=BOLT lot=L reason=x; 5 remove package=P1; 6 undo ref=2", "[{P1 customer }]"},
		{"it was inside another when that was moved", "1 add p=BOLT q=9 package=P1; 5 move package=P2 to=quarantine; 3 pack package=P1 to=P2", "[{P1 main/quarantine P2} {P2 main/quarantine }]"},
		{"goods came into it before it was in quarantine", "1 count package=P1 q=1 from=A-01; 5 move package=P1 to=quarantine; 3 add p=BOLT q=2 package=P1 to=A-01; 2 pack p=BOLT q=1 package=P1 from=A-01", "[{P1 main/quarantine }]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var scans []scanned
			for i, text := range strings.Split(row.story, ";") {
				at, text, _ := strings.Cut(strings.TrimSpace(text), " ")
				moment, err := strconv.Atoi(at)
				if err != nil {
					t.Fatal(err)
				}
				scans = append(scans, scanned{in: written(t, uint64(i+1), text), tEff: ledger.Time(moment)})
			}
			b := live(t, scans, rules{negative: "allow"}, true, rand.New(rand.NewPCG(1, 1)))
			if got := fmt.Sprint(b.Packages()); got != row.want {
				t.Errorf("the packages are %s, want %s", got, row.want)
			}
			if got, want := held(b), judge(t, scans, rules{negative: "allow"}); got != want {
				t.Error(difference(got, want))
			}
		})
	}
}
