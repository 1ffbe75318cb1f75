package simulation

import (
	"fmt"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// Report is what a world was made of and what became of it.
type Report struct {
	Config  Config
	Devices int // that scanned
	Scans   int
	Entries int
	Late    int           // facts that arrived after one that happened later
	Latest  time.Duration // between a scan's moment and its arrival
	Equal   int           // scans that share their moment with another
	Bursts  int           // commits
	Folds   int           // comparisons with the oracle
	Orders  int           // other orders of arrival

	Actions    map[string]int // scans by action
	Clocks     map[string]int // by clock class
	Outcomes   map[string]int // entries of intents by outcome
	Exceptions map[string]int // raised, by kind
	Things     map[string]int // everything else that happened, by its name

	Failure *Failure

	script  *Script
	devices map[string]bool
	moments map[ledger.Time]bool
	newest  ledger.Time
}

func newReport(s *Script) *Report {
	return &Report{Config: s.Config, Actions: map[string]int{}, Clocks: map[string]int{}, Outcomes: map[string]int{}, Exceptions: map[string]int{},
		Things: map[string]int{}, script: s, devices: map[string]bool{}, moments: map[ledger.Time]bool{}}
}

func (r *Report) count(what string, n int) { r.Things[what] += n }

// scan counts a scan as it is made.
func (r *Report) scan(w *world, row *row) {
	in := &row.scan.Intent
	r.Scans++
	r.devices[row.id.Device] = true
	r.Devices = len(r.devices)
	if row.scan.Beside {
		r.count("scans beside", 1)
	}
	switch {
	case in.Action == "":
	case row.scan.Beside && in.Action != ledger.ActionAsk: // no sign that there are enough besides
		r.count(in.Action+" about asks", 1)
	default:
		r.Actions[in.Action]++
	}
	switch {
	case in.Action == ledger.ActionIsolate && !in.Quantity.IsSet() && len(in.Lines) == 0 && scoped(in):
		r.count("holds on a scope", 1)
	case len(in.Lines) > 0:
		r.count("scans of several lines", 1)
	}
	if in.Lot != "" {
		r.count("lots", 1)
	}
	if in.Serial != "" {
		r.count("serials", 1)
	}
	if in.Package != "" {
		r.count("packages", 1)
	}
	if in.Mode == ledger.ModeCommand {
		r.count("commands", 1)
	}
	if row.clock != "" {
		r.Clocks[row.clock]++
	}
}

// entry counts an entry as it is booked.
func (r *Report) entry(e *entry) {
	r.Entries++
	for i := range e.Exceptions {
		r.Exceptions[e.Exceptions[i].Kind]++
	}
	r.count("entries of kind "+string(e.Kind), 1)
	if e.Kind != ledger.KindIntent && e.Kind != ledger.KindDecision {
		return
	}
	outcome := string(e.Outcome)
	if e.Code != "" {
		outcome += " (" + string(e.Code) + ")"
	}
	r.Outcomes[outcome]++
	if e.TEff < r.newest && booked(e.Outcome) {
		r.Late++
	}
	if r.moments[e.TEff] {
		r.Equal++
	}
	r.moments[e.TEff] = true
	r.newest = max(r.newest, e.TEff)
	if late := time.Duration(e.arrived-e.TEff) * time.Microsecond; late < MaxLate {
		r.Latest = max(r.Latest, late)
	}
}

// Soft says what a world lacks of what conflicts.md §5 wants in each, so that it
// cannot go soft unseen. A calm world lacks nothing: it is meant to be so.
func (r *Report) Soft() (lacks []string) {
	c := r.script.Config
	if c.Calm {
		return nil
	}
	want := func(what string, have int, least float64) {
		if float64(have) < least {
			lacks = append(lacks, fmt.Sprintf("%s: %d, not %v", what, have, least))
		}
	}
	scans := r.Scans - r.Things["scans beside"]
	n := float64(scans)
	want("devices", r.Devices, MinDevices)
	want("intents", scans, float64(c.Intents))
	want("hours of the latest", int(r.Latest/time.Hour), 2)
	want("late facts", r.Late, float64(r.Scans)/20) // asks are late too
	want("cuts", r.Things["cuts"], n/20-1)
	want("equal stamps", r.Equal, 1)
	f := c.Families
	if f.Has(Counts) {
		want("counts", r.Actions[ledger.ActionCount], n/10)
	}
	if f.Has(Isolation) {
		want("holds", r.Actions[ledger.ActionIsolate], n/20)
	}
	if f.Has(Undos) {
		want("undos", r.Actions[ledger.ActionUndo], n/20)
	}
	if f.Has(Lots) {
		want("lots", r.Things["lots"], 1)
	}
	if f.Has(Serials) {
		want("serials", r.Things["serials"], 1)
	}
	if f.Has(Asks) {
		want("asks", r.Actions[ledger.ActionAsk], 1)
	}
	if f.Has(Packages) {
		want("packages", r.Things["packages"], 1)
	}
	return lacks
}

// Add joins another world's report to this one, for a sum over many.
func (r *Report) Add(other *Report) {
	r.Devices += other.Devices
	r.Scans += other.Scans
	r.Entries += other.Entries
	r.Late += other.Late
	r.Latest = max(r.Latest, other.Latest)
	r.Equal += other.Equal
	r.Bursts += other.Bursts
	r.Folds += other.Folds
	r.Orders += other.Orders
	for _, m := range [...][2]map[string]int{{r.Actions, other.Actions}, {r.Clocks, other.Clocks}, {r.Outcomes, other.Outcomes},
		{r.Exceptions, other.Exceptions}, {r.Things, other.Things}} {
		for key, n := range m[1] {
			m[0][key] += n
		}
	}
}

// NewSum returns an empty report to add others to.
func NewSum() *Report { return newReport(&Script{}) }

// Crashes is how often the server ended.
func (r *Report) Crashes() (n int) {
	for what, times := range r.Things {
		if strings.HasPrefix(what, "crashes ") || what == "restores" {
			n += times
		}
	}
	return n
}

// Histogram is the report in lines of words and numbers.
func (r *Report) Histogram() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scans %d by %d devices, entries %d, commits %d, crashes %d\n", r.Scans, r.Devices, r.Entries, r.Bursts, r.Crashes())
	fmt.Fprintf(&b, "late facts %d, the latest %s late, equal stamps %d\n", r.Late, r.Latest.Round(time.Second), r.Equal)
	fmt.Fprintf(&b, "comparisons with the oracle %d, other orders of arrival %d\n", r.Folds, r.Orders)
	for _, part := range [...]struct {
		name string
		m    map[string]int
	}{{"actions", r.Actions}, {"clocks", r.Clocks}, {"outcomes", r.Outcomes}, {"exceptions", r.Exceptions}, {"and", r.Things}} {
		b.WriteString(part.name + ":")
		for i, key := range sortedKeys(part.m) {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %s %d", key, part.m[key])
		}
		b.WriteByte('\n')
	}
	return b.String()
}
