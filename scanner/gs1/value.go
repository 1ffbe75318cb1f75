package gs1

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoSuchValue says that an element has no value of the kind asked for.
var ErrNoSuchValue = errors.New("the element has no value of this kind")

// Date is a day. Where the data gave no day ("00"), Day is the month's last, and Open is set.
type Date struct {
	Year, Month, Day int
	Open             bool
}

// String is the date as 2026-12-31.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// century: two digits of a year mean the year from 49 back to 50 ahead of this one.
const (
	century = 100
	ahead   = 51
	behind  = -50
)

// DateOf reads a date of six digits, YYMMDD, or of eight, YYYYMMDD, at the start of a value, as the
// General Specifications say it: thisYear decides the century, day 00 is the month's last.
func DateOf(value string, thisYear int) (Date, error) {
	if len(value) < 6 || !allDigits(value[:6]) {
		return Date{}, ErrNoSuchValue
	}
	year := thisYear - thisYear%century + two(value)
	switch gap := two(value) - thisYear%century; {
	case gap >= ahead:
		year -= century
	case gap <= behind:
		year += century
	}
	return dateIn(year, value[2:6])
}

func dateIn(year int, monthDay string) (Date, error) {
	d := Date{Year: year, Month: two(monthDay), Day: two(monthDay[2:])}
	if d.Month < 1 || d.Month > 12 {
		return Date{}, ErrNoSuchValue
	}
	last := daysOf(d.Month, year%4 == 0 && year%100 != 0 || year%400 == 0)
	if d.Day > last {
		return Date{}, ErrNoSuchValue
	}
	if d.Day == 0 {
		d.Day, d.Open = last, true
	}
	return d, nil
}

// Date reads the date of an element: of any AI whose value begins with one.
func (e Element) Date(thisYear int) (Date, error) {
	r, _ := exact(e.AI)
	if r == nil {
		return Date{}, ErrNoSuchValue
	}
	switch r.parts[0].lints[0] {
	case lintYymmd0, lintYymmdd:
		return DateOf(e.Value, thisYear)
	case lintYyyymmdd:
		if len(e.Value) >= 8 && allDigits(e.Value[:8]) {
			return dateIn(two(e.Value)*century+two(e.Value[2:]), e.Value[4:8])
		}
	}
	return Date{}, ErrNoSuchValue
}

// Decimal is an exact number: Digits, of which the last Scale stand behind the point.
type Decimal struct {
	Digits int64 // 15 digits at most
	Scale  int
}

// String is the number with all its decimals: 1.250.
func (d Decimal) String() string {
	text := fmt.Sprintf("%0*d", d.Scale+1, d.Digits)
	if d.Scale == 0 {
		return text
	}
	return text[:len(text)-d.Scale] + "." + text[len(text)-d.Scale:]
}

func decimal(v string, scale int) (Decimal, error) {
	const most = 15 // digits of an amount
	if v == "" || len(v) > most || !allDigits(v) {
		return Decimal{}, ErrNoSuchValue
	}
	d := Decimal{Scale: scale}
	for i := 0; i < len(v); i++ {
		d.Digits = d.Digits*10 + int64(v[i]-'0')
	}
	return d, nil
}

// measure says whether an AI is a weight, length, area or volume.
func measure(key uint16) bool { return 3100 <= key && key < 3700 }

// scaleOf is how many digits of a number stand behind the point: the AI's last digit.
func scaleOf(key uint16) (int, bool) {
	return int(key % 10), measure(key) || 3900 <= key && key < 3960
}

// Measure reads a weight, length, area or volume (310n to 369n) and its unit: 1.250 kg.
func (e Element) Measure() (Decimal, string, error) {
	r, key := exact(e.AI)
	if r == nil || !measure(key) {
		return Decimal{}, "", ErrNoSuchValue
	}
	scale, _ := scaleOf(key)
	d, err := decimal(e.Value, scale)
	return d, unitOf(r.title), err
}

// Amount reads an amount, price or percentage (390n to 395n) and, where it is given, the currency:
// three digits of ISO 4217.
func (e Element) Amount() (amount Decimal, currency string, err error) {
	r, key := exact(e.AI)
	if r == nil || key < 3900 || key >= 3960 {
		return Decimal{}, "", ErrNoSuchValue
	}
	value := e.Value
	if r.parts[0].lints[0] == lintIso4217 {
		if len(value) < 3 {
			return Decimal{}, "", ErrNoSuchValue
		}
		currency, value = value[:3], value[3:]
	}
	scale, _ := scaleOf(key)
	amount, err = decimal(value, scale)
	return amount, currency, err
}

// GTIN gives the trade item: the item scanned (01), made to order (03) or inside a logistic unit
// (02), as 14 digits.
func (m Message) GTIN() string { return m.first("01", "03", "02") }

// SSCC gives the number of a logistic unit.
func (m Message) SSCC() string { return m.first("00") }

// Lot gives the batch or lot.
func (m Message) Lot() string { return m.first("10") }

// Serial gives the serial number.
func (m Message) Serial() string { return m.first("21") }

func (m Message) first(ais ...string) string {
	for _, ai := range ais {
		if v, ok := m.Value(ai); ok {
			return v
		}
	}
	return ""
}

// Expiry gives the day after which the goods are not to be used: (17), else the day of (7003).
func (m Message) Expiry(thisYear int) (Date, bool) {
	for _, ai := range [...]string{"17", "7003"} {
		if v, ok := m.Value(ai); ok {
			d, err := DateOf(v, thisYear)
			return d, err == nil
		}
	}
	return Date{}, false
}

// Count gives how many pieces there are: of trade items in a logistic unit (37), or in an item of
// variable count (30), without zeros in front.
func (m Message) Count() string {
	v := m.first("37", "30")
	if v == "" {
		return ""
	}
	if v = strings.TrimLeft(v, "0"); v == "" {
		return "0"
	}
	return v
}
