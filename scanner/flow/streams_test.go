package flow_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"testing"

	"bayledger/scanner/flow"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// vectors is testdata/streams.json: see README.md beside it.
type vectors struct {
	About     string    `json:"about"`
	Catalogue catalogue `json:"catalogue"`
	Streams   []stream  `json:"streams"`
}

type stream struct {
	Name  string `json:"name"`
	Today string `json:"today"`
	Setup struct {
		Site    string               `json:"site"`
		Rules   string               `json:"rules,omitempty"`
		Reasons string               `json:"reasons,omitempty"`
		Badge   bool                 `json:"badge,omitempty"`
		Places  map[flow.Mode]string `json:"places,omitempty"`
	} `json:"setup"`
	Steps []step `json:"steps"`
}

type step struct {
	Event   flow.Event      `json:"event"`
	Fails   string          `json:"fails,omitempty"`
	Crash   string          `json:"crash,omitempty"`
	Intents []ledger.Intent `json:"intents,omitempty"`
	Screen  flow.Screen     `json:"screen"`
}

// catalogue is a small one, as the vectors have it.
type catalogue struct {
	Products []struct {
		Code     string                    `json:"code"`
		Name     string                    `json:"name,omitempty"`
		Unit     string                    `json:"unit,omitempty"`
		Tracking string                    `json:"tracking,omitempty"`
		Decimals int                       `json:"decimals,omitempty"`
		Units    map[string]ledger.Decimal `json:"units,omitempty"`
	} `json:"products"`
	Barcodes []struct {
		Code     string         `json:"code"`
		Product  string         `json:"product"`
		Quantity ledger.Decimal `json:"quantity,omitzero"`
	} `json:"barcodes"`
	Places    []string `json:"places"`
	Packages  []string `json:"packages"`
	Operators []string `json:"operators"`
	HeldGoods []struct {
		Place   string `json:"place"`
		Product string `json:"product"`
		Lot     string `json:"lot,omitempty"`
	} `json:"held"`
}

func (c *catalogue) Barcode(code string) (string, ledger.Decimal, bool) {
	for _, b := range c.Barcodes {
		if b.Code == code {
			return b.Product, b.Quantity, true
		}
	}
	return "", ledger.Decimal{}, false
}

func (c *catalogue) Product(code string) (meaning.Item, bool) {
	for _, p := range c.Products {
		if p.Code == code {
			return meaning.Item{Code: p.Code, Name: p.Name, Unit: p.Unit, Tracking: p.Tracking, Decimals: p.Decimals, Units: p.Units}, true
		}
	}
	return meaning.Item{}, false
}

func (c *catalogue) Place(_, code string) bool { return slices.Contains(c.Places, code) }
func (c *catalogue) Package(code string) bool  { return slices.Contains(c.Packages, code) }
func (c *catalogue) Operator(code string) bool { return slices.Contains(c.Operators, code) }

func (c *catalogue) Held(_, place, product, lot string) bool {
	for _, h := range c.HeldGoods {
		if h.Place == place && h.Product == product && (h.Lot == "" || h.Lot == lot) {
			return true
		}
	}
	return false
}

var update = flag.Bool("update", false, "write what the machine does into testdata/streams.json")

const path = "testdata/streams.json"

func load(t testing.TB) *vectors {
	t.Helper()
	data, err := os.ReadFile(path)
	v := &vectors{}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		err = d.Decode(v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vectors) setup(s *stream) flow.Setup {
	return flow.Setup{Catalogue: &v.Catalogue, Stock: &v.Catalogue, Site: s.Setup.Site, Rules: s.Setup.Rules, Reasons: s.Setup.Reasons, Badge: s.Setup.Badge, Places: s.Setup.Places}
}

// player plays a stream, with an outbox that gives out seqs from 1.
type player struct {
	setup flow.Setup
	m     *flow.Machine
	next  uint64
	kept  []ledger.Intent // by seq-1
}

func (p *player) store(intents []ledger.Intent) {
	first := p.next
	p.kept = append(p.kept, intents...)
	p.next += uint64(len(intents))
	if len(intents) > 0 {
		p.m.Stored(first)
	}
}

func (p *player) play(t testing.TB, in *step, today string) (got step) {
	got = step{Event: in.Event, Fails: in.Fails, Crash: in.Crash}
	s := p.m.Take(in.Event, today)
	got.Intents, got.Screen = s.Intents, s.Screen
	if in.Fails != "" {
		got.Screen = p.m.Failed(in.Fails).Screen
		return got
	}
	data := p.m.Save(p.next)
	if in.Crash == "" {
		p.store(s.Intents)
		return got
	}
	if in.Crash == "after" {
		p.kept = append(p.kept, s.Intents...)
		p.next += uint64(len(s.Intents))
	}
	var err error
	if p.m, err = flow.Restore(p.setup, data, p.next); err != nil {
		t.Fatal(err)
	}
	p.store(slices.Clone(p.m.Outgoing()))
	got.Screen = p.m.Screen()
	return got
}

// The streams and what follows from each event of them.
func TestStreams(t *testing.T) {
	v := load(t)
	for i := range v.Streams {
		s := &v.Streams[i]
		t.Run(s.Name, func(t *testing.T) {
			p := &player{setup: v.setup(s), next: 1}
			p.m = flow.New(p.setup)
			for n := range s.Steps {
				got := p.play(t, &s.Steps[n], s.Today)
				if *update {
					s.Steps[n] = got
					continue
				}
				if want := s.Steps[n]; !reflect.DeepEqual(plain(t, got), plain(t, want)) {
					t.Errorf("step %d\ngot  %s\nwant %s", n+1, text(t, got), text(t, want))
				}
			}
		})
	}
	if *update {
		write(t, v)
	}
}

// Seqs of an outbox that is gone are not those of the new one: nothing of them is undone, and what was
// not stored is stored.
func TestAnotherOutbox(t *testing.T) {
	v := load(t)
	setup := flow.Setup{Catalogue: &v.Catalogue, Site: "main", Install: "old"}
	m := flow.New(setup)
	m.Take(flow.Event{Scan: "A-01"}, "2026-03-02")
	m.Take(flow.Event{Scan: "]E09521234543213"}, "2026-03-02")
	m.Stored(1)
	m.Take(flow.Event{Scan: "BOX-12"}, "2026-03-02")
	data := m.Save(2)
	setup.Install = "new"
	m, err := flow.Restore(setup, data, 7)
	if err != nil {
		t.Fatal(err)
	}
	if out := m.Outgoing(); len(out) != 1 || out[0].Scan != "BOX-12" {
		t.Fatalf("to be stored: %+v", out)
	}
	m.Stored(7)
	for _, want := range []string{"7", ""} {
		reference := ""
		if step := m.Take(flow.Event{Tap: "UNDO"}, "2026-03-02"); len(step.Intents) > 0 {
			reference = step.Intents[0].Reference
			m.Stored(8)
		}
		if reference != want {
			t.Errorf("undone is %q, want %q", reference, want)
		}
	}
}

func plain(t *testing.T, v any) (out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text(t, v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func text(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes one step a line, so that a change is seen at once.
func write(t *testing.T, v *vectors) {
	t.Helper()
	var b bytes.Buffer
	line := func(v any) []byte { return bytes.TrimSuffix([]byte(text(t, v)), []byte("\n")) }
	b.WriteString("{\n\"about\": ")
	b.Write(line(v.About))
	b.WriteString(",\n\"catalogue\": ")
	b.Write(line(v.Catalogue))
	b.WriteString(",\n\"streams\": [")
	for i, s := range v.Streams {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n {\"name\": ")
		b.Write(line(s.Name))
		b.WriteString(", \"today\": ")
		b.Write(line(s.Today))
		b.WriteString(", \"setup\": ")
		b.Write(line(s.Setup))
		b.WriteString(", \"steps\": [")
		for n, st := range s.Steps {
			if n > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n  ")
			b.Write(line(st))
		}
		b.WriteString("]}")
	}
	b.WriteString("\n]}\n")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
