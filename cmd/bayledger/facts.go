package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"bayledger/scanner/fleet"
)

// facts are the lines of the table that a rehearsal prints.
type facts struct {
	lines [][2]string
	wrong []string
}

func (t *facts) add(what, format string, args ...any) {
	t.lines = append(t.lines, [2]string{what, fmt.Sprintf(format, args...)})
}

// check adds a line that must hold.
func (t *facts) check(what string, ok bool, format string, args ...any) {
	verdict := "yes: "
	if !ok {
		verdict = "NO: "
		t.wrong = append(t.wrong, what+": "+fmt.Sprintf(format, args...))
	}
	t.add(what, verdict+format, args...)
}

func (t *facts) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, l := range t.lines {
		fmt.Fprintf(w, "%s\t%s\n", l[0], l[1])
	}
	_ = w.Flush() // the terminal's own trouble
}

func (t *facts) fleet(f *fleetFlags, r *fleet.Report) {
	t.add("handhelds", "%d, seed %d", f.devices, f.seed)
	t.add("scans", "%d in %s, %.0f a second", r.Scans, r.Elapsed.Round(time.Millisecond), float64(r.Scans)/r.Elapsed.Seconds())
	t.add("connections", "%d, of which %d were cut on purpose", r.Connects, r.Cuts)
	var fates []string
	for fate, n := range r.Outcomes {
		fates = append(fates, fmt.Sprintf("%d %s", n, fate))
	}
	slices.Sort(fates)
	t.add("fates", "%s", strings.Join(fates, ", "))
	t.add("answered twice", "%d repeats, each told its first receipt", r.Repeats)
	t.add("ack", "p50 %s, p99 %s, longest %s", r.Ack.P50, r.Ack.P99, r.Ack.Max)
	t.check("every scan answered", r.Waiting == 0 && r.Lost == 0, "%d wait, %d lost", r.Waiting, r.Lost)
	t.check("one receipt a scan", r.ConflictCount == 0, "%d scans were told two entries", r.ConflictCount)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// durations says a few durations each, and of many the middle and the longest.
func durations(all []time.Duration) string {
	const few = 4
	words := make([]string, len(all))
	for i, d := range all {
		words[i] = d.Round(time.Millisecond).String()
	}
	if len(all) <= few {
		return strings.Join(words, " and ")
	}
	sorted := slices.Sorted(slices.Values(all))
	return fmt.Sprintf("%s (half of the times), %s (at the longest)", sorted[len(all)/2].Round(time.Millisecond), sorted[len(all)-1].Round(time.Millisecond))
}

func firstOf(wrong []string) string {
	if len(wrong) == 0 {
		return ""
	}
	slices.Sort(wrong)
	return ": " + strings.Join(wrong[:min(3, len(wrong))], "; ")
}
