//go:build powercut

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// mounted is a disk that loses power, in a folder.
type mounted struct {
	*testing.T
	dir     string
	disk    *powercut.Disk
	dice    *rand.Rand
	unmount func() error

	tables, copies    []string // at the cut before
	flushed, backedUp int      // cuts before which tables were written, the backup got something
}

func mountDisk(t *testing.T) *mounted {
	t.Helper()
	m := &mounted{T: t, dir: t.TempDir(), disk: powercut.NewDisk(), dice: powercut.Dice(t)}
	if err := m.mount(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.unmount(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func (m *mounted) mount() (err error) {
	m.unmount, err = m.disk.Mount(m.dir)
	return err
}

// cut takes the power away, from the process too, and shows what is found.
func (m *mounted) cut(kill func()) error {
	m.disk = m.disk.Cut(m.dice)
	kill()
	tables, copies := m.disk.Files(".sst"), slices.DeleteFunc(m.disk.Files(""), func(path string) bool { return !strings.HasPrefix(path, "backup/") })
	if !slices.Equal(tables, m.tables) {
		m.flushed++
	}
	if !slices.Equal(copies, m.copies) {
		m.backedUp++
	}
	m.tables, m.copies = tables, copies
	if err := m.unmount(); err != nil {
		return err
	}
	return m.mount()
}

// copied writes what is found into an ordinary folder: the process that mounts a disk
// must not map its files.
func (m *mounted) copied() string {
	m.Helper()
	dir := m.TempDir()
	if err := m.disk.Cut(m.dice).WriteTo(dir); err != nil {
		m.Fatal(err)
	}
	return dir
}

// TestCutServers: a server whose power is cut under load, again and again, loses
// nothing that it acknowledged to a fleet, books nothing twice, and its continuous
// backup is sound.
func TestCutServers(t *testing.T) {
	cuts := max(1, powercut.Asked(t)/5)
	m := mountDisk(t)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	f := &fleetFlags{devices: 8, kills: cuts, generate: 300 * cuts, inFlight: 16, cuts: 60_000, seed: m.dice.Uint64(), ownServer: true, lag: 200,
		child: ownChild(t), dir: m.dir, cut: m.cut, prove: m.copied}
	err := a.rehearse(t.Context(), f)
	t.Logf("\n%s", out.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	t.Logf("%d cuts: tables were written or merged before %d of them, the backup got files before %d", cuts, m.flushed, m.backedUp)
	if cuts >= 8 && (m.flushed < 2 || m.backedUp < 2) { // the first cut finds what the start made
		t.Error("hardly a cut came after a table was written, or the backup got anything: nothing of that was tested")
	}
	if err := powercut.Note("power cut of a server (a process) under a fleet", cuts, "%d scans, each booked once; feed gapless; verify and backup verify clean", f.generate); err != nil {
		t.Error(err)
	}
}

// TestFullServer: below the reserve of free disk a server answers disk_full and goes on
// reading; with room again it takes scans, by itself.
func TestFullServer(t *testing.T) {
	powercut.Asked(t)
	m := mountDisk(t)
	s := &ownServer{dir: filepath.Join(m.dir, "data"), log: io.Discard, child: ownChild(t)}
	defer s.kill()
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	server, err := s.api()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.call(t.Context(), http.MethodPut, "/v1/products/BOLT", "application/json", []byte(`{"name":"Bolt"}`), nil); err != nil {
		t.Fatal(err)
	}
	seq := 0
	scan := func() error {
		seq++
		var answer struct {
			Outcomes []struct{ Outcome, Code string }
		}
		err := server.call(t.Context(), http.MethodPost, "/v1/intents", "application/json", fmt.Appendf(nil, `{"device":"H-1","seq":%d,"action":"add","product":"BOLT"}`, seq), &answer)
		if err == nil && (len(answer.Outcomes) != 1 || answer.Outcomes[0].Outcome != "applied") {
			return fmt.Errorf("%+v", answer.Outcomes)
		}
		return err
	}
	held := func() (out string) {
		var answer struct{ Rows []struct{ Quantity string } }
		if err := server.get(t.Context(), "/v1/balances?product=BOLT", &answer); err != nil || len(answer.Rows) != 1 {
			t.Fatalf("balances: %+v, %v", answer, err)
		}
		return answer.Rows[0].Quantity
	}
	for round := range 3 {
		if err := scan(); err != nil {
			t.Fatalf("with room: %v", err)
		}
		m.disk.Room(m.disk.Used() + 200<<20)
		var p *problem
		if err := until(func() error {
			if err := scan(); !errors.As(err, &p) || p.Code != "disk_full" {
				return fmt.Errorf("without room it says %v", err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		taken := held()
		if err := server.get(t.Context(), "/readyz", nil); err == nil {
			t.Error("it says that it is ready")
		}
		m.disk.Room(0)
		if err := until(scan); err != nil {
			t.Fatalf("with room again it says %v", err)
		}
		t.Logf("round %d: %s were held while the disk was full, %s are now", round, taken, held())
	}
	if err := powercut.Note("a disk below the reserve", 3, "pushes are answered `disk_full`, reading goes on, scans are taken again by itself when there is room"); err != nil {
		t.Error(err)
	}
}

// until tries again until it goes well, for some seconds.
func until(try func() error) (err error) {
	for range 100 {
		if err = try(); err == nil {
			return nil
		}
		<-time.After(50 * time.Millisecond)
	}
	return err
}
