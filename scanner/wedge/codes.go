package wedge

// The codes of the calibration sheet, besides Calibration. No product, place or command begins with
// CodePrefix, so a code of the sheet that is scanned at work is known for what it is.
const (
	CodePrefix = "BLCAL-"

	CodeDigits  = CodePrefix + "0123456789"
	CodeLetters = CodePrefix + "ABCMQWYZ-abcmqwyz" // the letters that other keyboard layouts move, in both cases
	CodeSymbols = CodePrefix + "!\"%&'()*+,./:;<=>?_"
	CodeLong    = CodePrefix + "40-CHARACTERS-0123456789-01234567"
	CodeEnd     = CodePrefix + "END"
	// CodeZero is a UPC-A: a number that readers send with or without its leading zero. It is a
	// restricted circulation number, so it is no one's product.
	CodeZero = "412345678903"
)
