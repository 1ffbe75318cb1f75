package sheet

import "strings"

// Repair mends a code that a spreadsheet took for a number, where there is one way to
// mend it, and says what it did or why it did nothing. A code of 12 digits that lost
// its leading zero has 11, and its check digit fits with the zero: zeros in front count
// nothing in it. Where it does not fit the code may be anything. One of 13 digits that
// lost its zero has 12, and is the same trade item as it stands. broken says that the
// value cannot be the code that was meant.
func Repair(value string) (code, said string, broken bool) {
	if shortened(value) {
		return value, "the spreadsheet wrote it as the number " + value + " and cut its digits; format the column as text and enter the code again.", true
	}
	if strings.Trim(value, "0123456789") != "" {
		return value, "", false
	}
	switch fits := checks(value); {
	case len(value) == 11 && fits:
		return "0" + value, "has 11 digits and lost its leading zero: its check digit fits with it. It was taken as 0" + value + ".", false
	case len(value) == 11:
		return value, "has 11 digits, and its check digit does not fit with a zero in front. It was taken as it is.", false
	case len(value) == 12 && !fits:
		return value, "has 12 digits, and the last is not their check digit. It was taken as it is.", false
	}
	return value, "", false
}

// shortened says whether a value is a number as spreadsheets write large ones: 4.00638E+12.
func shortened(value string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(value), "E+")
	return ok && exponent != "" && strings.Trim(exponent, "0123456789") == "" && mantissa != "" && strings.Trim(mantissa, "0123456789.,") == ""
}

// checks says whether the last digit is the check digit of the others, as trade item
// numbers of every length have it (GS1 General Specifications, 7.9).
func checks(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}
