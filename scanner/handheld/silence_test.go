package handheld

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// never is a clock that nobody asks.
func never() ledger.Moment { return ledger.Moment{} }

// A reader without suffix: bursts end by silence, what a person types with Enter.
func TestReadBursts(t *testing.T) {
	type part struct {
		text string
		each time.Duration // between its keys
		then time.Duration // of silence
	}
	const fast, hand = 5 * time.Millisecond, 120 * time.Millisecond
	for _, c := range []struct {
		name  string
		parts []part
		want  []string
	}{
		{"two scans", []part{{"4006381333931", fast, 200 * time.Millisecond}, {"A-01", fast, 200 * time.Millisecond}}, []string{"4006381333931", "A-01"}},
		{"a person", []part{{"/undo\r", hand, time.Second}}, []string{"/undo"}},
		{"a person, then a scan", []part{{"/12\r", hand, time.Second}, {"4006381333931", fast, time.Second}}, []string{"/12", "4006381333931"}},
		{"the end of the input", []part{{"4006381333931", fast, 0}}, []string{"4006381333931"}},
		{"keys without Enter are kept for it", []part{{"/un", hand, time.Second}, {"do\r", hand, 0}}, []string{"/undo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, w := io.Pipe()
				go func() {
					for _, p := range c.parts {
						for _, key := range p.text {
							_, _ = io.WriteString(w, string(key))
							time.Sleep(p.each)
						}
						time.Sleep(p.then)
					}
					w.Close()
				}()
				lines := make(chan line, 10)
				if err := readBursts(context.Background(), r, wedge.Profile{}, never, lines); err != nil {
					t.Error(err)
				}
				var got []string
				for l := range lines {
					got = append(got, l.text)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("read %q, want %q", got, c.want)
				}
			})
		})
	}
}

// Whatever comes in, each of its lines comes out, none longer than a scan can be.
func FuzzLines(f *testing.F) {
	f.Add("A\rB\nC\r\nD\tE", "")
	f.Add("\x02A\x03\x02B\x03", "ETX")
	f.Add("A#B#", "#")
	f.Fuzz(func(t *testing.T, in, suffix string) {
		lines := make(chan line, len(in)+1)
		if err := readLines(context.Background(), strings.NewReader(in), suffix, nil, never, lines); err != nil {
			t.Fatal(err)
		}
		total := 0
		for l := range lines {
			if total += len(l.text); len(l.text) > maxLine || strings.ContainsAny(l.text, "\r\n\t") {
				t.Errorf("%q is no line", l.text)
			}
		}
		if total > len(in) || len(in) <= maxLine && total+strings.Count(in, "\r")+strings.Count(in, "\n")+strings.Count(in, "\t")+strings.Count(in, "\x03") < len(in) {
			t.Errorf("%d of %d bytes came out", total, len(in))
		}
	})
}
