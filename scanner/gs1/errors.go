package gs1

import "strconv"

// Code names a broken rule for machines.
type Code string

// What a scan can break. The codes of a value's own checks carry the value's AI.
const (
	TooLong         Code = "too_long"          // the value, or the whole scan, has more characters than there may be
	TooShort        Code = "too_short"         // fewer
	WrongLength     Code = "wrong_length"      // a component of the value is cut short
	NoData          Code = "no_data"           // nothing behind the symbology identifier
	EmptyValue      Code = "empty_value"       // an AI without value
	UnknownAI       Code = "unknown_ai"        // no AI of the dictionary
	TooManyElements Code = "too_many_elements" // more than MaxElements
	Malformed       Code = "malformed"         // brackets that do not make "(AI)value"
	Caret           Code = "caret"             // "^", which stands for FNC1 in GS1's own texts
	ExcludedAI      Code = "excluded_ai"       // two AIs that must not be on one label
	MissingAI       Code = "missing_ai"        // an AI without the one it belongs to
	Different       Code = "different_values"  // one AI twice, with two values
	MissingSerial   Code = "missing_serial"    // a signature (8030) over a key without serial component

	LinkCharacters Code = "link_characters" // a character that no URI may have
	LinkDomain     Code = "link_domain"     // a character that no domain may have
	LinkPath       Code = "link_path"       // no domain, or nothing behind it
	LinkNoKey      Code = "link_no_key"     // no GS1 key in the path
	LinkNull       Code = "link_null"       // %00
	LinkSequence   Code = "link_sequence"   // qualifiers that the key does not have, or in another order
	LinkDuplicate  Code = "link_duplicate"  // an AI twice
	LinkAttribute  Code = "link_attribute"  // an AI that may not be in the query
	LinkInPath     Code = "link_in_path"    // a qualifier in the query

	NotDigit      Code = "not_digit"
	NotSet82      Code = "not_cset82"
	NotSet39      Code = "not_cset39"
	NotSet64      Code = "not_cset64"
	Padding       Code = "cset64_padding"
	CheckDigit    Code = "check_digit"
	CheckPair     Code = "check_pair"
	CompanyPrefix Code = "company_prefix"
	PrefixShort   Code = "company_prefix_short"
	Month         Code = "month"
	Day           Code = "day"
	Hour          Code = "hour"
	Minute        Code = "minute"
	Second        Code = "second"
	NotZero       Code = "not_zero"
	Zero          Code = "zero"
	ZeroPrefix    Code = "zero_prefix"
	NotHyphen     Code = "not_hyphen"
	NotYesNo      Code = "not_yes_no"
	Winding       Code = "winding"
	Country       Code = "country"
	CountryOr999  Code = "country_or_999"
	CountryLetter Code = "country_letters"
	Currency      Code = "currency"
	Sex           Code = "sex"
	PackageType   Code = "package_type"
	MediaType     Code = "media_type"
	IBANShort     Code = "iban_short"
	IBANCountry   Code = "iban_country"
	IBANCharacter Code = "iban_character"
	IBANCheck     Code = "iban_check"
	ImporterIndex Code = "importer_index"
	Latitude      Code = "latitude"
	Longitude     Code = "longitude"
	PieceZero     Code = "piece_zero"
	TotalZero     Code = "total_zero"
	PieceOverAll  Code = "piece_over_total"
	Position      Code = "position"
	PositionOver  Code = "position_over_end"
	NeedsNonDigit Code = "needs_non_digit"
	Percent       Code = "percent"
	Coupon        Code = "coupon" // its Detail says which field
)

// reasons says in words what is wrong, to follow "AI (01): " or to stand alone.
var reasons = map[Code]string{
	TooLong: "there are more characters than there may be", TooShort: "there are fewer characters than there must be",
	WrongLength: "the value is cut short", NoData: "there is nothing behind the symbology identifier", EmptyValue: "the value is empty",
	UnknownAI: "no such AI is known", TooManyElements: "there are more elements than a message may have",
	Malformed: "this is not (AI)value", Caret: `"^" may not be in the data`, ExcludedAI: "may not be on one label with",
	MissingAI: "must come with", Different: "is there twice, with different values",
	MissingSerial:  "must have its serial component when there is a signature (8030)",
	LinkCharacters: "the link has a character that no URI may have", LinkDomain: "the link's domain has a character that no domain may have",
	LinkPath: "the link needs a domain and a path", LinkNoKey: "the link's path has no GS1 key", LinkNull: "%00 may not be in a value",
	LinkSequence: "the AIs in the link's path do not belong to its key in this order", LinkDuplicate: "is twice in the link",
	LinkAttribute: "may not be in a link's query", LinkInPath: "belongs in the link's path, not in its query",
	NotDigit: "a digit must stand here", NotSet82: "this character may not be in the value (CSET 82)",
	NotSet39: "this character may not be in the value (CSET 39)", NotSet64: "this character may not be in the value (base64url)",
	Padding: `the "=" at the end do not fit the length`, CheckDigit: "the check digit is wrong", CheckPair: "the check characters are wrong",
	CompanyPrefix: "the company prefix must begin with four digits", PrefixShort: "the value is too short for a company prefix",
	Month: "there is no such month", Day: "there is no such day", Hour: "there is no such hour", Minute: "there is no such minute",
	Second: "there is no such second", NotZero: `"0" must stand here`, Zero: "zero is not allowed", ZeroPrefix: "no zero may come first",
	NotHyphen: `only "-" may stand here`, NotYesNo: `"0" or "1" must stand here`, Winding: `the winding must be "0", "1" or "9"`,
	Country: "there is no such country code (ISO 3166, three digits)", CountryOr999: `there is no such country code (ISO 3166, three digits, or "999")`,
	CountryLetter: "there is no such country code (ISO 3166, two letters)", Currency: "there is no such currency code (ISO 4217, three digits)",
	Sex: "there is no such code (ISO/IEC 5218)", PackageType: "there is no such package type", MediaType: "there is no such AIDC media type",
	IBANShort: "the IBAN is too short", IBANCountry: "the IBAN does not begin with a country", IBANCharacter: "this character may not be in an IBAN",
	IBANCheck: "the IBAN's check digits are wrong", ImporterIndex: "this character may not be an importer index",
	Latitude: "the latitude is over 180 degrees", Longitude: "the longitude is over 360 degrees", PieceZero: "there is no piece 0",
	TotalZero: "there cannot be 0 pieces", PieceOverAll: "there are not so many pieces", Position: "this is not POSITION/END",
	PositionOver: "the position is behind the end", NeedsNonDigit: "not all characters may be digits",
	Percent: `"%" must be followed by two hex digits`, Coupon: "the coupon is malformed", UnknownCommand: "there is no such command",
}

// Error is a rule that a scan breaks.
type Error struct {
	Code   Code
	AI     string // whose value, or empty
	At     int    // the byte of the scan where it begins, from 0
	Detail string // the other AI, or the AIs that could satisfy, or the coupon's field; may be empty
}

// unknown is the error for data that begin with no AI; it names the digits that do not.
func unknown(data string, at int) *Error {
	n := 0
	for n < min(len(data), longestAI) && digit(data[n]) {
		n++
	}
	e := &Error{Code: UnknownAI, At: at}
	if n > 0 {
		e.Detail = "(" + data[:n] + ")"
	}
	return e
}

// Error is one sentence without control characters of the scan.
func (e *Error) Error() string {
	text := "byte " + strconv.Itoa(e.At) + ": " + reasons[e.Code]
	if e.AI != "" {
		text = "AI (" + e.AI + ") at " + text
	}
	if e.Detail != "" {
		text += " " + e.Detail
	}
	return text
}
