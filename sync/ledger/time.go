package ledger

import (
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

// ParseTime reads an RFC 3339 time of any offset; the empty text is missing.
func ParseTime(text string) (Time, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, ErrNotTime
	}
	out := TimeOf(t)
	if out <= 0 || out > maxTime {
		return 0, ErrNotTime
	}
	return out, nil
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

// appendMicros writes what time.Format with RFC3339Nano would, several times
// faster: every entry carries two or three times.
func appendMicros(b []byte, t Time) []byte {
	std := t.Std()
	year, month, day := std.Date()
	hour, minute, second := std.Clock()
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10))
	b = appendTwo(b, year%100)
	b = appendTwo(append(b, '-'), int(month))
	b = appendTwo(append(b, '-'), day)
	b = appendTwo(append(b, 'T'), hour)
	b = appendTwo(append(b, ':'), minute)
	b = appendTwo(append(b, ':'), second)
	if micros := int64(t) % 1e6; micros > 0 {
		b = append(b, '.')
		for unit := int64(1e5); micros > 0; unit /= 10 {
			b = append(b, byte('0'+micros/unit))
			micros %= unit
		}
	}
	return append(b, 'Z')
}

func appendTwo(b []byte, v int) []byte { return append(b, byte('0'+v/10), byte('0'+v%10)) }

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
	*t, err = ParseTime(string(data[1 : len(data)-1]))
	return err
}

// isDate says whether text is a calendar date such as 2027-01-31.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
