//go:build mutants

package simulation_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mutantSeeds is how many worlds may be needed to catch one.
const mutantSeeds = 1_000

// judgedBy is the room and the test whose seeds are to catch a bug.
func (m *mutant) judgedBy() (room, test string) {
	return cmp.Or(m.room, "sync/simulation"), cmp.Or(m.test, "TestSeeds")
}

// TestMutants plants one bug after the other and wants each caught, and says how
// many seeds that took. It takes minutes: make soak builds it, by the tag mutants.
func TestMutants(t *testing.T) {
	root := moduleRoot(t)
	seen, healthy := map[string]bool{}, map[[2]string]bool{}
	for _, m := range mutants {
		if seen[m.name] {
			t.Errorf("two mutants are called %s", m.name)
		}
		seen[m.name] = true
		room, test := m.judgedBy()
		t.Run(m.name, func(t *testing.T) {
			if ok, known := healthy[[2]string{room, test}]; !known {
				said := plant(t, root, mutant{room: m.room, test: m.test})
				if healthy[[2]string{room, test}] = said == ""; said != "" {
					t.Fatalf("%s of %s fails without a bug: %s", test, room, said)
				}
			} else if !ok {
				t.Fatalf("%s of %s fails without a bug", test, room)
			}
			said := plant(t, root, m)
			found := seedNamed.FindStringSubmatch(said)
			switch {
			case said == "":
				t.Errorf("%d seeds of %s do not see this: %s", mutantSeeds, room, m.why)
			case found == nil && m.test != "":
				t.Logf("%s: caught by %s: %s", m.why, m.test, said)
			case found == nil:
				t.Errorf("%s: it ended without naming a seed: %s", m.why, said)
			default:
				t.Logf("%s: caught by seed %s of %d, %s", m.why, found[1], mutantSeeds, found[2])
			}
		})
	}
}

// seedNamed is how a test says which seed broke what.
var seedNamed = regexp.MustCompile(`seed (\d+)(?: breaks ([A-Z0-9]+:.*)|: (.*))`)

// plant builds a test with a bug in it, or none, and plays until a seed catches it:
// what is said then, empty where none does.
func plant(t *testing.T, root string, m mutant) (said string) {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "seeds.test")
	config := overlay(t, dir, root, m)
	room, test := m.judgedBy()
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-overlay", config, "-o", binary, "./"+room)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the bug does not compile: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.run", "^"+test+"$", "-test.timeout", "15m")
	run.Dir = filepath.Join(root, filepath.FromSlash(room))
	run.Env = append(os.Environ(), fmt.Sprintf("SEEDS=%d", mutantSeeds), "FAMILIES=", "FAILURES=1", "TRIES=0", "FIRST=1")
	out, err := run.CombinedOutput()
	if err == nil {
		return ""
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() < 0 {
		t.Fatalf("the seeds could not be played: %v\n%s", err, out)
	}
	for line := range bytes.Lines(out) {
		named := m.test != "" && bytes.Contains(line, []byte("_test.go:")) // a test without seeds
		if named || bytes.Contains(line, []byte("seed ")) || bytes.Contains(line, []byte("panic: ")) {
			return strings.TrimSpace(string(line))
		}
	}
	t.Fatalf("the seeds failed without a word\n%s", out)
	return ""
}

// overlay writes what the compiler is to read in place of the file at fault.
func overlay(t *testing.T, dir, root string, m mutant) (config string) {
	t.Helper()
	replace := map[string]string{}
	if m.file != "" {
		path := filepath.Join(root, m.file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), m.old) != 1 {
			t.Fatalf("%s does not hold this once: %s", m.file, m.old)
		}
		replace[path] = filepath.Join(dir, filepath.Base(m.file))
		if err := os.WriteFile(replace[path], []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(config, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}
