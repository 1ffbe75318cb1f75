package settle

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// codeStory is what codes meant, and what was scanned: a line "edit …" changes what
// they mean from then on, "scan …" is scanned at its moment, in the order in which
// it arrives.
type codeStory struct {
	name, story, books, says string
}

func (row *codeStory) play(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntityBarcode, Code: "BOX", Fields: map[string]string{"product": "BOLT", "quantity": "12"}})
	for i, line := range strings.Split(row.story, ";") {
		n := uint64(100 + i)
		clock, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		var hour int
		if _, err := fmt.Sscanf(clock, "%d:00", &hour); err != nil {
			t.Fatal(err)
		}
		if edit, ok := strings.CutPrefix(text, "edit "); ok {
			row.edit(t, s.state, edit, n, ledger.Time(hour))
		} else {
			s.device, s.at, s.seq = "H-1", ledger.Time(hour), n
			s.say(n, text)
		}
		s.stored.take(s.Books, n, ledger.Time(n))
		s.Books = s.stored.reopen(t)
	}
	if got := stock(s.state); got != row.books {
		t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
	}
	said := ""
	for _, x := range s.Exceptions(func(*ledger.ExceptionView) bool { return true }) {
		said = x.Message
	}
	if said != row.says {
		t.Errorf("supervisors hear\n  %s\nwant\n  %s", said, row.says)
	}
}

// edit changes an item, written "product BOLT unit.box=10".
func (row *codeStory) edit(t *testing.T, s *ledger.State, text string, n uint64, at ledger.Time) {
	t.Helper()
	words := strings.Fields(text)
	p := ledger.Patch{Entity: words[0], Code: words[1], Fields: map[string]string{}}
	if p.Entity == ledger.EntityLocation {
		p.Site = "main"
	}
	for _, word := range words[2:] {
		field, value, _ := strings.Cut(word, "=")
		p.Fields[field] = value
	}
	if _, _, f := s.Edit([]ledger.Patch{p}, n, at, false); f != nil {
		t.Fatal(f)
	}
}

// Rule E1: an intent is of the unit as it was when it was scanned. What changed
// since re-reads nothing, and somebody is told.
func TestE1UnitsAreThoseOfTheMoment(t *testing.T) {
	for _, row := range []codeStory{
		{"before and after", "08:00 add p=BOLT q=1 unit=box; 09:00 edit product BOLT unit.box=10; 10:00 add p=BOLT q=1 unit=box", "supplier:BOLT=-22 main/stock:BOLT=22", ""},
		{"scanned before, comes after", "09:00 edit product BOLT unit.box=10; 08:00 add p=BOLT q=2 unit=box", "supplier:BOLT=-24 main/stock:BOLT=24",
			"A box of BOLT held 12 when H-1 scanned it, and holds 10 now; 24 were booked."},
		{"changed twice", "09:00 edit product BOLT unit.box=10; 11:00 edit product BOLT unit.box=6; 10:00 add p=BOLT q=2 unit=box", "supplier:BOLT=-20 main/stock:BOLT=20",
			"A box of BOLT held 10 when H-1 scanned it, and holds 6 now; 20 were booked."},
		{"a unit that is no more", "09:00 edit product BOLT unit.box=; 08:00 add p=BOLT q=2 unit=box", "supplier:BOLT=-24 main/stock:BOLT=24",
			"A box of BOLT held 12 when H-1 scanned it, and there is no such unit now; 24 were booked."},
		{"a unit that was not yet", "09:00 edit product BOLT unit.tray=5; 08:00 add p=BOLT q=2 unit=tray", "supplier:BOLT=-10 main/stock:BOLT=10", ""},
		{"its own unit has another name", "09:00 edit product BOLT unit=pcs; 08:00 add p=BOLT q=2 unit=piece", "supplier:BOLT=-2 main/stock:BOLT=2", ""},
	} {
		t.Run(row.name, row.play)
	}
}

// Rule U5: a barcode stands for what it stood for when it was scanned; what the
// device's screen showed stands, and a different meaning is told of.
func TestU5BarcodesAreThoseOfTheMoment(t *testing.T) {
	const changed = `The barcode "BOX" stood for BOLT when H-1 scanned it, and stands for OIL now; BOLT was booked.`
	for _, row := range []codeStory{
		{"before and after", "08:00 add scan=BOX; 09:00 edit barcode BOX product=OIL quantity=1; 10:00 add scan=BOX", "supplier:BOLT=-12 supplier:OIL=-1 main/stock:BOLT=12 main/stock:OIL=1", ""},
		{"scanned before, comes after", "09:00 edit barcode BOX product=OIL quantity=1; 08:00 add scan=BOX", "supplier:BOLT=-12 main/stock:BOLT=12", changed},
		{"its quantity alone", "09:00 edit barcode BOX quantity=6; 08:00 add scan=BOX", "supplier:BOLT=-12 main/stock:BOLT=12", ""},
		{"the screen showed what it was", "09:00 edit barcode BOX product=OIL quantity=1; 10:00 add scan=BOX p=BOLT q=3", "supplier:BOLT=-3 main/stock:BOLT=3",
			`The barcode "BOX" is OIL, but BOLT was said; BOLT was booked.`},
		{"a barcode that was not yet", "09:00 edit barcode NEW product=BOLT quantity=2; 08:00 add scan=NEW", "supplier:BOLT=-2 main/stock:BOLT=2", ""},
	} {
		t.Run(row.name, row.play)
	}
}

// Rule U5: of two claims on one code the first in the journal stands; the second is
// kept, and somebody is told of the dispute.
func TestU5TwoClaimsOnOneCode(t *testing.T) {
	s := newTale(t, nil)
	s.tell("08:00 S-1 map raw=555 p=BOLT")
	d := s.tell("09:00 S-2 map raw=555 p=OIL")
	if d.Outcome != ledger.Parked || d.Code != ledger.IdentityConflict || listedIn(&d) != "barcode_dispute/S-2/i/1" {
		t.Errorf("%s %s, %s", d.Outcome, d.Code, listedIn(&d))
	}
	x, _ := s.Exception("barcode_dispute/S-2/i/1")
	if want := `op-S-2 said that the code "555" is OIL, and it was said to be something else before. That stands; look at the label, and change the barcode if it is wrong.`; x.Message != want {
		t.Errorf("%s", x.Message)
	}
	s.tell("10:00 S-1 decide on=barcode_dispute/S-2/i/1 choice=dismiss seen=now")
	if x, _ := s.Exception("barcode_dispute/S-2/i/1"); x.State != ledger.ExceptionDecided {
		t.Errorf("%+v", x)
	}
}

// Rule E4: an edit of a unit, the tracking or a barcode that names the version it
// saw is refused in words where somebody else changed that meanwhile, and both
// values are told; of other fields the last writer wins.
func TestE4EditsNameTheVersionThatTheySaw(t *testing.T) {
	s := world(t).state
	version := func(entity, code string) string {
		v, _ := s.Item(ledger.Item{Entity: entity, Key: code})
		return v.Fields["version"]
	}
	edit := func(n uint64, entity, code string, fields map[string]string) string {
		done, _, f := s.Edit([]ledger.Patch{{Entity: entity, Code: code, Fields: fields}}, n, ledger.Time(n), false)
		switch {
		case f != nil:
			return string(f.Code) + ": " + f.Message
		case len(done) == 0:
			return "nothing"
		}
		c := done[0].Edit.Changes[0]
		return c.Field + ": " + c.From + " -> " + c.To
	}
	saw := version(ledger.EntityProduct, "BOLT")
	barcode := version(ledger.EntityBarcode, "4006381333931")
	for i, row := range []struct {
		name, entity, code string
		fields             map[string]string
		want               string
	}{
		{"as it was seen", ledger.EntityProduct, "BOLT", map[string]string{"unit.box": "10", "version": saw}, "unit.box: 12 -> 10"},
		{"somebody was first", ledger.EntityProduct, "BOLT", map[string]string{"unit.box": "24", "version": saw},
			`expired: The product "BOLT" was changed since you looked: its unit.box is "10" now, and you said "24". Nothing was changed; look at it again, and say it once more if it still holds.`},
		{"both say the same", ledger.EntityProduct, "BOLT", map[string]string{"unit.box": "10", "version": saw}, "nothing"},
		{"another field: the last writer wins", ledger.EntityProduct, "BOLT", map[string]string{"name": "Bolt", "version": saw}, "name:  -> Bolt"},
		{"no version: the last writer wins", ledger.EntityProduct, "BOLT", map[string]string{"unit.box": "24"}, "unit.box: 10 -> 24"},
		{"tracking", ledger.EntityProduct, "BOLT", map[string]string{"tracking": "lot", "version": saw},
			`expired: The product "BOLT" was changed since you looked: its tracking is "none" now, and you said "lot". Nothing was changed; look at it again, and say it once more if it still holds.`},
		{"a barcode as it was seen", ledger.EntityBarcode, "4006381333931", map[string]string{"quantity": "6", "version": barcode}, "quantity: 24 -> 6"},
		{"a barcode that changed", ledger.EntityBarcode, "4006381333931", map[string]string{"product": "OIL", "version": barcode},
			`expired: The barcode "4006381333931" was changed since you looked: its product is "BOLT" now, and you said "OIL". Nothing was changed; look at it again, and say it once more if it still holds.`},
		{"no number", ledger.EntityProduct, "BOLT", map[string]string{"unit": "x", "version": "new"}, `bad_field: The version "new" is no number as the item shows it. Nothing was changed.`},
		{"what has none", ledger.EntitySite, "main", map[string]string{"name": "x", "version": "1"}, "unknown_field: A site has no version. Nothing was changed; leave it out."},
		{"what is not there", ledger.EntityProduct, "NUT", map[string]string{"unit": "x", "version": "1"}, `expired: The product "NUT" is not there any more. Nothing was changed; look again.`},
	} {
		if got := edit(uint64(10+i), row.entity, row.code, row.fields); got != row.want {
			t.Errorf("%s: %s\nwant %s", row.name, got, row.want)
		}
	}
}
