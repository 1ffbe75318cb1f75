package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sample is what one round of a row gave, by metric: rate (a second), p50 and p99
// (ms), cpu (µs each, of the server), ms, and others that a row names.
type sample map[string]float64

// String is a sample as progress shows it.
func (s sample) String() string {
	parts := make([]string, 0, len(s))
	for _, metric := range slices.Sorted(maps.Keys(s)) {
		parts = append(parts, metric+" "+figure(s[metric]))
	}
	return strings.Join(parts, ", ")
}

// series is one metric of a row over the rounds.
type series struct {
	Row    string    `json:"row"`
	Who    string    `json:"who"`
	Metric string    `json:"metric"`
	Values []float64 `json:"values"`
	Load   []float64 `json:"load"` // of the machine over the minute before
}

type results struct {
	round int
	all   []*series
}

// add keeps a sample. Rounds in which somebody gave none are absent from the
// end, since whoever fails once is left out from then on.
func (r *results) add(row, who string, s sample) {
	now := load1()
	for _, metric := range slices.Sorted(maps.Keys(s)) {
		one := r.get(row, who, metric)
		if one == nil {
			one = &series{Row: row, Who: who, Metric: metric}
			r.all = append(r.all, one)
		}
		one.Values = append(one.Values, s[metric])
		one.Load = append(one.Load, now)
	}
}

// get returns a series, nil where there is none.
func (r *results) get(row, who, metric string) *series {
	for _, s := range r.all {
		if s.Row == row && s.Who == who && s.Metric == metric {
			return s
		}
	}
	return nil
}

func (r *results) values(row, who, metric string) []float64 {
	if s := r.get(row, who, metric); s != nil {
		return s.Values
	}
	return nil
}

// spread is a median with the least and the most.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + median) / 2
	}
	return spread{median, sorted[0], sorted[len(sorted)-1]}
}

// pairwise combines two series round by round: rounds are noisy, what is measured
// side by side in one is less so.
func pairwise(a, b []float64, combine func(a, b float64) float64) []float64 {
	out := make([]float64, 0, min(len(a), len(b)))
	for i := range min(len(a), len(b)) {
		if v := combine(a[i], b[i]); !math.IsNaN(v) && !math.IsInf(v, 0) {
			out = append(out, v)
		}
	}
	return out
}

// figure is a number as people read it: three digits, or thousands with commas.
func figure(f float64) string {
	switch size := math.Abs(f); {
	case size >= 1_000:
		return thousands(int64(math.Round(f)))
	case size >= 99.5:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case size >= 9.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 2, 64)
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return sign + text
}

// cell is a spread as the table shows it.
func cell(values []float64, unit string) string {
	if len(values) == 0 {
		return ""
	}
	s := spreadOf(values)
	text := figure(s.Median) + unit
	if len(values) > 1 {
		text += " (" + figure(s.Min) + "–" + figure(s.Max) + ")"
	}
	return text
}

// benchLine is a line of the table.
type benchLine struct {
	title, metric string
	row, who      string // ours
	peerRow, peer string // what it is compared with, if anything; peerRow "" is row
	ratio         string // how: see ratioOf
	own           bool   // compared with ourselves: left out where that is not measured
	goals         string // of the ratio, or of the figure where there is none
}

// figures is one line with its values, for files.
type figures struct {
	Title string  `json:"title"`
	Ours  spread  `json:"ours"`
	Peer  *spread `json:"peer,omitempty"`
	Ratio *spread `json:"ratio,omitempty"`
	Goals string  `json:"goals,omitempty"`
}

// ratioOf returns ours against the peer, round by round, and its unit.
func (l *benchLine) ratioOf(ours, peer []float64) ([]float64, string) {
	switch l.ratio {
	case "times": // more is better
		return pairwise(ours, peer, func(a, b float64) float64 { return a / b }), "x"
	case "lower": // how many times less
		return pairwise(ours, peer, func(a, b float64) float64 { return b / a }), "x lower"
	case "part":
		return pairwise(ours, peer, func(a, b float64) float64 { return a / b }), ""
	case "plus":
		return pairwise(ours, peer, func(a, b float64) float64 { return a - b }), " more"
	}
	return nil, ""
}

func (r *results) of(l *benchLine) (ours, peer, ratio []float64, unit string) {
	ours = r.values(l.row, l.who, l.metric)
	if l.peer != "" {
		row := l.row
		if l.peerRow != "" {
			row = l.peerRow
		}
		peer = r.values(row, l.peer, l.metric)
	}
	if len(peer) == 0 && l.own {
		return nil, nil, nil, "" // the line is nothing but the comparison
	}
	ratio, unit = l.ratioOf(ours, peer)
	return ours, peer, ratio, unit
}

// print writes the table in Markdown, so that it can stand in a page as it is.
func (r *results) print(out io.Writer, skipped []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s. Medians of the rounds (least–most); clients, server and peers share the machine.\nPostgreSQL: a function per scan behind the same socket. nats-server: its WebSocket.\n\n", machine(), r.loads())
	b.WriteString("| measure | ours | the other | ratio | wanted, and later | load |\n|---|---|---|---|---|---|\n")
	for i := range benchLines {
		l := &benchLines[i]
		ours, peer, ratio, unit := r.of(l)
		if len(ours) == 0 {
			continue
		}
		other := cell(peer, "")
		switch {
		case other != "" && l.peerRow != "":
			other += " " + l.peerRow
		case other != "":
			other += " " + l.peer
		}
		compared := cell(ratio, unit)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", l.title, cell(ours, ""), other, compared, l.goals, figure(spreadOf(r.get(l.row, l.who, l.metric).Load).Median))
	}
	for _, s := range skipped {
		fmt.Fprintf(&b, "\nNot measured: %s.\n", s)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// loads says how busy the machine was.
func (r *results) loads() string {
	var all []float64
	for _, s := range r.all {
		all = append(all, s.Load...)
	}
	s := spreadOf(all)
	return fmt.Sprintf("1-minute load %s (%s–%s)", figure(s.Median), figure(s.Min), figure(s.Max))
}

// benchFile is what --json writes.
type benchFile struct {
	Machine string    `json:"machine"`
	Version string    `json:"version"`
	Written time.Time `json:"written"`
	Lines   []figures `json:"lines"`
	Series  []*series `json:"series"`
	Skipped []string  `json:"skipped,omitempty"`
}

func (r *results) file(skipped []string) benchFile {
	f := benchFile{Machine: machine(), Version: version(), Written: time.Now().UTC(), Series: r.all, Skipped: skipped}
	for i := range benchLines {
		l := &benchLines[i]
		ours, peer, ratio, _ := r.of(l)
		if len(ours) == 0 {
			continue
		}
		one := figures{Title: l.title, Ours: spreadOf(ours), Goals: l.goals}
		if len(peer) > 0 {
			s := spreadOf(peer)
			one.Peer = &s
		}
		if len(ratio) > 0 {
			s := spreadOf(ratio)
			one.Ratio = &s
		}
		f.Lines = append(f.Lines, one)
	}
	return f
}
