package meaning

import (
	"strings"

	"bayledger/scanner/gs1"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// A site's rules say what its own numbers hold, a template of 13 signs each, with spaces between:
//
//	21IIIIIKKGGGC   an item of five digits, then its weight: kilograms, grams
//	22IIIIIVPPPPC   an item, a check digit of the price, the price; only the item is read
//	23IIIIINNNNNC   an item and how many pieces
//
// Digits stand for themselves. The item's own number, which the catalogue has, is the same number
// with zeros for all that varies, and a right check digit.
const (
	templateDigits = 13
	templateSigns  = "IKGNPVC"
)

// Reserved says whether a code means something to handhelds whatever the catalogue says.
func (Reader) Reserved(code string) bool {
	for _, prefix := range [...]string{gs1.CommandPrefix, gs1.OperatorPrefix, gs1.DevicePrefix, gs1.PlacePrefix, wedge.CodePrefix} {
		if strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// CheckRules says in a few words what is wrong with rules, or "".
func (Reader) CheckRules(rules string) string {
	for template := range strings.FieldsSeq(rules) {
		digits := len(template) - len(strings.TrimLeft(template, "0123456789"))
		switch {
		case len(template) != templateDigits:
			return "each rule has 13 signs, one for each digit of the number."
		case strings.Trim(template[digits:], templateSigns) != "" || !strings.Contains(template, "I"):
			return "a rule is made of digits and I (item), K and G (kilograms, grams), N (pieces), P (price), V (its check digit), C (check digit), and has an item."
		case !strings.HasSuffix(template, "C") || strings.Count(template, "C") > 1:
			return "a rule ends in C, the check digit of the number."
		case digits < 2 || !gs1.Restricted("0"+template[:digits]+strings.Repeat("0", templateDigits-digits)):
			return "a rule begins with 02, 04, or 20 to 29: other numbers belong to their makers."
		case twice(template[digits:]):
			return "the signs of one part stand together."
		}
	}
	return ""
}

// twice says whether a sign stands at two places that do not touch.
func twice(signs string) bool {
	for signs != "" {
		rest := strings.TrimLeft(signs, signs[:1])
		if strings.Contains(rest, signs[:1]) {
			return true
		}
		signs = rest
	}
	return false
}

// byRules reads a restricted number by the first rule that fits it.
func byRules(s ledger.Scanned, rules string) ledger.Scanned {
	number, ok := strings.CutPrefix(s.Code, "0")
	if !ok || len(number) != templateDigits {
		return s
	}
	for template := range strings.FieldsSeq(rules) {
		if len(template) != templateDigits || !fits(template, number) {
			continue
		}
		s.Code = itemOf(template, number)
		if kilos := part(template, number, 'K') + part(template, number, 'G'); kilos != "" && s.Amounts == nil {
			s.Amounts = weights(kilos, len(part(template, number, 'G')))
		}
		if pieces := part(template, number, 'N'); pieces != "" && !s.Count.IsSet() {
			s.Count = whole(pieces)
		}
		return s
	}
	return s
}

func fits(template, number string) bool {
	for i := range len(template) {
		if c := template[i]; '0' <= c && c <= '9' && c != number[i] {
			return false
		}
	}
	return true
}

// part gives the digits under a sign.
func part(template, number string, sign byte) string {
	from, to := strings.IndexByte(template, sign), strings.LastIndexByte(template, sign)
	if from < 0 {
		return ""
	}
	return number[from : to+1]
}

// itemOf is the number of the item, with 14 digits.
func itemOf(template, number string) string {
	item := []byte("0" + number)
	for i := range len(template) {
		if strings.IndexByte("KGNPV", template[i]) >= 0 {
			item[i+1] = '0'
		}
	}
	last := len(item) - 1
	item[last] = gs1.CheckDigitFor(string(item[:last]))
	return string(item)
}

// weights are a weight in kilograms with so many decimals, in every unit that says it.
func weights(digits string, decimals int) []ledger.Amount {
	m := gs1.Message{Elements: []gs1.Element{{AI: "310" + string(rune('0'+decimals)), Value: digits}}}
	return amounts(m)
}
