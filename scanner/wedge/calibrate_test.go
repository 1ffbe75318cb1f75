package wedge_test

import (
	"strings"
	"testing"

	"bayledger/scanner/wedge"
)

// What the sheet finds out, and says in words.
func TestCalibrator(t *testing.T) {
	for _, c := range []struct {
		name  string
		scans []string
		want  string // of the last one
	}{
		{"a good reader", []string{"]d2" + wedge.Calibration + "\r", "]C0" + wedge.CodeDigits + "\r", wedge.CodeLetters, wedge.CodeSymbols, "]E00" + wedge.CodeZero, wedge.CodeLong, wedge.CodeEnd},
			"Each scan ends by itself. All is well with this reader."},
		{"a laser reader", []string{"]C1" + wedge.Calibration + "\r"}, "The reader is known now: suffix CR."},
		{"FNC1 as text", []string{"*]d2" + strings.ReplaceAll(wedge.Calibration, "\x1d", "{GS}") + "\r"}, "The reader is known now: prefix *, suffix CR, FNC1 comes as {GS}."},
		{"FNC1 dropped", []string{"]d2" + strings.ReplaceAll(wedge.Calibration, "\x1d", "") + "\r"}, "The reader is known now: suffix CR. " + wedge.Advice},
		{"a part only", []string{wedge.CodeDigits, wedge.CodeEnd}, "Each scan ends by itself. Not scanned yet: Letters. Not scanned yet: Signs. Not scanned yet: Leading zero. Not scanned yet: Forty characters. Not scanned yet: one of the two codes at the top of the sheet."},
		{"a French host", []string{"BLCQL)à&é\"'(-è_ç"}, "The reader types for a US keyboard and the host has AZERTY. Scan one of the two codes at the top of the sheet: the profile repairs it."},
		{"Caps Lock", []string{"blcal-abcmqwyz-ABCMQWYZ"}, "Letters: capital and small letters are swapped. Switch Caps Lock off."},
		{"lost keys", []string{wedge.CodeLong[:20] + wedge.CodeLong[23:]}, "Forty characters: some keys are lost. Set the reader's delay between keys to 5 ms or more."},
		{"no end", []string{wedge.CodeDigits + wedge.CodeLetters}, "Two scans arrived as one. Set CR (Enter) as the reader's suffix."},
		{"something else", []string{"BLCAL-\x1bX"}, "A code of the sheet arrived changed: BLCAL-<1B>X. Scan it again; if it stays so, scan one of the two codes at the top of the sheet."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var k wedge.Calibrator
			var words []string
			for _, scan := range c.scans {
				var ours bool
				if words, ours = k.Take(scan); !ours {
					t.Fatalf("%q is no code of the sheet", scan)
				}
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("said %q\nwant %q", got, c.want)
			}
		})
	}
	var k wedge.Calibrator
	for _, scan := range []string{"4006381333931", "A-01", "", "]C0BLCMD-ADD"} {
		if _, ours := k.Take(scan); ours {
			t.Errorf("%q was taken for a code of the sheet", scan)
		}
	}
}

// Nothing that a reader sends makes the calibration panic or lets control characters through.
func FuzzCalibrator(f *testing.F) {
	f.Add("]d2"+wedge.Calibration, wedge.CodeEnd)
	f.Add("blcal-", "BLCAL-40")
	f.Fuzz(func(t *testing.T, first, second string) {
		var k wedge.Calibrator
		for _, raw := range []string{first, second} {
			words, _ := k.Take(raw)
			for _, w := range words {
				if strings.ContainsFunc(w, func(r rune) bool { return r < ' ' }) {
					t.Errorf("%q says %q", raw, w)
				}
			}
			k.Profile.Read(raw)
		}
	})
}
