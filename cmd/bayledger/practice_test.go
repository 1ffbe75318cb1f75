package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// A practice site goes back to how it was, night after night, and no other can be
// set back.
func TestPracticeReset(t *testing.T) {
	dir := t.TempDir()
	book := func(text string) {
		t.Helper()
		if code, _, errs := told(t, "replay", "--create", "--data", dir, write(t, "day.jsonl", text)); code != exitDone {
			t.Fatal(errs)
		}
	}
	report := func() (out string) {
		t.Helper()
		code, text, errs := told(t, "report", "balance", "--site", "practice", "--format", "json", "--data", dir)
		if code != exitDone {
			t.Fatal(errs)
		}
		var rows []struct{ Location, Product, Lot, Status, Quantity string }
		if err := json.Unmarshal([]byte(text), &rows); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Quantity != "0" {
				out += fmt.Sprintln(r)
			}
		}
		return out
	}
	opening := time.Now().Add(-2 * time.Hour)
	at := func(d time.Duration) string { return opening.Add(d).UTC().Format(time.RFC3339) }
	server, done, err := (&app{data: dir, err: io.Discard}).connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.call(t.Context(), "PUT", "/v1/sites/practice", "application/json", []byte(`{}`), nil); err != nil {
		t.Fatal(err)
	}
	done()
	if code, _, errs := told(t, "import", "locations", "--data", dir, write(t, "places.csv", "code,site\nA-01,practice\nA-02,practice\n")); code != exitDone {
		t.Fatal(errs)
	}
	book(`{"site":"practice","action":"add","product":"BOLT","quantity":"100","to":"A-01","at":"` + at(0) + `"}
{"site":"practice","action":"add","product":"NUT","quantity":"5","to":"A-02","lot":"L1","at":"` + at(0) + `"}
`)
	before := report()
	if !strings.Contains(before, "BOLT") {
		t.Fatal(before)
	}
	for night := range 2 {
		book(fmt.Sprintf(`{"device":"P-%d","seq":1,"site":"practice","action":"remove","product":"BOLT","quantity":"30","from":"A-01"}
{"device":"P-%d","seq":2,"site":"practice","action":"move","product":"NUT","lot":"L1","quantity":"2","from":"A-02","to":"A-01"}
{"device":"P-%d","seq":3,"site":"practice","action":"add","product":"NEW","quantity":"7","to":"A-02"}
{"device":"P-%d","seq":4,"site":"practice","action":"isolate","product":"BOLT","quantity":"1","from":"A-01","reason":"bent"}
`, night, night, night, night))
		if report() == before {
			t.Fatal("nothing has changed")
		}
		code, out, errs := told(t, "practice", "reset", "--data", dir, "--to", at(time.Minute))
		if code != exitDone || !strings.Contains(out, "is as it was") {
			t.Fatalf("%s%s", out, errs)
		}
		if after := report(); after != before {
			t.Errorf("night %d: it is\n%swas\n%s", night, after, before)
		}
	}
	if code, out, errs := told(t, "practice", "reset", "--data", dir, "--to", at(time.Minute)); code != exitDone || !strings.Contains(out, ": 0 cells") {
		t.Errorf("again: %s%s", out, errs)
	}
	for _, args := range [][]string{{"--site", "main", "--to", at(0)}, {"--to", "yesterday"}, {}} {
		if code, _, errs := told(t, append([]string{"practice", "reset", "--data", dir}, args...)...); code != exitMisused {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
