package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// Lives of a server that is killed while it books an adjustment.
const (
	bookings     = 12
	bookedLines  = 1_500 // two intents
	bookingTakes = 60 * time.Millisecond
)

// A server is killed at any moment of booking an adjustment of 1,500 lines. Each time it
// is booked whole or not at all, the draft says which, and asked again it is booked once.
func TestBookingKilledAgainAndAgain(t *testing.T) {
	t.Parallel() // most of it is waiting
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 3))
	s := &ownServer{dir: t.TempDir(), log: os.Stderr, child: ownChild(t)}
	t.Cleanup(s.kill)
	var server *api
	start := func() {
		t.Helper()
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		var err error
		if server, err = s.api(); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	start()
	var products, lines [][]string
	for i := range bookedLines {
		code := fmt.Sprintf("P%04d", i)
		products, lines = append(products, []string{code}), append(lines, []string{code, "found", "1"})
	}
	must(importRows(t.Context(), server, "products", []string{"code"}, products))
	type draft struct {
		ID, State string
		Version   uint64
	}
	before, after := 0, 0
	for n := 1; n <= bookings; n++ {
		var d draft
		must(server.post(t.Context(), "/v1/adjustments", map[string]string{"name": "found"}, &d))
		var saved struct{ Adjustment draft }
		must(server.call(t.Context(), http.MethodPost, "/v1/adjustments/"+d.ID+"/import", "text/csv", csvOf([]string{"product", "kind", "change"}, lines), &saved))
		book := map[string]uint64{"version": saved.Adjustment.Version}
		asked := make(chan error, 1)
		go func(server *api) { // its context is its own: the test's ends with the test
			asked <- server.post(context.Background(), "/v1/adjustments/"+d.ID+"/book", book, nil)
		}(server)
		const each = bookingTakes / bookings // of the moments, one in each part: the first comes before any machine is through
		killed := time.NewTimer(time.Duration(n-1)*each + time.Duration(rng.Int64N(int64(each))))
		<-killed.C
		s.kill()
		<-asked // an answer, or none
		start()

		must(server.get(t.Context(), "/v1/adjustments/"+d.ID, &d))
		sum := total(t, server)
		switch {
		case d.State == "booked" && sum == n*bookedLines:
			after++
		case d.State == "draft" && sum == (n-1)*bookedLines:
			before++
			var again struct{ Adjustment draft }
			must(server.post(t.Context(), "/v1/adjustments/"+d.ID+"/book", map[string]uint64{"version": d.Version}, &again))
			d = again.Adjustment
		default:
			t.Fatalf("booking %d is %q, and %d pieces lie there", n, d.State, sum)
		}
		if sum := total(t, server); d.State != "booked" || sum != n*bookedLines {
			t.Fatalf("booking %d, asked again, is %q, and %d pieces lie there", n, d.State, sum)
		}
	}
	t.Logf("%d were killed before it was booked, %d after", before, after)
	if before == 0 {
		t.Error("no kill came before a booking was through: the test shows nothing")
	}
	must(s.stop())
	must((&app{in: nil, out: os.Stderr, err: os.Stderr, data: s.dir}).verify(t.Context()))
	if err := powercut.Note("kill -9 of a server while it books an adjustment", bookings, "booked whole or not at all, once when asked again; verify clean"); err != nil {
		t.Error(err)
	}
}

// total is how many pieces lie at main.
func total(t *testing.T, server *api) (sum int) {
	t.Helper()
	var answer struct {
		Rows []struct {
			Quantity int `json:",string"`
		}
	}
	if err := server.get(t.Context(), "/v1/balances?site=main", &answer); err != nil {
		t.Fatal(err)
	}
	for _, r := range answer.Rows {
		sum += r.Quantity
	}
	return sum
}
