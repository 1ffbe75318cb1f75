package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledAgainAndAgain: a server that is killed some thirty times under load, at any
// moment and while it starts too, loses nothing that it acknowledged, books nothing
// twice, and shows its watchers every entry once; the handhelds' own lists judge.
func TestKilledAgainAndAgain(t *testing.T) {
	program := filepath.Join(t.TempDir(), "bayledger")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	err := a.rehearse(t.Context(), &fleetFlags{devices: 12, kills: 30, generate: 12_000, inFlight: 16, cuts: 40_000, seed: seed, ownServer: true, child: []string{program}})
	t.Logf("\n%s", out.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	if strings.Contains(out.String(), "NO:") {
		t.Error("something that must hold does not")
	}
	_, said, _ := strings.Cut(out.String(), "kill -9 of the server")
	kills := 0
	if _, err := fmt.Sscan(said, &kills); err != nil && kills == 0 || kills < 25 { // a comma ends the number
		t.Errorf("it was killed %d times: %v", kills, err)
	}
}
