package ledger

import (
	"errors"
	"math"
	"strconv"
)

// Bounds of exact decimals.
const (
	// MaxDigits is how many significant digits a quantity or amount may have.
	// 15 digits leave room in an int64 for sums of thousands of the largest.
	MaxDigits = 15
	// MaxDecimals is how many decimals a product may have, and a unit cost has.
	MaxDecimals = 6
	// maxSum bounds every balance, a hundred times the largest quantity, so that
	// sums over places cannot wrap round.
	maxSum = 100 * 1_000_000_000_000_000
)

var pow10 = [...]int64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Errors of ParseDecimal.
var (
	ErrNotDecimal    = errors.New("not a decimal number")
	ErrTooManyDigits = errors.New("more than 15 digits")
)

// Decimal is an exact decimal number of at most MaxDigits significant digits,
// kept normalised: 3, 3.0 and 30e-1 are one value. The zero Decimal is missing,
// which is not the number 0.
type Decimal struct {
	coef  int64
	scale int8 // decimals, 0..MaxDigits
	set   bool
}

// NewDecimal returns coef scaled down by scale decimals.
func NewDecimal(coef int64, scale int) Decimal {
	d := Decimal{coef: coef, scale: int8(scale), set: true}
	d.normalise()
	return d
}

// ParseDecimal reads an optional sign, digits with at most one point, and an
// optional exponent, as JSON numbers are written. The empty text is missing.
// Errors: ErrNotDecimal, ErrTooManyDigits.
func ParseDecimal(text string) (Decimal, error) {
	if text == "" {
		return Decimal{}, nil
	}
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return Decimal{}, err
	}
	if containsByte(mantissa, '.') { // 3.000… is 3 however many zeros follow
		for len(mantissa) > 2 && mantissa[len(mantissa)-1] == '0' && mantissa[len(mantissa)-2] != '.' {
			mantissa = mantissa[:len(mantissa)-1]
		}
	}
	d := Decimal{set: true}
	negative := false
	if mantissa[0] == '-' {
		negative, mantissa = true, mantissa[1:]
	}
	digits, scale, significant, point := 0, 0, 0, false
	for i := 0; i < len(mantissa); i++ {
		c := mantissa[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return Decimal{}, ErrNotDecimal
		}
		digits++
		if significant > 0 || c != '0' {
			significant++
		}
		if significant > MaxDigits+3 { // what an exponent can still take off; more could wrap round
			return Decimal{}, ErrTooManyDigits
		}
		d.coef = d.coef*10 + int64(c-'0')
		if point {
			scale++
		}
	}
	if digits == 0 || mantissa[len(mantissa)-1] == '.' || mantissa[0] == '.' {
		return Decimal{}, ErrNotDecimal
	}
	return d.rescaled(scale-exponent, negative)
}

func splitExponent(text string) (mantissa string, exponent int, err error) {
	for i := 1; i < len(text); i++ {
		if text[i] == 'e' || text[i] == 'E' {
			exponent, err = strconv.Atoi(text[i+1:])
			if err != nil || exponent > 400 || exponent < -400 {
				return "", 0, ErrNotDecimal
			}
			return text[:i], exponent, nil
		}
	}
	return text, 0, nil
}

// rescaled brings a coefficient read with any scale into the form we keep.
func (d Decimal) rescaled(scale int, negative bool) (Decimal, error) {
	if d.coef == 0 {
		return Decimal{set: true}, nil
	}
	for scale > 0 && d.coef%10 == 0 {
		d.coef /= 10
		scale--
	}
	for ; scale < 0; scale++ {
		if d.coef > pow10[MaxDigits] {
			return Decimal{}, ErrTooManyDigits
		}
		d.coef *= 10
	}
	if d.coef >= pow10[MaxDigits] || scale > MaxDigits {
		return Decimal{}, ErrTooManyDigits
	}
	if negative {
		d.coef = -d.coef
	}
	d.scale = int8(scale)
	return d, nil
}

func (d *Decimal) normalise() {
	for d.scale > 0 && d.coef%10 == 0 {
		d.coef /= 10
		d.scale--
	}
}

// IsSet says whether there is a number at all.
func (d Decimal) IsSet() bool { return d.set }

// Sign returns -1, 0 or 1; a missing number has sign 0.
func (d Decimal) Sign() int {
	switch {
	case d.coef < 0:
		return -1
	case d.coef > 0:
		return 1
	}
	return 0
}

// Scaled returns the number as an integer of units of 10^-decimals; ok is false
// where it has more decimals than that, or would have more than MaxDigits digits.
func (d Decimal) Scaled(decimals int) (units int64, ok bool) {
	shift := decimals - int(d.scale)
	if shift < 0 || shift >= len(pow10) {
		return 0, d.coef == 0
	}
	units = d.coef * pow10[shift]
	if d.coef != 0 && (units/pow10[shift] != d.coef || units >= pow10[MaxDigits] || units <= -pow10[MaxDigits]) {
		return 0, false
	}
	return units, true
}

// floor returns the largest integer of units of 10^-decimals that is not above a
// number of 0 or more.
func (d Decimal) floor(decimals int) int64 {
	if units, ok := d.Scaled(decimals); ok {
		return units
	}
	if shift := int(d.scale) - decimals; shift > 0 {
		if shift >= len(pow10) {
			return 0
		}
		return d.coef / pow10[shift]
	}
	return math.MaxInt64 // more than any quantity
}

// Mul returns d × e, with ok false where the product has too many digits.
func (d Decimal) Mul(e Decimal) (product Decimal, ok bool) {
	if d.coef == 0 || e.coef == 0 {
		return Decimal{set: d.set && e.set}, true
	}
	coef := d.coef * e.coef
	if coef/e.coef != d.coef {
		return Decimal{}, false
	}
	out := Decimal{coef: coef, scale: d.scale + e.scale, set: true}
	out.normalise()
	if out.coef >= pow10[MaxDigits] || out.coef <= -pow10[MaxDigits] || out.scale > MaxDigits {
		return Decimal{}, false
	}
	return out, true
}

// AppendTo appends the number in plain notation without needless zeros; a
// missing number appends nothing.
func (d Decimal) AppendTo(b []byte) []byte {
	if !d.set {
		return b
	}
	return appendScaled(b, d.coef, int(d.scale))
}

func (d Decimal) String() string { return string(d.AppendTo(nil)) }

// FormatScaled writes units of 10^-decimals in plain notation: 2500, 3 → "2.5".
func FormatScaled(units int64, decimals int) string {
	return string(appendScaled(make([]byte, 0, 20), units, decimals))
}

func appendScaled(b []byte, units int64, decimals int) []byte {
	for decimals > 0 && units%10 == 0 {
		units /= 10
		decimals--
	}
	if units < 0 {
		b = append(b, '-')
	}
	magnitude := uint64(units)
	if units < 0 {
		magnitude = -magnitude
	}
	if decimals == 0 {
		return strconv.AppendUint(b, magnitude, 10)
	}
	unit := uint64(pow10[decimals])
	b = strconv.AppendUint(b, magnitude/unit, 10)
	b = append(b, '.')
	fraction := magnitude % unit
	for unit /= 10; unit > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit%10))
	}
	return b
}

// MarshalJSON writes the number as a JSON string, a missing one as "".
func (d Decimal) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 24), '"')
	return append(d.AppendTo(b), '"'), nil
}

// UnmarshalJSON reads a JSON string or number; null and "" are missing.
func (d *Decimal) UnmarshalJSON(data []byte) (err error) {
	text := string(data)
	if text == "null" {
		*d = Decimal{}
		return nil
	}
	if len(text) >= 2 && text[0] == '"' {
		text = unescaped(data)
	} else if text == "" || (text[0] != '-' && (text[0] < '0' || text[0] > '9')) {
		return ErrNotDecimal
	}
	*d, err = ParseDecimal(text)
	return err
}
