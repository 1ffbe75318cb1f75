package ledger_test

import (
	"testing"

	"bayledger/sync/ledger"
)

// What a scan is about is known before it is decided, by whatever it names its
// product; what nobody knows is nobody's product.
func TestMeant(t *testing.T) {
	s := ledger.NewState()
	if _, _, f := s.Edit(append(ledger.Foundation(), ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT"}, ledger.Patch{Entity: ledger.EntityProduct, Code: "NUT"},
		ledger.Patch{Entity: ledger.EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": "BOLT"}},
		ledger.Patch{Entity: ledger.EntityPartner, Code: "ACME"}, ledger.Patch{Entity: ledger.EntityPartner, Code: "ZENITH"},
		ledger.Patch{Entity: ledger.EntityPartnerItem, Code: "ACME/771", Fields: map[string]string{"product": "NUT", "quantity": "12"}},
		ledger.Patch{Entity: ledger.EntityPartnerItem, Code: "ACME/4006381333931", Fields: map[string]string{"product": "NUT"}}), 1, 1, false); f != nil {
		t.Fatal(f)
	}
	for _, row := range []struct {
		name string
		in   ledger.Intent
		line ledger.Line
		want string
	}{
		{"its product", ledger.Intent{Product: "NUT"}, ledger.Line{}, "NUT"},
		{"its barcode", ledger.Intent{Scan: "]E04006381333931"}, ledger.Line{}, "BOLT"},
		{"the barcode of a line", ledger.Intent{Product: "NUT"}, ledger.Line{Scan: "4006381333931"}, "BOLT"},
		{"the product of a line", ledger.Intent{Scan: "4006381333931"}, ledger.Line{Product: "NUT"}, "NUT"},
		{"an unknown barcode", ledger.Intent{Scan: "123"}, ledger.Line{}, ""},
		{"an unknown product", ledger.Intent{Product: "SCREW"}, ledger.Line{}, ""},
		{"an unknown serial", ledger.Intent{Serial: "S-1"}, ledger.Line{}, ""},
		{"a partner's own code", ledger.Intent{Scan: "771", Partner: "ACME"}, ledger.Line{}, "NUT"},
		{"that of another partner", ledger.Intent{Scan: "771", Partner: "ZENITH"}, ledger.Line{}, ""},
		{"that of nobody", ledger.Intent{Scan: "771"}, ledger.Line{}, ""},
		{"our barcode before a partner's code", ledger.Intent{Scan: "4006381333931", Partner: "ACME"}, ledger.Line{}, "BOLT"},
		{"a place alone", ledger.Intent{From: "A-01"}, ledger.Line{}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if p := s.Meant(&row.in, &row.line, &ledger.Receipt{TEff: 5}); p != nil {
				got = p.Code
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
