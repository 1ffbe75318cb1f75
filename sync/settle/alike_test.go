package settle

import (
	"math/rand/v2"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// Two devices that do the same within two minutes are told of, once, at the later
// of the two, whichever comes first; both are booked.
func TestTheSameScanTwice(t *testing.T) {
	const same = ". If both scanned one thing, undo one of the two."
	for _, row := range []struct{ name, story, found string }{
		{"received by two (Q1)", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:02 H-2 add p=BOLT q=5 to=A-01",
			"double_scan/H-2/i/1: H-2 brought 5 of BOLT from supplier to main/A-01 at 09:02, and H-1 just the same at 09:00" + same},
		{"three minutes later", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:03 H-2 add p=BOLT q=5 to=A-01", ""},
		{"another quantity", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 add p=BOLT q=4 to=A-01", ""},
		{"another place", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 add p=BOLT q=5 to=B-01", ""},
		{"another lot", "09:00 H-1 add p=BOLT q=5 lot=L to=A-01; 09:01 H-2 add p=BOLT q=5 to=A-01", ""},
		{"another product between them", "09:00 H-1 remove p=BOLT q=5; 09:01 H-3 remove p=OIL q=5; 09:01 H-2 remove p=BOLT q=5",
			"double_scan/H-2/i/1: H-2 brought 5 of BOLT from main/stock to customer at 09:01, and H-1 just the same at 09:00" + same},
		{"in and out again", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 remove p=BOLT q=5 from=A-01", ""},
		{"the same device means it", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-1 add p=BOLT q=5 to=A-01", ""},
		{"for two orders", "09:00 H-1 remove p=BOLT q=5 ref=SO-1; 09:01 H-2 remove p=BOLT q=5 ref=SO-2", ""},
		{"for one order", "09:00 H-1 remove p=BOLT q=5 ref=SO-1; 09:01 H-2 remove p=BOLT q=5 ref=SO-1",
			"double_scan/H-2/i/1: H-2 brought 5 of BOLT from main/stock to customer at 09:01, and H-1 just the same at 09:00" + same},
		{"one of them undone", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 add p=BOLT q=5 to=A-01; 09:05 H-1 undo ref=1", ""},
		{"the other undone", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 add p=BOLT q=5 to=A-01; 09:05 H-2 undo ref=1", ""},
		{"three at once", "09:00 H-1 add p=BOLT q=5 to=A-01; 09:01 H-2 add p=BOLT q=5 to=A-01; 09:02 H-3 add p=BOLT q=5 to=A-01",
			"double_scan/H-2/i/1: H-2 brought 5 of BOLT from supplier to main/A-01 at 09:01, and H-1 just the same at 09:00" + same +
				"\ndouble_scan/H-3/i/1: H-3 brought 5 of BOLT from supplier to main/A-01 at 09:02, and H-2 just the same at 09:01" + same},
		{"counted by two", "09:00 H-1 count p=BOLT q=5 from=A-01; 09:01 H-2 count p=BOLT q=5 from=A-01", ""},
		{"a piece at two places (S3)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 09:01 H-2 count p=BOLT serial=S1 q=1 from=B-01",
			"serial_two_places/H-2/i/1: The serial S1 of BOLT was left at main/A-01 by H-1 at 09:00, and seen at main/B-01 by H-2 within a minute. Look whether two pieces have one number, or one of the clocks is wrong."},
		{"handed on", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 09:01 H-2 move p=BOLT serial=S1 from=A-01 to=B-01", ""},
		{"two minutes later", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 09:02 H-2 count p=BOLT serial=S1 q=1 from=B-01", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			inEveryOrder(t, row.story, nil, func(s *tale, order []int) {
				if got := found(s.Books); got != row.found {
					t.Errorf("in order %v it is found that\n  %s\nwant\n  %s", order, got, row.found)
				}
			})
		})
	}
}

// Who scans what somebody else did too is told that it is done.
func TestADoubleScanIsApplied(t *testing.T) {
	s := newTale(t, nil)
	s.tell("09:00 H-1 add p=BOLT q=5 to=A-01")
	if d := s.tell("09:01 H-2 add p=BOLT q=5 to=A-01"); d.Outcome != ledger.Applied || listedIn(&d) != "double_scan/H-2/i/1" {
		t.Errorf("%+v", d)
	}
	if got := stock(s.state); got != "supplier:BOLT=-10 main/A-01:BOLT=10" {
		t.Error(got)
	}
}

// Where many pick one by one from a shelf, nobody is told of each.
func TestManyAlikeAreNoDoubleScans(t *testing.T) {
	s := newTale(t, nil)
	raised := 0
	for range 20 {
		for _, device := range []string{"H-1", "H-2"} {
			d := s.tell("09:00 " + device + " remove p=BOLT q=1")
			raised += len(d.Exceptions)
		}
	}
	if raised > maxAlike {
		t.Errorf("%d of 40 picks are told of", raised)
	}
}

// With all in memory, what is alike is found in every order of arrival, and stays
// known over a restart.
func TestTheSameScansAreFoundInAnyOrder(t *testing.T) {
	near := func(r *ledger.ExceptionView) bool { return r.Kind == kindDoubleScan || r.Kind == kindTwoPlaces }
	kinds := map[string]int{}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 17))
		scans, r := dayOf(seed, rng, 20+rng.IntN(60))
		for _, s := range scans { // somebody else scans some of it too
			if s.in.Action != ledger.ActionMap && s.in.Action != ledger.ActionUndo && rng.IntN(4) == 0 {
				s.in.Device = "H-4"
				s.in.Seq = uint64(len(scans))
				scans = append(scans, s)
			}
		}
		var want string
		for order := range 4 {
			arriving := sorted(scans)
			if order > 0 {
				rng.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
			}
			b := live(t, arriving, r, false, rng)
			got := openOf(b, near)
			if order == 0 {
				want = got
				for line := range strings.SplitSeq(got, "\n") {
					kind, _, _ := strings.Cut(strings.TrimPrefix(line, "exception "), "/")
					kind, _, _ = strings.Cut(kind, ".")
					kinds[kind]++
				}
			} else if got != want {
				t.Fatalf("seed %d, order %d (%v):\n%s\n%s", seed, order, r, difference(got, want), listed(arriving))
			}
		}
	}
	if t.Log(kinds); kinds[kindDoubleScan] < 100 || kinds[kindTwoPlaces] < 10 {
		t.Errorf("these days prove little: %v", kinds)
	}
}
