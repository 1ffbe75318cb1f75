package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// Time is a moment in UTC as microseconds since 1970; 0 is missing. Outside it
// is RFC 3339.
type Time int64

// ErrNotTime tells that a text is no RFC 3339 time between 1970 and 9999.
var ErrNotTime = errors.New("not an RFC 3339 time between 1970 and 9999")

const maxTime = Time(253402300799999999) // 9999-12-31T23:59:59.999999Z

// TimeOf turns a moment into a Time, cut to microseconds.
func TimeOf(t time.Time) Time { return Time(t.UnixMicro()) }

// ParseTime reads an RFC 3339 time of any offset, cut to microseconds; the empty
// text is missing. It is stricter than time.Parse, which lets one-digit hours and
// decimal commas pass, and faster: every intent carries one. Errors: ErrNotTime.
func ParseTime(text string) (Time, error) {
	if text == "" {
		return 0, nil
	}
	const shortest = "2006-01-02T15:04:05Z"
	if len(text) < len(shortest) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return 0, ErrNotTime
	}
	year, month, day := digits(text[:4]), digits(text[5:7]), digits(text[8:10])
	hour, minute, second := digits(text[11:13]), digits(text[14:16]), digits(text[17:19])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, ErrNotTime
	}
	micros, zone, ok := fraction(text[19:])
	if !ok {
		return 0, ErrNotTime
	}
	offset, ok := zoneMinutes(zone)
	if !ok {
		return 0, ErrNotTime
	}
	out := Time((int64(daysBefore(year, month)+day-1)*1440+int64(hour*60+minute-offset))*60+int64(second))*1e6 + Time(micros)
	if out <= 0 || out > maxTime {
		return 0, ErrNotTime
	}
	return out, nil
}

// digits reads a whole number of digits alone, -1 where there are others.
func digits(text string) (n int) {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return -1
		}
		n = n*10 + int(text[i]-'0')
	}
	return n
}

// fraction reads the point and digits that may follow the seconds; what is finer
// than a microsecond is cut off.
func fraction(text string) (micros int, rest string, ok bool) {
	if text[0] != '.' {
		return 0, text, true
	}
	i := 1
	for unit := 100_000; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		micros += int(text[i]-'0') * unit
		unit /= 10
	}
	return micros, text[i:], i > 1
}

// zoneMinutes reads Z or an offset such as +05:30.
func zoneMinutes(text string) (minutes int, ok bool) {
	if text == "Z" {
		return 0, true
	}
	if len(text) != len("+05:30") || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hour, minute := digits(text[1:3]), digits(text[4:])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	minutes = hour*60 + minute
	if text[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	if month == 2 && isLeap(year) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// daysBefore returns the days from 1970 to the first of a month.
func daysBefore(year, month int) int {
	days := [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}[month-1]
	if month > 2 && isLeap(year) {
		days++
	}
	y := year - 1 // whole years since year 1
	const until1970 = 719_162
	if year == 0 {
		return days - 366 - until1970
	}
	return days + 365*y + y/4 - y/100 + y/400 - until1970
}

// Std returns the moment as a time.Time in UTC.
func (t Time) Std() time.Time { return time.UnixMicro(int64(t)).UTC() }

// AppendTo appends the RFC 3339 form; a missing time appends nothing.
func (t Time) AppendTo(b []byte) []byte {
	if t == 0 {
		return b
	}
	return appendMicros(b, t)
}

func (t Time) String() string { return string(t.AppendTo(nil)) }

// appendMicros writes what time.Format with RFC3339Nano would, many times faster:
// every entry carries two or three times. Days become dates by the usual trick of
// years that begin in March, so that the day that may be missing is the last.
func appendMicros(b []byte, t Time) []byte {
	if t < 0 || t > maxTime { // from a program's clock only; never from outside
		return t.Std().AppendFormat(b, time.RFC3339Nano)
	}
	const perDay = 86_400_000_000
	const untilMarch0 = 719_468 // days from 0000-03-01 to 1970-01-01
	day, micros := uint32(t/perDay)+untilMarch0, uint64(t%perDay)
	century := (4*day + 3) / 146_097
	ofCentury := day - 146_097*century/4
	yearOf := (4*ofCentury + 3) / 1461
	ofYear := ofCentury - 1461*yearOf/4
	month := (5*ofYear + 2) / 153
	dayOf := ofYear - (153*month+2)/5 + 1
	year := 100*century + yearOf
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	seconds := uint32(micros / 1e6)
	b = appendTwo(appendTwo(b, year/100), year%100)
	b = appendTwo(append(b, '-'), month)
	b = appendTwo(append(b, '-'), dayOf)
	b = appendTwo(append(b, 'T'), seconds/3600)
	b = appendTwo(append(b, ':'), seconds/60%60)
	b = appendTwo(append(b, ':'), seconds%60)
	if micros %= 1e6; micros > 0 {
		b = append(b, '.')
		for unit := uint64(1e5); micros > 0; unit /= 10 {
			b = append(b, byte('0'+micros/unit))
			micros %= unit
		}
	}
	return append(b, 'Z')
}

func appendTwo(b []byte, v uint32) []byte { return append(b, byte('0'+v/10), byte('0'+v%10)) }

// MarshalJSON writes the RFC 3339 form, a missing time as "".
func (t Time) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 34), '"')
	return append(t.AppendTo(b), '"'), nil
}

// UnmarshalJSON reads an RFC 3339 string; null and "" are missing.
func (t *Time) UnmarshalJSON(data []byte) (err error) {
	if string(data) == "null" {
		*t = 0
		return nil
	}
	if len(data) < 2 || data[0] != '"' {
		return ErrNotTime
	}
	*t, err = ParseTime(unescaped(data))
	return err
}

// unescaped returns what a JSON string says. Numbers and times are hardly ever
// written with escapes, but a value is the same value however it is spelled.
func unescaped(data []byte) (text string) {
	if bytes.IndexByte(data, '\\') < 0 {
		return string(data[1 : len(data)-1])
	}
	if json.Unmarshal(data, &text) != nil {
		return string(data)
	}
	return text
}

// isDate says whether text is a calendar date such as 2027-01-31.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
