package socket

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Where nobody else scans, backlogs are taken as fast as they come.
func TestNobodyElseScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pace{now: time.Now}
		began := time.Now()
		for range 100 {
			p.wait(t.Context(), 1000)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("100,000 scans waited %s for nobody", took)
		}
	})
}

// While somebody scans, all who come home together have the one pace, and each its
// turn: none waits for another's whole backlog.
func TestBacklogsHaveOnePaceWhileOthersScan(t *testing.T) {
	const devices, pieces, scans = 50, 8, 100
	synctest.Test(t, func(t *testing.T) {
		p := &pace{now: time.Now}
		p.scanned()
		live := time.NewTicker(paceAfter / 2)
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-live.C:
					p.scanned()
				case <-stop:
					return
				}
			}
		}()
		began := time.Now()
		var group sync.WaitGroup
		var mu sync.Mutex
		first := time.Duration(0) // when the last of all has its first piece
		for range devices {
			group.Go(func() {
				for i := range pieces {
					p.wait(t.Context(), scans)
					if i == 0 {
						mu.Lock()
						first = max(first, time.Since(began))
						mu.Unlock()
					}
				}
			})
		}
		group.Wait()
		close(stop)
		live.Stop()
		took, wanted := time.Since(began), devices*pieces*scans*paceEach
		if took > wanted || took < wanted-scans*paceEach-paceAhead {
			t.Errorf("%d scans took %s, %s was wanted", devices*pieces*scans, took, wanted)
		}
		if most := devices * scans * paceEach; first > most {
			t.Errorf("a device had its first piece after %s, when all could have theirs after %s", first, most)
		}
	})
}

// A pace that nobody needs any more holds nobody up, and a session that ends does not
// wait for its turn.
func TestPaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pace{now: time.Now}
		p.scanned()
		p.wait(t.Context(), 100_000) // its own turn is at once; those behind it would wait
		ended, end := context.WithCancel(t.Context())
		end()
		began := time.Now()
		p.wait(ended, 1)
		if took := time.Since(began); took != 0 {
			t.Errorf("a session that had ended waited %s", took)
		}
		time.Sleep(paceAfter + 1)
		began = time.Now()
		p.wait(t.Context(), 1)
		if took := time.Since(began); took != 0 {
			t.Errorf("nobody scanned any more, and a backlog waited %s", took)
		}
	})
}
