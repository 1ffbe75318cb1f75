// Command agree holds scanner/gs1 against recorded verdicts of the GS1 Barcode Syntax Engine:
// each *samples.jsonl of a folder with "scan", "valid", "elements", "kind" and "why".
//
//	agree FOLDER
//
// Samples with "raw" and "profile" are what a reader sent. Verdict, kind, elements and the class of
// the error have to agree. Exit 1 where one does not.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"bayledger/scanner/gs1"
	"bayledger/scanner/wedge"
)

// sample is one recorded verdict.
type sample struct {
	ID, Scan, Kind, Why, Raw string
	Valid                    bool
	Elements                 [][2]string
	Profile                  wedge.Profile // of the reader that sent Raw
}

// maxLine bounds a line of samples: a scan with every byte escaped.
const maxLine = 16 * gs1.MaxScan

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "agree takes the folder of the samples")
		os.Exit(2)
	}
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*samples.jsonl"))
	if err != nil || len(files) == 0 {
		fmt.Fprintf(os.Stderr, "agree: no *samples.jsonl in %s\n", os.Args[1])
		os.Exit(1)
	}
	total, missed := 0, 0
	for _, name := range files {
		n, m, err := hold(name, os.Stdout)
		if err != nil {
			fmt.Fprintf(os.Stderr, "agree: %s: %v\n", name, err)
			os.Exit(1)
		}
		total, missed = total+n, missed+m
	}
	fmt.Printf("%d of %d agree\n", total-missed, total)
	if missed > 0 {
		os.Exit(1)
	}
}

// hold reads one file and names what does not agree.
func hold(name string, out io.Writer) (total, missed int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return total, missed, fmt.Errorf("line %d: %w", total+1, err)
		}
		total++
		if fault := s.fault(); fault != "" {
			missed++
			fmt.Fprintf(out, "%s %q: %s\n", s.ID, s.Scan, fault)
		}
	}
	return total, missed, lines.Err()
}

// fault says where Decode and the sample differ, or nothing.
func (s sample) fault() string {
	m, e := gs1.Decode(s.Scan)
	if s.Raw != "" {
		r := s.Profile.Read(s.Raw)
		if r.Scan != s.Scan {
			return fmt.Sprintf("read from %q as %q", s.Raw, r.Scan)
		}
		m, e = r.Message, r.Fault
	}
	switch {
	case (e == nil) != s.Valid:
		return fmt.Sprintf("valid is %t, the reference says %t %s (%v)", e == nil, s.Valid, s.Why, e)
	case s.Kind != "" && string(m.Kind) != s.Kind:
		return fmt.Sprintf("the kind is %s, not %s", m.Kind, s.Kind)
	case e != nil && class(s.Why) != e.Code:
		return fmt.Sprintf("the error is %s (%v), the reference says %q", e.Code, e, s.Why)
	case e == nil && !slices.Equal(once(pairs(m.Elements)), once(s.Elements)):
		return fmt.Sprintf("the elements are %q, not %q", m.Elements, s.Elements)
	}
	return ""
}

func pairs(elements []gs1.Element) (out [][2]string) {
	for _, e := range elements {
		out = append(out, [2]string{e.AI, e.Value})
	}
	return out
}

// once leaves out what is there again.
func once(elements [][2]string) (out [][2]string) {
	for _, e := range elements {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}
