package simulation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// What can break (conflicts.md §5), and T3 and R12, rules 3 and 12 of the design,
// H26, what it says of decisions, and W, what a scan was made to show.
const (
	V1  = "V1: all balances add up to zero"
	V2  = "V2: the books are the oracle's fold of the facts"
	V3  = "V3: any order of arrival gives the same books"
	V4  = "V4: sending everything again changes nothing"
	V5  = "V5: nothing acknowledged is missing"
	V6  = "V6: the feed is the journal, without gap, repeat or reorder"
	V7  = "V7: what is shown is what the entries up to there say"
	V8  = "V8: just after a count the cell holds what was counted"
	V9  = "V9: a piece is in one place, packages form no circle"
	V10 = "V10: the same log gives the same rows, byte for byte"
	V11 = "V11: a snapshot and the rest are the whole"
	V12 = "V12: faults of one stop no other"
	V13 = "V13: one difference for each product and pair of places, not a storm"
	V14 = "V14: the last piece goes to one"
	V15 = "V15: the same scan gets the same receipt for ever"
	T3  = "T3: the moment of a scan follows rule 3"
	H26 = "H26: a decision holds on what it saw"
	R12 = "R12: closed books stay as they were"
	W   = "W: what can be booked is booked, what cannot is kept and named"
)

var judges = []string{V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11, V12, V13, V14, V15, T3, H26, R12, W}

// ParseJudges turns short names such as V2 into those above.
func ParseJudges(short []string) (names []string, err error) {
	for _, name := range short {
		i := slices.IndexFunc(judges, func(long string) bool { return strings.HasPrefix(long, name+":") })
		if i < 0 {
			return nil, fmt.Errorf("there is no invariant %q; they are V1 to V15, T3, H26, R12 and W", name)
		}
		names = append(names, judges[i])
	}
	return names, nil
}

// Failure is a broken invariant.
type Failure struct {
	Judge   string // one of the names above
	Step    int    // of the script, where it showed
	Message string
}

func (f *Failure) Error() string { return f.Judge + "\n" + f.Message }

// judge looks at a world while it is played and at its end.
type judge struct {
	w    *world
	turn int // after how many pushes of those who work a backlog is served all the same
}

func (j *judge) fail(name, format string, args ...any) error {
	return &Failure{Judge: name, Step: j.w.step, Message: fmt.Sprintf(format, args...)}
}

func (j *judge) failed(name string, differences []string) error {
	if len(differences) == 0 {
		return nil
	}
	return j.fail(name, "%s", strings.Join(differences, "\n"))
}

// afterBurst is what is judged each time that something reached the server: the
// cheap things always, the books as often as their size allows.
func (j *judge) afterBurst(restarted bool) error {
	w := j.w
	if err := w.srv.fault(); err != nil {
		return j.fail(V12, "the book reports: %v", err)
	}
	if got := w.srv.book.Head(); got != w.follow.head {
		return j.fail(V6, "the book has %d entries, the feed gave %d", got, w.follow.head)
	}
	w.since++
	const perCell = 16 // cells looked at for each burst, about
	if !restarted && !w.o.Thorough && w.since*perCell < len(w.follow.balances) {
		return nil
	}
	w.since = 0
	if err := j.books(""); err != nil {
		return err
	}
	if every := max(4, len(w.script.Steps)/4); w.o.Thorough || w.o.does(V2) && w.report.Bursts%every == 0 {
		return j.oracle()
	}
	return nil
}

// books holds the state to the entries (V7), and both to zero (V1).
func (j *judge) books(when string) error {
	w := j.w
	got, err := w.srv.books()
	if err != nil {
		return err
	}
	head := w.srv.book.Head()
	if head != w.follow.head {
		return j.fail(V7, "the state is of entry %d, the feed ends with %d", head, w.follow.head)
	}
	if wrong := got.cells.sums(); wrong != "" {
		return j.fail(V1, "%s (after entry %d)", wrong, head)
	}
	if wrong := cmp.Or(pieces(got.cells), circle(got.parents)); wrong != "" {
		return j.fail(V9, "%s (after entry %d)", wrong, head)
	}
	show := func(units int64) string { return fmt.Sprint(units) }
	if different := differ("the value of", "by the state "+when, "by the entries' moves", got.values, w.follow.values.texts()); len(different) > 0 {
		return j.failed(V7, different)
	}
	return j.failed(V7, differences("by the state "+when, "by the entries' moves", got.cells, w.follow.balances, show))
}

// pieces says which serial is in two places, or in part of one (V9).
func pieces(b balances) string {
	at := map[[2]string]string{}
	for c, units := range b {
		if c.Serial == "" || units <= 0 {
			continue
		}
		key := [2]string{c.Product, c.Serial}
		if other, twice := at[key]; twice {
			return fmt.Sprintf("%s is there twice: %s, and %s", c.Product, cellText(c), other)
		}
		if at[key] = cellText(c); units != 1 {
			return fmt.Sprintf("%s is %d pieces", at[key], units)
		}
	}
	return ""
}

// circle says which package is inside itself (V9).
func circle(parents map[string]string) string {
	for _, inner := range sortedKeys(parents) {
		outer := inner
		for range parents {
			if outer = parents[outer]; outer == inner {
				return "package " + inner + " is inside itself, by way of " + parents[inner]
			}
		}
	}
	return ""
}

// wanted judges an outcome by what the scan was made for.
func (j *judge) wanted(h *handheld, r *row, result *ledger.Result) error {
	if r.scan == nil || len(j.w.rows[r.id]) > 1 || result.Code == ledger.IdentityConflict {
		return nil // lost, or one of two
	}
	want := r.scan.Want
	if h.Stated && want == ledger.Unsupported {
		want = ledger.UnknownField // refused in files, where the line can be mended
	}
	in := &r.scan.Intent
	switch {
	case in.Action == ledger.ActionUndo && want == "":
		return j.wantedUndo(h, r, result)
	case in.Action == ledger.ActionAsk && want == "":
		return j.wantedAsk(h, r, result)
	case in.Action == ledger.ActionClose:
		return j.wantedClose(h, r, result)
	case waits(want) && in.Mode == ledger.ModeCommand && result.Code == ledger.Expired:
		return nil // it came too late for anybody to look
	case waits(want):
		m, named := j.w.follow.meanings[unknown(in, h.Site, want)]
		if named = named && result.Entry > m.n; named == (result.Code == want) {
			return j.fail(W, "scan %d of %s has a code that is known: %t, and was %s", r.id.Seq, h.Device, named, describe(result))
		}
		return nil
	case want != "":
		if result.Code != want {
			return j.fail(W, "scan %d of %s had to be %s, and was %s: %s", r.id.Seq, h.Device, want, describe(result), result.Message)
		}
		return nil
	case in.Mode == ledger.ModeCommand && result.Outcome == ledger.Refused:
		if !slices.Contains([]ledger.Code{ledger.Short, ledger.Held, ledger.Closing, ledger.Expired, ledger.NotAllowed}, result.Code) {
			return j.fail(W, "command %d of %s was refused as %q: %s", r.id.Seq, h.Device, result.Code, result.Message)
		}
		return nil
	case in.Action == ledger.ActionCount && r.clock == "c" && result.Outcome == ledger.Parked:
		return nil // until a supervisor agrees
	case !booked(result.Outcome):
		return j.fail(W, "scan %d of %s had to be booked, and was %s: %s", r.id.Seq, h.Device, describe(result), result.Message)
	}
	return nil
}

// booked says whether an outcome lets a fact take part in the fold.
func booked(o ledger.Outcome) bool {
	return o == ledger.Applied || o == ledger.Absorbed || o == ledger.Exception
}

// wantedUndo: one without the right to it is parked as not allowed; any other
// takes part, at once or when its target comes.
func (j *judge) wantedUndo(h *handheld, r *row, result *ledger.Result) error {
	target, _ := ledger.ParseReference(j.w.reference(r.scan.Undoes, r.id), &ledger.Intent{Device: r.id.Device, Install: r.id.Install})
	allowed := mayUndo(h.Hand, r.id, target) && !j.w.beyond(h.Hand, target, result.Entry)
	switch {
	case !allowed && result.Code != ledger.NotAllowed:
		return j.fail(W, "scan %d of %s undoes what is not its own, and was %s", r.id.Seq, h.Device, describe(result))
	case allowed && result.Code == ledger.NotAllowed && !j.w.shuts(target, result.Entry):
		return j.fail(W, "scan %d of %s may undo %s, and was %s", r.id.Seq, h.Device, j.w.identity(r.scan.Undoes), describe(result))
	}
	return nil
}

func mayUndo(h *Hand, id, target ledger.Identity) bool {
	return h.Role == "supervisor" || h.Role == "admin" || id.Device == target.Device && id.Install == target.Install
}

// storm looks at what a batch changed in other facts than its own: all of it
// stands in one correction entry, each change once (V13).
func (j *judge) storm(before uint64) error {
	if !j.w.o.does(V13) {
		return nil
	}
	seen := map[ledger.Move]bool{}
	corrections := uint64(0)
	others := j.w.follow.others
	for i := len(others) - 1; i >= 0 && others[i].N > before; i-- {
		e := others[i]
		if e.Kind != ledger.KindCorrection {
			continue
		}
		if corrections > 0 {
			return j.fail(V13, "entries %d and %d correct the same batch", e.N, corrections)
		}
		corrections = e.N
		for k := range e.Moves {
			m := e.Moves[k]
			m.Quantity, m.Value = "", ""
			if seen[m] {
				return j.fail(V13, "entry %d moves %s lot %q from %s to %s twice", e.N, m.Product, m.Lot, m.From, m.To)
			}
			seen[m] = true
		}
	}
	return nil
}
