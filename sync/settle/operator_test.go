package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// people are patches that let a book keep a list of operators.
func people(codes ...string) (out []ledger.Patch) {
	for _, code := range codes {
		out = append(out, ledger.Patch{Entity: ledger.EntityOperator, Code: code, Fields: map[string]string{}})
	}
	return out
}

// Rules U1 and U2 for those who scan: where the book keeps a list of operators, a
// scan by somebody who is not on it waits, and is booked at its own moment once a
// supervisor has said who that is.
func TestU1UnknownOperatorsWait(t *testing.T) {
	for _, row := range []struct{ name, story, want, books string }{
		{"somebody on the list", "08:00 add p=BOLT q=4 by=ann", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"somebody who is not", "08:00 add p=BOLT q=4 by=bob", "parked unknown_operator", ""},
		{"nobody says who", "08:00 add p=BOLT q=4", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"named later, and counted meanwhile", "08:00 add p=BOLT q=4 by=bob; 09:00 count p=BOLT q=3 by=ann; 10:00 map raw=bob by=ann", "absorbed", "loss:BOLT=1 supplier:BOLT=-4 main/stock:BOLT=3"},
		{"named before", "08:00 map raw=bob by=ann; 09:00 add p=BOLT q=4 by=bob", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"two names for one code", "08:00 map raw=bob by=ann; 09:00 map raw=bob by=cem", "parked identity_conflict", ""},
		{"a code of the list is nobody else's", "08:00 map raw=ann by=cem", "parked identity_conflict", ""},
		{"named as somebody who is not on it", "08:00 map raw=bob by=eve", "parked unknown_operator", ""},
		{"an unknown barcode besides", "08:00 add scan=555 q=4 by=bob; 09:00 map raw=bob by=ann; 10:00 map raw=555 p=BOLT by=ann", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"his undo waits too", "07:00 add p=BOLT q=4 by=ann; 08:00 undo ref=H-1/i/1 by=bob", "parked unknown_operator", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"and takes part once he is known", "07:00 add p=BOLT q=4 by=ann; 08:00 undo ref=H-1/i/1 by=bob; 09:00 map raw=bob by=ann", "applied", ""},
		{"his scan is undone before he is known", "07:00 add p=BOLT q=4 by=bob; 08:00 undo ref=H-1/i/1 by=ann; 09:00 map raw=bob by=ann", "applied", ""},
		{"a session that he opened", "07:00 add p=BOLT q=4; 08:00 session-open session=s from=stock by=bob; 09:00 session-close session=s from=stock complete=yes by=ann; 10:00 map raw=bob by=ann", "applied",
			"loss:BOLT=4 supplier:BOLT=-4"},
		{"he asks", "08:00 add p=BOLT q=4 mode=command by=bob", "refused unknown_operator", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t, people("ann", "cem")...)
			d := s.hourly(row.story)
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
		})
	}
}

// A book without a list knows everybody; the list of what waits has people too.
func TestU1OperatorsThatWaitAreListed(t *testing.T) {
	s := world(t)
	if d := s.say(2, "add p=BOLT q=4 by=bob"); d.Outcome != ledger.Applied {
		t.Errorf("without a list: %s", d.Message)
	}
	s.device = "H-1"
	if d := s.say(3, "map raw=bob by=ann"); d.Code != ledger.Unsupported {
		t.Errorf("without a list somebody is named: %s, %s", d.Code, d.Message)
	}
	s = world(t, people("ann")...)
	s.say(2, "add p=BOLT q=4 by=bob")
	got := s.Unknown()
	if len(got) != 1 || !got[0].Who || got[0].Raw != "bob" || got[0].Scans != 1 {
		t.Errorf("%+v", got)
	}
}

// What somebody scanned after they were made inactive is booked, with an exception;
// what they had scanned before is theirs, however late it comes.
func TestU1WhoIsNotActiveAnyMore(t *testing.T) {
	s := world(t, people("ann")...)
	edit := func(n uint64, at ledger.Time, active string) {
		if _, _, f := s.state.Edit([]ledger.Patch{{Entity: ledger.EntityOperator, Code: "ann", Fields: map[string]string{"active": active}}}, n, at, false); f != nil {
			t.Fatal(f)
		}
		s.stored.take(s.Books, n, at)
		s.Books = s.stored.reopen(t)
	}
	edit(10, 1_000, "false")
	edit(11, 2_000, "true")
	for i, row := range []struct {
		at   ledger.Time
		want ledger.Outcome
	}{{999, ledger.Applied}, {1_000, ledger.Exception}, {1_999, ledger.Exception}, {2_000, ledger.Applied}} {
		s.at = row.at
		if d := s.say(uint64(20+i), "add p=BOLT q=1 by=ann"); d.Outcome != row.want {
			t.Errorf("at %d: %s, want %s (%s)", row.at, d.Outcome, row.want, d.Message)
		}
	}
	s.at = 1_500
	if d := s.say(30, "add p=BOLT q=1 by=ann mode=command"); d.Code != ledger.NotAllowed {
		t.Errorf("a command: %s, %s", d.Outcome, d.Message)
	}
	x, _ := s.Exception("operator_inactive/H-1/i/21")
	if want := "The operator ann was not active when H-1 scanned this at 00:00. It is booked; ask who had the handheld, and undo it if it did not happen."; x.Message != want || x.Operator != "ann" {
		t.Errorf("%+v", x)
	}
}
