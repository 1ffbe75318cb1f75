package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// spoilable makes a folder with a file of each kind that a server's has, and a backup of it.
func spoilable(t *testing.T) (s *shell, backup string) {
	t.Helper()
	child := ownChild(t)
	s = newShell(t)
	backup = filepath.Join(s.dir, "backup")
	s.do(0, "import", "products", s.file("products.csv", "code,name\nBOLT,Bolt\nNUT,Nut\n"))
	var scans bytes.Buffer
	for seq := range 300 {
		fmt.Fprintf(&scans, `{"device":"H-1","seq":%d,"at":"2026-03-02T09:%02d:%02dZ","action":"add","product":"BOLT","quantity":"%d","reference":"scan number %d of a delivery"}`+"\n", seq+1, seq/60, seq%60, 1+seq%7, seq)
	}
	s.do(0, "replay", s.file("scans.jsonl", scans.String()))
	server := &ownServer{dir: s.data, log: os.Stderr, child: child}
	defer server.kill()
	if err := server.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := server.api()
	if err != nil {
		t.Fatal(err)
	}
	for seq := range 200 {
		if err := a.post(t.Context(), "/v1/intents", map[string]any{"device": "H-2", "seq": seq + 1, "action": "add", "product": "NUT"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.do(0, "backup", backup)
	server.kill()
	return s, backup
}

// kindOf is what a file of a data folder is for Badger.
func kindOf(name string) string {
	if ext := filepath.Ext(name); ext == ".sst" || ext == ".vlog" || ext == ".mem" {
		return ext
	}
	return name
}

// TestDamagedFiles does what README.md says of a damaged file, for one of each kind: a
// bit of it is another, or its end is gone, and verify says that all is right (the place
// holds nothing), or what is damaged; rebuild or restore then mend it, as it says.
func TestDamagedFiles(t *testing.T) {
	t.Parallel() // most of it is waiting
	sound, kept := spoilable(t)
	(&shell{t, t.TempDir(), copyFolder(t, sound.data)}).do(0, "verify")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	files, err := os.ReadDir(sound.data)
	if err != nil {
		t.Fatal(err)
	}
	fates := map[string]map[string]int{}
	for _, f := range files {
		if f.Name() == addressFile || f.Name() == adminKeyFile || f.Name() == "LOCK" {
			continue
		}
		kind := kindOf(f.Name())
		if fates[kind] == nil {
			fates[kind] = map[string]int{}
		}
		for range 3 {
			s := &shell{t, t.TempDir(), copyFolder(t, sound.data)}
			what := spoil(t, filepath.Join(s.data, f.Name()), dice)
			fates[kind][s.mend(kept, f.Name()+", "+what)]++
		}
	}
	times, mended := 0, 0
	for kind, all := range fates {
		t.Logf("%-12s %v", kind, all)
		times += all["harmless"] + all["rebuilt"] + all["restored"]
		mended += all["rebuilt"] + all["restored"]
	}
	if err := powercut.Note("a damaged file of each kind (bits turned, ends cut off)", times, "%d were in the way, named, and mended by following README.md; the others held nothing", mended); err != nil {
		t.Error(err)
	}
	for _, kind := range []string{".sst", ".mem", ".vlog", "MANIFEST", "DISCARD", "KEYREGISTRY"} {
		if fates[kind] == nil {
			t.Errorf("the folder has no %s to spoil", kind)
		}
	}
	if fates[".sst"]["restored"]+fates[".sst"]["rebuilt"] == 0 || fates[".mem"]["restored"] == 0 {
		t.Error("no table and no log was damaged where it matters")
	}
}

// spoil turns bits of a used part of a file, or cuts its end off.
func spoil(t *testing.T, path string, dice *rand.Rand) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := len(bytes.TrimRight(b, "\x00"))
	var what string
	// A log or manifest whose end is gone, or spoilt, looks as after a crash: see
	// sync/journal/DESIGN.md, "Not protected".
	ended := kindOf(filepath.Base(path)) == ".mem" || kindOf(filepath.Base(path)) == "MANIFEST"
	if ended {
		used = used * 9 / 10
	}
	if dice.IntN(5) == 0 && used > 0 && !ended {
		n := dice.IntN(used)
		b, what = b[:n], fmt.Sprintf("cut at %d", n)
	} else {
		at := dice.IntN(max(used, 1))
		b[at] ^= 1 << dice.IntN(8)
		what = fmt.Sprintf("byte %d", at)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return what
}

// mend follows README.md, and says what it came to.
func (s *shell) mend(backup, what string) string {
	s.Helper()
	var out, errs bytes.Buffer
	code := run(s.Context(), []string{"verify", "--data", s.data}, strings.NewReader(""), &out, &errs)
	said := out.String() + errs.String()
	switch {
	case code == 0 && strings.Contains(said, s.entries(backup)):
		return "harmless"
	case code == 0:
		s.Errorf("%s: verify finds nothing wrong: %s", what, said)
	case strings.Count(errs.String(), "\n") != 1:
		s.Errorf("%s: verify says %s", what, said)
	case strings.Contains(said, "bayledger rebuild"):
		s.do(0, "rebuild")
		if out, _ := s.do(0, "verify"); !strings.Contains(out, s.entries(backup)) {
			s.Errorf("%s: rebuilt, it has %s", what, out)
		}
		return "rebuilt"
	}
	restored := &shell{s.T, s.dir, filepath.Join(s.dir, "restored")}
	restored.do(0, "restore", backup, restored.data)
	if out, _ := restored.do(0, "verify"); !strings.Contains(out, s.entries(backup)) {
		s.Errorf("%s: restored, it has %s", what, out)
	}
	s.Logf("%s: %s", what, strings.TrimSpace(said))
	return "restored"
}

// entries is how verify tells of all that a backup has.
func (s *shell) entries(backup string) string {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(backup, "backup.json"))
	if err != nil {
		s.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), `"entries": `)
	n, _, _ := strings.Cut(rest, ",")
	return n + " entries verified"
}

func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !f.Type().IsRegular() || f.Name() == addressFile {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, f.Name()), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}
