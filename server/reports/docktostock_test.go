package reports_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/ledger"
)

// kindOf gives the kinds of the tests' places by their names.
func kindOf(ref string) ledger.PlaceKind {
	site, code, physical := strings.Cut(ref, "/")
	switch {
	case !physical:
		return ledger.PlaceKind(site)
	case code == "incoming" || code == "quality":
		return ledger.PlaceKind(code)
	}
	return ledger.PlaceStock
}

func dock(t testing.TB, q reports.DockToStockQuery, entries []*reports.Told) (out []string) {
	t.Helper()
	d := reports.NewDockToStock(q)
	for _, e := range entries {
		if err := d.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Rows(func(r *reports.DockToStockRow) error {
		minutes := func(seconds *int64) int64 {
			if seconds == nil {
				return 0
			}
			return *seconds / 60
		}
		out = append(out, fmt.Sprintf("%s: %d took %d, %d, %d; %d unknown", r.Day, r.Lines, minutes(r.P50), minutes(r.P90), minutes(r.Most), r.Unknown))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDockToStock(t *testing.T) {
	when := func(minutes int) string {
		return at("2026-03-02T08:00:00Z").Std().Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
	}
	move := func(minutes int, text string) *reports.Told {
		return scan(when(minutes), "H-1", "ann", ledger.Applied, text)
	}
	in := func(minutes, quantity int) *reports.Told {
		return move(minutes, fmt.Sprint("supplier main/incoming ", quantity, " BOLT"))
	}
	away := func(minutes, quantity int) *reports.Told {
		return move(minutes, fmt.Sprint("main/incoming main/A-01 ", quantity, " BOLT"))
	}
	for name, c := range map[string]struct {
		entries []*reports.Told
		want    string // minutes
	}{
		"one receipt, put away at once":              {[]*reports.Told{in(0, 10), away(30, 10)}, "1 took 30, 30, 30; 0 unknown"},
		"in two goes":                                {[]*reports.Told{in(0, 10), away(30, 4), away(90, 6)}, "2 took 30, 90, 90; 0 unknown"},
		"what came first goes first":                 {[]*reports.Told{in(0, 10), in(60, 10), away(70, 10), away(80, 10)}, "2 took 20, 70, 70; 0 unknown"},
		"one that takes of two receipts is two":      {[]*reports.Told{in(0, 10), in(60, 10), away(70, 15)}, "2 took 10, 70, 70; 0 unknown"},
		"by way of inspection":                       {[]*reports.Told{in(0, 10), move(20, "main/incoming main/quality 10 BOLT"), move(50, "main/quality main/A-01 10 BOLT")}, "1 took 50, 50, 50; 0 unknown"},
		"straight onto the shelf is no time":         {[]*reports.Told{move(0, "supplier main/A-01 10 BOLT")}, "0 took 0, 0, 0; 0 unknown"},
		"from shelf to shelf neither":                {[]*reports.Told{move(0, "main/A-01 main/A-02 10 BOLT")}, "0 took 0, 0, 0; 0 unknown"},
		"what goes to a customer from the dock":      {[]*reports.Told{in(0, 10), move(5, "main/incoming customer 10 BOLT"), in(60, 5), away(70, 5)}, "1 took 10, 10, 10; 0 unknown"},
		"what is taken back was the newest":          {[]*reports.Told{in(0, 10), in(60, 10), move(61, "main/incoming supplier 10 BOLT"), away(70, 10)}, "1 took 70, 70, 70; 0 unknown"},
		"from another site":                          {[]*reports.Told{move(0, "transit main/incoming 10 BOLT"), away(15, 10)}, "1 took 15, 15, 15; 0 unknown"},
		"found at the dock":                          {[]*reports.Told{move(0, "loss main/incoming 10 BOLT"), away(15, 10)}, "0 took 0, 0, 0; 1 unknown"},
		"put away before it is known to have come":   {[]*reports.Told{away(30, 10), in(10, 10)}, "1 took 20, 20, 20; 0 unknown"},
		"what was never received":                    {[]*reports.Told{away(30, 10)}, "0 took 0, 0, 0; 1 unknown"},
		"another receipt is not of what left before": {[]*reports.Told{away(30, 10), in(60, 10), away(70, 10)}, "1 took 10, 10, 10; 1 unknown"},
		"another product":                            {[]*reports.Told{in(0, 10), move(30, "main/incoming main/A-01 10 NUT")}, "0 took 0, 0, 0; 1 unknown"},
		"at another site":                            {[]*reports.Told{move(0, "supplier north/incoming 10 BOLT"), move(9, "north/incoming north/A 10 BOLT")}, "0 took 0, 0, 0; 0 unknown"},
		"another day":                                {[]*reports.Told{in(0, 10), away(16*60, 10)}, "0 took 0, 0, 0; 0 unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			q := reports.DockToStockQuery{Days: reports.Days{First: "2026-03-02", Last: "2026-03-02", Zone: clocks(t)}, Site: "main", Sites: access.AllSites(), Kind: kindOf}
			got := dock(t, q, c.entries)
			if last := got[len(got)-1]; last != ": "+c.want {
				t.Errorf("%s, want %s", last, c.want)
			}
		})
	}
}

// Piece by piece, each with its own number, the times are what a list of all pieces gives.
func TestDockToStockAgainstPieces(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	start := at("2026-03-02T06:00:00Z")
	var queue []ledger.Time // pieces at the dock, each with when it came
	var took []int64
	var entries []*reports.Told
	for minute := range 1_000 {
		now := start + ledger.Time(minute)*60_000_000
		when := now.Std().Format(time.RFC3339)
		n := 1 + r.IntN(4)
		if r.IntN(2) == 0 || len(queue) == 0 {
			for range n {
				queue = append(queue, now)
			}
			entries = append(entries, scan(when, "H-1", "", ledger.Applied, fmt.Sprint("supplier main/incoming ", n, " BOLT")))
			continue
		}
		n = min(n, len(queue))
		for i := range n { // a put-away of one receipt is one time
			if i == 0 || queue[i] != queue[i-1] {
				took = append(took, int64(now-queue[i])/60_000_000)
			}
		}
		queue = queue[n:]
		entries = append(entries, scan(when, "H-1", "", ledger.Applied, fmt.Sprint("main/incoming main/A ", n, " BOLT")))
	}
	slices.Sort(took)
	rank := func(part int) int64 { return took[(len(took)*part+99)/100-1] }
	want := fmt.Sprintf(": %d took %d, %d, %d; 0 unknown", len(took), rank(50), rank(90), took[len(took)-1])
	q := reports.DockToStockQuery{Days: reports.Days{First: "2026-03-02", Last: "2026-03-03", Zone: clocks(t)}, Sites: access.AllSites(), Kind: kindOf}
	got := dock(t, q, entries)
	if got[len(got)-1] != want {
		t.Errorf("%s, want %s", got[len(got)-1], want)
	}
}

// What has come to its shelf is not kept in memory: each piece with a serial of its own
// would stay for as long as the report is made.
func TestDockToStockKeepsWhatStands(t *testing.T) {
	q := reports.DockToStockQuery{Days: reports.Days{First: "2026-03-02", Last: "2026-03-03", Zone: clocks(t)}, Sites: access.AllSites(), Kind: kindOf}
	d := reports.NewDockToStock(q)
	const pieces, most = 50_000, 4 << 20
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := memory()
	for i := range pieces {
		for _, text := range []string{"supplier main/incoming 1 BOLT", "main/incoming main/quality 1 BOLT", "main/quality main/A 1 BOLT"} {
			e := scan("2026-03-02T08:00:00Z", "H-1", "", ledger.Applied, text)
			e.Moves[0].Serial = fmt.Sprint("S-", i)
			if err := d.Add(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if grown := int64(memory()) - int64(before); grown > most {
		t.Errorf("%d pieces that are on their shelves take %d KiB, want at most %d", pieces, grown>>10, most>>10)
	}
	runtime.KeepAlive(d)
}
