package settle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// world is a state with a few products and places, told as a stockkeeper would.
func world(t *testing.T, edits ...ledger.Patch) *told {
	t.Helper()
	s := ledger.NewState()
	patches := slices.Concat(ledger.Foundation(), []ledger.Patch{
		{Entity: ledger.EntityLocation, Site: "main", Code: "A", Fields: map[string]string{}},
		{Entity: ledger.EntityLocation, Site: "main", Code: "A-01", Fields: map[string]string{"parent": "A"}},
		{Entity: ledger.EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{}},
		{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"unit": "piece", "unit.box": "12"}},
		{Entity: ledger.EntityProduct, Code: "OIL", Fields: map[string]string{"unit": "litre", "decimals": "3", "costing": "fifo"}},
		{Entity: ledger.EntityProduct, Code: "FEE", Fields: map[string]string{"stocked": "false"}},
		{Entity: ledger.EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": "BOLT", "quantity": "24"}},
	}, edits)
	if _, i, f := s.Edit(patches, 1, 1, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
	st := newStored()
	b := New(s, st)
	st.take(b, 1, 1)
	return &told{t: t, Books: b, stored: st}
}

// told is books that are told stories.
type told struct {
	t *testing.T
	*Books
	stored *stored
	device string      // "" is H-1
	at     ledger.Time // 0 is the number of the entry
	seq    uint64      // likewise
}

// role is a supervisor's where several devices take part.
func (s *told) role() string {
	if s.device != "" {
		return "supervisor"
	}
	return "floor"
}

// say books an intent written as "action key=value …".
func (s *told) say(n uint64, text string) ledger.Decision {
	s.t.Helper()
	in := written(s.t, n, text)
	in.Device, in.Seq = cmp.Or(s.device, in.Device), cmp.Or(s.seq, in.Seq)
	r := ledger.Received{Intent: in, Fault: in.Check()}
	d := s.stored.decide(s.Books, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(n), TEff: cmp.Or(s.at, ledger.Time(n)), Role: s.role()})
	checkZeroSum(s.t, s.state)
	return d
}

// written reads an intent that is written as "action key=value …".
func written(t *testing.T, n uint64, text string) ledger.Intent {
	t.Helper()
	in := ledger.Intent{Device: "H-1", Install: "i", Seq: n, Action: strings.Fields(text)[0]}
	for _, word := range strings.Fields(text)[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "p":
			in.Product = value
		case "q":
			in.Quantity, _ = ledger.ParseDecimal(value)
		case "unit":
			in.Unit = value
		case "from":
			in.From = value
		case "to":
			in.To = value
		case "expiry":
			in.Expiry = value
		case "lot":
			in.Lot = value
		case "serial":
			in.Serial = value
		case "status":
			in.Status = value
		case "scan":
			in.Scan = value
		case "reason":
			in.Reason = value
		case "raw":
			in.Raw = value
		case "unit_cost":
			in.UnitCost, _ = ledger.ParseDecimal(value)
		case "mode":
			in.Mode = value
		case "ref":
			in.Reference = value
		case "package":
			in.Package = value
		case "session":
			in.Session = value
		case "section":
			in.Section = value
		case "complete":
			in.Complete = value == "yes"
		case "clock":
			in.Clock = value
		case "asset":
			in.Asset = value
		case "holds":
			in.Holds = strings.Split(value, ",")
		case "by":
			in.Operator = value
		default:
			t.Fatalf("the word %q means nothing", word)
		}
	}
	return in
}

// stock tells what lies where: "main/A-01:BOLT=3 …", held goods with a star.
func stock(s *ledger.State) string {
	var words []string
	for _, c := range s.CellsOf(nil) {
		word := c.At.Ref()
		if c.Place.IsPackage() {
			word += "[" + c.Place.Code + "]"
		}
		word += ":" + c.Product.Code
		if c.Lot != "" {
			word += "#" + c.Lot
		}
		if c.Serial != "" {
			word += "@" + c.Serial
		}
		if c.Held {
			word += "*"
		}
		words = append(words, word+"="+ledger.FormatScaled(c.Quantity, c.Product.Decimals))
	}
	return strings.Join(words, " ")
}

// Each row is a story: what was scanned, and what the books say at its end. The
// last scan's outcome stands after the arrow.
func TestActions(t *testing.T) {
	for _, row := range []struct{ name, story, want, books string }{
		{"goods come in", "add p=BOLT q=5", "applied", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"a box is twelve", "add p=BOLT q=2 unit=box", "applied", "supplier:BOLT=-24 main/stock:BOLT=24"},
		{"a barcode stands for its pack", "add scan=4006381333931", "applied", "supplier:BOLT=-24 main/stock:BOLT=24"},
		{"a quantity is never multiplied by the pack", "add scan=4006381333931 q=2", "applied", "supplier:BOLT=-2 main/stock:BOLT=2"},
		{"a reader says what it read", "add scan=]E04006381333931", "applied", "supplier:BOLT=-24 main/stock:BOLT=24"},
		{"a GTIN-14 is the same item", "add scan=04006381333931", "applied", "supplier:BOLT=-24 main/stock:BOLT=24"},
		{"nothing said is one", "add p=BOLT", "applied", "supplier:BOLT=-1 main/stock:BOLT=1"},
		{"goods go out", "add p=BOLT q=5; remove p=BOLT q=2", "applied", "customer:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"below zero is physical truth", "remove p=BOLT q=2", "applied", "customer:BOLT=2 main/stock:BOLT=-2"},
		{"shelf to shelf", "move p=BOLT q=2 from=A-01 to=B-01", "applied", "main/A-01:BOLT=-2 main/B-01:BOLT=2"},
		{"a place by site and code", "move p=BOLT q=2 from=main/A-01 to=main/B-01", "applied", "main/A-01:BOLT=-2 main/B-01:BOLT=2"},
		{"to where it is", "move p=BOLT q=2 from=A-01 to=A-01", "applied", ""},
		{"a move without a place waits", "move p=BOLT q=2 from=A-01", "parked unknown_location", ""},
		{"litres have three decimals", "add p=OIL q=0.125", "applied", "supplier:OIL=-0.125 main/stock:OIL=0.125"},
		{"and no fourth", "add p=OIL q=0.0001", "parked bad_quantity", ""},
		{"a bolt cannot be halved", "add p=BOLT q=0.5", "parked bad_quantity", ""},
		{"an unknown unit waits", "add p=BOLT q=1 unit=pallet", "parked bad_quantity", ""},
		{"an unknown product waits", "add p=NUT q=1", "parked unknown_product", ""},
		{"an unknown barcode waits", "add scan=12345", "parked unknown_product", ""},
		{"an unknown place waits", "add p=BOLT to=Z-99", "parked unknown_location", ""},
		{"less than nothing is no scan", "add p=BOLT q=-1", "refused bad_quantity", ""},
		{"nothing is no scan", "add p=BOLT q=0", "refused bad_quantity", ""},
		{"no thing is no scan", "add q=1", "refused bad_field", ""},
		{"an unknown action is none", "juggle p=BOLT", "refused unknown_action", ""},
		{"what is not stock-kept moves nothing", "add p=FEE q=1", "applied", ""},
		{"set aside with a reason", "add p=BOLT q=5; isolate p=BOLT q=2 reason=dented", "applied", "supplier:BOLT=-5 main/quarantine:BOLT*=2 main/stock:BOLT=3"},
		{"set aside without one", "add p=BOLT q=5; isolate p=BOLT q=2", "exception", "supplier:BOLT=-5 main/quarantine:BOLT*=2 main/stock:BOLT=3"},
		{"set aside where it lies", "add p=BOLT q=5; isolate p=BOLT q=2 to=stock reason=x", "applied", "supplier:BOLT=-5 main/stock:BOLT=3 main/stock:BOLT*=2"},
		{"and free again", "add p=BOLT q=5; isolate p=BOLT q=2 reason=x; release p=BOLT q=2 reason=fine", "applied", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"moved into quarantine is held", "add p=BOLT q=5; move p=BOLT q=2 from=stock to=quarantine", "applied", "supplier:BOLT=-5 main/quarantine:BOLT*=2 main/stock:BOLT=3"},
		{"and stays held wherever it goes", "add p=BOLT q=2 to=quarantine; move p=BOLT q=2 from=quarantine to=B-01", "applied", "supplier:BOLT=-2 main/B-01:BOLT*=2"},
		{"held goods taken are a breach", "add p=BOLT q=2 to=quarantine; remove p=BOLT q=1 from=quarantine", "exception", "breach:BOLT=1 supplier:BOLT=-2 main/quarantine:BOLT*=1"},
		{"sent back to the vendor they are not", "add p=BOLT q=2 to=quarantine; remove p=BOLT q=1 from=quarantine to=supplier", "applied", "supplier:BOLT=-1 main/quarantine:BOLT*=1"},
		{"a lot's held goods come last", "add p=BOLT q=3 lot=L; isolate p=BOLT q=2 lot=L to=stock reason=x; remove p=BOLT q=2 lot=L", "exception", "breach:BOLT#L=1 customer:BOLT#L=1 supplier:BOLT#L=-3 main/stock:BOLT#L*=1"},
		{"asked first, it is refused", "add p=BOLT q=2 to=quarantine; remove p=BOLT q=1 from=quarantine mode=command", "refused held", "supplier:BOLT=-2 main/quarantine:BOLT*=2"},
		{"a count finds less", "add p=BOLT q=5; count p=BOLT q=3", "applied", "loss:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"a count finds more", "add p=BOLT q=5; count p=BOLT q=7", "applied", "loss:BOLT=-2 supplier:BOLT=-5 main/stock:BOLT=7"},
		{"a count finds nothing", "add p=BOLT q=5; count p=BOLT q=0", "applied", "loss:BOLT=5 supplier:BOLT=-5"},
		{"opening stock", "count p=BOLT q=9 from=A-01 reason=opening", "applied", "opening:BOLT=-9 main/A-01:BOLT=9"},
		{"a count over lots", "add p=BOLT q=5 lot=L; count p=BOLT q=7", "applied", "loss:BOLT=-2 supplier:BOLT#L=-5 main/stock:BOLT=2 main/stock:BOLT#L=5"},
		{"a count of one lot", "add p=BOLT q=5 lot=L; add p=BOLT q=1; count p=BOLT q=4 lot=L", "applied", "loss:BOLT#L=1 supplier:BOLT=-1 supplier:BOLT#L=-5 main/stock:BOLT=1 main/stock:BOLT#L=4"},
		{"a count in quarantine is held", "count p=BOLT q=2 from=quarantine", "applied", "loss:BOLT=-2 main/quarantine:BOLT*=2"},
		{"a count without a number is none", "count p=BOLT", "refused bad_quantity", ""},
		{"into a machine and out", "add p=BOLT q=5; assemble p=BOLT q=4; disassemble p=BOLT q=1", "applied", "asset:BOLT=3 supplier:BOLT=-5 main/stock:BOLT=2"},
		{"scrapped", "add p=BOLT q=5; scrap p=BOLT q=1", "applied", "scrap:BOLT=1 supplier:BOLT=-5 main/stock:BOLT=4"},
		{"one piece of a serial", "add p=BOLT serial=S1", "applied", "supplier:BOLT@S1=-1 main/stock:BOLT@S1=1"},
		{"not two", "add p=BOLT serial=S1 q=2", "parked bad_quantity", ""},
		{"set aside from quarantine", "add p=BOLT q=5 to=quarantine; isolate p=BOLT q=2 from=quarantine to=quality reason=x", "applied", "supplier:BOLT=-5 main/quality:BOLT*=2 main/quarantine:BOLT*=3"},
		{"released without a reason", "add p=BOLT q=2 to=quarantine; release p=BOLT q=2", "exception", "supplier:BOLT=-2 main/stock:BOLT=2"},
		{"asked first, a reason is needed", "add p=BOLT q=5; isolate p=BOLT q=2 mode=command", "refused bad_field", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"what is not stock-kept is not counted", "count p=FEE q=3", "applied", ""},
		{"a box said, no number: one box", "add p=BOLT unit=box", "applied", "supplier:BOLT=-12 main/stock:BOLT=12"},
		{"a serial of a pack's barcode is one", "add scan=4006381333931 serial=S1", "applied", "supplier:BOLT@S1=-1 main/stock:BOLT@S1=1"},
		{"an absent serial leaves the lot it is in", "add p=BOLT serial=S1 lot=L; count p=BOLT serial=S1 q=0", "applied", "loss:BOLT#L@S1=1 supplier:BOLT#L@S1=-1"},
		{"a command is told no, not later", "add p=NUT mode=command", "refused unknown_product", ""},
		{"a difference of 16 digits waits", "add p=BOLT q=999999999999999; add p=BOLT q=999999999999999; count p=BOLT q=0", "parked bad_quantity", "supplier:BOLT=-1999999999999998 main/stock:BOLT=1999999999999998"},
		{"packed, moved as one, unpacked", "add p=BOLT q=10; pack p=BOLT q=6 package=P1; move package=P1 to=B-01; unpack p=BOLT q=2 package=P1 from=B-01", "applied", "supplier:BOLT=-10 main/B-01:BOLT=2 main/B-01[P1]:BOLT=4 main/stock:BOLT=4"},
		{"packed here, standing there", "pack p=BOLT q=6 from=A-01 package=P1 to=B-01", "applied", "main/A-01:BOLT=-6 main/B-01[P1]:BOLT=6"},
		{"unpacked elsewhere, it was seen there", "pack p=BOLT q=6 from=A-01 package=P1; unpack p=BOLT q=2 package=P1 from=B-01 to=A", "applied", "main/A:BOLT=2 main/A-01:BOLT=-6 main/B-01[P1]:BOLT=4"},
		{"received in a package, and taken out of it", "add p=BOLT q=9 package=P1; remove p=BOLT q=2 package=P1; move p=BOLT q=1 package=P1 to=B-01", "applied", "customer:BOLT=2 supplier:BOLT=-9 main/B-01:BOLT=1 main/stock[P1]:BOLT=6"},
		{"a package counted by itself is seen", "add p=BOLT q=9 package=P1; count package=P1 q=1 from=A-01", "applied", "supplier:BOLT=-9 main/A-01[P1]:BOLT=9"},
		{"a package counted 0 is not seen, and stays", "add p=BOLT q=9 package=P1; count package=P1 q=0 from=A-01", "applied", "supplier:BOLT=-9 main/stock[P1]:BOLT=9"},
		{"opened and counted", "add p=BOLT q=9 package=P1; count p=BOLT q=8 package=P1", "applied", "loss:BOLT=1 supplier:BOLT=-9 main/stock[P1]:BOLT=8"},
		{"a shelf's count leaves packages on it alone", "add p=BOLT q=9 package=P1; count p=BOLT q=3", "applied", "loss:BOLT=-3 supplier:BOLT=-9 main/stock:BOLT=3 main/stock[P1]:BOLT=9"},
		{"nested, it goes along", "add p=BOLT q=9 package=P1; pack package=P1 to=P2; move package=P2 to=B-01", "applied", "supplier:BOLT=-9 main/B-01[P1]:BOLT=9"},
		{"moved by itself it is out of the other", "add p=BOLT q=9 package=P1; pack package=P1 to=P2; move package=P1 to=A-01; move package=P2 to=B-01", "applied", "supplier:BOLT=-9 main/A-01[P1]:BOLT=9"},
		{"a nesting in a circle is passed over", "add p=BOLT q=9 package=P1; pack package=P1 to=P2; pack package=P2 to=P1; move package=P2 to=B-01", "applied", "supplier:BOLT=-9 main/B-01[P1]:BOLT=9"},
		{"and someone hears of it", "pack package=P1 to=P2; pack package=P2 to=P1", "exception", ""},
		{"removed whole, with what is inside it", "add p=BOLT q=9 package=P1; add p=OIL q=2 package=P2 lot=L; pack package=P2 to=P1; remove package=P1", "applied", "customer:BOLT=9 customer:OIL#L=2 supplier:BOLT=-9 supplier:OIL#L=-2"},
		{"whole to breach if anything inside is held", "add p=BOLT q=9 package=P1; add p=OIL q=2 package=P1 lot=L; isolate p=OIL lot=L reason=x; remove package=P1", "exception", "breach:BOLT=9 breach:OIL#L=2 supplier:BOLT=-9 supplier:OIL#L=-2"},
		{"asked first, it is refused", "add p=BOLT q=9 package=P1; isolate package=P1 reason=x; remove package=P1 mode=command", "refused held", "supplier:BOLT=-9 main/stock[P1]:BOLT=9"},
		{"sent back to the vendor whole", "add p=BOLT q=9 package=P1; isolate package=P1 reason=x; remove package=P1 to=supplier", "applied", ""},
		{"emptied onto a shelf", "add p=BOLT q=9 package=P1; unpack package=P1 to=B-01", "applied", "supplier:BOLT=-9 main/B-01:BOLT=9"},
		{"a package in quarantine holds held goods", "add p=BOLT q=9 package=P1; move package=P1 to=quarantine; unpack p=BOLT q=4 package=P1 from=quarantine to=A-01", "applied", "supplier:BOLT=-9 main/A-01:BOLT*=4 main/quarantine[P1]:BOLT*=5"},
		{"its own hold brings it there as it is", "add p=BOLT q=9 package=P1; isolate package=P1 to=quarantine reason=x", "applied", "supplier:BOLT=-9 main/quarantine[P1]:BOLT=9"},
		{"out of a held package goods stay held", "add p=BOLT q=9 package=P1; isolate package=P1 reason=x; unpack p=BOLT q=2 package=P1", "applied", "supplier:BOLT=-9 main/stock:BOLT*=2 main/stock[P1]:BOLT=7"},
		{"a package out of a held place takes held goods along", "add p=BOLT q=9 package=P1 to=A-01; isolate from=A reason=x; move package=P1 to=B-01", "applied", "supplier:BOLT=-9 main/B-01[P1]:BOLT*=9"},
		{"a package is named: its held goods are taken too", "add p=BOLT q=3 package=P1 to=quarantine; move package=P1 to=A-01; move p=BOLT q=2 package=P1 to=B-01", "applied", "supplier:BOLT=-3 main/A-01[P1]:BOLT*=1 main/B-01:BOLT*=2"},
		{"a released package goes out", "add p=BOLT q=3 package=P1; isolate package=P1 reason=x; release package=P1 reason=fine; remove package=P1", "applied", "customer:BOLT=3 supplier:BOLT=-3"},
		{"a held serial is a breach wherever it is", "add p=BOLT serial=S1 package=P1; isolate serial=S1 reason=x; move package=P1 to=B-01; remove serial=S1", "exception", "breach:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"its hold brings a serial somewhere", "add p=BOLT serial=S1; isolate serial=S1 to=B-01 reason=x", "applied", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"a released serial goes out", "add p=BOLT serial=S1; isolate serial=S1 reason=x; release serial=S1 reason=fine; remove serial=S1", "applied", "customer:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"a serial by itself is of the product it is known of", "add p=BOLT serial=S1; move serial=S1 to=B-01", "applied", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"a serial of no known product waits", "move serial=S9 to=B-01", "parked unknown_product", ""},
		{"so does one of several", "add p=BOLT serial=S1; add p=OIL serial=S1; move serial=S1 to=B-01", "parked unknown_product", "supplier:BOLT@S1=-1 supplier:OIL@S1=-1 main/stock:BOLT@S1=1 main/stock:OIL@S1=1"},
		{"packing needs a package", "pack p=BOLT q=1", "parked bad_field", ""},
		{"a move undone brings the package back", "add p=BOLT q=9 package=P1; move package=P1 to=B-01; undo ref=2", "applied", "supplier:BOLT=-9 main/stock[P1]:BOLT=9"},
		{"undone from the start the package is unknown", "add p=BOLT q=9 package=P1; undo ref=1", "applied", ""},
		{"a session has a name", "session-open from=A-01", "refused bad_field", ""},
		{"a hold moves nothing", "add p=BOLT q=2 lot=L; isolate p=BOLT lot=L reason=x", "applied", "supplier:BOLT#L=-2 main/stock:BOLT#L=2"},
		{"what is under a hold is a breach", "add p=BOLT q=2 lot=L; isolate p=BOLT lot=L reason=x; remove p=BOLT lot=L q=1", "exception", "breach:BOLT#L=1 supplier:BOLT#L=-2 main/stock:BOLT#L=1"},
		{"a serial leaves from where it is", "add p=BOLT serial=S1; move p=BOLT serial=S1 from=A-01 to=B-01", "exception", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"a serial seen first is from shortage", "move p=BOLT serial=S1 from=A-01 to=B-01", "exception", "shortage:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
		{"a serial added twice is one", "add p=BOLT serial=S1; add p=BOLT serial=S1 to=B-01", "exception", "supplier:BOLT@S1=-1 main/B-01:BOLT@S1=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			var d ledger.Decision
			for i, text := range strings.Split(row.story, ";") {
				d = s.say(uint64(i+1), strings.TrimSpace(text))
			}
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
			if d.Outcome != ledger.Applied && d.Outcome != ledger.Exception && !strings.Contains(d.Message, ". ") {
				t.Errorf("%q does not say what happened and what to do", d.Message)
			}
		})
	}
}

func TestNegativePolicy(t *testing.T) {
	for _, row := range []struct{ policy, story, want, books string }{
		{"allow", "remove p=BOLT q=2", "applied", "customer:BOLT=2 main/stock:BOLT=-2"},
		{"auto-add", "add p=BOLT q=1; remove p=BOLT q=3", "applied", "customer:BOLT=3 loss:BOLT=-2 supplier:BOLT=-1"},
		{"refuse", "add p=BOLT q=1; remove p=BOLT q=3", "exception", "customer:BOLT=3 shortage:BOLT=-2 supplier:BOLT=-1"},
		{"refuse", "add p=BOLT q=1; remove p=BOLT q=3 mode=command", "refused short", "supplier:BOLT=-1 main/stock:BOLT=1"},
		{"refuse", "count p=BOLT q=0; scrap p=BOLT q=1", "exception", "scrap:BOLT=1 shortage:BOLT=-1"},
	} {
		t.Run(row.policy+" "+row.story, func(t *testing.T) {
			s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": row.policy}})
			var d ledger.Decision
			for i, text := range strings.Split(row.story, ";") {
				d = s.say(uint64(i+1), strings.TrimSpace(text))
			}
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := stock(s.state); got != row.books {
				t.Errorf("the books say\n  %s\nwant\n  %s", got, row.books)
			}
		})
	}
}

// An intent takes no part while at least one undo of it does; each line is a scan
// and what lies on the shelf after it.
func TestUndo(t *testing.T) {
	s := world(t)
	for i, row := range []struct {
		scan, shelf string
		outcome     ledger.Outcome
	}{
		{"add p=BOLT q=5", "5", ledger.Applied},
		{"undo ref=1", "0", ledger.Applied},
		{"undo ref=1", "0", ledger.Applied}, // undone twice
		{"undo ref=2", "0", ledger.Applied}, // the second undo still stands
		{"undo ref=3", "5", ledger.Applied},
		{"undo ref=4", "0", ledger.Applied}, // what undid the first undo is undone: it stands again
		{"undo ref=99", "0", ledger.Applied},
	} {
		d := s.say(uint64(i+1), row.scan)
		c, _ := s.state.CellAt("BOLT", "main/stock", "", "", ledger.Available)
		if got := ledger.FormatScaled(c.Quantity, 0); d.Outcome != row.outcome || got != row.shelf {
			t.Errorf("scan %d, %s: %s (%s), %s on the shelf, want %s", i+1, row.scan, d.Outcome, d.Message, got, row.shelf)
		}
	}
	other := ledger.Identity{Device: "H-2", Install: "x", Seq: 1}
	if d := s.say(91, "undo ref="+nameOf(other)); d.Code != ledger.NotAllowed {
		t.Errorf("another's scan: %+v", d)
	}
}

// Sums never wrap round: what would outgrow the books waits.
func TestSumsAreBounded(t *testing.T) {
	s := world(t)
	for n := uint64(1); ; n++ {
		d := s.say(2*n, "count p=BOLT q=999999999999999")
		if d.Outcome == ledger.Applied {
			d = s.say(2*n+1, "remove p=BOLT q=999999999999999")
		}
		if d.Outcome != ledger.Applied {
			if d.Outcome != ledger.Parked || d.Code != ledger.BadQuantity || n < 50 {
				t.Errorf("round %d: %s %s", n, d.Outcome, d.Code)
			}
			return
		}
		if n > 10_000 {
			t.Fatal("the sums have no bound")
		}
	}
}

// One line that cannot be understood parks all; lines fold in order.
func TestLines(t *testing.T) {
	one, _ := ledger.ParseDecimal("1")
	for _, row := range []struct {
		name  string
		in    ledger.Intent
		want  ledger.Outcome
		books string
	}{
		{"all or nothing", ledger.Intent{Action: ledger.ActionAdd, Lines: []ledger.Line{{Product: "BOLT", Quantity: one}, {Product: "NUT", Quantity: one}}}, ledger.Parked, ""},
		{"each its place", ledger.Intent{Action: ledger.ActionAdd, To: "A-01", Lines: []ledger.Line{{Product: "BOLT"}, {Product: "OIL", To: "B-01"}}}, ledger.Applied,
			"supplier:BOLT=-1 supplier:OIL=-1 main/A-01:BOLT=1 main/B-01:OIL=1"},
		{"counted lines on one cell add up", ledger.Intent{Action: ledger.ActionCount, Lines: []ledger.Line{{Product: "BOLT", Quantity: one}, {Product: "BOLT", Quantity: one}}}, ledger.Applied,
			"loss:BOLT=-2 main/stock:BOLT=2"},
		{"a lot's line is taken before the sum", ledger.Intent{Action: ledger.ActionCount, Lines: []ledger.Line{{Product: "BOLT", Quantity: ledger.NewDecimal(5, 0)}, {Product: "BOLT", Lot: "L", Quantity: one}}}, ledger.Applied,
			"loss:BOLT=-4 loss:BOLT#L=-1 main/stock:BOLT=4 main/stock:BOLT#L=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			row.in.Device, row.in.Install, row.in.Seq = "H-1", "i", 1
			r := ledger.Received{Intent: row.in, Fault: row.in.Check()}
			d := s.stored.decide(s.Books, &r, ledger.Receipt{N: 1, BookedAt: 1, TEff: 1})
			checkZeroSum(t, s.state)
			if d.Outcome != row.want || stock(s.state) != row.books {
				t.Errorf("%s (%s), books %q, want %s, %q", d.Outcome, d.Message, stock(s.state), row.want, row.books)
			}
		})
	}
}

func TestAlertsOncePerCrossing(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Location: "A", Fields: map[string]string{"min": "5", "max": "10"}})
	for i, row := range []struct{ scan, want string }{
		{"add p=BOLT q=6 to=A-01", "low cleared, out cleared"},
		{"add p=BOLT q=6 to=A-01", "over raised"},
		{"add p=BOLT q=1 to=A-01", ""},
		{"move p=BOLT q=9 from=A-01 to=B-01", "low raised, over cleared"},
		{"remove p=BOLT q=1 from=A-01", ""},
		{"isolate p=BOLT q=3 from=A-01 to=A-01 reason=x", "out raised"},
		{"remove p=BOLT q=4 from=A-01", "negative raised"},
		{"add p=BOLT q=9 to=A-01", "low cleared, out cleared, negative cleared"},
	} {
		d := s.say(uint64(i+1), row.scan)
		var got []string
		for _, a := range d.Alerts {
			got = append(got, a.Kind+" "+a.State)
		}
		if strings.Join(got, ", ") != row.want {
			t.Errorf("%s: %q, want %q (%s)", row.scan, strings.Join(got, ", "), row.want, stock(s.state))
		}
	}
}

// Goods under a hold are not available, whatever cell they lie in: also those that
// come later, and until a release names the hold.
func TestHeldGoodsAreNotAvailable(t *testing.T) {
	s := world(t, ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "4"}})
	for i, row := range []struct{ scan, alerts, available string }{
		{"add p=BOLT q=6 lot=L to=A-01", "low cleared, out cleared", "6"},
		{"isolate p=BOLT lot=L reason=recall", "low raised, out raised", "0"},
		{"add p=BOLT q=1 lot=L to=B-01", "", "0"},
		{"add p=BOLT q=5 lot=M to=A-01", "low cleared, out cleared", "5"},
		{"isolate from=A reason=fire", "low raised, out raised", "0"},
		{"undo ref=2", "out cleared", "1"},
		{"release from=A reason=out", "low cleared", "12"},
	} {
		d := s.say(uint64(i+1), row.scan)
		s.stored.take(s.Books, uint64(i+1), ledger.Time(i+1))
		s.Books = s.stored.reopen(t)
		var got []string
		for _, a := range d.Alerts {
			got = append(got, a.Kind+" "+a.State)
		}
		if available := s.state.Constraints(1, nil)[0].Available; strings.Join(got, ", ") != row.alerts || available != row.available {
			t.Errorf("%s: %q, %s available, want %q, %s (%s)", row.scan, strings.Join(got, ", "), available, row.alerts, row.available, d.Message)
		}
	}
}

// A state put back from its rows is the state, at any moment of a random life.
func TestRowsRestoreTheState(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { restoreLife(t, seed) })
	}
}
