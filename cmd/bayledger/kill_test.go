package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// TestKilledAgainAndAgain: a server that is killed some thirty times under load, at any
// moment (while it checkpoints, backs up and starts too), loses nothing that it acknowledged, books nothing
// twice, and shows its watchers every entry once; the handhelds' own lists judge.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel() // most of it is waiting
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	err := a.rehearse(t.Context(), &fleetFlags{devices: 12, kills: 30, generate: 12_000, inFlight: 16, cuts: 40_000, seed: seed, ownServer: true, lag: 300, child: ownChild(t)})
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
	if err := powercut.Note("kill -9 of a server under a fleet: at work, starting, in checkpoints and backups", kills, "12000 scans, each booked once; feed gapless; verify and backup verify clean; handhelds came back by themselves"); err != nil {
		t.Error(err)
	}
}

// TestLostAndRestored: a server is backed up while a fleet scans, goes on, and loses its
// data folder. Restored from the backup it lacks what came after, also what was
// acknowledged; the handhelds send it again, and the books end complete.
func TestLostAndRestored(t *testing.T) {
	t.Parallel() // most of it is waiting
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	err := a.rehearse(t.Context(), &fleetFlags{devices: 12, kills: 3, lose: true, generate: 3_000, inFlight: 16, cuts: 40_000, seed: seed, ownServer: true, lag: 300, child: ownChild(t)})
	t.Logf("\n%s", out.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	if err := powercut.Note("loss of the data folder under a fleet, restored from an older backup", 1, "3000 scans, each booked once, acknowledged ones that the backup lacked too"); err != nil {
		t.Error(err)
	}
}
