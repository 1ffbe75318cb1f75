package settle

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each rule that has an id, as a story and what the books say at its end, told in
// every order of arrival: the books do not know in which. What only its supervisors
// see of a rule has a test of its own.
func TestRulesInEveryOrderOfArrival(t *testing.T) {
	for _, row := range []struct{ name, negative, story, books string }{
		{"Q1 additions and removals add up", "", "09:00 H-1 add p=BOLT q=9; 10:00 H-2 remove p=BOLT q=2; 10:01 H-3 remove p=BOLT q=2; 10:30 H-1 move p=BOLT q=1 from=stock to=B-01",
			"customer:BOLT=4 supplier:BOLT=-9 main/B-01:BOLT=1 main/stock:BOLT=4"},
		{"Q2 allow books below zero", "allow", "10:00 H-2 remove p=BOLT q=3; 11:00 H-1 add p=BOLT q=2", "customer:BOLT=3 supplier:BOLT=-2 main/stock:BOLT=-1"},
		{"Q2 auto-add takes from loss what is not there then", "auto-add", "10:00 H-2 remove p=BOLT q=3; 11:00 H-1 add p=BOLT q=2", "customer:BOLT=3 loss:BOLT=-3 supplier:BOLT=-2 main/stock:BOLT=2"},
		{"Q2 refuse takes a fact's shortfall from shortage", "refuse", "09:00 H-1 add p=BOLT q=1; 10:00 H-2 remove p=BOLT q=3; 11:00 H-1 add p=BOLT q=2", "customer:BOLT=3 shortage:BOLT=-2 supplier:BOLT=-3 main/stock:BOLT=2"},
		{"I1 what comes in under a hold is held too", "", "09:00 S-1 isolate p=BOLT lot=L reason=x; 10:00 H-1 add p=BOLT lot=L q=4; 11:00 H-2 remove p=BOLT lot=L q=1", "breach:BOLT#L=1 supplier:BOLT#L=-4 main/stock:BOLT#L=3"},
		{"I2 a removal before the hold stands, one after it is a breach", "", "08:00 H-1 add p=BOLT lot=L q=9; 09:00 H-2 remove p=BOLT lot=L q=2; 10:00 S-1 isolate p=BOLT lot=L reason=x; 11:00 H-3 remove p=BOLT lot=L q=3",
			"breach:BOLT#L=3 customer:BOLT#L=2 supplier:BOLT#L=-9 main/stock:BOLT#L=4"},
		{"I2 to the supplier it is none", "", "08:00 H-1 add p=BOLT lot=L q=9; 10:00 S-1 isolate p=BOLT lot=L reason=x; 11:00 H-3 remove p=BOLT lot=L q=3 to=supplier", "supplier:BOLT#L=-6 main/stock:BOLT#L=6"},
		{"I3 a hold on a lot goes along", "", "08:00 H-1 add p=BOLT lot=L q=4; 09:00 S-1 isolate p=BOLT lot=L reason=x; 10:00 H-2 move p=BOLT lot=L q=2 from=stock to=B-01; 11:00 H-3 remove p=BOLT lot=L q=1 from=B-01",
			"breach:BOLT#L=1 supplier:BOLT#L=-4 main/B-01:BOLT#L=1 main/stock:BOLT#L=2"},
		{"I3 what leaves a held place is held where it arrives", "", "08:00 H-1 add p=BOLT q=4 to=A-01; 09:00 S-1 isolate from=A-01 reason=x; 10:00 H-2 move p=BOLT q=2 from=A-01 to=B-01",
			"supplier:BOLT=-4 main/A-01:BOLT=2 main/B-01:BOLT*=2"},
		{"I4 a hold that a release did not name survives it", "", "08:00 H-1 add p=BOLT lot=L q=4; 09:00 S-1 isolate p=BOLT lot=L reason=x; 09:30 S-2 isolate p=BOLT lot=L reason=y; 10:00 S-1 release holds=S-1/i/1 reason=z; 11:00 H-3 remove p=BOLT lot=L q=1",
			"breach:BOLT#L=1 supplier:BOLT#L=-4 main/stock:BOLT#L=3"},
		{"C1 a count covers what was before it", "", "09:00 H-1 add p=BOLT q=9; 10:00 H-2 remove p=BOLT q=2; 11:00 H-3 count p=BOLT q=5; 12:00 H-2 remove p=BOLT q=1", "customer:BOLT=3 loss:BOLT=2 supplier:BOLT=-9 main/stock:BOLT=4"},
		{"C1 the other leg settles at its own place", "", "09:00 H-1 add p=BOLT q=9 to=A-01; 10:00 H-2 move p=BOLT q=2 from=A-01 to=B-01; 11:00 H-3 count p=BOLT q=9 from=A-01", "loss:BOLT=-2 supplier:BOLT=-9 main/A-01:BOLT=9 main/B-01:BOLT=2"},
		{"C2 a count of a status asserts that status", "", "08:00 H-1 add p=BOLT q=9; 09:00 S-1 isolate p=BOLT q=4 to=stock reason=x; 10:00 H-2 count p=BOLT q=3 status=held", "loss:BOLT=1 supplier:BOLT=-9 main/stock:BOLT=5 main/stock:BOLT*=3"},
		{"C2 one without asserts the sum", "", "08:00 H-1 add p=BOLT q=9; 09:00 S-1 isolate p=BOLT q=4 to=stock reason=x; 10:00 H-2 count p=BOLT q=7", "loss:BOLT=2 supplier:BOLT=-9 main/stock:BOLT=3 main/stock:BOLT*=4"},
		{"C3 sections of a session add up, the last line of one counts", "", "08:00 H-1 count p=BOLT q=3 session=s section=l; 08:10 H-1 count p=BOLT q=4 session=s section=l; 08:20 H-2 count p=BOLT q=2 session=s section=r", "loss:BOLT=-6 main/stock:BOLT=6"},
		{"C3 other sessions are checkpoints of their own", "", "08:00 H-1 count p=BOLT q=3 session=s; 08:10 H-2 remove p=BOLT q=1; 08:20 H-3 count p=BOLT q=5 session=r", "customer:BOLT=1 loss:BOLT=-6 main/stock:BOLT=5"},
		{"C5 not scanned is not zero", "", "08:00 H-1 add p=BOLT q=3; 08:10 H-1 add p=OIL q=2; 09:00 H-2 session-open session=s; 09:10 H-2 count p=OIL q=2 session=s; 09:20 H-2 session-close session=s", "supplier:BOLT=-3 supplier:OIL=-2 main/stock:BOLT=3 main/stock:OIL=2"},
		{"C5 closed complete it is", "", "08:00 H-1 add p=BOLT q=3; 08:10 H-1 add p=OIL q=2; 09:00 H-2 session-open session=s; 09:10 H-2 count p=OIL q=2 session=s; 09:20 H-2 session-close session=s complete=yes", "loss:BOLT=3 supplier:BOLT=-3 supplier:OIL=-2 main/stock:OIL=2"},
		{"K4 a part seen elsewhere later is there", "", "08:00 H-1 add p=BOLT serial=S; 09:00 H-1 assemble p=BOLT serial=S asset=M; 10:00 H-2 count p=BOLT serial=S q=1 from=B-01", "supplier:BOLT@S=-1 main/B-01:BOLT@S=1"},
		{"S1 an addition of what is in stock moves it", "", "08:00 H-1 add p=BOLT serial=S to=A-01; 09:00 H-2 add p=BOLT serial=S to=B-01", "supplier:BOLT@S=-1 main/B-01:BOLT@S=1"},
		{"S2 a sighting after it left brings it back", "", "08:00 H-1 add p=BOLT serial=S; 09:00 H-2 remove p=BOLT serial=S; 10:00 H-3 count p=BOLT serial=S q=1 from=B-01", "supplier:BOLT@S=-1 main/B-01:BOLT@S=1"},
		{"S3 the last of two moves counts", "", "08:00 H-1 add p=BOLT serial=S; 09:00 H-2 move p=BOLT serial=S from=stock to=A-01; 10:00 H-3 move p=BOLT serial=S from=stock to=B-01", "supplier:BOLT@S=-1 main/B-01:BOLT@S=1"},
		{"S4 a hold on a serial travels with it", "", "08:00 H-1 add p=BOLT serial=S; 09:00 S-1 isolate p=BOLT serial=S reason=x; 10:00 H-2 move p=BOLT serial=S from=stock to=B-01; 11:00 H-3 remove p=BOLT serial=S from=B-01", "breach:BOLT@S=1 supplier:BOLT@S=-1"},
		{"S5 an absent one goes to loss, only from there", "", "08:00 H-1 add p=BOLT serial=S to=A-01; 10:00 H-2 count p=BOLT serial=S q=0 from=A-01", "loss:BOLT@S=1 supplier:BOLT@S=-1"},
		{"S5 an earlier sighting elsewhere erases that", "", "08:00 H-1 add p=BOLT serial=S to=A-01; 09:00 H-3 move p=BOLT serial=S from=A-01 to=B-01; 10:00 H-2 count p=BOLT serial=S q=0 from=A-01", "supplier:BOLT@S=-1 main/B-01:BOLT@S=1"},
		{"S7 the package that a piece is in, and where that is", "", "08:00 H-1 pack p=BOLT serial=S package=P1 from=A-01; 09:00 H-2 move package=P1 to=B-01; 10:00 H-3 pack p=BOLT serial=S package=P2 from=B-01", "shortage:BOLT@S=-1 main/B-01[P2]:BOLT@S=1"},
		{"P1 goods in a package add up", "", "08:00 H-1 pack p=BOLT q=5 package=P1; 09:00 H-2 pack p=BOLT q=2 package=P1; 10:00 H-3 unpack p=BOLT q=4 package=P1", "main/stock:BOLT=-3 main/stock[P1]:BOLT=3"},
		{"P2 what is in a held package is held", "", "08:00 H-1 pack p=BOLT q=5 package=P1; 09:00 S-1 isolate package=P1 reason=x; 10:00 H-3 unpack p=BOLT q=4 package=P1 to=B-01", "main/B-01:BOLT*=4 main/stock:BOLT=-5 main/stock[P1]:BOLT=1"},
		{"P3 seen in a count a package is there, opened it is counted", "", "08:00 H-1 pack p=BOLT q=5 package=P1 from=A-01; 09:00 H-2 count package=P1 q=1 from=B-01; 10:00 H-3 count p=BOLT q=4 package=P1 from=B-01", "loss:BOLT=1 main/A-01:BOLT=-5 main/B-01[P1]:BOLT=4"},
		{"P4 the last nesting counts, a circle is passed over", "", "08:00 H-1 pack p=BOLT q=1 package=P1; 09:00 H-2 pack package=P1 to=P2; 10:00 H-3 pack package=P2 to=P1; 11:00 H-1 move package=P2 to=B-01", "main/B-01[P1]:BOLT=1 main/stock:BOLT=-1"},
		{"U1 what is named later is booked at its own moment", "", "08:00 H-1 add scan=555 q=4; 09:00 H-2 count p=BOLT q=3; 10:00 S-1 map raw=555 p=BOLT", "loss:BOLT=1 supplier:BOLT=-4 main/stock:BOLT=3"},
		{"U2 also a count, a hold, a place", "", "08:00 H-1 add p=BOLT q=4; 09:00 H-2 count scan=555 q=3; 10:00 S-1 map raw=555 p=BOLT; 11:00 H-3 move p=BOLT q=1 from=stock to=Z-9; 12:00 S-1 map raw=Z-9 to=B-01", "loss:BOLT=1 supplier:BOLT=-4 main/B-01:BOLT=1 main/stock:BOLT=2"},
		{"H24 an undone scan was never made", "", "08:00 H-1 add p=BOLT q=4; 09:00 H-2 count p=BOLT q=3; 10:00 H-2 undo ref=1; 11:00 H-2 undo ref=2", "loss:BOLT=1 supplier:BOLT=-4 main/stock:BOLT=3"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fields := map[string]string{}
			if row.negative != "" {
				fields["negative"] = row.negative
			}
			inEveryOrder(t, row.story, fields, func(s *tale, order []int) {
				if got := stock(s.state); got != row.books {
					t.Errorf("in order %v the books say\n  %s\nwant\n  %s", order, got, row.books)
				}
			})
		})
	}
}

// Every rule with an id has a test that bears it.
func TestEveryRuleHasItsTest(t *testing.T) {
	have := ruleTests(t)
	for _, rule := range strings.Fields("Q1 Q2 I1 I2 I3 I4 C1 C2 C3 C4 C5 K2 K4 S1 S2 S3 S4 S5 S7 P1 P2 P3 P4 E1 E2 E4 L1 L6 U1 U2 U5") {
		if !have[rule] {
			t.Errorf("no test is named for %s", rule)
		}
	}
}

// ruleTests are the ids in the names of tests and their rows, here and at the door
// where what supervisors see is asked for.
func ruleTests(t *testing.T) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	for _, pattern := range []string{"*_test.go", "../../server/rest/*_test.go", "../ledger/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range ruleNamed.FindAllStringSubmatch(string(text), -1) {
				for _, id := range ruleID.FindAllString(name[1]+name[2], -1) {
					have[id] = true
				}
			}
		}
	}
	return have
}

var (
	ruleNamed = regexp.MustCompile(`func Test((?:[A-Z][0-9])+)[A-Z]|\{"([A-Z][0-9]) `)
	ruleID    = regexp.MustCompile(`[A-Z][0-9]`)
)
