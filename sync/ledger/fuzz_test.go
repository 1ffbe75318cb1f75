package ledger

import (
	"encoding/json"
	"slices"
	"testing"
)

// FuzzLife lives through random edits and scans: nothing panics, every product
// and lot adds up to zero, and the rows restore the state.
func FuzzLife(f *testing.F) {
	f.Add([]byte("add BOLT and take it back again, then count"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252, 253, 254, 255, 17, 33, 65, 129, 7, 7, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 600 {
			return
		}
		s, rows, known := NewState(), map[string][]byte{}, map[Identity]*Entry{}
		if _, _, f := s.Edit(slices.Concat(Foundation(), []Patch{{Entity: EntityProduct, Code: "P"}, {Entity: EntityProduct, Code: "Q", Fields: map[string]string{"decimals": "2"}}}), 1, 1, false); f != nil {
			t.Fatal(f)
		}
		next := func() byte {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return b
		}
		pick := func(choices ...string) string { return choices[int(next())%len(choices)] }
		for n := uint64(1); n == 1 || len(data) > 0; n++ {
			if next()%4 == 0 {
				editSomething(s, n, pick)
			} else {
				scanSomething(s, n, pick, known)
			}
			checkZeroSum(t, s)
			for _, r := range s.TakeChanges().Rows {
				if rows[string(r.Key)] = r.Value; r.Value == nil {
					delete(rows, string(r.Key))
				}
			}
		}
		compareStates(t, s, reload(t, rows))
	})
}

func editSomething(s *State, n uint64, pick func(...string) string) {
	p := Patch{
		Entity: pick(EntitySite, EntityLocation, EntityProduct, EntityBarcode, EntityPartner, EntityConstraint, "animal"),
		Code:   pick("P", "Q", "A", "B", "main", "4006381333931", "customer", "", "x/y"), Site: pick("main", "", "depot"), Location: pick("", "A", "stock"),
		Fields: map[string]string{},
	}
	for range 2 {
		p.Fields[pick("name", "kind", "parent", "deleted", "decimals", "unit.box", "attribute.a", "product", "quantity", "min", "max", "negative", "tracking", "stocked")] =
			pick("", "A", "B", "stock", "quarantine", "true", "false", "1", "3", "0.5", "-1", "P", "Q", "refuse", "auto-add", "serial", "supplier")
	}
	s.Edit([]Patch{{Entity: EntityProduct, Code: "P", Fields: map[string]string{"name": pick("a", "b")}}, p}, 1_000+n, Time(n), pick("no", "try") == "try")
}

func scanSomething(s *State, n uint64, pick func(...string) string, known map[Identity]*Entry) {
	in := Intent{Device: "D", Install: "i", Seq: n, Action: pick("add", "remove", "move", "isolate", "release", "count", "scrap", "undo", "assemble", "disassemble", "pack", "close"),
		Product: pick("P", "Q", "R", ""), Scan: pick("", "4006381333931", "]E04006381333931"), From: pick("", "A", "stock", "quarantine", "customer"), To: pick("", "A", "B", "quarantine", "supplier"),
		Lot: pick("", "", "L"), Serial: pick("", "", "S", "T"), Status: pick("", "", "held", "available"), Unit: pick("", "", "box"), Mode: pick("", "", "command"),
		Reason: pick("", "opening", "x"), Reference: pick("1", "2", "3", "D/i/4", "x/y", "")}
	in.Quantity, _ = ParseDecimal(pick("", "0", "1", "2.5", "0.01", "999999999999999", "-1"))
	if pick("one", "many") == "many" {
		in.Lines = []Line{{Product: pick("P", "Q"), Quantity: NewDecimal(1, 0)}, {Product: "P", Lot: pick("", "L"), Quantity: NewDecimal(3, 0)}}
	}
	r := Received{Intent: in, Fault: in.Check()}
	d := s.Decide(&r, Receipt{N: n, BookedAt: Time(n), TEff: Time(n), Role: pick("floor", "admin"), Entry: func(id Identity) (*Entry, error) { return known[id], nil }})
	known[in.Identity()] = &Entry{N: n, Intent: &in, Moves: d.Moves, Outcome: d.Outcome}
}

// FuzzReadEntry reads arbitrary bytes as an entry: an error, or an entry that can
// be written again.
func FuzzReadEntry(f *testing.F) {
	f.Add([]byte(`{"n":1,"kind":"intent","intent":{"seq":"x","quantity":"1e30"},"moves":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ReadEntry(data)
		if err != nil {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	})
}
