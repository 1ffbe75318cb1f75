package simulation

import (
	"context"
	"slices"
	"strconv"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// exceptions asks the book what supervisors have to look at, and what became of it.
func (s *server) exceptions(want func(*ledger.ExceptionView) bool) ([]ledger.ExceptionView, error) {
	rows, _, err := s.book.ExceptionsNow(context.Background(), want)
	return rows, err
}

// decision is a supervisor who looks at the list of exceptions and decides one of
// them, sees it to somebody, or gives it back. Which one it is, is known when it is
// made; it may have changed when it comes home.
func (m *maker) decision(p *person) *Scan {
	if p.hand.Role != "supervisor" {
		return nil
	}
	choice := one(m.d, []string{settle.ChoiceAccept, settle.ChoiceAccept, settle.ChoiceAccept, settle.ChoiceRecount, settle.ChoiceDismiss, settle.ChoiceTake, settle.ChoiceLeave})
	return &Scan{Intent: ledger.Intent{Action: ledger.ActionDecide, Choice: choice}, Decides: true}
}

// decide lets a decision be about an exception as the books show it now.
func (w *world) decide(in *ledger.Intent, scan *Scan) {
	in.ExceptionN, in.Choice, in.Evidence = "short/nobody/-/1", settle.ChoiceTake, ""
	rows, err := w.srv.exceptions(func(r *ledger.ExceptionView) bool { return !r.Closed() && r.Kind != kindAsked })
	if err != nil || len(rows) == 0 {
		return
	}
	row := &rows[scan.ID%len(rows)]
	in.ExceptionN, in.Choice, in.Evidence = row.ID, scan.Intent.Choice, row.Evidence
	switch choices := settle.Choices(row.Kind); {
	case row.Kind == kindDoubtful && in.Choice == settle.ChoiceAccept && !w.readable(row):
		in.Choice = settle.ChoiceReject
	case !slices.Contains(choices, in.Choice):
		in.Choice = choices[len(choices)-1]
	}
}

// kindDoubtful is of counts whose devices do not know when they counted.
const kindDoubtful = "doubtful_count"

// readable says whether a doubtful count will be booked once it is accepted: that
// it waits for no name besides.
func (w *world) readable(row *ledger.ExceptionView) (yes bool) {
	err := w.srv.view(func(st *ledger.State, _ uint64) {
		_, product := st.Product(row.Product)
		_, place := st.Place(row.Site, row.Location)
		yes = product && place
	})
	return err == nil && yes
}

// doubtful says whether an entry is a count that takes part only once somebody
// accepts it.
func (e *entry) doubtful() bool {
	return e.intent.Action == ledger.ActionCount && e.intent.Clock == "c" && e.intent.Mode != ledger.ModeCommand
}

// accepted says whether anybody accepted a doubtful count before an entry: whether that is
// undone is for the fold to find.
func (w *world) accepted(e *entry, before uint64) bool {
	name := kindDoubtful + "/" + e.id.Device + "/" + e.id.Install + "/" + strconv.FormatUint(e.id.Seq, 10)
	return slices.ContainsFunc(w.follow.entries, func(d *entry) bool {
		return d.N < before && d.intent.Action == ledger.ActionDecide && booked(d.Outcome) && d.intent.ExceptionN == name && d.intent.Choice == settle.ChoiceAccept
	})
}

// decided holds what the book shows as decided to what supervisors said: on the
// evidence as it is (H26).
func (j *judge) decided() error {
	w := j.w
	rows, err := w.srv.exceptions(func(r *ledger.ExceptionView) bool { return r.State == ledger.ExceptionDecided })
	if err != nil {
		return err
	}
	asks := 0
	for i := range rows {
		r := &rows[i]
		if r.Kind == kindAsked {
			asks++
		}
		said := slices.ContainsFunc(w.follow.entries, func(e *entry) bool {
			in := &e.intent
			return in.Action == ledger.ActionDecide && booked(e.Outcome) && in.ExceptionN == r.ID && in.Choice == r.Choice && e.TEff == r.DecidedAt &&
				(in.Evidence == r.Evidence || r.Kind == kindDoubtful)
		})
		if !said {
			return j.fail(H26, "%s is shown as decided (%s), and nobody decided so on what it says: %s", r.ID, r.Choice, r.Message)
		}
	}
	w.report.count("decisions that hold", len(rows)-asks)
	w.report.count("answers that hold", asks)
	return j.failed(H26, w.unsteady)
}
