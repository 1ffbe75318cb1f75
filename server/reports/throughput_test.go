package reports_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/ledger"
)

// vienna has main, tokyo has north.
func clocks(t testing.TB) func(site string) *time.Location {
	t.Helper()
	zones := map[string]*time.Location{}
	for site, name := range map[string]string{"main": "Europe/Vienna", "north": "Asia/Tokyo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones[site] = zone
	}
	return func(site string) *time.Location { return cmp.Or(zones[site], time.UTC) }
}

func at(text string) ledger.Time {
	t, err := ledger.ParseTime(text)
	if err != nil {
		panic(err)
	}
	return t
}

// scan is an entry as the journal tells it; moves are "from to quantity product".
func scan(when, device, operator string, outcome ledger.Outcome, moves ...string) *reports.Told {
	e := &reports.Told{Kind: ledger.KindIntent, TEff: at(when), Outcome: outcome}
	e.Intent.Device, e.Intent.Operator, e.Intent.Action = device, operator, "move"
	for _, text := range moves {
		f := strings.Fields(text)
		e.Moves = append(e.Moves, reports.ToldMove{From: f[0], To: f[1], Quantity: f[2], Product: f[3]})
	}
	return e
}

func because(e *reports.Told, code ledger.Code, exceptions ...string) *reports.Told {
	e.Code = code
	for _, kind := range exceptions {
		e.Exceptions = append(e.Exceptions, struct {
			Kind string `json:"kind"`
		}{kind})
	}
	return e
}

func TestThroughput(t *testing.T) {
	decided := scan("2026-03-02T10:00:00Z", "ann", "", ledger.Applied)
	decided.Intent.Action = ledger.ActionDecide
	entries := []*reports.Told{
		scan("2026-03-02T08:10:00Z", "H-1", "ann", ledger.Applied, "supplier main/incoming 10 BOLT"),
		scan("2026-03-02T08:20:00Z", "H-1", "ann", ledger.Applied, "main/incoming main/A 2.5 BOLT", "main/incoming main/A 1 NUT"),
		scan("2026-03-02T22:30:00Z", "H-2", "", ledger.Applied, "main/A customer 4 BOLT"), // 23:30 in Vienna
		scan("2026-03-02T23:30:00Z", "H-2", "", ledger.Applied, "main/A customer 4 BOLT"), // the next day there
		because(scan("2026-03-02T09:00:00Z", "H-2", "ben", ledger.Parked), ledger.UnknownProduct),
		because(scan("2026-03-02T09:01:00Z", "H-2", "ben", ledger.Refused), ledger.Short),
		because(scan("2026-03-02T09:02:00Z", "H-2", "ben", ledger.Exception, "main/A breach 1 BOLT"), "", "held_taken", "short"),
		scan("2026-03-02T16:00:00Z", "N-1", "kei", ledger.Applied, "supplier north/A 3 BOLT"), // 01:00 of the 3rd in Tokyo
		scan("2026-03-02T02:00:00Z", "N-1", "kei", ledger.Applied, "north/A main/A 1 BOLT"),   // 11:00 in Tokyo, 03:00 in Vienna
		decided,
		because(scan("2026-03-02T01:00:00Z", "N-1", "kei", ledger.Parked), ledger.UnknownProduct), // it names no site: its handheld's
		{Kind: ledger.KindEdit, TEff: at("2026-03-02T08:10:00Z")},
	}
	entries[len(entries)-2].Site = "north"
	all := access.AllSites()
	for name, c := range map[string]struct {
		site  string
		sites access.Sites
		by    string
		want  string
	}{
		"in total":      {"", all, "total", "total : 8 scans, 6 moves, 1 refused, 2 parked, 1 flagged"},
		"by person":     {"main", all, "person", "person ann: 2 scans, 3 moves | person ben: 3 scans, 1 moves, 1 refused, 1 parked, 1 flagged | person : 1 scans, 1 moves | person kei: 1 scans, 1 moves"},
		"by device":     {"north", all, "device", "device N-1: 2 scans, 1 moves, 1 parked"},
		"by place":      {"main", all, "place", "place main/A: 4 scans, 5 moves, 1 flagged | place main/incoming: 2 scans, 3 moves"},
		"by product":    {"main", all, "product", "product BOLT: 5 scans, 5 moves, 1 flagged +11 -5 | product NUT: 1 scans, 1 moves +0 -0"},
		"by error":      {"", all, "error", "error parked/unknown_product: 2 scans, 0 moves | error exception/held_taken: 1 scans, 0 moves | error exception/short: 1 scans, 0 moves | error refused/short: 1 scans, 0 moves"},
		"of one's site": {"", only("north"), "total,place", "total : 2 scans, 1 moves, 1 parked | place north/A: 1 scans, 1 moves"},
	} {
		t.Run(name, func(t *testing.T) {
			q := reports.ThroughputQuery{Days: reports.Days{First: "2026-03-02", Last: "2026-03-02", Zone: clocks(t)}, Site: c.site, Sites: c.sites, By: strings.Split(c.by, ","), Now: at("2026-03-10T00:00:00Z").Std()}
			if got := strings.Join(throughput(t, q, entries), " | "); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func throughput(t testing.TB, q reports.ThroughputQuery, entries []*reports.Told) (out []string) {
	t.Helper()
	sum := reports.NewThroughput(q)
	for _, e := range entries {
		sum.Add(e)
	}
	if err := sum.Rows(func(r *reports.ThroughputRow) error { out = append(out, line(r)); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func line(r *reports.ThroughputRow) string {
	text := fmt.Sprintf("%s %s: %d scans, %d moves", r.By, r.Group, r.Scans, r.Moves)
	for _, n := range []struct {
		count int
		what  string
	}{{r.Refused, "refused"}, {r.Parked, "parked"}, {r.Exceptions, "flagged"}} {
		if n.count > 0 {
			text += fmt.Sprintf(", %d %s", n.count, n.what)
		}
	}
	if r.By == reports.PerProduct {
		text += " +" + r.Came + " -" + r.Went
	}
	return text
}

// Hours are those of the site's own clocks: of the day on which they are put forward
// there are 23, on the day on which they are put back two hours have one name. Those to
// come are no rows, those in which nothing was done are.
func TestHoursOfASite(t *testing.T) {
	for day, want := range map[string]int{"2026-03-02": 24, "2026-03-29": 23, "2026-10-25": 24} {
		q := reports.ThroughputQuery{Days: reports.Days{First: day, Last: day, Zone: clocks(t)}, Site: "main", Sites: access.AllSites(), By: []string{reports.PerHour}, Now: at("2027-01-01T00:00:00Z").Std()}
		if got := throughput(t, q, nil); len(got) != want || !strings.HasPrefix(got[0], "hour "+day+"T00:00: 0 scans") {
			t.Errorf("%s: %d hours: %v", day, len(got), got)
		}
	}
	q := reports.ThroughputQuery{Days: reports.Days{First: "2026-03-01", Last: "2026-03-02", Zone: clocks(t)}, Site: "main", Sites: access.AllSites(), By: []string{reports.PerHour, reports.PerDay}, Now: at("2026-03-02T09:15:00Z").Std()}
	got := throughput(t, q, []*reports.Told{scan("2026-03-02T09:10:00Z", "H-1", "ann", ledger.Applied)})
	if len(got) != 2+24+11 || got[len(got)-1] != "hour 2026-03-02T10:00: 1 scans, 0 moves" || got[1] != "day 2026-03-02: 1 scans, 0 moves" {
		t.Errorf("%d: %v", len(got), got)
	}
}

// What is added up as entries come is what somebody finds who looks at all of them again
// for each row.
func TestThroughputAgainstLooking(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var entries []*reports.Told
	for range 800 {
		when := at("2026-03-27T00:00:00Z").Std().Add(time.Duration(r.Int64N(int64(5 * 24 * time.Hour)))).Format(time.RFC3339)
		var moves []string
		for range r.IntN(3) {
			moves = append(moves, strings.Join([]string{pick("supplier", "main/A", "main/B", "north/A"), pick("customer", "main/A", "main/B", "north/A", "north/B"), fmt.Sprint(1 + r.IntN(9)), pick("BOLT", "NUT")}, " "))
		}
		e := scan(when, pick("H-1", "H-2", "N-1"), pick("", "ann", "ben"), ledger.Outcome(pick("applied", "applied", "parked", "refused")), moves...)
		e.Intent.Site = pick("", "main", "north")
		entries = append(entries, e)
	}
	zone := clocks(t)
	for _, site := range []string{"", "main", "north"} {
		q := reports.ThroughputQuery{Days: reports.Days{First: "2026-03-28", Last: "2026-03-30", Zone: zone}, Site: site, Sites: access.AllSites(), Now: at("2026-04-05T00:00:00Z").Std()}
		got := map[string]bool{}
		for _, row := range throughput(t, q, entries) {
			if !strings.Contains(row, ": 0 scans, 0 moves") {
				got[row] = true
			}
		}
		want := looked(entries, site, zone)
		for _, row := range slices.Sorted(maps.Keys(want)) {
			if !got[row] {
				t.Errorf("site %q: %s is missing", site, row)
			}
		}
		for row := range got {
			if !want[row] && !strings.HasPrefix(row, "error") {
				t.Errorf("site %q: %s is too many", site, row)
			}
		}
	}
}

// looked finds each row by itself.
func looked(entries []*reports.Told, site string, zone func(string) *time.Location) map[string]bool {
	of := func(ref string) string {
		s, _, _ := strings.Cut(ref, "/")
		return map[bool]string{true: s}[strings.Contains(ref, "/")]
	}
	in := func(ref string) bool { return of(ref) != "" && (site == "" || of(ref) == site) }
	here := func(e *reports.Told) (string, bool) {
		if len(e.Moves) == 0 {
			own := cmp.Or(e.Intent.Site, "main")
			return own, site == "" || own == site
		}
		for _, m := range e.Moves {
			for _, ref := range []string{m.From, m.To} {
				if in(ref) {
					return of(ref), true
				}
			}
		}
		return "", false
	}
	type test struct {
		scan func(e *reports.Told, local time.Time) bool
		move func(m reports.ToldMove) bool
	}
	tests := map[string]test{"total ": {func(*reports.Told, time.Time) bool { return true }, nil}}
	for _, device := range []string{"H-1", "H-2", "N-1"} {
		tests["device "+device] = test{func(e *reports.Told, _ time.Time) bool { return e.Intent.Device == device }, nil}
	}
	for _, person := range []string{"", "ann", "ben"} {
		tests["person "+person] = test{func(e *reports.Told, _ time.Time) bool { return e.Intent.Operator == person }, nil}
	}
	for _, day := range []string{"2026-03-28", "2026-03-29", "2026-03-30"} {
		tests["day "+day] = test{func(_ *reports.Told, l time.Time) bool { return l.Format(time.DateOnly) == day }, nil}
		for hour := range 24 {
			name := fmt.Sprintf("%sT%02d:00", day, hour)
			tests["hour "+name] = test{func(_ *reports.Told, l time.Time) bool { return l.Format("2006-01-02T15:00") == name }, nil}
		}
	}
	for _, place := range []string{"main/A", "main/B", "north/A", "north/B"} {
		if in(place) {
			tests["place "+place] = test{nil, func(m reports.ToldMove) bool { return m.From == place || m.To == place }}
		}
	}
	for _, product := range []string{"BOLT", "NUT"} {
		tests["product "+product] = test{nil, func(m reports.ToldMove) bool { return m.Product == product && (in(m.From) || in(m.To)) }}
	}
	want := map[string]bool{}
	for name, c := range tests {
		row := reports.ThroughputRow{}
		row.By, row.Group, _ = strings.Cut(name, " ")
		var came, went reports.Total
		for _, e := range entries {
			own, counts := here(e)
			local := e.TEff.Std().In(zone(own))
			if day := local.Format(time.DateOnly); !counts || day < "2026-03-28" || day > "2026-03-30" || c.scan != nil && !c.scan(e, local) {
				continue
			}
			moves := 0
			for _, m := range e.Moves {
				if c.move != nil && !c.move(m) || !in(m.From) && !in(m.To) {
					continue
				}
				moves++
				if n, _ := ledger.ParseDecimal(m.Quantity); in(m.From) != in(m.To) {
					scaled, _ := n.Scaled(0)
					map[bool]*reports.Total{true: &came, false: &went}[in(m.To)].Add(scaled, 0)
				}
			}
			if c.move != nil && moves == 0 {
				continue
			}
			row.Scans, row.Moves = row.Scans+1, row.Moves+moves
			switch e.Outcome {
			case ledger.Parked:
				row.Parked++
			case ledger.Refused:
				row.Refused++
			}
		}
		row.Came, row.Went = came.String(), went.String()
		if row.Scans > 0 {
			want[line(&row)] = true
		}
	}
	return want
}

// only is what a supervisor of one site may see.
func only(site string) access.Sites {
	return access.Where(access.Principal{Role: access.Supervisor, Grants: ledger.Grants{{Site: site, Role: string(access.Supervisor)}}}, access.ReadReports)
}

// A count that is in doubt is parked and raises an exception: it is one scan that needs
// somebody, and two causes.
func TestThroughputCountsATroubleOnce(t *testing.T) {
	parked := because(scan("2026-03-02T08:10:00Z", "H-1", "ann", ledger.Parked), ledger.BadQuantity, "doubtful_count")
	q := reports.ThroughputQuery{Days: reports.Days{First: "2026-03-02", Last: "2026-03-02", Zone: clocks(t)}, Sites: access.AllSites(), By: []string{reports.PerTotal, reports.PerError}, Now: at("2026-03-02T12:00:00Z").Std()}
	sum := reports.NewThroughput(q)
	for _, e := range []*reports.Told{parked, scan("2026-03-02T08:11:00Z", "H-1", "ann", ledger.Applied)} {
		sum.Add(e)
	}
	var got []string
	if err := sum.Rows(func(r *reports.ThroughputRow) error {
		got = append(got, fmt.Sprintf("%s %s: %d, %d refused, %d parked, %d exceptions", r.By, r.Group, r.Scans, r.Refused, r.Parked, r.Exceptions))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"total : 2, 0 refused, 1 parked, 0 exceptions", "error exception/doubtful_count: 1, 0 refused, 0 parked, 0 exceptions", "error parked/bad_quantity: 1, 0 refused, 0 parked, 0 exceptions"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want\n%q", got, want)
	}
}
