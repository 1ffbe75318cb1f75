package ledger

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"2026-03-02T09:15:04.120Z", "2026-03-02T09:15:04.12Z"},
		{"2026-03-02T09:15:04Z", "2026-03-02T09:15:04Z"},
		{"2026-03-02T10:45:04.12+01:30", "2026-03-02T09:15:04.12Z"},
		{"2026-03-01T23:15:04-10:00", "2026-03-02T09:15:04Z"},
		{"2026-03-02T09:15:04.1234567890123Z", "2026-03-02T09:15:04.123456Z"},
		{"2026-03-02T09:15:04.0000009Z", "2026-03-02T09:15:04Z"},
		{"1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001Z"},
		{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
		{"", ""},
		{"1970-01-01T00:00:00Z", "no"}, // 0 is missing
		{"1969-12-31T23:59:59Z", "no"},
		{"1970-01-01T00:30:00+01:00", "no"},
		{"9999-12-31T23:59:59-00:01", "no"},
		{"10000-01-01T00:00:00Z", "no"},
		{"2023-02-29T00:00:00Z", "no"},
		{"2100-02-29T00:00:00Z", "no"},
		{"2026-04-31T00:00:00Z", "no"},
		{"2026-13-01T00:00:00Z", "no"},
		{"2026-00-01T00:00:00Z", "no"},
		{"2026-03-00T00:00:00Z", "no"},
		{"2026-03-02T24:00:00Z", "no"},
		{"2026-03-02T09:60:00Z", "no"},
		{"2026-06-30T23:59:60Z", "no"},
		{"2026-03-02T9:15:04Z", "no"},
		{"2026-03-02T09:15:04,12Z", "no"},
		{"2026-03-02T09:15:04.Z", "no"},
		{"2026-03-02T09:15:04", "no"},
		{"2026-03-02T09:15Z", "no"},
		{"2026-03-02 09:15:04Z", "no"},
		{"2026-03-02T09:15:04z", "no"},
		{"2026-03-02T09:15:04+0100", "no"},
		{"2026-03-02T09:15:04+24:00", "no"},
		{"2026-03-02T09:15:04+01:60", "no"},
		{"2026-03-02T09:15:04Z ", "no"},
		{"2026-03-02", "no"},
		{"2026-0a-02T09:15:04Z", "no"},
		{"-026-03-02T09:15:04Z", "no"},
		{"yesterday", "no"},
	} {
		got, err := ParseTime(c.text)
		if c.want == "no" {
			if !errors.Is(err, ErrNotTime) || got != 0 {
				t.Errorf("ParseTime(%q) = %v, %v", c.text, got, err)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("ParseTime(%q) = %v, %v, want %s", c.text, got, err, c.want)
		}
	}
}

// Times are written as the standard library would.
func TestTimesAreWrittenAsInTheStandardLibrary(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		at := Time(1 + random.Int64N(int64(maxTime)))
		if random.IntN(2) == 0 {
			at -= at % 1000
		}
		want := at.Std().Format(time.RFC3339Nano)
		if at.String() != want {
			t.Fatalf("%d: %s, want %s", at, at, want)
		}
		if back, err := ParseTime(want); err != nil || back != at {
			t.Fatalf("%s is read as %s, %v", want, back, err)
		}
	}
}

// FuzzTime: every time of RFC 3339 is read as the standard library reads it, and
// nothing else is.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2026-03-02T09:15:04.120Z", "2026-03-02T10:45:04+01:30", "2023-02-29T00:00:00Z", "2026-03-02T9:15:04Z", "2026-03-02T09:15:04,12Z", "0000-03-02T09:15:04Z", "0001-01-01T00:00:00Z", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime(text)
		std, wrong := time.Parse(time.RFC3339Nano, text)
		inRange := wrong == nil && std.UnixMicro() > 0 && TimeOf(std) <= maxTime && !lax(text)
		switch {
		case text == "":
		case (err == nil) != inRange:
			t.Fatalf("%q: %v, the standard library says %v, %v", text, err, std, wrong)
		case err == nil && got != TimeOf(std):
			t.Fatalf("%q: %s, the standard library says %v", text, got, std)
		}
		var other Time
		b, _ := json.Marshal(got)
		if err := json.Unmarshal(b, &other); err != nil || other != got {
			t.Fatalf("%s comes back from %s as %s, %v", got, b, other, err)
		}
	})
}

// lax says where time.Parse lets more pass than RFC 3339: hours of one digit,
// decimal commas, offsets of a day and more.
func lax(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[12] == ':' || text[19] == ',' {
		return true
	}
	zone := text[len(text)-len("+05:30"):]
	return text[len(text)-1] != 'Z' && (zone[1:3] > "23" || zone[4:] > "59")
}
