package wedge

import (
	"fmt"
	"strings"
	"unicode"

	"bayledger/scanner/gs1"
)

// Calibrator takes the scans of the calibration sheet one by one and says in words what each has
// shown. The zero Calibrator is at the start of the sheet.
type Calibrator struct {
	Profile Profile // of the reader, as far as it is known
	Learned bool    // the first code was read
	seen    [len(checks)]bool
}

// sheetCode is one code of the sheet's second part.
type sheetCode struct{ data, name, good string }

// checks are never changed.
var checks = [...]sheetCode{
	{CodeDigits, "Digits", "Digits arrive as they are."},
	{CodeLetters, "Letters", "Letters arrive as they are, small and capital."},
	{CodeSymbols, "Signs", "Signs arrive as they are."},
	{CodeZero, "Leading zero", "Leading zeros arrive."},
	{CodeLong, "Forty characters", "Long codes arrive whole."},
	{CodeEnd, "End", "Each scan ends by itself."},
}

// Take takes what the reader sent. ours is false for what is no code of the sheet; it goes on its
// usual way then.
func (c *Calibrator) Take(raw string) (words []string, ours bool) {
	if p, advice, err := Learn(raw); err == nil {
		p.Gap = c.Profile.Gap
		c.Profile, c.Learned = p, true
		return append([]string{"The reader is known now: " + p.String() + "."}, advice...), true
	}
	text := plain(c.Profile.bare(raw))
	if i := c.exact(text); i >= 0 {
		return c.passed(i), true
	}
	if words = spoilt(text); words != nil {
		return words, true
	}
	return nil, false
}

// exact finds the code that came as it is. A UPC-A may come without its leading zeros or with one more.
func (c *Calibrator) exact(text string) int {
	for i, code := range checks {
		if text == code.data || code.data == CodeZero && text == "0"+CodeZero {
			return i
		}
	}
	return -1
}

// passed notes a good code, and at the last one says what is still missing.
func (c *Calibrator) passed(i int) []string {
	c.seen[i] = true
	words := []string{checks[i].good}
	if checks[i].data != CodeEnd {
		return words
	}
	for n, code := range checks {
		if !c.seen[n] {
			words = append(words, "Not scanned yet: "+code.name+".")
		}
	}
	if !c.Learned {
		words = append(words, "Not scanned yet: one of the two codes at the top of the sheet.")
	}
	if len(words) == 1 {
		words = append(words, "All is well with this reader.")
	}
	return words
}

// spoilt says what has become of a code of the sheet on its way.
func spoilt(text string) []string {
	for _, l := range []Layout{AZERTY, QWERTZ} {
		for _, code := range checks {
			if code.data != CodeZero && text != code.data && l.Repair(text) == code.data {
				return []string{"The reader types for a US keyboard and the host has " + strings.ToUpper(string(l)) + ". Scan one of the two codes at the top of the sheet: the profile repairs it."}
			}
		}
	}
	upper := strings.ToUpper(text)
	if !strings.HasPrefix(upper, CodePrefix) || len(text) > gs1.MaxScan {
		return nil
	}
	for _, code := range checks {
		switch {
		case upper == strings.ToUpper(code.data):
			return []string{code.name + ": capital and small letters are swapped. Switch Caps Lock off."}
		case strings.Count(upper, CodePrefix) > 1:
			return []string{"Two scans arrived as one. Set CR (Enter) as the reader's suffix."}
		case code.data == CodeLong && strings.HasPrefix(upper, CodePrefix+"40") && len(text) < len(CodeLong):
			return []string{"Forty characters: some keys are lost. Set the reader's delay between keys to 5 ms or more."}
		}
	}
	return []string{"A code of the sheet arrived changed: " + Shown(text) + ". Scan it again; if it stays so, scan one of the two codes at the top of the sheet."}
}

// plain takes the identifier off.
func plain(text string) string {
	if len(text) > 3 && text[0] == ']' {
		return text[3:]
	}
	return text
}

// String says in words what a profile does.
func (p Profile) String() string {
	var parts []string
	say := func(what, value string) {
		if value != "" {
			parts = append(parts, what+" "+Shown(value))
		}
	}
	say("prefix", p.Prefix)
	say("suffix", p.Suffix)
	if p.Separator != "" {
		say("FNC1 comes as", p.Separator)
	}
	say("layout", string(p.Layout))
	if len(parts) == 0 {
		return "it sends scans as they are"
	}
	return strings.Join(parts, ", ")
}

// Shown is text as it may be written anywhere: what nobody can see, and what a terminal would obey,
// is written by name: <GS>, <1B>, <202E>.
func Shown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == 0x1d:
			b.WriteString("<GS>")
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "<%02X>", r)
		}
	}
	return b.String()
}
