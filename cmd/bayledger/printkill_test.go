package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/labels/printer/fakeprinter"
	"bayledger/sync/simulation/powercut"
)

// How long a server prints before it is killed, at most; and each third time how much
// longer: an IPP printer that does not list a job is asked again after two seconds.
const (
	printFor  = 150 * time.Millisecond
	askAgain  = 3 * time.Second
	askedEach = 3
)

// A delivery is labelled on a raw and an IPP printer while the server is killed
// again and again. Somebody counts what came out of the raw printer when asked.
// Every label comes out once, and no number is given twice.
func TestPrintingKilledAgainAndAgain(t *testing.T) {
	t.Parallel() // most of it is waiting
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	raw, ipp := fakeprinter.NewRaw(t), fakeprinter.NewIPP(t, "application/vnd.zebra-zpl")
	s := &session{T: t, shell: newShell(t)}
	s.shell.do(0, "label", "add-printer", "RAW", "--address", raw.Address(), "--media", "105x148")
	s.shell.do(0, "label", "add-printer", "IPP", "--address", ipp.Address(), "--media", "105x148")
	s.shell.do(0, "label", "add-range", "pallets", "--prefix", "9506000")
	s.server = &ownServer{dir: s.shell.data, log: os.Stderr}
	self := s.run("serve")
	s.server.child = self.Args[:len(self.Args)-1]
	t.Cleanup(s.server.kill)

	const pallets = 24
	ask := func(server *api, name string) (j jobAnswer) {
		body := fmt.Sprintf(`{"key":%q,"label":"package","printer":%q,"delivery":"PK-881","labels":[%s{"range":"pallets"}]}`, name, name, strings.Repeat(`{"range":"pallets"},`, pallets-1))
		if err := server.call(t.Context(), http.MethodPost, "/v1/print-jobs", "application/json", []byte(body), &j); err != nil {
			t.Fatal(err)
		}
		return j
	}
	cameOut := func() map[string][][]byte {
		labels, _ := raw.Labels()
		jobs, _ := ipp.Jobs()
		var sheets [][]byte
		for _, j := range jobs {
			sheets = append(sheets, bytes.SplitAfter(bytes.TrimSpace(j.Document), []byte("^XZ"))...)
		}
		return map[string][][]byte{"RAW": whole(labels), "IPP": whole(sheets)}
	}
	kills, doubts := 0, 0
	for over := 0; over < 2; kills++ {
		s.start()
		server, err := s.server.api()
		if err != nil {
			t.Fatal(err)
		}
		over = 0
		for _, name := range []string{"RAW", "IPP"} {
			j := ask(server, name) // the same key: the same job
			if j.Ask {
				doubts++
				t.Logf("%s: %s", name, j.Reason)
				got := cameOut()[name]
				if err := server.post(t.Context(), fmt.Sprintf("/v1/print-jobs/%d/resume", j.ID), map[string]int{"came_out": len(got) - j.Done}, &j); err != nil {
					t.Fatalf("%s: %v (%d came out, %d were done: %s)", name, err, len(got), j.Done, j.Reason)
				}
			}
			if j.State == "printed" {
				over++
			}
		}
		if kills > 200 {
			var all any
			_ = server.get(t.Context(), "/v1/print-jobs", &all)
			t.Fatalf("it does not end: %v", all)
		}
		life := time.Duration(rng.Int64N(int64(printFor)))
		if kills%askedEach == askedEach-1 {
			life += askAgain
		}
		<-time.After(life)
		s.server.kill()
	}
	t.Logf("%d kills, %d times somebody counted", kills, doubts)
	defer func() {
		if !t.Failed() {
			if err := powercut.Note("kill -9 of a server that prints", kills, "%d labels on two printers, each came out once, no number twice", 2*pallets); err != nil {
				t.Error(err)
			}
		}
	}()
	out, seen := cameOut(), map[string]bool{}
	for _, l := range slices.Concat(out["RAW"], out["IPP"]) {
		if seen[string(l)] {
			t.Error("a label came out twice")
		}
		seen[string(l)] = true
	}
	if len(out["RAW"]) != pallets || len(out["IPP"]) != pallets {
		t.Errorf("%d labels came out of the raw printer and %d of the other, want %d each", len(out["RAW"]), len(out["IPP"]), pallets)
	}
}

// whole drops what is between labels.
func whole(labels [][]byte) (out [][]byte) {
	for _, l := range labels {
		if l = bytes.TrimSpace(l); len(l) > 0 {
			out = append(out, l)
		}
	}
	return out
}
