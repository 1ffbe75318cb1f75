package meaning_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bayledger/scanner/flow"
	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// copied is the catalogue as a device has it.
type copied map[[3]string]ledger.Patch

func device() copied {
	c := copied{}
	for _, p := range master() {
		c[[3]string{p.Entity, p.Site, p.Code}] = p
	}
	return c
}

func (c copied) Barcode(code string) (string, ledger.Decimal, bool) {
	p, ok := c[[3]string{ledger.EntityBarcode, "", code}]
	quantity, _ := ledger.ParseDecimal(p.Fields["quantity"])
	return p.Fields["product"], quantity, ok
}

func (c copied) Product(code string) (meaning.Item, bool) {
	p, ok := c[[3]string{ledger.EntityProduct, "", code}]
	it := meaning.Item{Code: p.Code, Unit: p.Fields["unit"], Tracking: p.Fields["tracking"], Units: map[string]ledger.Decimal{}}
	for name, value := range p.Fields {
		if unit, is := strings.CutPrefix(name, "unit."); is {
			it.Units[unit], _ = ledger.ParseDecimal(value)
		}
	}
	return it, ok
}

func (c copied) Place(_, code string) bool { return code == "stock" || code == "A-01" }
func (c copied) Package(code string) bool  { return code == "PLT-7" }
func (c copied) Operator(code string) bool { return code == "ann" || code == "952123400000000000" }

const rules = "21IIIIIKKGGGC 23IIIIINNNNNC"

// A device that knows the catalogue books of each scan what the server books of the bare scan.
func TestDeviceAndServerAgree(t *testing.T) {
	tried := 0
	for _, c := range bookedScans {
		var in struct{ Scan, Site string }
		if json.Unmarshal([]byte("{"+c.intent+"}"), &in) != nil || strings.Contains(c.intent, "quantity") || strings.Contains(c.intent, `"lot"`) || strings.Contains(c.intent, `"serial"`) || in.Scan == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			setup := flow.Setup{Catalogue: device(), Site: "main", Rules: rules, Places: map[flow.Mode]string{flow.Add: "stock"}}
			if in.Site != "" {
				setup.Site, setup.Rules = in.Site, ""
			}
			step := flow.New(setup).Take(flow.Event{Scan: in.Scan}, "2026-03-02")
			if len(step.Intents) == 0 && strings.Contains(step.Screen.Prompt, "serial") {
				return // it asks for what the server cannot ask for
			}
			if len(step.Intents) != 1 {
				t.Fatalf("%+v", step)
			}
			text, _ := ledger.AppendIntent(nil, &step.Intents[0])
			r := s.scan(strings.Trim(string(text), "{}"))
			if got := s.moves(r.Entry); got != c.want {
				t.Errorf("booked %s, want %s (%s %s)", got, c.want, r.Code, r.Message)
			}
		})
		tried++
	}
	if tried < len(bookedScans)/2 {
		t.Errorf("only %d cases are of bare scans", tried)
	}
}

// What a scan is about, where several things could be meant.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		scan   string
		expect meaning.Expect
		want   string // kind and code
	}{
		{"a product", "]E09521234543213", meaning.Goods, "product TEA"},
		{"a product's own code", "]C0TEA", meaning.Goods, "product TEA"},
		{"a place", "A-01", meaning.Goods, "place A-01"},
		{"a place with its prefix", "BLLOC-TEA", meaning.Goods, "place TEA"},
		{"a package of ours", "]C0PLT-7", meaning.Goods, "package PLT-7"},
		{"an SSCC", "]C100395212345000000019", meaning.Goods, "package 395212345000000019"},
		{"an SSCC of a reader without identifiers", "00395212345000000019", meaning.Goods, "package 395212345000000019"},
		{"a returnable container", "]C18003" + "09521234543213" + "CRATE-9", meaning.Goods, "package 09521234543213CRATE-9"},
		{"somebody", "BLOP-bob", meaning.Goods, "operator bob"},
		{"somebody who is known", "ann", meaning.Goods, "operator ann"},
		{"somebody, where a badge is expected", "bob", meaning.ExpectOperator, "operator bob"},
		{"a number of somebody", "]C18018" + "952123400000000000", meaning.Goods, "operator 952123400000000000"},
		{"a product is no badge", "]E09521234543213", meaning.ExpectOperator, "product TEA"},
		{"a handheld", "BLDEV-H-07", meaning.Goods, "device H-07"},
		{"a command", "]C0BLCMD-X12", meaning.Goods, "command X12"},
		{"a command where a lot is expected", "BLCMD-UNDO", meaning.ExpectLot, "command UNDO"},
		{"a lot that looks like an EAN-8", "12345670", meaning.ExpectLot, "lot 12345670"},
		{"a lot that looks like a date", "20260302", meaning.ExpectLot, "lot 20260302"},
		{"a lot as an element", "]C110L-7", meaning.ExpectLot, "lot L-7"},
		{"an EAN-8 is no lot", "]E496385074", meaning.ExpectLot, "product HIDE"},
		{"goods that are known are no lot", "9521234543213", meaning.ExpectLot, "product TEA"},
		{"a place is no lot", "A-01", meaning.ExpectLot, "place A-01"},
		{"a serial", "SN 1", meaning.ExpectSerial, "serial SN 1"},
		{"half a label", "]C10219521234543210" + "3712", meaning.Goods, "half "},
		{"half a label with a lot", "]C110L-7", meaning.Goods, "half "},
		{"nothing known", "]E05901234123457", meaning.Goods, "unknown "},
		{"a wrong check digit", "]E09521234543214", meaning.Goods, "unknown "},
		{"no such command", "BLCMD-DANCE", meaning.Goods, "command "},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := meaning.Read(c.scan, meaning.Context{Catalogue: device(), Site: "main", Rules: rules, Year: 2026, Expect: c.expect})
			code := m.Code
			if m.Kind == meaning.Product {
				code = m.Item.Code
			}
			if got := fmt.Sprintf("%s %s", m.Kind, code); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// The barcodes of one label are one message, in whatever order they come.
func TestReadLabel(t *testing.T) {
	parts := []string{"]C10219521234543210" + "3712", "]C110LOT-7", "]C100395212345000000019"}
	var messages []gs1.Message
	for _, p := range parts {
		m, fault := gs1.DecodePart(p)
		if fault != nil {
			t.Fatal(fault)
		}
		messages = append(messages, m)
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		both, fault := gs1.Join(messages[order[0]], messages[order[1]], messages[order[2]])
		if fault != nil {
			t.Fatal(fault)
		}
		m := meaning.ReadLabel(parts[0], both, meaning.Context{Catalogue: device(), Site: "main", Year: 2026})
		if m.Item.Code != "TEA" || m.Quantity.String() != "144" || m.Says.Lot != "LOT-7" || m.Says.Package != "395212345000000019" {
			t.Errorf("%v: %+v", order, m)
		}
	}
	if _, fault := gs1.Join(messages[0]); fault == nil || fault.Code != gs1.MissingAI {
		t.Errorf("content without its pallet: %v", fault)
	}
	if _, fault := gs1.Join(); fault == nil {
		t.Error("nothing is a label")
	}
}
