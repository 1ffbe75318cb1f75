package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// found says what somebody has to look at, with the sentence.
func found(b *Books) string {
	var out []string
	for line := range strings.SplitSeq(openOf(b, func(*ledger.ExceptionView) bool { return true }), "\n") {
		words := strings.SplitN(line, " ", 5)
		if len(words) == 5 {
			out = append(out, words[1]+": "+words[4])
		}
	}
	return strings.Join(out, "\n")
}

// A piece that is seen where it should not be is told of, whichever of the scans
// comes first; what explains it heals it.
func TestPiecesSeenWhereTheyShouldNotBe(t *testing.T) {
	for _, row := range []struct{ name, story, found, books string }{
		{"received twice (S1)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 add p=BOLT serial=S1 to=B-01",
			"serial_in_stock/H-2/i/1: The serial S1 of BOLT was received by H-2 at 10:00, and was in stock at main/A-01 already. It counts once; look whether two pieces have one number, or one was scanned twice.",
			"supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"received again after it was sold", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 remove p=BOLT serial=S1 from=A-01; 11:00 H-3 add p=BOLT serial=S1 to=B-01",
			"serial_returned/H-3/i/1: The serial S1 of BOLT had gone to customer, and was seen at main/B-01 by H-3 at 11:00. It never left, or it came back; ask, and book the return if it did.",
			"supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"a return is none of it", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 remove p=BOLT serial=S1 from=A-01; 11:00 H-3 add p=BOLT serial=S1 from=customer to=B-01",
			"", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"moved after it was sold (S2)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 remove p=BOLT serial=S1 from=A-01; 11:00 H-3 move p=BOLT serial=S1 from=A-01 to=B-01",
			"serial_returned/H-3/i/1: The serial S1 of BOLT had gone to customer, and was seen at main/A-01 by H-3 at 11:00. It never left, or it came back; ask, and book the return if it did.",
			"supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"counted after it was scrapped", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 scrap p=BOLT serial=S1 from=A-01; 11:00 H-3 count p=BOLT serial=S1 q=1 from=A-01",
			"serial_returned/H-3/i/1: The serial S1 of BOLT had gone to scrap, and was seen at main/A-01 by H-3 at 11:00. It never left, or it came back; ask, and book the return if it did.",
			"supplier:BOLT@S1=-1 main/A-01:BOLT@S1=1"},
		{"sold twice", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 remove p=BOLT serial=S1 from=A-01; 11:00 H-3 remove p=BOLT serial=S1 from=B-01",
			"serial_returned/H-3/i/1: The serial S1 of BOLT had gone to customer, and was seen at main/B-01 by H-3 at 11:00. It never left, or it came back; ask, and book the return if it did.",
			"customer:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"a part of a machine on a shelf (K4)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 assemble p=BOLT serial=S1 from=A-01; 11:00 H-3 count p=BOLT serial=S1 q=1 from=B-01",
			"asset_incomplete/H-3/i/1: The serial S1 of BOLT was built into asset, and was seen at main/B-01 by H-3 at 11:00. The books have it there now; what it was built into lacks it.",
			"supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"taken out of it first", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 assemble p=BOLT serial=S1 from=A-01; 10:30 H-2 disassemble p=BOLT serial=S1 to=A-01; 11:00 H-3 move p=BOLT serial=S1 from=A-01 to=B-01",
			"", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"found again after it was missing (S5)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 count p=BOLT serial=S1 q=0 from=A-01; 11:00 H-3 count p=BOLT serial=S1 q=1 from=B-01",
			"", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"taken elsewhere than it was (S3)", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 10:00 H-2 move p=BOLT serial=S1 from=stock to=B-01",
			"serial_mismatch/H-2/i/1: The serial S1 of BOLT was taken at main/stock by H-2 at 10:00; the books had it at main/A-01.",
			"supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			inEveryOrder(t, row.story, nil, func(s *tale, order []int) {
				if got := stock(s.state); got != row.books {
					t.Errorf("in order %v the books say\n  %s\nwant\n  %s", order, got, row.books)
				}
				if got := found(s.Books); got != row.found {
					t.Errorf("in order %v it is found that\n  %s\nwant\n  %s", order, got, row.found)
				}
			})
		})
	}
}

// What is doubtful about a line of a count is told of that line, though lines with a
// lot are booked before those without.
func TestANoteStaysWithItsLine(t *testing.T) {
	s := newTale(t, nil)
	four := ledger.NewDecimal(4, 0)
	in := ledger.Intent{Device: "H-1", Install: "i", Seq: 1, Action: ledger.ActionCount, Lines: []ledger.Line{
		{Product: "OIL", Scan: "4006381333931", Quantity: four, From: "A-01"}, {Product: "BOLT", Quantity: four, Lot: "L", From: "B-01"}}}
	r := ledger.Received{Intent: in, Fault: in.Check()}
	d := s.stored.decide(s.Books, &r, ledger.Receipt{N: 5_000, BookedAt: 1, TEff: 1})
	if x, _ := s.Exception("scan_disagrees.1/H-1/i/1"); x.Product != "OIL" || x.Location != "A-01" {
		t.Errorf("%+v of %+v", x, d.Exceptions)
	}
}
