package settle

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// What nobody could read waits under its code and holds nothing. Once a supervisor
// has said what the code is, it is booked at its own moment: a count from after it
// covers it.
func TestUnknownCodesAreBookedAtTheirOwnMoment(t *testing.T) {
	for _, row := range []struct{ name, story, want, books string }{
		{"a barcode", "08:00 add scan=]E0555 q=4; 09:00 count p=BOLT q=3; 10:00 map raw=555 p=BOLT", "absorbed", "loss:BOLT=1 supplier:BOLT=-4 main/stock:BOLT=3"},
		{"with its pack", "08:00 add scan=555; 10:00 map raw=555 p=BOLT q=2 unit=box", "applied", "supplier:BOLT=-24 main/stock:BOLT=24"},
		{"a product's code", "08:00 add p=SCREW q=4; 10:00 map raw=SCREW p=BOLT", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"a place", "08:00 add p=BOLT q=4 to=Z-9; 10:00 map raw=Z-9 to=A-01", "applied", "supplier:BOLT=-4 main/A-01:BOLT=4"},
		{"a barcode at an unknown place waits twice", "08:00 add scan=555 q=4 to=Z-9; 09:00 map raw=555 p=BOLT; 10:00 map raw=Z-9 to=A-01", "applied", "supplier:BOLT=-4 main/A-01:BOLT=4"},
		{"later scans are understood", "08:00 map raw=555 p=BOLT; 09:00 add scan=555 q=4", "applied", "supplier:BOLT=-4 main/stock:BOLT=4"},
		{"two claims on one code", "08:00 map raw=555 p=BOLT; 09:00 map raw=555 p=OIL", "parked identity_conflict", ""},
		{"a known barcode cannot become another's", "08:00 map raw=4006381333931 p=OIL", "parked identity_conflict", ""},
		{"a hold on an unknown product", "07:00 add p=BOLT lot=L q=2; 08:00 isolate p=SCREW lot=L reason=x; 09:00 remove p=BOLT lot=L q=1; 10:00 map raw=SCREW p=BOLT", "exception",
			"breach:BOLT#L=1 supplier:BOLT#L=-2 main/stock:BOLT#L=1"},
		{"an undo of what waited", "07:00 add p=SCREW q=2; 08:00 map raw=SCREW p=BOLT; 09:00 undo ref=H-1/i/1", "applied", ""},
		{"an undo before it is known", "07:00 add p=SCREW q=2; 08:00 undo ref=H-1/i/1; 09:00 map raw=SCREW p=BOLT", "applied", ""},
		{"a mapping to nothing", "07:00 map raw=555 p=NUT", "parked unknown_product", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			d := s.hourly(row.story)
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
			if left := s.Unknown(); len(left) != 0 {
				t.Errorf("still waiting: %+v", left)
			}
		})
	}
}

// hourly tells lines such as "08:00 add p=BOLT q=4", the books closed and opened
// again after each, and returns what became of the last.
func (s *told) hourly(story string) (d ledger.Decision) {
	s.t.Helper()
	for i, line := range strings.Split(story, ";") {
		clock, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		var hour int
		if _, err := fmt.Sscanf(clock, "%d:00", &hour); err != nil {
			s.t.Fatal(err)
		}
		s.device, s.at, s.seq = "H-1", ledger.Time(hour), uint64(i+1)
		d = s.say(uint64(100+i), text)
		s.stored.take(s.Books, uint64(100+i), ledger.Time(100+i))
		s.Books = s.stored.reopen(s.t)
	}
	return d
}

// The list of what waits says how much of it there is.
func TestUnknownCodesAreListed(t *testing.T) {
	s := world(t)
	for i, text := range []string{"add scan=555", "remove scan=]C1555", "add p=BOLT to=Z-9", "add scan=777 mode=command"} {
		s.say(uint64(i+1), text)
	}
	got := s.Unknown()
	if len(got) != 2 || got[0].Raw != "555" || got[0].Scans != 2 || got[0].First != 1 || got[0].Last != 2 || !got[1].At || got[1].Site != "main" || got[1].Raw != "Z-9" {
		t.Errorf("%+v", got)
	}
	if d := s.say(9, "map raw=555 p=BOLT"); d.Code != ledger.NotAllowed || len(s.Unknown()) != 2 {
		t.Errorf("a floor device maps: %+v", d)
	}
}
