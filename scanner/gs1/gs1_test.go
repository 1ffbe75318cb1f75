package gs1_test

import (
	"strings"
	"testing"

	"bayledger/scanner/gs1"
)

// What each kind of scan means, with identifier and without.
func TestDecodeKinds(t *testing.T) {
	tests := []struct {
		name, scan string
		kind       gs1.Kind
		want       string // elements in brackets, or the code of the error
	}{
		{"an EAN-13", "]E04006381333931", gs1.EAN13, "(01)04006381333931"},
		{"an EAN-13 without identifier", "4006381333931", gs1.EAN13, "(01)04006381333931"},
		{"a UPC-A as 13 digits", "]E00036000291452", gs1.UPCA, "(01)00036000291452"},
		{"a UPC-A without identifier", "036000291452", gs1.UPCA, "(01)00036000291452"},
		{"an EAN-8", "]E496385074", gs1.EAN8, "(01)00000096385074"},
		{"an EAN-8 without identifier", "96385074", gs1.EAN8, "(01)00000096385074"},
		{"a UPC-E is the UPC-A that it stands for", "04252614", gs1.UPCE, "(01)00042100005264"},
		{"an EAN-13 with an add-on", "]E3400638133393112345", gs1.EAN13, "(01)04006381333931"},
		{"an EAN-13 and its composite part are one label", "]E04006381333931|]e010LOT\x1d21S", gs1.EAN13, "(01)04006381333931(10)LOT(21)S"},
		{"and obey its rules together", "]E04006381333931|]e003" + "04006381333931", gs1.EAN13, "excluded_ai"},
		{"an ITF-14", "]I115400141288763", gs1.ITF14, "(01)15400141288763"},
		{"an ITF-14 whose reader keeps the check digit", "]I31540014128876", gs1.ITF14, "(01)15400141288763"},
		{"an ITF-14 without identifier", "15400141288763", gs1.ITF14, "(01)15400141288763"},
		{"a wrong check digit with identifier is an error", "]I115400141288767", gs1.ITF14, "check_digit"},
		{"and without one the digits may be anything", "15400141288767", gs1.Plain, ""},
		{"a pallet without identifier", "00395201938183501646", gs1.GS1, "(00)395201938183501646"},
		{"a case without identifier, last element open", "010950600013435217261231" + "10LOT-7B", gs1.GS1, "(01)09506000134352(17)261231(10)LOT-7B"},
		{"digits that only begin like one", "0109506000134353" + "9999", gs1.Plain, ""},
		{"a GS inside tells", "10LOT\x1d0109506000134352", gs1.GS1, "(10)LOT(01)09506000134352"},
		{"a GS in front tells", "\x1d0109506000134352", gs1.GS1, "(01)09506000134352"},
		{"a GS behind the identifier is none of ours", "]d2\x1d0109506000134352", gs1.GS1, "unknown_ai"},
		{"one GS at the end is let be", "]d20109506000134352\x1d", gs1.GS1, "(01)09506000134352"},
		{"two are not", "]d20109506000134352\x1d\x1d", gs1.GS1, "unknown_ai"},
		{"brackets", "(01)09506000134352(10)A\\(1)", gs1.GS1, "(01)09506000134352(10)A(1)"},
		{"a link", "https://example.com/s/01/09506000134352/10/A%2FB?17=261231&lang=en#x", gs1.Link, "(01)09506000134352(10)A/B(17)261231"},
		{"a web page without key", "https://example.com/about", gs1.Plain, ""},
		{"and with identifier, as the reference says", "]Q1https://example.com/about", gs1.Link, "link_no_key"},
		{"a scheme of mixed letters is text", "Https://example.com/01/09506000134352", gs1.Plain, ""},
		{"Code 128 without FNC1 is never GS1", "]C00109506000134352", gs1.Plain, ""},
		{"an ISO 15434 message is plain", "[)>\x1e06\x1dP172490\x1e\x04", gs1.Plain, ""},
		{"a command", "BLCMD-ADD", gs1.Command, ""},
		{"a command with identifier", "]C0BLCMD-X12", gs1.Command, ""},
		{"a command to a printer", "BLCMD-PRINTER-DOCK1", gs1.Command, ""},
		{"none of it", "BLCMD-X0", gs1.Command, ""},
		{"no such command", "BLCMD-X00", gs1.Command, "unknown_command"},
		{"nothing", "", gs1.Plain, ""},
		{"a scan beyond all symbols", strings.Repeat("9", gs1.MaxScan+1), gs1.Plain, "too_long"},
		{"an element string beyond the reference", "]d2" + strings.Repeat("9", gs1.MaxScan-3), gs1.GS1, "too_long"},
	}
	for _, c := range tests {
		m, err := gs1.Decode(c.scan)
		got := ""
		for _, e := range m.Elements {
			got += "(" + e.AI + ")" + e.Value
		}
		if err != nil {
			got = string(err.Code)
		}
		if got != c.want || m.Kind != c.kind {
			t.Errorf("%s: %q is %s %q (%v), want %s %q", c.name, c.scan, m.Kind, got, err, c.kind, c.want)
		}
	}
}

// Errors name the AI, the place and the reason.
func TestErrorsSayWhere(t *testing.T) {
	tests := []struct{ scan, text string }{
		{"]d2010950600013435217261331", "AI (17) at byte 23: there is no such month"},
		{"]d2010950600013435210L\xc3\xb6t", "AI (10) at byte 22: this character may not be in the value (CSET 82)"},
		{"]C110LOT", "AI (10) at byte 5: must come with (01) or (02) or (03) or (8006) or (8026)"},
		{"]C1010950600013435237" + "12", "AI (01) at byte 5: may not be on one label with (37)"},
		{"]Q1https://x.y/01/09506000134352?17=26%31331", "AI (17) at byte 38: there is no such month"},
		{"]d229874762", "byte 3: no such AI is known (2987)"},
		{"]E0400638133393A", "byte 15: a digit must stand here"},
		{"(01)09506000134352(99)", "AI (99) at byte 22: this is not (AI)value"},
	}
	for _, c := range tests {
		if _, err := gs1.Decode(c.scan); err == nil || err.Error() != c.text {
			t.Errorf("%q: %v, want %s", c.scan, err, c.text)
		}
	}
}

func TestDates(t *testing.T) {
	tests := []struct {
		value string
		now   int
		want  string
	}{
		{"261231", 2026, "2026-12-31"},
		{"260200", 2026, "2026-02-28"}, // day 00: the month's last
		{"280200", 2026, "2028-02-29"},
		{"760101", 2026, "2076-01-01"}, // 50 ahead
		{"770101", 2026, "1977-01-01"}, // 51 ahead is 49 back
		{"000101", 2049, "2000-01-01"}, // 49 back
		{"000101", 2050, "2100-01-01"}, // 50 back is 50 ahead
		{"990101", 2026, "1999-01-01"},
		{"261301", 2026, ""},
		{"260230", 2026, ""},
		{"2612", 2026, ""},
		{"26123A", 2026, ""},
	}
	for _, c := range tests {
		got := ""
		if d, err := gs1.DateOf(c.value, c.now); err == nil {
			got = d.String()
		}
		if got != c.want {
			t.Errorf("%s read in %d is %q, want %q", c.value, c.now, got, c.want)
		}
	}
	if d, err := (gs1.Element{AI: "7250", Value: "19240229"}).Date(2026); err != nil || d.String() != "1924-02-29" {
		t.Errorf("a date of birth has its century: %v %v", d, err)
	}
	if _, err := (gs1.Element{AI: "10", Value: "261231"}).Date(2026); err == nil {
		t.Error("a lot is no date")
	}
}

func TestNumbers(t *testing.T) {
	tests := []struct{ ai, value, want string }{
		{"3103", "001250", "1.250 kg"},
		{"3100", "000012", "12 kg"},
		{"3105", "000001", "0.00001 kg"},
		{"3603", "001250", "1.250 qt (US)"},
		{"3370", "000012", "12 kg/m²"},
		{"3922", "1299", "12.99 "},
		{"3932", "9781299", "12.99 978"},
		{"3909", "1", "0.000000001 "},
		{"10", "1", ""},
		{"3106", "000001", ""}, // no such AI
	}
	for _, c := range tests {
		e, got := gs1.Element{AI: c.ai, Value: c.value}, ""
		if d, unit, err := e.Measure(); err == nil {
			got = d.String() + " " + unit
		} else if d, currency, err := e.Amount(); err == nil {
			got = d.String() + " " + currency
		}
		if got != c.want {
			t.Errorf("(%s)%s is %q, want %q", c.ai, c.value, got, c.want)
		}
	}
}

func TestRestricted(t *testing.T) {
	for gtin, want := range map[string]bool{
		"02012345678905": true, "00212345678902": true, "00412345678900": true, "02912345678901": true,
		"04006381333931": false, "00036000291452": false, "00000096385074": false, "00000020000004": true, "123": false,
	} {
		if got := gs1.Restricted(gtin); got != want {
			t.Errorf("%s restricted is %t", gtin, got)
		}
	}
}

func TestLookup(t *testing.T) {
	if i, ok := gs1.Lookup("3103"); !ok || i.Title != "NET WEIGHT (kg)" || i.Unit != "kg" || i.Decimals != 3 || !i.Fixed || i.Min != 6 || i.Max != 6 {
		t.Errorf("3103 is %+v", i)
	}
	if i, ok := gs1.Lookup("10"); !ok || i.Fixed || i.Decimals != -1 || i.Max != 20 {
		t.Errorf("10 is %+v", i)
	}
	for _, ai := range []string{"", "0", "3106", "01x", "011", "x1"} {
		if i, ok := gs1.Lookup(ai); ok {
			t.Errorf("%q is %+v", ai, i)
		}
	}
	known := 0
	for n := range 10_000 {
		for _, width := range []int{2, 3, 4} {
			ai := strings.Repeat("0", width) + itoa(n)
			if len(itoa(n)) <= width {
				if _, ok := gs1.Lookup(ai[len(ai)-width:]); ok {
					known++
				}
			}
		}
	}
	if known != 541 {
		t.Errorf("%d AIs are known, the dictionary has 541", known)
	}
}

func itoa(n int) string {
	text := ""
	for ; n > 0 || text == ""; n /= 10 {
		text = string(rune('0'+n%10)) + text
	}
	return text
}

func TestBuild(t *testing.T) {
	elements := []gs1.Element{{"10", "A"}, {"01", "09506000134352"}, {"21", "B/1"}, {"17", "261231"}, {"10", "A"}}
	if got, err := gs1.BuildElementString(elements); err != nil || got != "01095060001343521726123110A\x1d21B/1" {
		t.Errorf("%q %v", got, err)
	}
	if got, err := gs1.BuildLink(elements); err != nil || got != "https://id.gs1.org/01/09506000134352/10/A/21/B%2F1?17=261231" {
		t.Errorf("%q %v", got, err)
	}
	bad := []struct {
		elements []gs1.Element
		code     gs1.Code
	}{
		{nil, gs1.NoData},
		{[]gs1.Element{{"01", "09506000134353"}}, gs1.CheckDigit},
		{[]gs1.Element{{"18", "1"}}, gs1.UnknownAI},
		{[]gs1.Element{{"10", "A"}}, gs1.MissingAI},
		{[]gs1.Element{{"01", "09506000134352"}, {"10", "A\x1d21B"}}, gs1.NotSet82},
		{[]gs1.Element{{"01", "09506000134352"}, {"10", ""}}, gs1.TooShort},
		{[]gs1.Element{{"00", "395201938183501646"}, {"4330", "00120X"}}, gs1.NotDigit},
	}
	for _, c := range bad {
		if _, err := gs1.BuildElementString(c.elements); err == nil || err.Code != c.code {
			t.Errorf("%q: %v, want %s", c.elements, err, c.code)
		}
	}
	if _, err := gs1.BuildLink([]gs1.Element{{"410", "9506000134352"}}); err == nil || err.Code != gs1.LinkNoKey {
		t.Errorf("an address is no key: %v", err)
	}
}
