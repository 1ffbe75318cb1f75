package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestSimulate(t *testing.T) {
	s := newShell(t)
	kept := filepath.Join(s.dir, "world.json")
	out, _ := s.do(exitDone, "simulate", "--seed", "3", "--families", "quantities,counts,undos", "--orders", "2", "--save", kept)
	for _, want := range []string{"scan 1", "connects", "books equal the oracle", "late facts"} {
		if !strings.Contains(out, want) {
			t.Errorf("the story does not say %q:\n%s", want, out)
		}
	}
	again, _ := s.do(exitDone, "simulate", "--file", kept, "--orders", "2")
	if again != out {
		t.Error("the kept world is told otherwise")
	}
	out, _ = s.do(exitDone, "simulate", "--seeds", "6", "--first", "40", "--families", "quantities,lots,counts", "--orders", "1")
	if !strings.HasPrefix(out, "histories 6\n") || !strings.Contains(out, "other orders of arrival 6") {
		t.Errorf("six worlds: %s", out)
	}
	out, _ = s.do(exitDone, "simulate", "--devices", "10", "--intents", "600", "--history", "300", "--late", "4h", "--families", "quantities,counts", "--verify")
	if !strings.HasPrefix(out, "histories 2\n") || !strings.Contains(out, "books equal the oracle") {
		t.Errorf("two histories: %s", out)
	}
}

func TestSimulateMisused(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{{}, {"--seeds", "2", "--families", "everything"}, {"--seeds", "2", "--devices", "1"}, {"--intents", "7", "--history", "1"},
		{"--seed", "1", "--only", "V99"}, {"--offline", "2", "--seed", "1"}, {"more"}} {
		s.do(exitMisused, append([]string{"simulate"}, args...)...)
	}
	s.do(exitFailed, "simulate", "--file", s.file("world.json", "no world"))
	s.do(exitFailed, "simulate", "--file", filepath.Join(s.dir, "nowhere.json"))
}
