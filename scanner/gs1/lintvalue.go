package gs1

import "strings"

// codes is a list of codes to look up.
type codes map[string]struct{}

func codeSet(list string) codes {
	set := codes{}
	for code := range strings.FieldsSeq(list) {
		set[code] = struct{}{}
	}
	return set
}

func (c codes) has(code string) bool {
	_, there := c[code]
	return there
}

// sum is the weighted sum of digits, 3 for the last but one: 0 modulo 10 with a right check digit.
func sum(v string) (total int) {
	for i, weight := len(v)-1, 1; i >= 0; i, weight = i-1, 4-weight {
		total += weight * int(v[i]-'0')
	}
	return total % 10
}

func checkDigit(v string) check {
	if sum(v) != 0 {
		return bad(CheckDigit, len(v)-1)
	}
	return good
}

// prefixDigits is the shortest GS1 company prefix.
const prefixDigits = 4

func companyPrefix(v string, from int) check {
	if len(v) < from+prefixDigits {
		return bad(PrefixShort, 0)
	}
	for i := from; i < from+prefixDigits; i++ {
		if !digit(v[i]) {
			return bad(CompanyPrefix, i)
		}
	}
	return good
}

// primes weigh the characters before a check pair, from right to left.
var primes = [...]int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83}

// checkPair checks the two check characters of a GMN (8013) or MUDI (8014), 25 characters at most.
func checkPair(v string) check {
	n := len(v) - 2
	if n < 0 {
		return bad(TooShort, 0)
	}
	total := 0
	for i := range n {
		total += int(rank82[v[i]]-1) * primes[n-1-i]
	}
	total %= 1021 // the largest prime below 32 times 32
	if v[n] != set32[total>>5] || v[n+1] != set32[total&31] {
		return bad(CheckPair, n)
	}
	return good
}

// ibanShortest: the reference takes nothing of ten characters or fewer.
const ibanShortest = 11

func iban(v string) check {
	switch {
	case len(v) < 4:
		return bad(IBANShort, 0)
	case !countryLetters.has(v[:2]):
		return bad(IBANCountry, 0)
	case len(v) < ibanShortest:
		return bad(IBANShort, 0)
	}
	rest := 0
	for i := range len(v) {
		at := (i + 4) % len(v) // the country and the check digits come last
		switch c := v[at]; {
		case digit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case 'A' <= c && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return bad(IBANCharacter, at)
		}
	}
	if rest != 1 {
		return bad(IBANCheck, 2)
	}
	return good
}

func pieceOfTotal(v string) check {
	piece, total := v[:len(v)/2], v[len(v)/2:]
	switch {
	case only(piece, '0'):
		return bad(PieceZero, 0)
	case only(total, '0'):
		return bad(TotalZero, len(v)/2)
	case piece > total:
		return bad(PieceOverAll, 0)
	}
	return good
}

// positionOfEnd checks a birth sequence: 1/3.
func positionOfEnd(v string) check {
	position, end, slash := strings.Cut(v, "/")
	switch {
	case !slash || position == "" || end == "" || !allDigits(position) || !allDigits(end):
		return bad(Position, 0)
	case position[0] == '0':
		return bad(ZeroPrefix, 0)
	case end[0] == '0':
		return bad(ZeroPrefix, len(position)+1)
	case len(position) > len(end) || len(position) == len(end) && position > end:
		return bad(PositionOver, 0)
	}
	return good
}

// percent checks percent-encoded text.
func percent(v string) check {
	for i := 0; i < len(v); i++ {
		if v[i] != '%' {
			continue
		}
		if i+2 >= len(v) || nibble(v[i+1]) < 0 || nibble(v[i+2]) < 0 {
			return bad(Percent, i)
		}
		i += 2
	}
	return good
}

// nibble is a hex digit's value, or -1.
func nibble(c byte) int {
	switch {
	case digit(c):
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

func two(v string) int { return int(v[0]-'0')*10 + int(v[1]-'0') }

func below(v string, limit int, code Code) check {
	if two(v) >= limit {
		return bad(code, 0)
	}
	return good
}

func hourMinute(v string) check {
	if two(v) >= 24 {
		return bad(Hour, 0)
	}
	if two(v[2:]) >= 60 {
		return bad(Minute, 2)
	}
	return good
}

// shortDate checks YYMMDD. Every fourth year of the hundred is a leap year in each century that
// the century rule can mean: 2000 is one.
func shortDate(v string, dayMayBe00 bool) check {
	return date(v, two(v)%4 == 0, dayMayBe00)
}

// longDate checks YYYYMMDD, which always has a day.
func longDate(v string) check {
	year := two(v)*100 + two(v[2:])
	c := date(v[2:], year%4 == 0 && year%100 != 0 || year%400 == 0, false)
	if c.code != "" {
		c.at += 2
	}
	return c
}

func date(v string, leap, dayMayBe00 bool) check {
	month, day := two(v[2:]), two(v[4:])
	switch {
	case month < 1 || month > 12:
		return bad(Month, 2)
	case day > daysOf(month, leap) || day == 0 && !dayMayBe00:
		return bad(Day, 4)
	}
	return good
}

func daysOf(month int, leap bool) int {
	switch {
	case month == 2 && leap:
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}
