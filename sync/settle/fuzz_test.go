package settle

import (
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

// FuzzLife lives through random edits and scans: nothing panics, every product
// and lot adds up to zero, and the rows restore the state.
func FuzzLife(f *testing.F) {
	f.Add([]byte("add BOLT and take it back again, then count"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252, 253, 254, 255, 17, 33, 65, 129, 7, 7, 7})
	f.Add([]byte("sessions are opened, counted in sections, undone, closed complete, and goods come late to what was closed"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 600 {
			return
		}
		s, st := ledger.NewState(), newStored()
		books := New(s, st)
		if _, _, f := s.Edit(slices.Concat(ledger.Foundation(), []ledger.Patch{{Entity: ledger.EntityProduct, Code: "P"}, {Entity: ledger.EntityProduct, Code: "Q", Fields: map[string]string{"decimals": "2"}}}), 1, 1, false); f != nil {
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
				scanSomething(books, st, n, pick)
			}
			checkZeroSum(t, s)
			st.take(books, n, ledger.Time(n))
		}
		compareStates(t, s, st.reopen(t).state)
	})
}

func editSomething(s *ledger.State, n uint64, pick func(...string) string) {
	p := ledger.Patch{
		Entity: pick(ledger.EntitySite, ledger.EntityLocation, ledger.EntityProduct, ledger.EntityBarcode, ledger.EntityPartner, ledger.EntityConstraint, ledger.EntityOperator, ledger.EntityRight, "animal"),
		Code:   pick("P", "Q", "A", "B", "main", "4006381333931", "customer", "", "x/y"), Site: pick("main", "", "depot"), Location: pick("", "A", "stock"),
		Fields: map[string]string{},
	}
	for range 2 {
		p.Fields[pick("name", "kind", "parent", "deleted", "decimals", "unit.box", "attribute.a", "product", "quantity", "min", "max", "negative", "tracking", "stocked")] =
			pick("", "A", "B", "stock", "quarantine", "true", "false", "1", "3", "0.5", "-1", "P", "Q", "refuse", "auto-add", "serial", "supplier")
	}
	s.Edit([]ledger.Patch{{Entity: ledger.EntityProduct, Code: "P", Fields: map[string]string{"name": pick("a", "b")}}, p}, 1_000+n, ledger.Time(n), pick("no", "try") == "try")
}

func scanSomething(b *Books, st *stored, n uint64, pick func(...string) string) {
	in := ledger.Intent{Device: "D", Install: "i", Seq: n, Action: pick("add", "remove", "move", "isolate", "release", "count", "scrap", "undo", "assemble", "disassemble", "pack", "unpack", "close", "decide", "session-open", "session-close", "ask"),
		Product: pick("P", "Q", "R", ""), Scan: pick("", "4006381333931", "]E04006381333931"), From: pick("", "A", "stock", "quarantine", "customer"), To: pick("", "A", "B", "quarantine", "supplier"),
		Lot: pick("", "", "L"), Serial: pick("", "", "S", "T"), Status: pick("", "", "held", "available"), Unit: pick("", "", "box"), Mode: pick("", "", "command"),
		Reason: pick("", "opening", "x"), Reference: pick("1", "2", "3", "D/i/4", "x/y", "")}
	in.Quantity, _ = ledger.ParseDecimal(pick("", "0", "1", "2.5", "0.01", "999999999999999", "-1"))
	in.Package = pick("", "", "C1", "C2", "C3")
	if in.Action == "count" {
		in.Clock = pick("", "", "c")
	}
	if in.Action == "decide" {
		in.ExceptionN = pick("doubtful_count/D/i/", "short/D/i/", "held_taken.1/D/i/", "x") + pick("1", "2", "3", "4", "")
		in.Choice, in.Evidence = pick("accept", "take", "returned", "reject", "odd"), pick("", "0123456789abcdef")
	}
	in.Session, in.Section, in.Complete = pick("", "", "s", "r"), pick("", "left"), pick("", "yes") != ""
	if in.Action == "pack" {
		in.To = pick("", "A", "C1", "C2", "C3")
	}
	if pick("one", "many") == "many" {
		in.Lines = []ledger.Line{{Product: pick("P", "Q"), Quantity: ledger.NewDecimal(1, 0)}, {Product: "P", Lot: pick("", "L"), Quantity: ledger.NewDecimal(3, 0)}}
	}
	r := ledger.Received{Intent: in, Fault: in.Check()}
	late := ledger.Time(len(pick("", "", "", "xx", "xxxxxxx")))
	st.decide(b, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(n), TEff: max(1, ledger.Time(n)-late), Role: pick("floor", "admin")})
}

// FuzzTrace reads any bytes as a piece of a history.
func FuzzTrace(f *testing.F) {
	_, st := hot(f, 20, "fifo")
	for _, pieces := range st.pieces {
		for _, p := range pieces {
			f.Add(p.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, piece []byte) {
		facts, err := Trace(piece)
		if err != nil && facts != nil {
			t.Error("half of it was read")
		}
	})
}
