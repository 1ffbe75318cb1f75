package simulation

import (
	"strings"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// kindAsked is of scans that somebody wants looked at.
const kindAsked = "asked"

// decideAsk lets a decision be about an ask, as the book shows it: where it does not,
// somebody decides who saw nothing of it.
func (w *world) decideAsk(in *ledger.Intent, scan *Scan) {
	in.ExceptionN = kindAsked + "/" + w.identity(scan.Answers)
	if in.Evidence != "" {
		return
	}
	in.Evidence = neverSaid
	rows, err := w.srv.exceptions(func(r *ledger.ExceptionView) bool { return r.ID == in.ExceptionN })
	if err == nil && len(rows) == 1 {
		in.Evidence = rows[0].Evidence
		w.sees(w.ids[scan.Answers], in.ExceptionN, in.Evidence)
	}
}

// sees notes the evidence under which an ask is shown. After a restore another scan may
// have its name.
func (w *world) sees(id ledger.Identity, name, evidence string) {
	e := w.follow.byID[id]
	if e == nil {
		return
	}
	if was, seen := w.said[string(e.Raw)]; seen && was != evidence {
		w.unsteady = append(w.unsteady, name+" was shown as "+was+", and then as "+evidence)
	}
	w.said[string(e.Raw)] = evidence
}

// asksOf are the asks of books in words, by their names.
func asksOf(b *settle.Books) map[string]string {
	out := map[string]string{}
	for _, r := range b.Exceptions(func(r *ledger.ExceptionView) bool { return r.Kind == kindAsked }) {
		out[r.ID] = askText(r.State, r.About, r.TakenBy, r.Choice, r.DecidedBy)
	}
	return out
}

func askText(state, about, taken, choice, by string) string {
	text := state + ", about " + about
	if state == ledger.ExceptionCleared {
		return text
	}
	if taken != "" {
		text += ", " + taken + " has it"
	}
	if choice != "" {
		text += ", " + choice + " by " + by
	}
	return text
}

// wantedAsk: one without the right to it is parked as not allowed, any other is taken,
// whether what it is about has come or not.
func (j *judge) wantedAsk(h *handheld, r *row, result *ledger.Result) error {
	about, _ := ledger.ParseReference(j.w.reference(r.scan.Asks, r.id), &ledger.Intent{Device: r.id.Device, Install: r.id.Install})
	switch allowed := mayUndo(h.Hand, r.id, about); {
	case allowed && !booked(result.Outcome):
		return j.fail(W, "scan %d of %s may ask about %s, and was %s", r.id.Seq, h.Device, j.w.identity(r.scan.Asks), describe(result))
	case !allowed && result.Code != ledger.NotAllowed:
		return j.fail(W, "scan %d of %s asks about what is not its own, and was %s", r.id.Seq, h.Device, describe(result))
	}
	return nil
}

// beyond says whether what an undo is about in the end is an ask that came before an entry,
// or was lost, and counts for a site at which whoever carries a handheld has no role.
func (w *world) beyond(h *Hand, target ledger.Identity, entry uint64) bool {
	if !h.Only {
		return false
	}
	for range len(w.follow.entries) {
		e := w.follow.byID[target]
		if e == nil || e.N >= entry {
			return false
		}
		if !booked(e.Outcome) { // it asks nobody, but supervisors may have been told of it
			return len(e.Exceptions) > 0 && w.site(e) != h.Site
		}
		if e.intent.Action != ledger.ActionUndo {
			return (e.intent.Action == ledger.ActionAsk || e.intent.Action == "skip") && w.site(e) != h.Site // the ask, or that it was lost
		}
		var ok bool
		if target, ok = ledger.ParseReference(e.intent.Reference, &e.intent); !ok {
			return false
		}
	}
	return false
}

// countAsks counts at the end what was asked about and what became of it, so that it is
// seen where nobody asks any more what is worth asking.
func (w *world) countAsks() error {
	undone, asked, local := map[ledger.Identity]bool{}, map[ledger.Identity]bool{}, map[ledger.Identity]bool{}
	for _, e := range w.follow.entries {
		if id, ok := ledger.ParseReference(e.intent.Reference, &e.intent); ok && e.intent.Action == ledger.ActionUndo {
			undone[id] = true
			if hand := w.roles[e.id.Device]; hand != nil && hand.Only {
				local[id] = true
				w.report.count("undos by somebody of one site that are "+string(e.Outcome), 1)
			}
		}
	}
	for _, e := range w.follow.entries {
		about, ok := ledger.ParseReference(e.intent.Reference, &e.intent)
		if e.intent.Action != ledger.ActionAsk || !ok || !booked(e.Outcome) {
			continue
		}
		target := w.follow.byID[about]
		for what, yes := range map[string]bool{
			"asks about what has not come":              target == nil || target.N > e.N,
			"asks about what was not booked":            target != nil && !booked(target.Outcome),
			"asks about what is undone":                 undone[about],
			"asks about what was asked about":           asked[about],
			"asks that somebody of one site takes back": local[e.id],
		} {
			if yes {
				w.report.count(what, 1)
			}
		}
		asked[about] = true
	}
	got, err := w.srv.books()
	for _, text := range got.asks {
		state, _, _ := strings.Cut(text, ",")
		w.report.count("asks "+state+" at the end", 1)
	}
	return err
}
