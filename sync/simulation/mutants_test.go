package simulation_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is one bug, planted by the compiler's overlay: the tree is never
// changed. The names are the pitfalls of conflicts.md §4 and the rules of its §2.
type mutant struct {
	name string
	why  string // what the bug would be
	file string // from the module's root
	old  string // must be there once
	new  string
	// Whose seeds are to catch it; empty: the worlds of this package.
	room, test string
}

// TestMutantsFit says which planted bugs no longer fit the code they are planted
// in.
func TestMutantsFit(t *testing.T) {
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
