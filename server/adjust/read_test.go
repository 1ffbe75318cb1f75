package adjust_test

import (
	"strings"
	"testing"

	"bayledger/server/adjust"
	"bayledger/sync/ledger"
)

// books are some, to read lines against.
func books(t testing.TB) *ledger.State {
	t.Helper()
	s := ledger.NewState()
	patches := append(ledger.Foundation(),
		ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"decimals": "2", "unit": "piece", "unit.box": "12"}},
		ledger.Patch{Entity: ledger.EntityProduct, Code: "NUT"},
		ledger.Patch{Entity: ledger.EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": "NUT"}},
		ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: "A-01"})
	if _, i, f := s.Edit(patches, 1, 1, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
	return s
}

const now = ledger.Time(1_772_452_800_000_000) // 2026-03-02T12:00:00Z

// What a line of a file says, in the product's own unit.
func TestReadLine(t *testing.T) {
	s, d := books(t), &adjust.Draft{ID: "ADJ-1", Site: "main", Location: "A-01"}
	for _, c := range []struct{ line, want string }{
		{"product=BOLT change=3", "A-01 BOLT correction 3"},
		{"product=BOLT change=-3", "A-01 BOLT correction -3"},
		{"product=BOLT change=2 unit=box kind=received", "A-01 BOLT received 24"},
		{"product=BOLT counted=0.25 kind=opening location=stock", "stock BOLT opening 0.25"},
		{"barcode=4006381333931 change=1 lot=L1", "A-01 NUT#L1 correction 1"},
		{"scan=]E04006381333931 change=1", "A-01 NUT correction 1"},
		{"barcode=1 scan=2 change=1", "! bad_field scan"},
		{"product=BOLT change=3.", "! bad_quantity change"},
		{"product=BOLT change=1e3", "A-01 BOLT correction 1000"},
		{"product=BOLT change=1234567890123456", "! bad_quantity change"},
		{"product=BOLT change=three", "! bad_quantity change"},
		{"product=BOLT change=99999999999999 unit=box", "! bad_quantity change"},
		{"product=BOLT price=3", "! unknown_field price"},
		{"product=BOLT change=3 lot=" + strings.Repeat("x", 201), "! bad_field lot"},
	} {
		if got := readLine(s, d, c.line); got != c.want {
			t.Errorf("%s: %s, want %s", c.line, got, c.want)
		}
	}
}

// readLine tells what becomes of a line, its fields parted by blanks.
func readLine(s *ledger.State, d *adjust.Draft, text string) string {
	fields := map[string]string{}
	for _, word := range strings.Split(text, " ") {
		name, value, _ := strings.Cut(word, "=")
		fields[name] = value
	}
	said, f := adjust.ReadSaid(fields)
	var l adjust.Line
	if f == nil {
		l, f = d.Fix(s, &said, now)
	}
	if f != nil {
		return "! " + string(f.Code) + " " + f.Field
	}
	what := l.Product
	if l.Lot != "" {
		what += "#" + l.Lot
	}
	return strings.Join([]string{l.Location, what, string(l.Kind), l.Change.String()}, " ")
}

// Whatever a file says, a line that is taken can be booked: its intent is one that the
// books would take, and the same each time.
func FuzzReadLine(f *testing.F) {
	f.Add("product=BOLT change=3 kind=found")
	f.Add("barcode=4006381333931 counted=-0 unit=box expiry=2027-02-29")
	f.Add("product=BOLT change=-1e2 kind=stolen location=incoming other=loss serial=S note=\xff")
	f.Fuzz(func(t *testing.T, text string) {
		s, d := books(t), &adjust.Draft{ID: "ADJ-1", Site: "main", Location: "A-01", Reference: "R"}
		fields := map[string]string{}
		for _, word := range strings.Split(text, " ") {
			name, value, _ := strings.Cut(word, "=")
			fields[name] = value
		}
		said, wrong := adjust.ReadSaid(fields)
		if wrong != nil {
			whole(t, wrong)
			return
		}
		l, wrong := d.Fix(s, &said, now)
		if wrong != nil {
			whole(t, wrong)
			return
		}
		intents, err := d.Intents(s, []adjust.Line{l}, now, "")
		if err != nil || (len(intents) != 1) != l.Gone() {
			t.Fatalf("%q: %+v makes %d intents: %v", text, l, len(intents), err)
		}
		for i := range intents {
			if f := intents[i].Check(); f != nil {
				t.Fatalf("%q: %v", text, f)
			}
		}
	})
}

func whole(t *testing.T, f *ledger.Fault) {
	if f.Code == "" || f.Message == "" {
		t.Errorf("a fault lacks something: %+v", f)
	}
}
