package documents

import (
	"context"
	"errors"

	"bayledger/server/adjust"
	"bayledger/server/documents/rows"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// Ask is a booking as it is asked for.
type Ask struct {
	Saw      uint64 // the version that was seen: that and no other is booked
	Operator string
	adjust.Demand
}

// Book books an adjustment: all of it in one commit, or nothing. Asked again for the
// version that was booked it tells the same again, with repeat true.
func (s *Service) Book(ctx context.Context, id string, ask Ask, who Actor) (d adjust.Draft, repeat bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.draft(ctx, id); err != nil {
		return d, false, err
	}
	if d.State == adjust.Booked && d.Booking.Version == ask.Saw {
		return d, true, nil
	}
	if d, err = s.editable(ctx, id, ask.Saw); err != nil {
		return d, false, err
	}
	if ask.Saw != d.Version {
		return d, false, fault(ledger.Expired, "version", "%s was changed by %s since version %d. Nothing was booked; look at it again.", id, d.ChangedBy, ask.Saw)
	}
	if _, there, err := s.book.Result(ctx, adjustment(id, 1)); err != nil || there {
		return d, false, errors.Join(err, fault(ledger.Expired, "id", "The books have %s already, from before they were restored. Nothing was booked; look at its entries, and make a copy for what is missing.", id))
	}
	lines, err := s.Lines(id)
	if err != nil {
		return d, false, err
	}
	attempt := &adjust.Attempt{At: s.now(), By: who.Name, Operator: ask.Operator, Epoch: s.book.Epoch(), Version: d.Version}
	intents, err := s.intentsOf(ctx, &d, lines, attempt)
	if err != nil {
		return d, false, err
	}
	if err := s.attempt(&d, attempt, len(intents)); err != nil {
		return d, false, err
	}
	// Whoever asked may go away; what was begun is brought to its end.
	ctx = context.WithoutCancel(ctx)
	r, err := s.book.DoWhole(ctx, who.Source, intents, func(b *settle.Books) error {
		st := b.State()
		if _, err := d.Intents(st, lines, attempt.At, attempt.Operator); err != nil {
			return err
		}
		return asError(d.Met(st, lines, ask.Demand))
	})
	switch {
	case errors.Is(err, book.ErrClosed), errors.Is(err, book.ErrFailed):
		return d, false, err // the next look finds out whether it was booked
	case err != nil:
		return d, false, errors.Join(err, s.reopen(&d, ""))
	}
	return d, false, s.finish(&d, intents, r.Results)
}

// intentsOf makes the intents of a draft, and sees that they can be booked at once.
func (s *Service) intentsOf(ctx context.Context, d *adjust.Draft, lines []adjust.Line, a *adjust.Attempt) (out []ledger.Received, err error) {
	if len(lines) == 0 {
		return nil, fault(ledger.BadField, "lines", "%s has no lines. Nothing was booked; add some, or drop it.", d.ID)
	}
	err = s.view(ctx, func(st *ledger.State) error {
		if a.Operator != "" {
			if o, kept := st.Operator(a.Operator); kept && o == nil {
				return fault(ledger.UnknownOperator, "operator", "The operator %s is not on the list. Nothing was booked.", ledger.Quote(a.Operator))
			}
		}
		intents, err := d.Intents(st, lines, a.At, a.Operator)
		if err == nil {
			out, err = receivedOf(intents)
		}
		return err
	})
	if err == nil {
		err = book.Whole(out)
	}
	return out, err
}

// receivedOf are intents as the book takes them. Errors: the *ledger.Fault of the first
// that is none.
func receivedOf(intents []ledger.Intent) (out []ledger.Received, err error) {
	for i := range intents {
		r := wire.Receive(intents[i])
		if r.Fault != nil {
			return nil, r.Fault
		}
		out = append(out, r)
	}
	return out, nil
}

// attempt notes that a draft is given to the books, before it is: whatever happens
// then, it is known what to look for.
func (s *Service) attempt(d *adjust.Draft, a *adjust.Attempt, intents int) error {
	a.Intents = intents
	d.State, d.Booking = adjust.Booking, a
	return s.disk.Commit(rows.Changes{Put: map[string][]byte{draftKey(d.ID): encoded(d)}})
}

// reopen makes a draft of what was not booked.
func (s *Service) reopen(d *adjust.Draft, told string) error {
	d.State, d.Booking, d.Told = adjust.Open, nil, told
	return s.disk.Commit(rows.Changes{Put: map[string][]byte{draftKey(d.ID): encoded(d), openKey(d.ID): {}}})
}

// finish notes what the books said.
func (s *Service) finish(d *adjust.Draft, intents []ledger.Received, results []ledger.Result) error {
	a := d.Booking
	a.Outcomes = nil
	for i := range results {
		r := &results[i]
		if a.Last = r.Entry; i == 0 {
			a.First = r.Entry
		}
		if r.Outcome != ledger.Applied {
			o := adjust.Outcome{Seq: r.Seq, Outcome: r.Outcome, Code: r.Code, Message: r.Message}
			if i < len(intents) {
				o.Kind = adjust.Kind(intents[i].Intent.Reason)
			}
			a.Outcomes = append(a.Outcomes, o)
		}
	}
	d.State, d.Told = adjust.Booked, ""
	return s.disk.Commit(rows.Changes{Put: map[string][]byte{draftKey(d.ID): encoded(d)}, Delete: []string{openKey(d.ID)}})
}

// unsettled says whether the books have to be asked what became of a draft: its booking
// was cut off, or they were restored since.
func (s *Service) unsettled(d *adjust.Draft) bool {
	return d.State == adjust.Booking || d.State == adjust.Booked && d.Booking.Epoch != s.book.Epoch()
}

// settle asks the books what became of a booking. The caller holds mu, so none is under
// way.
func (s *Service) settle(ctx context.Context, d *adjust.Draft) error {
	if d.State == adjust.Open && d.Told == "" || d.State == adjust.Dropped || d.State == adjust.Booked && !s.unsettled(d) {
		return nil
	}
	first, there, err := s.book.Result(ctx, adjustment(d.ID, 1))
	switch {
	case err != nil:
		return err
	case !there && d.State == adjust.Open:
		return nil
	case !there && d.Booking.Epoch == s.book.Epoch():
		return s.reopen(d, "The server ended while this was booked, and nothing of it was. Book it again.")
	case !there:
		return s.reopen(d, "The books were restored to a moment before this was booked, so nothing of it is in them. Book it again.")
	case d.Booking == nil: // what the restore left out was brought back since
		d.Booking = &adjust.Attempt{Version: d.Version, At: d.ChangedAt, By: d.ChangedBy, Intents: 1}
	}
	results := []ledger.Result{first}
	for seq := uint64(2); ; seq++ {
		r, more, err := s.book.Result(ctx, adjustment(d.ID, seq))
		if err != nil {
			return err
		}
		if !more {
			break
		}
		results = append(results, r)
	}
	d.Booking.Epoch, d.Booking.Intents = s.book.Epoch(), len(results)
	return s.finish(d, nil, results)
}

// Review holds an adjustment against the books.
func (s *Service) Review(ctx context.Context, id string) (d adjust.Draft, r adjust.Review, err error) {
	if d, err = s.Draft(ctx, id); err != nil {
		return d, r, err
	}
	if d.State != adjust.Open {
		return d, r, fault(ledger.Closing, "id", "%s is %s, and there is nothing to review any more; look at its lines.", id, d.State)
	}
	lines, err := s.Lines(id)
	if err != nil {
		return d, r, err
	}
	err = s.view(ctx, func(st *ledger.State) error {
		r = d.Review(st, lines)
		return nil
	})
	return d, r, err
}
