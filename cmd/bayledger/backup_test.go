package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackup: the commands as somebody types them, from a backup of a folder to books of
// an earlier moment, and what was left out booked again.
func TestBackup(t *testing.T) {
	s := newShell(t)
	s.do(0, "import", "products", s.file("products.csv", "code,name\nBOLT,Bolt\n"))
	s.do(0, "replay", s.file("one.jsonl", `{"device":"H-1","seq":1,"at":"2026-03-02T09:00:00Z","action":"add","product":"BOLT","quantity":"5"}`+"\n"))
	to, rest := filepath.Join(s.dir, "backup"), filepath.Join(s.dir, "rest.jsonl")
	if out, _ := s.do(0, "backup", to); !strings.Contains(out, "entries 1 to ") {
		t.Errorf("it says %s", out)
	}
	s.do(0, "replay", s.file("two.jsonl", `{"device":"H-1","seq":2,"at":"2026-03-02T09:01:00Z","action":"remove","product":"BOLT","quantity":"2"}`+"\n"))
	want := s.balances()
	s.do(0, "backup", to)
	if out, _ := s.do(0, "backup", to); !strings.Contains(out, "it has all") {
		t.Errorf("once more it says %s", out)
	}
	if out, _ := s.do(0, "backup", "verify", to); !strings.Contains(out, "is sound") {
		t.Errorf("verify says %s", out)
	}
	earlier := &shell{t, s.dir, filepath.Join(s.dir, "earlier")}
	out, _ := s.do(0, "restore", to, earlier.data, "--entry", s.lastButOne(), "--rest", rest)
	if !strings.Contains(out, "1 intents that were left out") {
		t.Errorf("restore says %s", out)
	}
	if earlier.balances() == want {
		t.Error("the earlier books have what came later")
	}
	earlier.do(0, "replay", rest)
	if got := earlier.balances(); got != want {
		t.Errorf("with the rest booked again there is\n%s want\n%s", got, want)
	}
	earlier.do(0, "verify")
	if _, errs := earlier.do(1, "backup", to); !strings.Contains(errs, "other books") {
		t.Errorf("books that took another way: %s", errs)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for why, words := range map[string][]string{
		"is not empty":        {"restore", to, earlier.data},
		"there is no backup":  {"restore", other, filepath.Join(s.dir, "none")},
		"no part of a backup": {"backup", other},
	} {
		if _, errs := s.do(1, words...); !strings.Contains(errs, why) {
			t.Errorf("%v says %s", words, errs)
		}
	}
	for _, words := range [][]string{{"backup"}, {"restore", to}, {"restore", to, "x", "--at", "yesterday"}, {"restore", to, "x", "--entry", "0"}, {"backup", filepath.Join(s.data, "backup")},
		{"serve", "--listen", "127.0.0.1:0", "--backup-to", filepath.Join(s.data, "backup")}} {
		s.do(2, words...)
	}
}

// TestDocumentsOfEarlierBooks: an adjustment and a delivery that were booked behind the
// moment that books are restored to are open again, found as such, and booked once more;
// what the restore left out and is booked again by its own words is not booked twice.
func TestDocumentsOfEarlierBooks(t *testing.T) {
	s := newShell(t)
	s.do(0, "import", "products", s.file("products.csv", "code\nBOLT\nNUT\n"))
	s.do(0, "receive", "import", s.file("deliveries.csv", "number,product,quantity\nD-1,BOLT,20\n"))
	id, _ := s.do(0, "adjust", "new", "found", s.file("found.csv", "product,kind,change\nNUT,found,3\n"))
	id = strings.TrimSpace(id)
	s.do(0, "replay", s.file("one.jsonl", `{"device":"H-1","seq":1,"action":"add","product":"BOLT","quantity":"1"}`+"\n"))
	before, _ := s.do(0, "report", "activity", "--format", "csv")
	last := strings.Split(strings.TrimSpace(before), "\n")
	entry, _, _ := strings.Cut(last[len(last)-1], ",")
	s.do(0, "adjust", "book", id)
	s.do(0, "receive", "book", "D-1", "--all", "--close")
	want := s.balances()
	to := filepath.Join(s.dir, "backup")
	s.do(0, "backup", to)
	restored := func(name string) (*shell, string) {
		t.Helper()
		at := &shell{t, s.dir, filepath.Join(s.dir, name)}
		rest := filepath.Join(s.dir, name+".jsonl")
		s.do(0, "restore", to, at.data, "--entry", entry, "--rest", rest)
		return at, rest
	}

	again, rest := restored("again")
	if out, _ := again.do(0, "adjust", "list", "--state", "draft"); !strings.Contains(out, id) {
		t.Errorf("drafts: %s", out)
	}
	if out, _ := again.do(0, "receive", "list"); !strings.Contains(out, "D-1") || !strings.Contains(out, "expected") {
		t.Errorf("open deliveries: %s", out)
	}
	if out, _ := again.do(0, "receive", "show", "D-1"); !strings.Contains(out, "restored to a moment before") {
		t.Errorf("it says %s", out)
	}
	again.do(0, "adjust", "book", id)
	again.do(0, "receive", "book", "D-1", "--all", "--close")
	if got := again.balances(); got != want {
		t.Errorf("booked again there is\n%s want\n%s", got, want)
	}
	again.do(0, "replay", rest) // parked: other words under names that are taken
	if got := again.balances(); got != want {
		t.Errorf("with the rest beside it there is\n%s want\n%s", got, want)
	}

	brought, rest := restored("brought")
	brought.do(0, "replay", rest)
	if got := brought.balances(); got != want {
		t.Errorf("with the rest there is\n%s want\n%s", got, want)
	}
	if out, _ := brought.do(0, "adjust", "list", "--state", "booked"); !strings.Contains(out, id) {
		t.Errorf("booked: %s", out)
	}
	if out, _ := brought.do(0, "adjust", "book", id); !strings.Contains(out, "is booked") {
		t.Errorf("it says %s", out)
	}
	if out, _ := brought.do(0, "receive", "show", "D-1"); !strings.Contains(out, "exact") {
		t.Errorf("it says %s", out)
	}
	if got := brought.balances(); got != want {
		t.Errorf("asked again there is\n%s want\n%s", got, want)
	}
	for _, at := range []*shell{again, brought} {
		at.do(0, "verify")
	}
}

// lastButOne is the number of the entry before the newest.
func (s *shell) lastButOne() string {
	s.Helper()
	out, _ := s.do(0, "report", "activity", "--format", "csv")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	n, _, _ := strings.Cut(lines[len(lines)-2], ",")
	return n
}

// TestBooksThatLostEntries: a server whose books lack entries that its backup has does
// not serve, says which, and leaves both as they are.
func TestBooksThatLostEntries(t *testing.T) {
	s := newShell(t)
	to := filepath.Join(s.dir, "backup")
	s.do(0, "import", "products", s.file("products.csv", "code,name\nBOLT,Bolt\n"))
	older := copyFolder(t, s.data)
	s.do(0, "replay", s.file("scans.jsonl", `{"device":"H-1","seq":1,"at":"2026-03-02T09:00:00Z","action":"add","product":"BOLT"}`+"\n"))
	s.do(0, "backup", to)
	if err := errors.Join(os.RemoveAll(s.data), os.Rename(older, s.data)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first try booked nothing of its own
		if _, errs := s.do(1, "serve", "--listen", "127.0.0.1:0", "--backup-to", to); !strings.Contains(errs, "lost entries that the backup has") || !strings.Contains(errs, "missing. Stop the server, and restore") {
			t.Errorf("it says %s", errs)
		}
	}
	s.do(0, "backup", "verify", to)
}
