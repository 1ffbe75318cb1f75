package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// A serial that is scanned by itself may come before the scan that says of which
// product it is: it waits, and is booked at its own moment. Each story is told in
// every order of arrival; the books do not know in which.
func TestSerialsScannedByThemselves(t *testing.T) {
	for _, row := range []struct{ name, story, books string }{
		{"before its addition came", "09:00 H-1 add p=BOLT serial=S1; 10:00 H-2 move serial=S1 to=B-01", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"twice, and gone", "09:00 H-1 add p=BOLT serial=S1; 10:00 H-2 move serial=S1 to=B-01; 11:00 H-3 remove serial=S1", "customer:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"its barcode is unknown too", "09:00 H-1 add scan=555 serial=S1; 10:00 H-2 move serial=S1 to=B-01; 11:00 S-1 map raw=555 p=BOLT", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"nobody but a supervisor knows it", "10:00 H-2 move serial=S1 to=B-01; 11:00 S-1 map raw=S1 p=BOLT", "shortage:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"held by itself, then taken", "09:00 H-1 add p=BOLT serial=S1; 10:00 H-2 isolate serial=S1 reason=x; 11:00 H-3 remove serial=S1", "breach:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"one knows its serial, one its product", "09:00 H-1 add p=BOLT serial=S1; 10:00 H-2 move serial=S1 to=Z-9; 11:00 S-1 map raw=Z-9 to=B-01", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			inEveryOrder(t, row.story, nil, func(s *tale, order []int) {
				if got := stock(s.state); got != row.books {
					t.Errorf("in order %v the books say\n  %s\nwant\n  %s", order, got, row.books)
				}
				if left := s.Unknown(); len(left) != 0 {
					t.Errorf("in order %v there waits still %+v", order, left)
				}
			})
		})
	}
}

// inEveryOrder tells the lines of a story in every order of arrival. A scan's seq
// is its place among those of its device in the story.
func inEveryOrder(t *testing.T, story string, fields map[string]string, fn func(s *tale, order []int)) {
	t.Helper()
	lines := strings.Split(story, ";")
	seqs, numbers := map[string]uint64{}, make([]uint64, len(lines))
	for i, line := range lines {
		device := strings.Fields(line)[1]
		seqs[device]++
		numbers[i] = seqs[device]
	}
	everyOrder(len(lines), func(order []int) {
		s := newTale(t, fields)
		for _, i := range order {
			s.seqs[strings.Fields(lines[i])[1]] = numbers[i] - 1
			s.tell(lines[i])
		}
		fn(s, order)
	})
}

// everyOrder calls fn with every order of the first few numbers.
func everyOrder(count int, fn func([]int)) {
	var put func(order, rest []int)
	put = func(order, rest []int) {
		if len(rest) == 0 {
			fn(order)
			return
		}
		for i := range rest {
			others := append(append([]int{}, rest[:i]...), rest[i+1:]...)
			put(append(append([]int{}, order...), rest[i]), others)
		}
	}
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	put(nil, all)
}

// What could not be booked after all waits as before, also over a restart.
func TestAMappingThatFailsLeavesWhatWaited(t *testing.T) {
	s := newTale(t, nil)
	for range 1_000 { // as much as the books can hold of one product
		if d := s.say(uint64(s.line+2_000), "add p=BOLT q=999999999999999 to=A-01"); d.Outcome == ledger.Parked {
			break
		}
		s.line++
	}
	s.tell("10:00 H-2 add scan=555 q=999999999999999 to=A-01")
	before := s.Unknown()
	if d := s.tell("11:00 S-1 map raw=555 p=BOLT"); d.Outcome != ledger.Parked || d.Code != ledger.BadQuantity {
		t.Fatalf("%+v", d)
	}
	if after := s.Unknown(); len(after) != 1 || len(before) != 1 || after[0].Scans != before[0].Scans {
		t.Errorf("%+v waited, and afterwards %+v", before, after)
	}
}
