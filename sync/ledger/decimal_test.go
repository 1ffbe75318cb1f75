package ledger

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text, want string
		err        error
	}{
		{"", "", nil},
		{"0", "0", nil},
		{"-0", "0", nil},
		{"0.000", "0", nil},
		{"3", "3", nil},
		{"3.0", "3", nil},
		{"30e-1", "3", nil},
		{"0.3E1", "3", nil},
		{"3e+0", "3", nil},
		{"003", "3", nil},
		{"-2.50", "-2.5", nil},
		{"0.000001", "0.000001", nil},
		{"1e15", "", ErrTooManyDigits},
		{"1e14", "100000000000000", nil},
		{"999999999999999", "999999999999999", nil},
		{"1000000000000000", "", ErrTooManyDigits},
		{"123456789.123456", "123456789.123456", nil},
		{"1234567890.123456", "", ErrTooManyDigits},
		{"3." + strings.Repeat("0", 100), "3", nil},
		{"0." + strings.Repeat("0", 14) + "1", "0.000000000000001", nil},
		{"0." + strings.Repeat("0", 15) + "1", "", ErrTooManyDigits},
		{"1e30", "", ErrTooManyDigits},
		{"1e401", "", ErrNotDecimal},
		{"1e99999999999999999999", "", ErrNotDecimal},
		{strings.Repeat("9", 100_000), "", ErrTooManyDigits},
		{"-", "", ErrNotDecimal},
		{".", "", ErrNotDecimal},
		{".5", "", ErrNotDecimal},
		{"5.", "", ErrNotDecimal},
		{"-.5", "", ErrNotDecimal},
		{"+3", "", ErrNotDecimal},
		{"1e", "", ErrNotDecimal},
		{"e1", "", ErrNotDecimal},
		{"1e1e1", "", ErrNotDecimal},
		{"1.2.3", "", ErrNotDecimal},
		{" 3", "", ErrNotDecimal},
		{"3,5", "", ErrNotDecimal},
		{"0x10", "", ErrNotDecimal},
		{"NaN", "", ErrNotDecimal},
		{"٣", "", ErrNotDecimal},
	} {
		d, err := ParseDecimal(c.text)
		if !errors.Is(err, c.err) || d.String() != c.want {
			t.Errorf("ParseDecimal(%.40q) = %q, %v, want %q, %v", c.text, d, err, c.want, c.err)
		}
		if d.IsSet() != (c.want != "") {
			t.Errorf("ParseDecimal(%.40q) is set: %v", c.text, d.IsSet())
		}
	}
}

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		text     string
		decimals int
		want     int64
		ok       bool
	}{
		{"2.5", 3, 2500, true},
		{"2.5", 1, 25, true},
		{"2.5", 0, 0, false},
		{"0.0001", 3, 0, false},
		{"0", 0, 0, true},
		{"", 3, 0, true},
		{"999999999999999", 0, 999999999999999, true},
		{"999999999999999", 1, 0, false},
		{"-999999999", 6, -999999999000000, true},
		{"-9999999999", 6, 0, false},
	} {
		d, _ := ParseDecimal(c.text)
		units, ok := d.Scaled(c.decimals)
		if units != c.want || ok != c.ok {
			t.Errorf("%s in units of 10^-%d: %d, %v, want %d, %v", c.text, c.decimals, units, ok, c.want, c.ok)
		}
		if ok && d.IsSet() && FormatScaled(units, c.decimals) != d.String() {
			t.Errorf("%s comes back as %s", c.text, FormatScaled(units, c.decimals))
		}
	}
}

func TestMul(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"12", "24", "288"},
		{"0.5", "12", "6"},
		{"-1.5", "0.5", "-0.75"},
		{"0", "99", "0"},
		{"", "3", ""},
		{"999999999999999", "999999999999999", "too many"},
		{"0.000000001", "0.0000001", "too many"},
	} {
		a, _ := ParseDecimal(c.a)
		b, _ := ParseDecimal(c.b)
		got, ok := a.Mul(b)
		if ok != (c.want != "too many") || ok && got.String() != c.want {
			t.Errorf("%s × %s = %s, %v, want %s", c.a, c.b, got, ok, c.want)
		}
	}
}

// FuzzDecimal: what is read is exactly what was written, and comes back the same.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"3", "3.0", "30e-1", "-2.50", "1e30", "0.0001", "999999999999999", "1e-15", "123e-17", "", "-", "1e", "00", "9.99999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil {
			if d.IsSet() {
				t.Fatalf("%q: a number and %v", text, err)
			}
			return
		}
		if text == "" {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		got, _ := new(big.Rat).SetString(d.String())
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%q is read as %s", text, d)
		}
		if again, err := ParseDecimal(d.String()); err != nil || again != d {
			t.Fatalf("%q: %s comes back as %s, %v", text, d, again, err)
		}
		var other Decimal
		b, _ := json.Marshal(d)
		if err := json.Unmarshal(b, &other); err != nil || other != d {
			t.Fatalf("%s comes back from %s as %s, %v", d, b, other, err)
		}
		units, ok := d.Scaled(int(d.scale))
		if !ok || units != d.coef || FormatScaled(units, int(d.scale)) != d.String() {
			t.Fatalf("%s is %d units of 10^-%d", d, units, d.scale)
		}
	})
}
