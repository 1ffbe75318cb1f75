package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bayledger/sync/wire/schema"
	"bayledger/sync/wire/schema/internal/generate"
)

var update = flag.Bool("update", false, "write the files anew")

type example struct {
	Name    string          `json:"name"`
	Intent  json.RawMessage `json:"intent"`
	Message json.RawMessage `json:"message"`
	Outcome json.RawMessage `json:"outcome"`
	Entry   json.RawMessage `json:"entry"`
}

func golden(t *testing.T, file string) (out []example) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "golden", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The committed files are what the Go types and the golden files say.
func TestFilesAreUpToDate(t *testing.T) {
	var examples []generate.Example
	for _, e := range append(golden(t, "device-messages.json"), golden(t, "server-messages.json")...) {
		examples = append(examples, generate.Example{Name: e.Name, Message: e.Message})
	}
	files, err := generate.Files(examples)
	if err != nil {
		t.Fatal(err)
	}
	files[filepath.Join("..", "..", "asyncapi.json")] = files["asyncapi.json"]
	for name, want := range files {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is out of date (%v): run go generate ./sync/wire/schema", name, err)
		}
	}
}

func TestGoldenExamplesAreValid(t *testing.T) {
	for _, e := range golden(t, "device-messages.json") {
		if err := schema.Validate(e.Message, schema.FromDevice); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	for _, e := range golden(t, "server-messages.json") {
		if err := schema.Validate(e.Message, schema.FromServer); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	for _, e := range golden(t, "intents.json") {
		if err := schema.ValidateIntent(e.Intent); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	for _, e := range golden(t, "entries.json") {
		if err := schema.ValidateEntry(e.Entry); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	for _, e := range golden(t, "outcomes.json") {
		if err := schema.ValidateOutcome(e.Outcome); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

// The schemas see what is wrong.
func TestFaultsAreSeen(t *testing.T) {
	for _, c := range []struct {
		d     schema.Direction
		frame string
	}{
		{schema.FromDevice, `3`},
		{schema.FromDevice, `{}`},
		{schema.FromDevice, `{"type":"ack","through":1,"outcomes":[]}`},
		{schema.FromDevice, `{"type":"hello","device":"H","install":"i","cursor":null}`},
		{schema.FromDevice, `{"type":"hello","device":"H","install":"i","key":"k","cursor":null,"colour":"red"}`},
		{schema.FromDevice, `{"type":"push","intents":[{"seq":1}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"seq":1,"action":"borrow"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"seq":1,"action":"add","colour":"red"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"seq":-1,"action":"add"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"action":"add","quantity":"three"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"action":"add","at":"yesterday"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"action":"add","reason":"` + strings.Repeat("x", 1001) + `"}]}`},
		{schema.FromDevice, `{"type":"push","intents":[{"action":"add","lines":[{"colour":"red"}]}]}`},
		{schema.FromDevice, `{"type":"subscribe","topic":"weather","since":null}`},
		{schema.FromServer, `[{"type":"pong","now":"2026-03-02T09:15:04Z"},{"type":"pong"}]`},
		{schema.FromServer, `{"type":"ack","through":1,"outcomes":[{"seq":1,"outcome":"fine"}]}`},
		{schema.FromServer, `{"type":"events","topic":"activity","from":1,"to":2,"events":[{"n":2}]}`},
		{schema.FromServer, `{"type":"events","topic":"balances","from":1,"to":2,"events":[{"product":"A"}]}`},
		{schema.FromServer, `{"type":"snapshot","topic":"alerts","part":1,"parts":1,"n":2,"rows":[{"id":3}]}`},
		{schema.FromServer, `{"type":"welcome","now":"2026-03-02T09:15:04Z","last_seq":0,"head":{"epoch":"e"},"policy":{"max_push":1,"max_unacked":1,"max_frame":1,"ping_every":1}}`},
	} {
		if schema.Validate([]byte(c.frame), c.d) == nil {
			t.Errorf("%s passes", c.frame)
		}
	}
}

// What counts as missing may be written all the same, as in the full example of
// the design.
func TestFullIntentIsValid(t *testing.T) {
	const full = `{"device":"H-07","install":"k3f9","seq":41,"at":"2026-03-02T09:15:04.120Z","clock":"a","seen":18211,"epoch":"e1","operator":"ann","site":"main","mode":"fact",
 "action":"add","scan":"]C10109506000134352","product":"BOLT-M6","quantity":3,"unit":"box","from":"supplier","to":"incoming","lot":"L7","expiry":"2027-01-31",
 "serial":"","package":null,"delivery":"PK-881","unit_cost":"2.50","total_cost":"","partner":"ACME","asset":"","reference":"PO-77","reason":"","status":"","session":"","section":"","complete":false,"through":"","raw":"","exception":"","choice":"","evidence":"","holds":[],"lines":null}`
	if err := schema.ValidateIntent([]byte(full)); err != nil {
		t.Error(err)
	}
}

// An entry whose intent this version cannot read in full is an entry.
func TestKeptIntentsAreValid(t *testing.T) {
	const entry = `{"n":3,"kind":"intent","booked_at":"2026-03-02T09:15:04Z","t_eff":"2026-03-02T09:15:04Z","intent":{"device":"H","seq":1,"action":"add","quantity":3,"colour":"red"},"outcome":"parked","code":"unsupported","message":"Kept.","moves":[],"alerts":[],"exceptions":[]}`
	if err := schema.ValidateEntry([]byte(entry)); err != nil {
		t.Error(err)
	}
}

func TestDocumentsAreThere(t *testing.T) {
	for name, b := range map[string][]byte{"AsyncAPI": schema.AsyncAPI(), "Intent": schema.Intent(), "Entry": schema.Entry(), "Outcome": schema.Outcome(),
		"DeviceMessages": schema.DeviceMessages(), "ServerMessages": schema.ServerMessages()} {
		if !json.Valid(b) {
			t.Errorf("%s is no JSON", name)
		}
	}
}
