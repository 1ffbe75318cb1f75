package gs1

// set is the character set of a part.
type set uint8

const (
	setN set = iota // digits
	setX            // CSET 82
	setY            // CSET 39
	setZ            // base64url
)

// lint is one of the dictionary's checks.
type lint uint8

const (
	lintCouponcode lint = iota + 1
	lintCouponposoffer
	lintCsum
	lintCsumalpha
	lintGcppos1
	lintGcppos2
	lintHasnondigit
	lintHh
	lintHhmi
	lintHyphen
	lintIban
	lintImporteridx
	lintIso3166
	lintIso3166999
	lintIso3166alpha2
	lintIso4217
	lintIso5218
	lintLatitude
	lintLongitude
	lintMediatype
	lintMi
	lintNonzero
	lintNozeroprefix
	lintPackagetype
	lintPcenc
	lintPieceoftotal
	lintPosinseqslash
	lintSs
	lintWinding
	lintYesno
	lintYymmd0
	lintYymmdd
	lintYyyymmdd
	lintZero
)

const (
	set82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	set39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	set64 = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	set32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // of check characters, by weight
)

// rank gives a character's place in a set, from 1; 0 is not in it.
func rank(of string) (ranks [256]uint8) {
	for i := 0; i < len(of); i++ {
		ranks[of[i]] = uint8(i + 1)
	}
	return ranks
}

var rank82, rank39, rank64 = rank(set82), rank(set39), rank(set64)

// check is the verdict on a value: no code, or a code and the place within the value.
type check struct {
	code   Code
	at     int
	detail string
}

var good check

func bad(code Code, at int) check { return check{code: code, at: at} }

// characters checks a part against its set.
func characters(s set, v string) check {
	switch s {
	case setN:
		return digits(v)
	case setX:
		return within(&rank82, v, NotSet82)
	case setY:
		return within(&rank39, v, NotSet39)
	}
	n := len(v)
	for n > 0 && v[n-1] == '=' {
		n--
	}
	if pads := len(v) - n; pads > 2 || pads > 0 && len(v)%3 != 0 {
		return bad(Padding, n)
	}
	return within(&rank64, v[:n], NotSet64)
}

func digits(v string) check {
	for i := 0; i < len(v); i++ {
		if !digit(v[i]) {
			return bad(NotDigit, i)
		}
	}
	return good
}

func within(ranks *[256]uint8, v string, code Code) check {
	for i := 0; i < len(v); i++ {
		if ranks[v[i]] == 0 {
			return bad(code, i)
		}
	}
	return good
}

// passes runs one check over a part whose characters are in its set.
func (l lint) passes(v string) check {
	switch l {
	case lintCsum:
		return checkDigit(v)
	case lintGcppos1:
		return companyPrefix(v, 0)
	case lintGcppos2:
		return companyPrefix(v, 1)
	case lintYymmd0:
		return shortDate(v, true)
	case lintYymmdd:
		return shortDate(v, false)
	case lintYyyymmdd:
		return longDate(v)
	case lintHh:
		return below(v, 24, Hour)
	case lintMi:
		return below(v, 60, Minute)
	case lintSs:
		return below(v, 60, Second)
	case lintHhmi:
		return hourMinute(v)
	case lintCsumalpha:
		return checkPair(v)
	case lintIban:
		return iban(v)
	case lintPieceoftotal:
		return pieceOfTotal(v)
	case lintPosinseqslash:
		return positionOfEnd(v)
	case lintPcenc:
		return percent(v)
	case lintCouponcode:
		return couponCode(v)
	case lintCouponposoffer:
		return couponOffer(v)
	}
	return l.listed(v)
}

// listed runs the checks that want a value to be one of few, or of few characters.
func (l lint) listed(v string) check {
	code, ok := Code(""), true
	switch l {
	case lintIso3166:
		code, ok = Country, countries.has(v)
	case lintIso3166999:
		code, ok = CountryOr999, v == "999" || countries.has(v)
	case lintIso3166alpha2:
		code, ok = CountryLetter, countryLetters.has(v)
	case lintIso4217:
		code, ok = Currency, currencies.has(v)
	case lintPackagetype:
		code, ok = PackageType, packageTypes.has(v)
	case lintMediatype:
		code, ok = MediaType, mediaTypes.has(v)
	case lintIso5218:
		code, ok = Sex, v == "0" || v == "1" || v == "2" || v == "9"
	case lintYesno:
		code, ok = NotYesNo, v == "0" || v == "1"
	case lintWinding:
		code, ok = Winding, v == "0" || v == "1" || v == "9"
	case lintImporteridx:
		code, ok = ImporterIndex, len(v) == 1 && rank64[v[0]] != 0
	case lintHyphen:
		code, ok = NotHyphen, only(v, '-')
	case lintZero:
		code, ok = NotZero, only(v, '0')
	case lintNonzero:
		code, ok = Zero, !only(v, '0')
	case lintNozeroprefix:
		code, ok = ZeroPrefix, v == "" || v[0] != '0'
	case lintHasnondigit:
		code, ok = NeedsNonDigit, !allDigits(v)
	case lintLatitude:
		code, ok = Latitude, v <= "1800000000" // ten digits both, so text order is number order
	case lintLongitude:
		code, ok = Longitude, v <= "3600000000"
	}
	if ok {
		return good
	}
	return bad(code, 0)
}

// only says whether all characters are c.
func only(v string, c byte) bool {
	for i := 0; i < len(v); i++ {
		if v[i] != c {
			return false
		}
	}
	return true
}
