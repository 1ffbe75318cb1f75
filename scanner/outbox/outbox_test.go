package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/scanner/outbox/outboxtest"
)

// TestMain also is the children that tests start: a process that appends until it
// is killed, and one that fills a disk of its own.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("OUTBOX_DIR"); os.Getenv("OUTBOX_CHILD") {
	case "":
		os.Exit(m.Run())
	case "append":
		exit(appendForever(dir))
	case "mount":
		exit(mountAndFill(dir))
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestOnDisk(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(t *testing.T) outboxtest.Opener {
		dir := t.TempDir()
		return func(o outbox.Options) (*outbox.Store, error) { return outbox.Open(dir, o) }
	})
}

func TestInMemory(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(t *testing.T) outboxtest.Opener { return outbox.NewMemory().Open })
}

// plenty is a disk without end: what happens near its end is for its own tests.
func plenty() (uint64, error) { return math.MaxUint64, nil }

func childRow(device string, seq uint64) []byte {
	// Large enough that memtables turn over and tables are compacted.
	return fmt.Appendf(nil, `{"device":%q,"seq":%d,"raw":"%0*d"}`, device, seq, 3000, seq)
}

// appendForever prints "device seq" after each Append returned.
func appendForever(dir string) error {
	s, err := outbox.Open(dir, outbox.Options{Now: time.Now, FreeBytes: plenty, RingRows: 200})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	failed := make(chan error, 6)
	for i := range cap(failed) {
		device := fmt.Sprint("H-", i%3)
		b, err := s.Box(device, "i1")
		if err != nil {
			return err
		}
		wg.Go(func() {
			for {
				seq, err := b.Append(context.Background(), func(seq uint64) ([]byte, error) { return childRow(device, seq), nil })
				if err == nil {
					_, err = fmt.Printf("%s %d\n", device, seq) // one write, not buffered
				}
				if err == nil && seq > 400 {
					err = b.Ack(seq - 400)
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	return <-failed
}

// readSeqs reads up to n lines of appendForever.
func readSeqs(lines *bufio.Scanner, n int, printed map[string]uint64) int {
	got := 0
	for got < n && lines.Scan() {
		var device string
		var seq uint64
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &device, &seq); err == nil {
			printed[device] = max(printed[device], seq)
			got++
		}
	}
	return got
}

// checkPrinted opens dir and finds every row whose Append had returned, and no gap.
func checkPrinted(dir string, printed map[string]uint64, acked map[string]uint64) error {
	s, err := outbox.Open(dir, outbox.Options{Now: time.Now, FreeBytes: plenty, RingRows: 200})
	if err != nil {
		return err
	}
	defer s.Close()
	for device, most := range printed {
		b, err := s.Box(device, "i1")
		if err != nil {
			return err
		}
		st := b.Stats()
		if st.Next <= most || st.Next > most+1+6 {
			return fmt.Errorf("%s: next is %d, %d was stored", device, st.Next, most)
		}
		if st.Acked > most || st.Acked < acked[device] {
			return fmt.Errorf("%s: acknowledged up to %d of %d, before it was %d", device, st.Acked, most, acked[device])
		}
		acked[device] = st.Acked
		for want := st.Acked + 1; want < st.Next; {
			rows, err := b.Unacked(want, 0, 0)
			if err != nil || len(rows) == 0 {
				return fmt.Errorf("%s: no row from %d on: %w", device, want, err)
			}
			for _, r := range rows {
				if r.Seq != want || r.Lost || string(r.Data) != string(childRow(device, want)) {
					return fmt.Errorf("%s: at %d there is %d, lost %v %s", device, want, r.Seq, r.Lost, r.Reason)
				}
				want++
			}
		}
	}
	return nil
}
