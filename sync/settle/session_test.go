package settle

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// story reads scans that are written as "moment device action key=value …"; their
// seqs are their places.
func story(t *testing.T, text string) []scanned {
	t.Helper()
	var scans []scanned
	for i, line := range strings.Split(text, ";") {
		at, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		device, rest, _ := strings.Cut(rest, " ")
		moment, err := strconv.Atoi(at)
		if err != nil {
			t.Fatal(err)
		}
		in := written(t, uint64(i+1), rest)
		in.Device = "H-" + device
		scans = append(scans, scanned{in: in, tEff: ledger.Time(moment)})
	}
	return scans
}

// orders calls fn with scans in the order in which they are told, and in many
// others: all of them where they are few.
func orders(scans []scanned, rng *rand.Rand, fn func([]scanned)) {
	const all, some = 4, 24
	if len(scans) > all {
		fn(scans)
		for range some {
			shuffled := append([]scanned{}, scans...)
			rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			fn(shuffled)
		}
		return
	}
	var permute func(done, left []scanned)
	permute = func(done, left []scanned) {
		if len(left) == 0 {
			fn(done)
		}
		for i := range left {
			rest := append(append([]scanned{}, left[:i]...), left[i+1:]...)
			permute(append(append([]scanned{}, done...), left[i]), rest)
		}
	}
	permute(nil, scans)
}

// Each row is told in many orders of arrival, with restarts and little memory: the
// books are those of the row, and the oracle's.
func TestSessions(t *testing.T) {
	for _, row := range []struct{ name, story, books string }{
		{"the last line of a section stands, sections add up",
			"10 1 session-open session=s from=A-01; 11 1 count p=BOLT q=5 from=A-01 session=s section=left; 12 1 count p=BOLT q=6 from=A-01 session=s section=left; 13 2 count p=BOLT q=3 from=A-01 session=s section=right",
			"loss:BOLT=-9 main/A-01:BOLT=9"},
		{"without a section it is the device",
			"11 1 count p=BOLT q=5 from=A-01 session=s; 12 1 count p=BOLT q=6 from=A-01 session=s; 13 2 count p=BOLT q=3 from=A-01 session=s",
			"loss:BOLT=-9 main/A-01:BOLT=9"},
		{"one checkpoint, at the cell's last line",
			"9 1 add p=BOLT q=20 to=A-01; 11 1 count p=BOLT q=5 from=A-01 session=s; 12 3 remove p=BOLT q=2 from=A-01; 13 2 count p=BOLT q=3 from=A-01 session=s; 14 3 remove p=BOLT q=1 from=A-01",
			"customer:BOLT=3 loss:BOLT=10 supplier:BOLT=-20 main/A-01:BOLT=7"},
		{"other sessions, and single counts, are checkpoints of their own",
			"11 1 count p=BOLT q=5 from=A-01 session=s; 12 2 count p=BOLT q=4 from=A-01 session=r; 13 2 count p=BOLT q=3 from=A-01",
			"loss:BOLT=-3 main/A-01:BOLT=3"},
		{"a lot, a status and the sum are cells of their own",
			"11 1 count p=BOLT q=5 lot=L from=A-01 session=s; 12 2 count p=BOLT q=2 lot=L from=A-01 session=s; 13 2 count p=BOLT q=1 status=held from=A-01 session=s; 14 1 count p=BOLT q=10 from=A-01 session=s",
			"loss:BOLT=-3 loss:BOLT#L=-7 main/A-01:BOLT=2 main/A-01:BOLT*=1 main/A-01:BOLT#L=7"},
		{"an undone line is not there: the one before it stands again",
			"11 1 count p=BOLT q=5 from=A-01 session=s; 12 1 count p=BOLT q=6 from=A-01 session=s; 13 1 undo ref=H-1/i/2",
			"loss:BOLT=-5 main/A-01:BOLT=5"},
		{"and stands, where the undo is undone",
			"11 1 count p=BOLT q=5 from=A-01 session=s; 12 1 count p=BOLT q=6 from=A-01 session=s; 13 1 undo ref=H-1/i/2; 14 1 undo ref=H-1/i/3",
			"loss:BOLT=-6 main/A-01:BOLT=6"},
		{"a piece seen by one is there",
			"9 1 add p=BOLT serial=S1 to=B-01; 11 1 count p=BOLT q=1 serial=S1 from=A-01 session=s; 12 2 count p=BOLT q=0 serial=S1 from=A-01 session=s",
			"supplier:BOLT@S1=-1 main/A-01:BOLT@S1=1"},
		{"a package that was opened counts by itself",
			"9 1 add p=BOLT q=4 package=P1 to=A-01; 11 1 count p=BOLT q=3 package=P1 from=A-01 session=s; 12 2 count p=BOLT q=2 package=P1 from=A-01 session=s",
			"loss:BOLT=-1 supplier:BOLT=-4 main/A-01[P1]:BOLT=5"},
		{"the sections' costs come together",
			"11 1 count p=BOLT q=5 from=A-01 session=s unit_cost=2; 12 2 count p=BOLT q=3 from=A-01 session=s; 13 1 remove p=BOLT q=1 from=A-01",
			"customer:BOLT=1 loss:BOLT=-8 main/A-01:BOLT=7"},
		{"nobody knew the barcode yet",
			"11 1 count scan=555 q=5 from=A-01 session=s; 12 2 count p=BOLT q=3 from=A-01 session=s; 13 9 map raw=555 p=BOLT",
			"loss:BOLT=-8 main/A-01:BOLT=8"},
		{"not scanned is not zero",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s from=A-01; 10 1 count p=OIL q=1 from=A-01 session=s; 11 1 session-close session=s from=A-01",
			"loss:OIL=-1 supplier:BOLT=-5 main/A-01:BOLT=5 main/A-01:OIL=1"},
		{"unless it was closed complete, and only there",
			"8 1 add p=BOLT q=5 to=A-01; 8 2 add p=BOLT q=4 to=B-01; 8 3 add p=BOLT q=3 package=P1 to=A-01; 9 1 session-open session=s from=A-01; 11 1 session-close session=s from=A-01 complete=yes",
			"loss:BOLT=5 supplier:BOLT=-12 main/A-01[P1]:BOLT=3 main/B-01:BOLT=4"},
		{"a line of a lot covers that lot alone",
			"8 1 add p=BOLT q=5 to=A-01; 8 2 add p=BOLT q=4 lot=L to=A-01; 9 1 session-open session=s; 10 2 count p=BOLT q=3 lot=L from=A-01 session=s; 11 1 session-close session=s from=A-01 complete=yes",
			"loss:BOLT=5 loss:BOLT#L=1 supplier:BOLT=-5 supplier:BOLT#L=-4 main/A-01:BOLT#L=3"},
		{"a line without a lot covers all, also where it was counted after the close",
			"8 1 add p=BOLT q=5 to=A-01; 8 2 add p=BOLT q=4 lot=L to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 2 count p=BOLT q=8 from=A-01 session=s",
			"loss:BOLT=1 supplier:BOLT=-5 supplier:BOLT#L=-4 main/A-01:BOLT=4 main/A-01:BOLT#L=4"},
		{"an undone line covers nothing",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 10 2 count p=BOLT q=3 from=A-01 session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 2 undo ref=H-2/i/3",
			"loss:BOLT=5 supplier:BOLT=-5"},
		{"what was moved meanwhile stays: its lot alone",
			"8 1 add p=BOLT q=5 to=A-01; 8 2 add p=BOLT q=4 lot=L to=A-01; 9 1 session-open session=s; 10 2 move p=BOLT q=1 lot=L from=A-01 to=B-01; 11 1 session-close session=s from=A-01 complete=yes",
			"loss:BOLT=5 supplier:BOLT=-5 supplier:BOLT#L=-4 main/A-01:BOLT#L=3 main/B-01:BOLT#L=1"},
		{"what was counted meanwhile by somebody else stays",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 10 2 count p=BOLT q=5 from=A-01; 11 1 session-close session=s from=A-01 complete=yes",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"so does what a scan named that booked nothing",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 10 2 move p=BOLT q=1 from=A-01 to=A-01; 11 1 session-close session=s from=A-01 complete=yes",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"what a package was emptied of there meanwhile stays",
			"8 1 add p=BOLT q=5 package=P1 to=A-01; 9 1 session-open session=s; 10 2 unpack package=P1 from=A-01 to=A-01; 11 1 session-close session=s from=A-01 complete=yes",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"what comes after it stays",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 2 add p=BOLT q=2 to=A-01",
			"loss:BOLT=5 supplier:BOLT=-7 main/A-01:BOLT=2"},
		{"a piece goes to loss from there, and is found again",
			"8 1 add p=BOLT serial=S1 to=A-01; 8 2 add p=BOLT serial=S2 to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 2 move p=BOLT serial=S2 from=A-01 to=B-01",
			"loss:BOLT@S1=1 supplier:BOLT@S1=-1 supplier:BOLT@S2=-1 main/B-01:BOLT@S2=1"},
		{"held goods and what is below zero are zero too",
			"7 1 add p=BOLT q=5 to=A-01; 8 1 isolate p=BOLT q=2 from=A-01 to=A-01 reason=x; 8 2 remove p=OIL q=1 from=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes",
			"customer:OIL=1 loss:BOLT=5 loss:OIL=-1 supplier:BOLT=-5"},
		{"without an opening nothing is known",
			"8 1 add p=BOLT q=5 to=A-01; 11 1 session-close session=s from=A-01 complete=yes; 12 1 session-open session=s",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"nor where it was undone",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 1 undo ref=H-1/i/2",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"the next opening counts then",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 10 2 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 1 undo ref=H-1/i/2",
			"loss:BOLT=5 supplier:BOLT=-5"},
		{"an undone closing sets nothing to zero",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 1 undo ref=H-1/i/3",
			"supplier:BOLT=-5 main/A-01:BOLT=5"},
		{"an undo of it that is undone does",
			"8 1 add p=BOLT q=5 to=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 1 undo ref=H-1/i/3; 13 1 undo ref=H-1/i/4",
			"loss:BOLT=5 supplier:BOLT=-5"},
		{"two closings of two places",
			"8 1 add p=BOLT q=5 to=A-01; 8 2 add p=BOLT q=4 to=B-01; 9 1 session-open session=s; 11 1 session-close session=s from=A-01 complete=yes; 12 1 session-close session=s from=B-01 complete=yes",
			"loss:BOLT=9 supplier:BOLT=-9"},
		{"nobody knew the place of the closing yet",
			"8 1 add p=BOLT q=5 to=B-01; 9 1 session-open session=s; 11 1 session-close session=s from=Z-9 complete=yes; 12 9 map raw=Z-9 to=B-01",
			"loss:BOLT=5 supplier:BOLT=-5"},
		{"a virtual place has nothing to see",
			"8 1 remove p=BOLT q=5 from=A-01; 9 1 session-open session=s; 11 1 session-close session=s from=customer complete=yes",
			"customer:BOLT=5 main/A-01:BOLT=-5"},
	} {
		t.Run(row.name, func(t *testing.T) {
			scans, shop := story(t, row.story), rules{negative: "allow", pools: ledger.PoolsCompany}
			rng := rand.New(rand.NewPCG(1, 2))
			want := judge(t, scans, shop)
			orders(scans, rng, func(arriving []scanned) {
				b := live(t, arriving, shop, true, rng)
				if got := stock(b.state); got != row.books {
					t.Fatalf("the books say\n  %s\nwant\n  %s\n%s", got, row.books, listed(arriving))
				}
				if got := held(b); got != want {
					t.Fatalf("%s\n%s", difference(got, want), listed(arriving))
				}
			})
		})
	}
}

// What is parked or fails leaves no trace of a session.
func TestAParkedLineLeavesNoTrace(t *testing.T) {
	s := world(t)
	s.say(1, "count p=BOLT q=5 from=A-01 session=s section=left")
	before, _, _ := s.SessionState("s", nil)
	shelf := stock(s.state)
	for i, text := range []string{
		"count p=BOLT q=999999999999999 from=A-01 session=s section=right",
		"count p=NUT q=1 from=A-01 session=s", "session-close session=s from=Z-1 complete=yes"} {
		if d := s.say(uint64(i+2), text); d.Outcome != ledger.Parked {
			t.Errorf("%s: %s %s", text, d.Outcome, d.Message)
		}
		if after, _, _ := s.SessionState("s", nil); fmt.Sprint(after) != fmt.Sprint(before) || stock(s.state) != shelf {
			t.Errorf("%s: %+v, %s", text, after, stock(s.state))
		}
	}
	if d := s.say(9, "count p=BOLT q=2 from=A-01 session=s section=left"); d.Outcome != ledger.Applied || stock(s.state) != "loss:BOLT=-2 main/A-01:BOLT=2" {
		t.Errorf("%s: %s", d.Outcome, stock(s.state))
	}
}

// What people are told of sessions, one scan after the other; after the arrow what
// the last one is told.
func TestSessionsSay(t *testing.T) {
	for _, row := range []struct{ name, story, outcome, message, moves string }{
		{"an opening", "1 1 session-open session=s", "applied", "", ""},
		{"a second one", "1 1 session-open session=s; 2 2 session-open session=s", "applied", `The session "s" was opened before; it is one and the same.`, ""},
		{"a line that adds to another section's", "1 1 count p=BOLT q=5 session=s; 2 2 count p=BOLT q=3 session=s", "applied", "", "3 loss main/stock count"},
		{"a later line of its own section", "1 1 count p=BOLT q=5 session=s; 2 1 count p=BOLT q=3 session=s", "applied", "", "2 main/stock loss count"},
		{"a line that comes late", "5 1 count p=BOLT q=5 session=s; 2 1 count p=BOLT q=3 session=s", "absorbed", `A later line of the same section of session "s" counts instead; no balance changed.`, ""},
		{"a line of another section that comes late", "5 1 count p=BOLT q=5 session=s; 2 2 count p=BOLT q=3 session=s", "applied", "", "3 loss main/stock count"},
		{"a partial closing", "1 1 session-open session=s; 2 1 count p=BOLT q=5 session=s; 3 1 session-close session=s", "applied", "Of 1 product at main/stock something was counted; what was not scanned stays as it is.", ""},
		{"a complete one", "1 1 add p=OIL q=2; 2 1 add p=OIL q=1 lot=L; 3 1 session-open session=s; 4 1 count p=BOLT q=5 session=s; 5 1 session-close session=s complete=yes", "applied",
			"Of 1 product at main/stock something was counted; 2 cells that nobody saw went to loss.", "2 main/stock loss count session s, 1 main/stock loss count session s"},
		{"one without an opening", "1 1 add p=OIL q=2; 5 1 session-close session=s complete=yes", "applied",
			"Of 0 products at main/stock something was counted; nobody opened the session before, so what was not scanned stays as it is.", ""},
		{"goods that come late, from before it", "3 1 session-open session=s; 5 1 session-close session=s complete=yes; 1 2 add p=BOLT q=4", "absorbed",
			"The count of entry 2 came later and covers it; no balance on the shelves changed.", "4 supplier loss count of entry 2"},
		{"undone before it came", "9 1 undo ref=H-1/i/2; 5 1 session-close session=s complete=yes", "applied", "It was undone before it arrived; it is kept and takes no part.", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			d := s.tell(story(t, row.story), 1)
			var moves []string
			for _, m := range d.Moves {
				moves = append(moves, m.Quantity+" "+m.From+" "+m.To+" "+m.Cause)
			}
			if got := strings.Join(moves, ", "); got != row.moves || string(d.Outcome) != row.outcome || d.Message != row.message {
				t.Errorf("%s %q %s\n%+v", d.Outcome, d.Message, got, d.Exceptions)
			}
		})
	}
}

// tell books scans one after the other, their moments in units, and returns what
// became of the last one.
func (s *told) tell(scans []scanned, unit ledger.Time) (d ledger.Decision) {
	s.t.Helper()
	for i := range scans {
		in := scans[i].in
		r := ledger.Received{Intent: in, Fault: in.Check()}
		at := scans[i].tEff * unit
		d = s.stored.decide(s.Books, &r, ledger.Receipt{N: uint64(i + 1), BookedAt: 1 << 40, TEff: at, Arrived: 1 << 40, Role: "supervisor"})
		checkZeroSum(s.t, s.state)
	}
	return d
}

// What counts make people look at: the moments are seconds, and the last scan is
// told it, also after a restart.
func TestCountsMakePeopleLook(t *testing.T) {
	for _, row := range []struct{ name, story, want string }{
		{"a count and a removal within two seconds", "1000 1 count p=BOLT q=5 clock=a; 1002 2 remove p=BOLT q=1 clock=a", "ambiguous"},
		{"the later of the two comes first", "1002 2 remove p=BOLT q=1; 1000 1 count p=BOLT q=5", "ambiguous"},
		{"three seconds apart they are sure", "1000 1 count p=BOLT q=5; 1003 2 remove p=BOLT q=1", ""},
		{"where one clock is less sure, within a minute", "1000 1 count p=BOLT q=5; 1060 2 remove p=BOLT q=1 clock=b", "ambiguous"},
		{"and no longer", "1000 1 count p=BOLT q=5; 1061 2 remove p=BOLT q=1 clock=b", ""},
		{"where one is a guess, longer", "1000 1 count p=BOLT q=5; 1400 2 remove p=BOLT q=1 clock=c", "ambiguous"},
		{"one device knows its own order", "1000 1 count p=BOLT q=5; 1001 1 remove p=BOLT q=1", ""},
		{"two removals add up in any order", "1000 1 remove p=BOLT q=5; 1001 2 remove p=BOLT q=1", ""},
		{"elsewhere", "1000 1 count p=BOLT q=5 from=A-01; 1001 2 remove p=BOLT q=1", ""},
		{"another product", "1000 1 count p=OIL q=5; 1001 2 remove p=BOLT q=1", ""},
		{"opening stock is nobody's doubt", "1000 1 count p=BOLT q=5 reason=opening; 1001 2 remove p=BOLT q=1", ""},
		{"undone", "1000 1 count p=BOLT q=5; 1005 1 undo ref=1; 1001 2 remove p=BOLT q=1", ""},
		{"two counts that differ within a quarter of an hour", "1000 1 count p=BOLT q=5; 1900 2 count p=BOLT q=4", "recount"},
		{"and later", "1000 1 count p=BOLT q=5; 1901 2 count p=BOLT q=4", ""},
		{"two that agree", "1000 1 count p=BOLT q=5; 1200 2 count p=BOLT q=5", ""},
		{"two that agree with what was sold between", "1000 1 count p=BOLT q=5; 1100 2 remove p=BOLT q=1; 1200 2 count p=BOLT q=4", ""},
		{"two that would agree, had nothing been sold between", "1000 1 count p=BOLT q=5; 1100 2 remove p=BOLT q=1; 1200 2 count p=BOLT q=5", "recount"},
		{"the first of the two comes late", "1200 2 count p=BOLT q=5; 1000 1 count p=BOLT q=4", "recount"},
		{"the first of the two comes late and agrees", "1100 3 remove p=BOLT q=1; 1200 2 count p=BOLT q=4; 1000 1 count p=BOLT q=5", ""},
		{"one device counts again", "1000 1 count p=BOLT q=5; 1200 1 count p=BOLT q=4", ""},
		{"sections of one session are no recount", "1000 1 count p=BOLT q=5 session=s; 1200 2 count p=BOLT q=4 session=s", ""},
		{"two sessions are", "1000 1 count p=BOLT q=5 session=s; 1200 1 count p=BOLT q=4 session=r", "recount"},
		{"less than is held", "900 1 add p=BOLT q=5; 950 1 isolate p=BOLT q=3 to=stock reason=x; 1000 1 count p=BOLT q=2", "held_short"},
		{"as much as is held", "900 1 add p=BOLT q=5; 950 1 isolate p=BOLT q=3 to=stock reason=x; 1000 1 count p=BOLT q=3", ""},
		{"less than is under a hold", "900 1 add p=BOLT q=5 lot=L; 950 1 isolate p=BOLT lot=L reason=x; 1000 1 count p=BOLT q=2", "held_short"},
		{"a status says what it counts", "900 1 add p=BOLT q=5; 950 1 isolate p=BOLT q=3 to=stock reason=x; 1000 1 count p=BOLT q=2 status=held", ""},
		{"moved while a session counted it", "900 1 session-open session=s; 1000 1 count p=BOLT q=5 session=s; 1200 2 remove p=BOLT q=1", "ambiguous"},
		{"counted by a session while others moved it", "900 1 session-open session=s; 1000 2 remove p=BOLT q=1; 1200 1 count p=BOLT q=5 session=s", "ambiguous"},
		{"moved after it was closed", "900 1 session-open session=s; 1000 1 count p=BOLT q=5 session=s; 1100 1 session-close session=s; 1200 2 remove p=BOLT q=1", ""},
		{"moved by the one who counts", "900 1 session-open session=s; 1000 1 count p=BOLT q=5 session=s; 1200 1 remove p=BOLT q=1", ""},
		{"moved where the session does not count", "900 1 session-open session=s; 1000 1 count p=BOLT q=5 session=s; 1200 2 remove p=BOLT q=1 from=A-01", ""},
		{"nobody opened it", "1000 1 count p=BOLT q=5 session=s; 1200 2 remove p=BOLT q=1", ""},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprint(row.name, ", restarted: ", restart), func(t *testing.T) {
				s := world(t)
				scans := story(t, row.story)
				last := len(scans) - 1
				s.tell(scans[:last], 1e6)
				if restart {
					s.stored.take(s.Books, 90, 1<<40)
					s.Books = s.stored.reopen(t)
				}
				books := stock(s.state)
				d := s.tell(scans[last:], 1e6)
				var kinds []string
				for _, e := range d.Exceptions {
					kinds = append(kinds, e.Kind)
					if !strings.Contains(e.Message, "BOLT") || !strings.HasSuffix(e.Message, ".") {
						t.Errorf("%q does not say what to do", e.Message)
					}
				}
				if got := strings.Join(kinds, " "); got != row.want || stock(s.state) == "" {
					t.Errorf("%q, want %q: %+v (%s)", got, row.want, d.Exceptions, books)
				}
			})
		}
	}
}

// A supervisor sees who counted what, and what closing it complete would do.
func TestSessionState(t *testing.T) {
	s := world(t)
	if _, ok, _ := s.SessionState("s", nil); ok {
		t.Error("nobody knows of it")
	}
	s.tell(story(t, "1 1 add p=BOLT q=5 lot=L to=A-01; 2 1 add p=OIL q=2 to=A-01; 3 1 session-open session=s from=A-01; 4 1 count p=OIL q=2 from=A-01 session=s section=left; "+
		"5 2 count p=OIL q=1 from=A-01 session=s; 6 2 count p=OIL q=1 from=B-01 session=s; 7 2 undo ref=H-2/i/6"), 1)
	for _, restarted := range []bool{false, true} {
		state, ok, err := s.SessionState("s", nil)
		if !ok || err != nil || state.Opened == nil || state.Opened.Device != "H-1" || state.Closed != nil || state.Counted != 1 ||
			fmt.Sprint(state.Sections) != "[{H-2 H-2 1} {left H-1 1}]" || len(state.Unseen) != 1 || state.Unseen[0].Lot != "L" || state.Unseen[0].Quantity != 5 ||
			state.Message != "1 product was not seen at main/A-01: confirm that there is none." {
			t.Errorf("restarted %t: %+v, %v", restarted, state, err)
		}
		other, _ := s.state.Place("main", "B-01")
		if state, _, _ := s.SessionState("s", other); state.Counted != 0 || state.Message != "All that lies at main/B-01 was seen." {
			t.Errorf("%+v", state)
		}
		s.stored.take(s.Books, 90, 1<<40)
		s.Books = s.stored.reopen(t)
	}
	s.tell(story(t, "8 1 session-close session=s from=A-01 complete=yes"), 1)
	if state, _, _ := s.SessionState("s", nil); state.Closed == nil || !state.Complete || len(state.Unseen) != 0 {
		t.Errorf("%+v", state)
	}
}
