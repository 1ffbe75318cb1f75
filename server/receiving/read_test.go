package receiving_test

import (
	"strings"
	"testing"

	"bayledger/server/receiving"
	"bayledger/sync/ledger"
)

const now = ledger.Time(1_772_452_800_000_000) // 2026-03-02T12:00:00Z

func books(t testing.TB) *ledger.State {
	t.Helper()
	s := ledger.NewState()
	patches := append(ledger.Foundation(),
		ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"decimals": "2", "unit": "piece", "unit.box": "12"}},
		ledger.Patch{Entity: ledger.EntityProduct, Code: "NUT"},
		ledger.Patch{Entity: ledger.EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": "NUT", "quantity": "6"}},
		ledger.Patch{Entity: ledger.EntityPartner, Code: "ACME"},
		ledger.Patch{Entity: ledger.EntityPartnerItem, Code: "ACME/771", Fields: map[string]string{"product": "BOLT", "quantity": "0.5"}})
	if _, i, f := s.Edit(patches, 1, 1, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
	return s
}

// fieldsOf reads lines of words such as product=BOLT.
func fieldsOf(text string) (out []map[string]string) {
	for line := range strings.SplitSeq(text, "\n") {
		fields := map[string]string{}
		for word := range strings.SplitSeq(line, " ") {
			name, value, _ := strings.Cut(word, "=")
			fields[name] = value
		}
		out = append(out, fields)
	}
	return out
}

// Whatever a file says, a delivery that is taken can be received whole: its intents are
// ones that the books would take, and what came of them is all that was ordered.
func FuzzReadDeliveries(f *testing.F) {
	f.Add("number=D-1 product=BOLT quantity=3 unit=box price=9.99\nnumber=D-1 barcode=4006381333931 quantity=1")
	f.Add("delivery=D/2 partner=ACME item=771 quantity=7 price=0.000001 lot=L expiry=2027-01-31")
	f.Add("number=D-3 product=NUT quantity=999999999999999 price=999999999999999\nnumber=D-4 asn=A order=\xff")
	f.Add("number=D delivery=D quantity=-0 due=2026-02-30 to=incoming site=main")
	f.Fuzz(func(t *testing.T, text string) {
		s, lines := books(t), fieldsOf(text)
		list, of, line, wrong := receiving.Read(lines)
		if wrong != nil {
			whole(t, wrong)
			if line < 0 || line >= len(lines) {
				t.Fatalf("a fault of line %d of %d", line, len(lines))
			}
			return
		}
		count := 0
		for i := range list {
			d := &list[i]
			if count += len(d.Lines); len(of[i]) != len(d.Lines) {
				t.Fatalf("%d lines of %d of the file", len(d.Lines), len(of[i]))
			}
			if d.Site == "" {
				d.Site = "main"
			}
			d.State = receiving.Expected
			if line, wrong := d.Check(s, now); wrong != nil {
				whole(t, wrong)
				if line >= len(d.Lines) {
					t.Fatalf("a fault of line %d of %d", line, len(d.Lines))
				}
				continue
			}
			receiveAll(t, s, d)
		}
		if count != len(lines) {
			t.Fatalf("%d lines of %d", count, len(lines))
		}
	})
}

// receiveAll receives a delivery, and holds what came against what was ordered.
func receiveAll(t *testing.T, s *ledger.State, d *receiving.Delivery) {
	t.Helper()
	before := d.Progress(s, nil, 0, false, now)
	intents, err := d.Plan(s, &receiving.Ask{All: true}, &before, 1, now)
	if err != nil {
		t.Fatalf("%+v cannot be received: %v", d, err)
	}
	var facts []receiving.Fact
	for i := range intents {
		if f := intents[i].Check(); f != nil {
			t.Fatalf("%+v: %v", d, f)
		}
		for _, l := range intents[i].Lines {
			p, _ := s.Product(l.Product)
			units, _ := l.Quantity.Scaled(p.Decimals)
			facts = append(facts, receiving.Fact{Product: l.Product, FromKind: ledger.PlaceSupplier, ToKind: ledger.PlaceIncoming, Quantity: units, N: 1})
		}
	}
	for _, l := range d.Progress(s, facts, 0, false, now).Lines {
		if l.Outcome != "exact" && l.Outcome != "unknown" {
			t.Fatalf("%+v: all came, and it is %s", l, l.Outcome)
		}
	}
}

func whole(t *testing.T, f *ledger.Fault) {
	t.Helper()
	if f.Code == "" || f.Message == "" {
		t.Errorf("a fault lacks something: %+v", f)
	}
}
