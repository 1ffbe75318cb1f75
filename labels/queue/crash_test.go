package queue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/labels/printer"
	"bayledger/labels/queue"
)

// crash is a disk that a power cut can be taken from: what was committed stays.
type crash struct {
	*queue.Memory
	mu   sync.Mutex
	left int // commits until the cut
}

var errCut = errors.New("the power is gone")

func (c *crash) Commit(ch queue.Changes) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return errCut
	}
	c.left--
	return c.Memory.Commit(ch)
}

// The power is cut after every commit in turn; a printer that keeps a list ends the
// doubt. Every label comes out once, whatever happened.
func TestNoLabelLostOrDoubledOverACrash(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for cut := range 14 {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, uint64(cut)))
			p := newPaper()
			p.recall = func(name string) printer.Outcome {
				if out, came := p.pieces[name]; came {
					return out
				}
				return printer.Outcome{Fate: printer.NotSent, Reason: "it never got the labels"}
			}
			disk := &crash{Memory: queue.NewMemory(), left: 100}
			d := open(t, disk, map[string]*paper{"P": p})
			if _, err := d.PutRange(sscc("pallets")); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(2) == 0 {
				p.next = []printer.Outcome{{Fate: printer.NotSent, Reason: "off"}, {Fate: printer.Broken, Labels: 1, Reason: "half"}}
			}
			disk.left = cut
			want := 0
			for i := range 3 {
				n := 1 + rng.IntN(20)
				if _, _, err := d.Submit(queue.Request{Key: fmt.Sprint(i), Printer: "P", Labels: slices.Repeat([]queue.Label{{Range: "pallets"}}, n)}, nil); err == nil {
					want += n
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			d.close()
			disk.left = 1 << 20
			d = open(t, disk, map[string]*paper{"P": p})
			time.Sleep(time.Hour)
			synctest.Wait()
			d.close()
			got := p.labels()
			slices.Sort(got)
			if twice := len(got) - len(slices.Compact(slices.Clone(got))); twice != 0 || len(got) < want {
				t.Errorf("cut after %d commits: %d labels of %d, %d twice", cut, len(got), want, twice)
			}
			if left := d.Waiting(); len(left) != 0 {
				t.Errorf("cut after %d commits: %+v waits", cut, left)
			}
		})
	}
}

// After a crash a printer without a list leaves the doubt to a person.
func TestCrashWithoutList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		disk := &crash{Memory: queue.NewMemory(), left: 100}
		d := open(t, disk, map[string]*paper{"P": p})
		disk.left = 2 // the job, and that its first label is on its way
		id := d.submit(queue.Request{Labels: labels("L", 3)}).ID
		synctest.Wait()
		d.close()
		disk.left = 100
		d = open(t, disk, map[string]*paper{"P": p})
		defer d.close()
		synctest.Wait()
		if j := d.job(id); j.State != queue.Held || !j.Ask || j.Reason != "it keeps no list: look whether label 1 came out, and say how many" {
			t.Errorf("%+v", j)
		}
		if _, err := d.Resume(id, 1); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := p.labels(); !slices.Equal(got, []string{"L1", "L2", "L3"}) {
			t.Errorf("out came %v", got)
		}
	})
}

// After a backup was restored, numbers that may have been given since are passed over.
func TestRestoredBackup(t *testing.T) {
	disk := queue.NewMemory()
	next := func(epoch string) uint64 {
		q, err := queue.Open(disk, queue.Options{Epoch: epoch, Idle: true})
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close(context.Background())
		if _, err := q.PutRange(sscc("pallets")); err != nil {
			t.Fatal(err)
		}
		if _, err := q.PutRange(queue.Range{Name: "few", Kind: queue.Lot, Prefix: "L", Digits: 2, From: 10, To: 49}); err != nil {
			t.Fatal(err)
		}
		ranges, err := q.Ranges()
		if err != nil {
			t.Fatal(err)
		}
		if few := ranges[0].Next; few < 10 || few > 49 {
			t.Errorf("the small range goes on at %d", few)
		}
		return ranges[1].Next
	}
	for _, c := range []struct {
		epoch string
		want  uint64
	}{{"e1", 0}, {"e1", 0}, {"e2", 10_000}, {"e2", 10_000}, {"", 10_000}, {"e3", 20_000}} {
		if got := next(c.epoch); got != c.want {
			t.Errorf("in epoch %q the next number is %d, want %d", c.epoch, got, c.want)
		}
	}
}

// hooked calls somebody when a label is read, which is between the choice of a
// piece and the row that says it is on its way.
type hooked struct {
	*queue.Memory
	hook func()
}

func (h *hooked) Get(key string) ([]byte, error) {
	if strings.HasPrefix(key, "pl") && h.hook != nil {
		h.hook()
	}
	return h.Memory.Get(key)
}

// A job that is stopped in the moment before a piece goes out ends, and nothing
// more of it is printed.
func TestStopBeforeAPiece(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		disk := &hooked{Memory: queue.NewMemory()}
		d := open(t, disk, map[string]*paper{"P": p})
		defer d.close()
		var once sync.Once
		disk.hook = func() {
			once.Do(func() {
				if _, err := d.Stop(1, "ann", "wrong"); err != nil {
					t.Error(err)
				}
			})
		}
		id := d.submit(queue.Request{Labels: labels("L", 3)}).ID
		synctest.Wait()
		if j := d.job(id); j.State != queue.Stopped || j.Reason != "stopped by ann: wrong" || len(p.labels()) != 0 {
			t.Errorf("%+v, out came %v", j, p.labels())
		}
	})
}

// A job that a backup has as not finished may have been printed after it was made:
// a person says how many of its labels came out.
func TestRestoredBackupPrintsNothingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		p.next = slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Reason: "off"}}, 3)
		disk := queue.NewMemory()
		d := openEpoch(t, disk, map[string]*paper{"P": p}, "e1")
		id := d.submit(queue.Request{Labels: labels("L", 3)}).ID
		synctest.Wait()
		d.close()
		p.next = nil
		d = openEpoch(t, disk, map[string]*paper{"P": p}, "e2")
		defer d.close()
		time.Sleep(time.Hour)
		if j := d.job(id); j.State != queue.Held || !j.Ask || j.Reason != "a backup was restored: look whether labels 1 to 3 came out since, and say how many" || len(p.labels()) != 0 {
			t.Errorf("%+v, out came %v", j, p.labels())
		}
		if _, err := d.Resume(id, 2); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := p.labels(); !slices.Equal(got, []string{"L3"}) {
			t.Errorf("out came %v", got)
		}
	})
}
