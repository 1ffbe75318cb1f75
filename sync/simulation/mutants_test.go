package simulation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bayledger/sync/simulation"
)

// mutant is one bug, planted by the compiler's overlay: the tree is never
// changed. The names are the pitfalls of conflicts.md §4 and the rules of its §2.
type mutant struct {
	name     string
	why      string // what the bug would be
	families string // what the worlds must have beside what they have anyway
	file     string // from the module's root
	old      string // must be there once
	new      string
}

// mutantSeeds is how many worlds may be needed to catch one (issue 3).
const mutantSeeds = 1_000

// TestMutants plants one bug after the other and wants each caught. It takes
// minutes: make soak sets MUTANTS.
func TestMutants(t *testing.T) {
	if os.Getenv("MUTANTS") == "" {
		t.Skip("make soak plants the bugs")
	}
	root := moduleRoot(t)
	seen, healthy := map[string]bool{}, map[string]bool{}
	for _, m := range mutants {
		families, err := simulation.ParseFamilies(m.families)
		if m.families != "" && err != nil {
			t.Fatal(err)
		}
		if !simulation.Landed.Has(families) {
			t.Logf("%s waits for %s", m.name, families)
			continue
		}
		if seen[m.name] {
			t.Errorf("two mutants are called %s", m.name)
		}
		seen[m.name] = true
		t.Run(m.name, func(t *testing.T) {
			if ok, known := healthy[m.families]; !known {
				broken, said := plant(t, root, mutant{families: m.families})
				if healthy[m.families] = !broken; broken {
					t.Fatalf("the worlds fail without a bug: %s", said)
				}
			} else if !ok {
				t.Fatal("the worlds fail without a bug")
			}
			caught, said := plant(t, root, m)
			if !caught {
				t.Errorf("%d worlds do not see this: %s", mutantSeeds, m.why)
				return
			}
			t.Logf("%s: %s", m.why, said)
		})
	}
}

// TestMutantsFit says which planted bugs no longer fit the code they are planted
// in.
func TestMutantsFit(t *testing.T) {
	if os.Getenv("MUTANTS") == "" {
		t.Skip("make soak plants the bugs")
	}
	root := moduleRoot(t)
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join(root, m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if n := strings.Count(string(text), m.old); n != 1 {
			t.Errorf("%s: %s has %d times, not once: %s", m.name, m.file, n, m.old)
		}
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// plant builds the worlds' test with a bug in it, or none, and plays until a world
// catches it.
func plant(t *testing.T, root string, m mutant) (caught bool, said string) {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "worlds.test")
	config := overlay(t, dir, root, m)
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-overlay", config, "-o", binary, "./sync/simulation")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the bug does not compile: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.run", "^TestSeeds$", "-test.timeout", "15m")
	run.Dir = filepath.Join(root, "sync", "simulation")
	run.Env = append(os.Environ(), "MUTANTS=", fmt.Sprintf("SEEDS=%d", mutantSeeds), "FAMILIES="+m.families, "FAILURES=1", "TRIES=0", "FIRST=1")
	out, err := run.CombinedOutput()
	if err == nil {
		return false, ""
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() < 0 {
		t.Fatalf("the worlds could not be played: %v\n%s", err, out)
	}
	for line := range bytes.Lines(out) {
		if bytes.Contains(line, []byte("seed ")) || bytes.Contains(line, []byte("panic: ")) {
			return true, strings.TrimSpace(string(line))
		}
	}
	t.Fatalf("the worlds failed without a word\n%s", out)
	return false, ""
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
