package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// alertWords says alerts as "kind state".
func alertWords(alerts []ledger.Alert) string {
	var words []string
	for _, a := range alerts {
		words = append(words, a.Kind+" "+a.State)
	}
	return strings.Join(words, ", ")
}

// What alerts a day at a warehouse makes, line by line as a stockkeeper would tell it:
// each stands in the entry that crossed the line, once, and is cleared when it is over.
// After every line the books are put away and opened again.
func TestAlertsOfADay(t *testing.T) {
	s := world(t,
		ledger.Patch{Entity: ledger.EntityProduct, Code: "MILK", Fields: map[string]string{"tracking": "lot", "category": "dairy"}},
		ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5", "max": "20"}},
		ledger.Patch{Entity: ledger.EntitySetting, Code: ledger.BookCode, Fields: map[string]string{"expiry_days.dairy": "3"}})
	for i, row := range []struct{ what, want string }{
		{"add p=BOLT q=10 to=A-01", "low cleared, out cleared"},
		{"remove p=BOLT q=5 from=A-01", ""}, // five are five: not below the least
		{"remove p=BOLT q=1 from=A-01", "low raised"},
		{"remove p=BOLT q=1 from=A-01", ""}, // it is low still
		{"add p=BOLT q=30 to=A-01", "low cleared, over raised"},
		{"remove p=BOLT q=33 from=A-01", "low raised, out raised, over cleared"},
		{"remove p=BOLT q=1 from=A-01", "negative raised"},
		{"remove p=BOLT q=1 from=A-01", ""},
		{"add p=BOLT q=22 to=A-01", "low cleared, out cleared, negative cleared"},
		// Held goods that are taken are missing, until somebody has found out.
		{"isolate p=BOLT q=4 from=A-01 to=quarantine reason=rust", ""},
		{"remove p=BOLT q=1 from=quarantine", "held_taken raised"},
		{"remove p=BOLT q=1 from=quarantine", ""},
		{"undo ref=11", ""},
		{"undo ref=12", "held_taken cleared"},
		// Lots: three days ahead, and when the day after the last good one begins.
		{"add p=MILK q=6 lot=L1 expiry=2026-03-10 to=A-01", ""},
		{"add p=MILK q=6 lot=L2 expiry=2026-03-20 to=A-01", ""},
		{"day 2026-03-06", ""},
		{"day 2026-03-07", "expiring raised"},
		{"day 2026-03-07", ""}, // it began already
		{"day 2026-03-10", ""}, // good until the end of it
		{"day 2026-03-11", "expired raised, expiring cleared"},
		{"day 2026-03-12", ""},
		{"remove p=MILK q=5 lot=L1 from=A-01", ""},
		{"scrap p=MILK q=1 lot=L1 from=A-01", "expired cleared"},
		{"day 2026-03-18", "expiring raised"},
		{"undo ref=16", "expiring cleared"}, // that lot was never there
	} {
		n := uint64(i + 1)
		var got []ledger.Alert
		if date, ok := strings.CutPrefix(row.what, "day "); ok {
			_, alerts, f := s.state.Day("main", date, n, ledger.Time(n))
			if f != nil {
				t.Fatal(f)
			}
			got = alerts
		} else {
			got = s.say(n, row.what).Alerts
		}
		if alertWords(got) != row.want {
			t.Errorf("%d: %s: %q, want %q (%s)", n, row.what, alertWords(got), row.want, stock(s.state))
		}
		s.stored.take(s.Books, n, ledger.Time(n))
		s.Books = s.stored.reopen(t)
	}
}

// A lot's date is that of the scans that take part, the earlier one where they
// disagree, whatever order they came in.
func TestDatesOfLots(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntityProduct, Code: "MILK", Fields: map[string]string{"tracking": "lot"}})
	for i, row := range []struct{ scan, want string }{
		{"add p=MILK q=1 lot=L to=A-01", ""},
		{"add p=MILK q=1 lot=L expiry=2026-05-01 to=A-01", "2026-05-01"},
		{"add p=MILK q=1 lot=L expiry=2026-04-01 to=A-01", "2026-04-01"},
		{"undo ref=3", "2026-05-01"},
		{"undo ref=4", "2026-04-01"},
		{"undo ref=9", "2026-04-01"}, // before what it undoes
		{"add p=MILK q=1 lot=M expiry=2026-01-01 to=A-01", "2026-04-01"},
		{"add p=YOG q=1 lot=L expiry=2025-01-01 to=A-01", "2026-04-01"}, // another product, not known yet
		{"add p=MILK q=1 lot=L expiry=2020-01-01 to=A-01", "2026-04-01"},
	} {
		n := uint64(i + 1)
		s.say(n, row.scan)
		s.stored.take(s.Books, n, ledger.Time(n))
		s.Books = s.stored.reopen(t)
		p, _ := s.state.Product("MILK")
		if got := p.Expiry("L"); got != row.want {
			t.Errorf("%s: %q, want %q", row.scan, got, row.want)
		}
	}
}

// How long stock lasts follows from what left for customers over the weeks, by the
// moments of the scans.
func TestDaysOfStockLeft(t *testing.T) {
	const day = ledger.Time(86_400_000_000)
	s := world(t, ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "1", "reorder": "40", "max": "100", "multiple": "12"}})
	now := 20_000 * day
	for i, row := range []struct {
		scan        string
		at          ledger.Time
		left, order string
	}{
		{"add p=BOLT q=100 to=A-01", now - 60*day, "", ""},
		{"remove p=BOLT q=20 from=A-01", now - 40*day, "", ""}, // longer ago than four weeks
		{"remove p=BOLT q=14 from=A-01", now - 20*day, "132", ""},
		{"remove p=BOLT q=14 from=A-01", now - 10*day, "52", ""},
		{"scrap p=BOLT q=10 from=A-01", now - 5*day, "42", ""},           // nobody wanted it
		{"remove p=BOLT q=28 from=A-01", now - day, "7", "84"},           // 14 left: 86 to the most, in dozens
		{"add p=BOLT q=14 from=customer to=A-01", now, "18", "72"},       // it came back
		{"move p=BOLT q=14 from=A-01 to=B-01", now, "18", "72"},          // it is still there
		{"undo ref=6", now, "112", ""},                                   // it never left
		{"remove p=BOLT q=56 from=A-01", now - 200*day, "0", "96"},       // so long ago that it counts for nothing
		{"count p=BOLT q=0 from=A-01", now - 3*day, "28", "84"},          // what is lost is no demand
		{"remove p=BOLT q=1 from=A-01", now - 200*day + day, "28", "84"}, // nor what was before the count
		{"count p=BOLT q=1000 from=A-01", now, "2028", ""},
		{"remove p=BOLT q=1000 from=A-01", now, "0", "84"}, // not so long after all
	} {
		n := uint64(i + 1)
		s.at = row.at
		s.say(n, row.scan)
		s.stored.take(s.Books, n, ledger.Time(n))
		s.Books = s.stored.reopen(t)
		if c := s.state.Constraints(now, nil)[0]; c.DaysLeft != row.left || c.Order != row.order {
			t.Errorf("%d: %s: %s left %q days, order %q; want %q, %q", n, row.scan, c.Available, c.DaysLeft, c.Order, row.left, row.order)
		}
	}
}
