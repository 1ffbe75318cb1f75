package gs1

import "strings"

// ITFDigits is the length of the number in an ITF-14, and of a GTIN in AI (01).
const ITFDigits = 14

// compositeMark follows a retail symbol's number where a composite part carries further AIs.
const compositeMark = "|]e0"

const zeros = "00000000000000"

// gtin14 fills a GTIN up to 14 digits.
func gtin14(number string) string { return zeros[:ITFDigits-len(number)] + number }

// CheckDigitFor gives the check digit to put behind digits.
func CheckDigitFor(number string) byte { return '0' + byte((10-sum(number+"0"))%10) }

// retail reads the data of an EAN-13 (UPC-A and UPC-E are sent as one) or EAN-8.
func retail(data string, n int, x extent) (Message, *Error) {
	kind := EAN13
	if n == 8 {
		kind = EAN8
	} else if strings.HasPrefix(data, "0") {
		kind = UPCA
	}
	m := Message{Kind: kind}
	number, composite, two := strings.Cut(data, compositeMark)
	if len(number) != n {
		code := TooLong
		if len(number) < n {
			code = TooShort
		}
		return m, &Error{Code: code, At: identifier + min(len(number), n)}
	}
	if c := digits(number); c.code != "" {
		return m, c.failure("", identifier)
	}
	if sum(number) != 0 {
		return m, &Error{Code: CheckDigit, At: identifier + n - 1}
	}
	if !two {
		m.Elements = []Element{{"01", gtin14(number)}}
		return m, nil
	}
	return retailComposite(m, number, composite, x)
}

// retailComposite joins the number and its composite part: one label, so one message.
func retailComposite(m Message, number, composite string, x extent) (Message, *Error) {
	at := identifier + len(number) + len(compositeMark)
	var r reading
	row, key := find("01")
	err := r.add(found{Element: Element{"01", gtin14(number)}, row: row, key: key, at: identifier})
	if i := strings.IndexByte(composite, '^'); i >= 0 {
		err = &Error{Code: Caret, At: at + i}
	}
	if err == nil {
		err = r.elementString(composite, at)
	}
	if err == nil && x == whole {
		err = r.whole()
	}
	if err == nil {
		m.Elements = r.result()
	}
	return m, err
}

// addOnOff takes the two or five digits off that ]E3 sends behind the number.
func addOnOff(data string) string {
	if n := len(data) - 13; (n == 2 || n == 5) && allDigits(data) {
		return data[:13]
	}
	return data
}

// itf reads the data of an ITF symbol as a GTIN of 14 digits.
func itf(data string) (Message, *Error) {
	if i := strings.IndexByte(data, '^'); i >= 0 {
		return Message{Kind: ITF14}, &Error{Code: Caret, At: identifier + i}
	}
	m, err := read(ITF14, "01"+data, identifier-len("01"), whole)
	return m, err
}

// numbers reads digits without identifier: a GTIN if the check digit is right.
func numbers(scan string) (Message, bool) {
	right := sum(scan) == 0
	number := scan
	m := Message{}
	switch {
	case len(scan) == 8 && right:
		m.Kind = EAN8
	case len(scan) == 8:
		number, right = ExpandUPCE(scan)
		m.Kind = UPCE
	case len(scan) == 12, len(scan) == 13 && scan[0] == '0':
		m.Kind = UPCA
	case len(scan) == 13:
		m.Kind = EAN13
	case len(scan) == ITFDigits:
		m.Kind = ITF14
	default:
		return m, false
	}
	if !right {
		return Message{}, false
	}
	m.Elements = []Element{{"01", gtin14(number)}}
	return m, true
}

// ExpandUPCE gives the UPC-A of a UPC-E (number system 0 or 1, six digits, check digit), and
// whether the check digit, which is the UPC-A's, is right.
func ExpandUPCE(number string) (string, bool) {
	if len(number) != 8 || !allDigits(number) || number[0] > '1' {
		return "", false
	}
	d := number[1:7]
	var wide string
	switch d[5] {
	case '0', '1', '2':
		wide = d[:2] + d[5:] + "0000" + d[2:5]
	case '3':
		wide = d[:3] + "00000" + d[3:5]
	case '4':
		wide = d[:4] + "00000" + d[4:5]
	default:
		wide = d[:5] + "0000" + d[5:]
	}
	wide = number[:1] + wide + number[7:]
	return wide, sum(wide) == 0
}

// Restricted says whether a GTIN of 14 digits is a restricted circulation number: given within a
// company or a region (price, weight and in-store labels), so no key outside its site.
func Restricted(gtin string) bool {
	if len(gtin) != ITFDigits || !allDigits(gtin) {
		return false
	}
	if strings.HasPrefix(gtin, "000000") { // an EAN-8
		return gtin[6] == '0' || gtin[6] == '2'
	}
	prefix := two(gtin[1:])
	return prefix == 2 || prefix == 4 || prefix >= 20 && prefix <= 29
}
