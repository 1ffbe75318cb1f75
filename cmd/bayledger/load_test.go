package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// Each part of load plays on a server of its own and tells what it measured.
func TestLoadParts(t *testing.T) {
	small := loadFlags{devices: 8, live: 3, scans: 250, count: 60, rate: 200, within: 100 * time.Millisecond, away: time.Hour, quiet: 200 * time.Millisecond, length: 300 * time.Millisecond}
	for _, row := range []struct {
		name  string
		part  func(context.Context, *benchServer, *loadFlags, *facts) error
		tells []string
	}{
		{"connected", connected, []string{"8 devices in", "all stayed      yes", "sent away       yes: 8 were told"}},
		{"homecoming", homecoming, []string{"8 devices with 250 scans each", "all booked       yes: 2000 of 2000"}},
		{"opens", opens, []string{"60 opened and left", "nothing left     yes"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			a := &app{in: strings.NewReader(""), out: &out, err: &errs}
			f := small
			f.products, f.places = 3, 5
			err := playOn(t.Context(), a, &f, benchSelf(t), t.TempDir(), func(ctx context.Context, s *benchServer, facts *facts) error { return row.part(ctx, s, &f, facts) })
			if err != nil && !strings.Contains(err.Error(), "p99") { // which says something of a machine that does nothing else
				t.Errorf("%v\n%s", err, errs.String())
			}
			for _, want := range row.tells {
				if !strings.Contains(squeeze(out.String()), squeeze(want)) {
					t.Errorf("it does not tell %q:\n%s", want, out.String())
				}
			}
		})
	}
}

// benchSelf is how the tests' program is started as bayledger.
func benchSelf(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "-test.run=" + benchChild, "--"}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// A slope is that of most samples, whatever a few do, and flat is what stays within
// a tenth.
func TestTrend(t *testing.T) {
	hours := make([]float64, 100)
	flat, rising, spiky := make([]float64, 100), make([]float64, 100), make([]float64, 100)
	for i := range hours {
		hours[i] = float64(i) / 50
		flat[i], rising[i], spiky[i] = 500+float64(i%3), 500+float64(i)*2, 500+float64(i%3)
		if i < 20 {
			flat[i] = float64(i) * 25 // it fills
		}
		if i%10 == 0 {
			spiky[i] = 5000
		}
	}
	for _, row := range []struct {
		name   string
		values []float64
		ok     bool
	}{{"flat", flat, true}, {"rising", rising, false}, {"spiky", spiky, true}} {
		w := soaked{hours: hours, memory: row.values, goroutines: flat, files: flat}
		var out facts
		w.judge(&out)
		if ok := len(out.wrong) == 0; ok != row.ok {
			t.Errorf("%s: %v", row.name, out.lines)
		}
	}
	if got := trendOf([]float64{0, 1, 2, 3, 4}, []float64{9, 1, 3, 5, 7}); got.slope != 2 || got.samples != 4 {
		t.Errorf("%+v", got)
	}
	var none soaked
	var out facts
	if none.judge(&out); len(out.wrong) != 3 {
		t.Errorf("nothing was seen, and all is well: %v", out.lines)
	}
}
