package wedge_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"bayledger/scanner/gs1"
	"bayledger/scanner/wedge"
)

var update = flag.Bool("update", false, "write what this package says into testdata/readers.json")

// readers is testdata/readers.json: what readers send, and what it is. Profiles, raw texts and keys
// are the input; the rest is what any implementation has to give.
type readers struct {
	Readings     []reading     `json:"readings"`
	Calibrations []calibration `json:"calibrations"`
	Keys         []typing      `json:"keys"`
	Lost         []lost        `json:"lost"`
}

type profile struct {
	Prefix    string       `json:"prefix,omitempty"`
	Suffix    string       `json:"suffix,omitempty"`
	Separator string       `json:"separator,omitempty"`
	Layout    wedge.Layout `json:"layout,omitempty"`
}

func (p profile) whole() wedge.Profile {
	return wedge.Profile{Prefix: p.Prefix, Suffix: p.Suffix, Separator: p.Separator, Layout: p.Layout}
}

type reading struct {
	Profile  profile      `json:"profile"`
	Raw      string       `json:"raw"`
	Scan     string       `json:"scan"`
	Sent     string       `json:"sent"`
	Kind     gs1.Kind     `json:"kind"`
	Fault    string       `json:"fault,omitempty"` // in words
	Elements [][2]string  `json:"elements,omitempty"`
	Guess    wedge.Layout `json:"guess,omitempty"`
}

type calibration struct {
	Scans   []string   `json:"scans"`
	Words   [][]string `json:"words"` // of each; missing: it is no code of the sheet
	Profile profile    `json:"profile"`
	InWords string     `json:"in_words"`
}

type typing struct {
	Suffix string `json:"suffix,omitempty"`
	Keys   []struct {
		Text string `json:"text"`
		Gap  int    `json:"gap"` // ms before each key; without text: of silence
	} `json:"keys"`
	Scans []string `json:"scans"`
}

type lost struct {
	Scan    string   `json:"scan"`
	AI      string   `json:"ai,omitempty"`
	Repairs []string `json:"repairs,omitempty"`
}

func TestReaders(t *testing.T) {
	const path = "testdata/readers.json"
	data, err := os.ReadFile(path)
	var want readers
	if err == nil {
		err = json.Unmarshal(data, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := want
	got.Readings, got.Calibrations, got.Keys, got.Lost = nil, nil, nil, nil
	for _, r := range want.Readings {
		got.Readings = append(got.Readings, read(r.Profile, r.Raw))
	}
	for _, c := range want.Calibrations {
		got.Calibrations = append(got.Calibrations, calibrated(c.Scans))
	}
	for _, k := range want.Keys {
		got.Keys = append(got.Keys, typed(k))
	}
	for _, l := range want.Lost {
		found, _ := wedge.LostSeparator(l.Scan)
		got.Lost = append(got.Lost, lost{l.Scan, found.AI, found.Repairs})
	}
	text := written(t, &got)
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(text, data) {
		t.Errorf("%s is not what this package says:\n%s", path, text)
	}
	if len(got.Readings) < 20 || len(got.Calibrations) < 8 || len(got.Keys) < 6 || len(got.Lost) < 5 {
		t.Error("the vectors are not whole")
	}
}

func read(p profile, raw string) reading {
	r := p.whole().Read(raw)
	out := reading{Profile: p, Raw: raw, Scan: r.Scan, Sent: r.Sent, Kind: r.Message.Kind}
	if r.Fault != nil {
		out.Fault = r.Fault.Error()
	}
	for _, e := range r.Message.Elements {
		out.Elements = append(out.Elements, [2]string{e.AI, e.Value})
	}
	out.Guess, _ = wedge.Guess(raw)
	return out
}

func calibrated(scans []string) calibration {
	var k wedge.Calibrator
	c := calibration{Scans: scans}
	for _, scan := range scans {
		words, _ := k.Take(scan)
		c.Words = append(c.Words, words)
	}
	p := k.Profile
	c.Profile, c.InWords = profile{p.Prefix, p.Suffix, p.Separator, p.Layout}, p.String()
	return c
}

func typed(k typing) typing {
	keys := wedge.Keys{Profile: wedge.Profile{Suffix: k.Suffix}}
	var at time.Duration
	var scans []string
	for _, s := range k.Keys {
		gap := time.Duration(s.Gap) * time.Millisecond
		for _, key := range s.Text {
			at += gap
			if raw, scan := keys.Key(key, at); scan {
				scans = append(scans, raw)
			}
		}
		if s.Text == "" {
			at += gap
			if raw, scan := keys.Idle(at); scan {
				scans = append(scans, raw)
			}
		}
	}
	k.Scans = scans
	return k
}

// written has one case a line, so that a change is seen at once.
func written(t *testing.T, v *readers) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("{\n")
	part(t, &b, "readings", v.Readings, ",\n")
	part(t, &b, "calibrations", v.Calibrations, ",\n")
	part(t, &b, "keys", v.Keys, ",\n")
	part(t, &b, "lost", v.Lost, "\n}\n")
	return b.Bytes()
}

func part[T any](t *testing.T, b *bytes.Buffer, name string, cases []T, end string) {
	t.Helper()
	b.WriteString("\"" + name + "\": [")
	for i := range cases {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n ")
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(&cases[i]); err != nil {
			t.Fatal(err)
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("]" + end)
}
