package settle

import "bayledger/sync/ledger"

// finds replaces what a fact was found to be about by what is found now: what is
// gone has healed.
func (b *Books) finds(h *history, f *fact, notes []ledger.Note) {
	if len(notes) == 0 && !f.found {
		return
	}
	b.replace(foundAt{f.Key, fromFact}, notes, func(x *exception) {
		x.row.Product, x.row.Entry = h.product.Code, f.n
		x.at(b.seenAt(f.from, f.to, &f.Key))
	})
	if now := len(notes) > 0; now != f.found {
		f.found = now
		key := f.Key
		b.back = append(b.back, func() {
			if at, there := h.position(&key); there {
				h.facts[at].found = !now
			}
		})
	}
}

// findsStep does the same for what a line says of its package.
func (b *Books) findsStep(s *step, notes []ledger.Note) {
	b.replace(foundAt{s.key, fromStep}, notes, func(x *exception) {
		x.row.Entry = s.n
		x.at(b.seenAt(s.named, s.at, &s.key))
	})
}

// seenAt is the location where a supervisor looks for what a line is about: where
// goods came from, else where they went.
func (b *Books) seenAt(from, to *ledger.Place, k *Key) *ledger.Place {
	if from == nil || !from.Physical() && to != nil {
		from = to
	}
	if from != nil && from.IsPackage() {
		if stands := b.standing(from, moment{key: k}); stands != nil {
			return stands
		}
	}
	return from
}

// replace makes what is found somewhere the exceptions from there; fill says what
// they are about.
func (b *Books) replace(where foundAt, notes []ledger.Note, fill func(*exception)) {
	notes = joined(notes)
	for _, x := range b.exceptions.found[where] {
		if !hasKind(notes, x.row.Kind) {
			b.touch(x)
			b.find(x, false)
		}
	}
	for i := range notes {
		n := &notes[i]
		id := exceptionID(n.Kind, where.identity(), where.Line)
		known := b.exceptions.rowsOf[id] != nil
		x := b.exception(id, where)
		x.say(n.Kind, n.Severity, n.Message)
		fill(x)
		if !known && x.row.Operator == "" { // whose it was is read once: many scans are nobody's
			x.row.Operator = b.operatorOf(where.identity())
		}
		if x.row.Site == "" {
			x.row.Site = b.exceptions.about.site
		}
		b.find(x, true)
	}
}

func hasKind(notes []ledger.Note, kind string) bool {
	for i := range notes {
		if notes[i].Kind == kind {
			return true
		}
	}
	return false
}

// operatorOf finds whose an intent was, "" where it does not say or cannot be
// read: the row tells its device all the same.
func (b *Books) operatorOf(id ledger.Identity) string {
	e := &b.exceptions
	if id == e.about.Identity {
		return e.about.operator
	}
	if e.intent == nil || e.asked >= maxAsked {
		return ""
	}
	e.asked++
	in, err := e.intent(id)
	if err != nil || in == nil {
		return ""
	}
	return b.operatorCode(in.Operator)
}

// knownFinding says whether anything is found of a fact that was read again.
func (b *Books) knownFinding(f *fact) bool {
	return f.act != actShip && len(b.exceptions.found) > 0 && len(b.exceptions.found[foundAt{f.Key, fromFact}]) > 0
}

// clock is a moment as people say it: the row has the day.
func clock(t ledger.Time) string { return t.Std().Format("15:04") }

// were says whether a quantity is one or many.
func were(quantity string) string {
	if quantity == "1" {
		return "was"
	}
	return "were"
}
