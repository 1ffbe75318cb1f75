package meaning_test

import (
	"testing"

	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// everything is a catalogue that knows what it is told to.
type everything struct{ known string }

func (e everything) Barcode(code string) (string, ledger.Decimal, bool) {
	return "P", ledger.NewDecimal(12, 0), code == e.known
}
func (e everything) Product(code string) (meaning.Item, bool) {
	return meaning.Item{Code: "P", Unit: "kg"}, code == "P"
}
func (e everything) Place(_, code string) bool { return code == e.known+"@" }
func (e everything) Package(string) bool       { return false }
func (e everything) Operator(string) bool      { return false }

// No scan and no rules make the reader panic, and what it says can be booked.
func FuzzRead(f *testing.F) {
	f.Add("]C10109521234543213", "21IIIIIKKGGGC", "9521234543213", "lot")
	f.Add("2112345012506", "21IIIIIKKGGGC 2", "2112345000008", "")
	f.Add("]C10219521234543210"+"3712", "", "x", "place")
	f.Fuzz(func(t *testing.T, scan, rules, known, expect string) {
		if len(scan) > gs1.MaxScan {
			return
		}
		says, _ := meaning.Reader{}.ReadScan(scan, rules, 2026)
		for _, v := range []string{says.Code, says.Lot, says.Serial, says.Package} {
			if len(v) > ledger.MaxCode {
				t.Errorf("%q is no code", v)
			}
		}
		in := ledger.Intent{Action: ledger.ActionAdd, Product: "P", Lot: says.Lot, Serial: says.Serial, Expiry: says.Expiry, Package: says.Package, Quantity: says.Count}
		if fault := in.Check(); fault != nil {
			t.Errorf("%q: %v", scan, fault)
		}
		c := meaning.Context{Catalogue: everything{known}, Site: "main", Rules: rules, Year: 2026, Expect: meaning.Expect(expect)}
		if m := meaning.Read(scan, c); m.Kind == "" {
			t.Errorf("%q means %+v", scan, m)
		}
		if wrong := (meaning.Reader{}).CheckRules(rules); wrong == "" && rules != "" {
			meaning.Reader{}.ReadScan(scan, rules, 2026)
		}
	})
}
