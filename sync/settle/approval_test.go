package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// A count whose difference is larger than its site lets pass wants approval (C1).
// A late scan that changes the difference by no more than that leaves the approval
// as it is; a larger change asks again.
func TestCountsWantApproval(t *testing.T) {
	const counted = "09:00 H-1 add p=BOLT q=20 unit_cost=2 to=A-01; 11:00 H-2 count p=BOLT q=10 from=A-01; "
	const id = "count_difference/H-2/i/1"
	const accepted = counted + "12:00 S-1 decide on=" + id + " choice=accept seen=now; "
	for _, row := range []struct{ name, site, story, lists, states string }{
		{"no site wants any", "", counted, "", ""},
		{"more than two are missing", "quantity=2", counted, id, id + " open"},
		{"just as many as may be", "quantity=10", counted, "", ""},
		{"none may be missing", "quantity=0", "09:00 H-1 add p=BOLT q=2; 10:00 H-2 count p=BOLT q=1", id, id + " open"},
		{"they are worth more than may be", "value=19.99", counted, id, id + " open"},
		{"and just what may be", "value=20", counted, "", ""},
		{"opening stock is no difference", "quantity=2", "11:00 H-2 count p=BOLT q=10 from=A-01 reason=opening", "", ""},
		{"too many want it too", "quantity=2", "11:00 H-2 count p=BOLT q=10 from=A-01", id, id + " open"},
		{"a late removal explains it", "quantity=2", counted + "10:00 H-3 remove p=BOLT q=9 from=A-01", "", id + " cleared"},
		{"undone it is no difference", "quantity=2", counted + "12:00 H-2 undo ref=1", "", id + " cleared"},
		{"accepted", "quantity=2", accepted, "", id + " decided accept"},
		{"a small change keeps the approval", "quantity=2", accepted + "10:00 H-3 remove p=BOLT q=2 from=A-01", "", id + " decided accept"},
		{"a larger one asks again", "quantity=2", accepted + "10:00 H-3 remove p=BOLT q=3 from=A-01", id, id + " open"},
		{"small changes add up to a larger one", "quantity=2", accepted + "10:00 H-3 remove p=BOLT q=2 from=A-01; 10:01 H-3 remove p=BOLT q=1 from=A-01", id, id + " open"},
		{"and once that is undone it is as approved", "quantity=2", accepted + "10:00 H-3 remove p=BOLT q=3 from=A-01; 13:00 H-3 undo ref=1", "", id + " decided accept"},
		{"a late price makes it worth more", "value=25", counted + "08:00 H-1 add p=BOLT q=20 unit_cost=8 to=B-01", id, id + " open"},
		{"a serial that is not there", "quantity=0", "09:00 H-1 add p=BOLT serial=S1 to=A-01; 11:00 H-2 count p=BOLT serial=S1 q=0 from=A-01", id, id + " open"},
	} {
		t.Run(row.name, func(t *testing.T) {
			name, value, _ := strings.Cut(row.site, "=")
			fields := map[string]string{}
			if name != "" {
				fields["approve_"+name] = value
			}
			s := newTale(t, fields)
			var d ledger.Decision
			for line := range strings.SplitSeq(strings.TrimSuffix(row.story, "; "), ";") {
				if d = s.tell(line); d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
					t.Fatal(d.Message)
				}
			}
			if got := listedIn(&d); got != row.lists {
				t.Errorf("the entry lists %q, want %q", got, row.lists)
			}
			if got := states(s.Books); got != row.states {
				t.Errorf("the exceptions are\n  %s\nwant\n  %s", got, row.states)
			}
		})
	}
}

// What is wanted is what the site wanted when the count came, whatever it wants
// later.
func TestApprovalIsAskedAsWhenTheCountCame(t *testing.T) {
	s := newTale(t, nil)
	want := func(n uint64, quantity string) {
		t.Helper()
		patch := ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"approve_quantity": quantity}}
		if _, _, f := s.state.Edit([]ledger.Patch{patch}, n, ledger.Time(n), false); f != nil {
			t.Fatal(f)
		}
	}
	s.tell("10:00 H-1 count p=BOLT q=5 from=A-01")
	want(1_002, "2")
	s.line++
	s.evidence = append(s.evidence, nil)
	s.tell("10:00 H-2 count p=BOLT q=5 from=B-01")
	want(1_004, "")
	s.line++
	s.evidence = append(s.evidence, nil)
	s.tell("10:00 H-3 count p=OIL q=5 from=B-01")
	s.tell("09:00 H-4 add p=BOLT q=1 to=A-01")
	s.tell("09:00 H-5 add p=BOLT q=1 to=B-01")
	if got := states(s.Books); got != "count_difference/H-2/i/1 open" {
		t.Error(got)
	}
	for _, bad := range []string{"-1", "many", "0.001"} {
		patch := ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"approve_value": bad}}
		if _, _, f := s.state.Edit([]ledger.Patch{patch}, 2_000, 2_000, false); f == nil || f.Code != ledger.BadField {
			t.Errorf("%q: %v", bad, f)
		}
	}
}

// A count by a device that does not know when it counted waits for a supervisor,
// and is booked at its own moment once it is accepted (conflicts.md §3).
func TestDoubtfulCounts(t *testing.T) {
	const id = "doubtful_count/H-2/i/1"
	const counted = "09:00 H-1 add p=BOLT q=5; 10:00 H-2 count p=BOLT q=3 clock=c"
	const accept = "; 12:00 S-1 decide on=" + id + " choice=accept"
	for _, row := range []struct{ name, story, want, states, books string }{
		{"it waits", counted, "parked bad_time", id + " open", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"accepted it counts at its own moment", counted + "; 11:00 H-1 remove p=BOLT q=1" + accept, "applied", id + " decided accept", "customer:BOLT=1 loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=2"},
		{"accepted before it came", "09:00 H-1 add p=BOLT q=5" + accept + "; 10:00 H-2 count p=BOLT q=3 clock=c", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"rejected it holds no stock", counted + "; 12:00 S-1 decide on=" + id + " choice=reject", "applied", id + " decided reject", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"rejected, and accepted all the same", counted + "; 13:00 S-1 decide on=" + id + " choice=reject; 12:00 S-2 decide on=" + id + " choice=accept", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"once accepted it stays so", counted + accept + "; 13:00 S-1 decide on=" + id + " choice=reject", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"the acceptance undone it is out", counted + accept + "; 13:00 S-1 undo ref=1", "applied", id + " open", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"and in when that is undone", counted + accept + "; 13:00 S-1 undo ref=1; 14:00 S-1 undo ref=2", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"accepted by another once the first took it back", counted + accept + "; 13:00 S-1 undo ref=1; 14:00 S-2 decide on=" + id + " choice=accept", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"of two acceptances one is enough", counted + accept + "; 12:30 S-2 decide on=" + id + " choice=accept; 13:00 S-1 undo ref=1", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"undone nobody has to decide", counted + "; 11:00 H-2 undo ref=1", "applied", id + " cleared", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"undone and accepted it is still undone", counted + "; 11:00 H-2 undo ref=1" + accept, "applied", id + " cleared accept", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"an unknown barcode has to be named besides", "09:00 H-1 add p=BOLT q=5; 10:00 H-2 count scan=555 q=3 clock=c" + accept + "; 13:00 S-2 map raw=555 p=BOLT", "applied", id + " decided accept", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"who asks before counting knows when it is", "09:00 H-1 add p=BOLT q=5; 10:00 H-2 count p=BOLT q=3 clock=c mode=command", "applied", "", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"the floor accepts nothing", counted + "; 12:00 H-3 decide on=" + id + " choice=accept", "parked not_allowed", id + " open", "supplier:BOLT=-5 main/stock:BOLT=5"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newTale(t, nil)
			var d ledger.Decision
			for line := range strings.SplitSeq(row.story, ";") {
				d = s.tell(line)
			}
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := states(s.Books); got != row.states {
				t.Errorf("the exceptions are\n  %s\nwant\n  %s", got, row.states)
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
			if left := s.Unknown(); len(left) != 0 {
				t.Errorf("somebody is asked to name %+v", left)
			}
		})
	}
}

// Rows are bounded: what is closed goes first, then what is only told; of each the
// oldest. A count that waits to be accepted is never let go. Decisions on what has
// not come up are bounded too.
func TestExceptionsAreBounded(t *testing.T) {
	s := newTale(t, map[string]string{"negative": "refuse"})
	tell := func(text string) {
		s.exceptions.most, s.exceptions.mostEarly = 4, 2
		s.tell(text)
	}
	tell("10:00 H-1 count p=BOLT q=1 clock=c")
	tell("10:00 H-2 remove p=BOLT q=3 from=A-01")
	tell("10:00 H-3 isolate p=BOLT lot=L")
	tell("10:00 H-4 remove p=BOLT q=3 from=B-01")
	tell("11:00 S-1 decide on=short/H-4/i/1 choice=accept seen=now")
	tell("10:00 H-5 remove p=OIL q=3 from=B-01")
	if got := states(s.Books); got != "doubtful_count/H-1/i/1 open, no_reason/H-3/i/1 open, short/H-2/i/1 open, short/H-5/i/1 open" {
		t.Error(got)
	}
	tell("10:00 H-6 remove p=OIL q=3 from=A-01")
	if got := states(s.Books); got != "doubtful_count/H-1/i/1 open, short/H-2/i/1 open, short/H-5/i/1 open, short/H-6/i/1 open" {
		t.Error(got)
	}
	tell("10:00 H-7 remove p=OIL q=3")
	if got := states(s.Books); got != "doubtful_count/H-1/i/1 open, short/H-5/i/1 open, short/H-6/i/1 open, short/H-7/i/1 open" {
		t.Error(got)
	}
	if len(s.exceptions.decisions) != 0 {
		t.Errorf("decisions on rows that went: %v", s.exceptions.decisions)
	}
	for _, device := range []string{"X-1", "X-2", "X-3", "X-4"} {
		tell("12:00 S-1 decide on=short/" + device + "/i/1 choice=accept seen=0123456789abcdef")
	}
	if len(s.exceptions.decided) > 3 || s.exceptions.decided["short/X-4/i/1"] == nil {
		t.Errorf("decisions that wait: %v", s.exceptions.decided)
	}
	tell("10:00 H-8 remove p=OIL q=3")
	for range maxDecisions + 10 {
		tell("12:00 S-2 decide on=short/H-8/i/1 choice=take")
	}
	if got := s.DecisionsOn("short/H-8/i/1"); len(got) != maxDecisions || len(s.exceptions.decisions) > maxDecisions+3 {
		t.Errorf("%d decisions on one exception", len(got))
	}
}
