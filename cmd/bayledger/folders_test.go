package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bayledger/migrations"
	"bayledger/sync/journal"
	"bayledger/sync/simulation/powercut"
)

// testdata/folders holds whole data folders as servers of earlier days left them when
// they were killed: a journal of which some is in logs only, keys, the file admin.key.
// Beside each one are its balances, as that server reported them. One that has landed
// never changes. first is of schema 1, when costs were not settled yet; second of
// schema 1 at its end.
var olderFolders = []string{"first", "second"}

// unpack makes a data folder of a packed one.
func unpack(t *testing.T, name, dir string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o700)
		} else if b, reading := io.ReadAll(r); true {
			err = errors.Join(reading, os.WriteFile(path, b, fs.FileMode(h.Mode)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// quantities are the balances of a folder, as olderFolders have them.
func (s *shell) quantities(server *api) string {
	s.Helper()
	var answer struct {
		Rows []struct{ Site, Location, Product, Lot, Serial, Package, Status, Quantity string }
	}
	if err := server.get(s.Context(), "/v1/balances?all=true", &answer); err != nil {
		s.Fatal(err)
	}
	var lines []string
	for _, r := range answer.Rows {
		lines = append(lines, strings.Join([]string{r.Site, r.Location, r.Product, r.Lot, r.Serial, r.Package, r.Status, r.Quantity}, "\t"))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// TestOlderFolders: a folder of an earlier day is brought up to date by a server that is
// killed on the way, verifies, has the balances that it had, takes its keys, and goes on.
func TestOlderFolders(t *testing.T) {
	t.Parallel() // most of it is waiting
	child := ownChild(t)
	for _, name := range olderFolders {
		t.Run(name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			dice := rand.New(rand.NewPCG(seed, 0))
			s := newShell(t)
			unpack(t, filepath.Join("testdata/folders", name+".tar.gz"), s.data)
			key, err := os.ReadFile(filepath.Join(s.data, adminKeyFile))
			if err != nil {
				t.Fatal(err)
			}
			server := &ownServer{dir: s.data, log: os.Stderr, child: child}
			defer server.kill()
			const kills = 6
			for range kills {
				if err := server.startAndKill(time.Duration(dice.Int64N(int64(earlyMost)))); err != nil {
					t.Fatal(err)
				}
			}
			server.addr = "" // it may not have come to say one
			if err := server.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			a, err := server.api()
			if err != nil || a.key != strings.TrimSpace(string(key)) {
				t.Fatalf("the folder has another key than before, or none: %v", err)
			}
			want, err := os.ReadFile(filepath.Join("testdata/folders", name+".balances.tsv"))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.quantities(a); got != string(want) {
				t.Errorf("the balances are\n%s want\n%s", got, want)
			}
			var devices struct{ Rows []struct{ Device string } }
			if err := a.get(t.Context(), "/v1/devices", &devices); err != nil || !strings.Contains(fmt.Sprint(devices), "{H-1}") {
				t.Errorf("the keys are %v, %v", devices, err)
			}
			if err := a.post(t.Context(), "/v1/intents", map[string]any{"device": "H-9", "seq": 1, "action": "add", "product": "BOLT"}, nil); err != nil {
				t.Error(err)
			}
			var head struct{ Head uint64 }
			if err := a.get(t.Context(), "/v1/activity?limit=1", &head); err != nil || head.Head < 191 { // what it had, and one
				t.Fatalf("the head is %d, %v", head.Head, err)
			}
			if err := server.stop(); err != nil {
				t.Fatal(err)
			}
			if out, _ := s.do(0, "verify"); !strings.Contains(out, fmt.Sprintf("%d entries verified", head.Head)) {
				t.Errorf("verify says %s", out)
			}
			if err := powercut.Note("kill -9 of a server that brings an older data folder up to date (`"+name+"`)", kills, "the folder verifies, with the balances and keys that it had"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOlderFoldersVerify: verify asks for the migration first, and proves the folder once
// that is through, whatever program wrote it, without a server having run on it.
func TestOlderFoldersVerify(t *testing.T) {
	for _, name := range olderFolders {
		t.Run(name, func(t *testing.T) {
			s := newShell(t)
			unpack(t, filepath.Join("testdata/folders", name+".tar.gz"), s.data)
			if _, errs := s.do(1, "verify"); !strings.Contains(errs, "needs 1 migration first; run bayledger migrate") {
				t.Errorf("verify says %s", errs)
			}
			s.do(0, "migrate")
			if out, _ := s.do(0, "verify"); !strings.Contains(out, "entries verified") {
				t.Errorf("verify says %s", out)
			}
		})
	}
}

// A folder of before scans were settled (testdata/folders/before, made by the program of
// that day) migrates, and verify says exactly what of it cannot be proved, and what to do.
func TestAFolderFromBeforeSettling(t *testing.T) {
	s := newShell(t)
	unpack(t, "testdata/folders/before.tar.gz", s.data)
	s.do(0, "migrate")
	_, errs := s.do(1, "verify")
	for _, want := range []string{"entry 13 cannot be folded again", "from before late scans were settled", "begin a new one with its balances", "hash chain of all entries are right"} {
		if !strings.Contains(errs, want) {
			t.Errorf("verify does not say %q: %s", want, errs)
		}
	}
	if out := s.balances(); !strings.Contains(out, "stock BOLT 3") {
		t.Errorf("its balances are %s", out)
	}
}

// TestNewerFolder: a folder of a newer schema is refused in words by every command that
// opens one, and stays as it is.
func TestNewerFolder(t *testing.T) {
	s := newShell(t)
	db, err := journal.OpenDB(s.data, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := migrations.Status(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := migrations.Up(t.Context(), db, migrations.Config{Files: newerFiles(t, state.Newest)}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"verify"}, {"rebuild"}, {"migrate"}, {"backup", filepath.Join(s.dir, "backup")}, {"report", "balance"}} {
		if _, errs := s.do(1, words...); !strings.Contains(errs, "newer") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s says %s", words[0], errs)
		}
	}
}

// newerFiles are the migrations, and one more.
func newerFiles(t *testing.T, newest uint) fs.FS {
	t.Helper()
	files, err := migrations.Files()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		t.Fatal(err)
	}
	more := fstest.MapFS{}
	for _, e := range entries {
		b, err := fs.ReadFile(files, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		more[e.Name()] = &fstest.MapFile{Data: b}
	}
	for _, way := range []string{"up", "down"} {
		more[fmt.Sprintf("%04d_next.%s.json", newest+1, way)] = &fstest.MapFile{Data: []byte(`{"format":1,"about":"","steps":[{"put":{"key":"jnext","value":1}}]}`)}
	}
	return more
}
