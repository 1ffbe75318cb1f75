package outbox_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func child(kind, dir string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "OUTBOX_CHILD="+kind, "OUTBOX_DIR="+dir)
	c.Stderr = os.Stderr
	return c
}

// TestKilled kills a process that appends, again and again in the same folder;
// every row whose Append had returned must be there afterwards, without a gap. Not parallel: a fork holds the locks of
// the folders that others close.
func TestKilled(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	printed, acked := map[string]uint64{}, map[string]uint64{}
	for round := range 6 {
		c := child("append", dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		n := 1 + r.IntN(800)
		got := readSeqs(lines, n, printed)
		memory := resident(c.Process.Pid)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		got += readSeqs(lines, 1<<30, printed) // printed before it died
		_ = c.Wait()
		if got < n {
			t.Fatalf("round %d: the child ended after %d of %d rows", round, got, n)
		}
		if err := checkPrinted(dir, printed, acked); err != nil {
			t.Fatalf("round %d, killed after %d rows: %v", round, got, err)
		}
		t.Logf("round %d: killed after %d rows; resident %s", round, got, memory)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) > 30 {
		t.Errorf("%d files after all rounds, %v", len(files), err)
	}
}

// resident is the memory of a process as the system tells it, for the log only.
func resident(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	out := []string{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "RssAnon") || strings.HasPrefix(line, "VmRSS") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(out, ", ")
}
