package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"bayledger/labels/printer/fakeprinter"
)

// printFor is how long a server prints before it is killed, at most; longer with
// each ten kills, so that a slow one gets on too.
const printFor = 150 * time.Millisecond

// A delivery is labelled on a raw and an IPP printer while the server is killed
// again and again. Somebody counts what came out of the raw printer when asked.
// Every label comes out once, and no number is given twice.
func TestPrintingKilledAgainAndAgain(t *testing.T) {
	t.Setenv(benchChildEnv, "1")
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

	const pallets = 40
	ask := func(server *api, name string) (j jobAnswer) {
		body := fmt.Sprintf(`{"key":%q,"label":"package","printer":%q,"delivery":"PK-881","labels":[%s{"range":"pallets"}]}`, name, name, strings.Repeat(`{"range":"pallets"},`, pallets-1))
		if err := server.call(t.Context(), http.MethodPost, "/v1/print-jobs", "application/json", []byte(body), &j); err != nil {
			t.Fatal(err)
		}
		return j
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
				got, _ := raw.Labels()
				if err := server.post(t.Context(), fmt.Sprintf("/v1/print-jobs/%d/resume", j.ID), map[string]int{"came_out": len(got) - j.Done}, &j); err != nil {
					t.Fatal(err)
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
		<-time.After(time.Duration(rng.Int64N(int64(printFor) * int64(1+kills/10))))
		s.server.kill()
	}
	t.Logf("%d kills, %d times somebody counted", kills, doubts)
	labels, _ := raw.Labels()
	var sheets [][]byte
	jobs, _ := ipp.Jobs()
	for _, j := range jobs {
		sheets = append(sheets, bytes.SplitAfter(bytes.TrimSpace(j.Document), []byte("^XZ"))...)
	}
	seen := map[string]bool{}
	for _, l := range append(labels, sheets...) {
		if l = bytes.TrimSpace(l); len(l) > 0 {
			if seen[string(l)] {
				t.Error("a label came out twice")
			}
			seen[string(l)] = true
		}
	}
	if len(labels) != pallets || len(seen) != 2*pallets {
		t.Errorf("%d labels came out of the raw printer, %d different of both, want %d and %d", len(labels), len(seen), pallets, 2*pallets)
	}
}
