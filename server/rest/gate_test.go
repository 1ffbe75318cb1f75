package rest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/sync/ledger"
)

// Two pages ask for two reports each: two are made, the others wait for their turn, in the
// order in which they came, and all four are answered.
func TestReportsWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2, 8, 20*time.Second)
		const took = 9 * time.Second
		began := time.Now()
		type made struct {
			report int
			at     time.Duration
		}
		done := make(chan made, 4)
		for i := range 4 {
			go func() {
				leave, err := g.enter(t.Context())
				if err != nil {
					t.Errorf("report %d: %v", i, err)
					return
				}
				defer leave()
				time.Sleep(took) // of the bubble's clock
				done <- made{i, time.Since(began)}
			}()
			synctest.Wait() // it has come before the next
		}
		for i := range 4 {
			if got, want := <-done, took*time.Duration(1+i/2); got.at != want || got.report/2 != i/2 {
				t.Errorf("report %d is the %d. made, after %s, want %s", got.report, i+1, got.at, want)
			}
		}
	})
}

// Nobody waits for ever, or in a line without an end, and who went away holds no place.
func TestNobodyWaitsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 2, 20*time.Second)
		leave, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		waits := func(ctx context.Context) <-chan error {
			told := make(chan error, 1)
			go func() { _, err := g.enter(ctx); told <- err }()
			synctest.Wait()
			return told
		}
		gone, cancel := context.WithCancel(t.Context())
		went, first := waits(gone), waits(t.Context())
		refused(t, "the third in a line of two", <-waits(t.Context()))
		if time.Since(began) != 0 {
			t.Error("it was not told at once")
		}
		cancel()
		if err := <-went; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away: %v", err)
		}
		time.Sleep(g.wait / 2) // of the bubble's clock
		second := waits(t.Context())
		refused(t, "who waited", <-first)
		if time.Since(began) != g.wait {
			t.Errorf("it waited %s", time.Since(began))
		}
		leave()
		if err := <-second; err != nil {
			t.Errorf("whose turn it is: %v", err)
		}
	})
}

func refused(t *testing.T, who string, err error) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Code != ledger.TooFast {
		t.Errorf("%s: %v", who, err)
	}
}
