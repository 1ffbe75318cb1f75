package documents

import (
	"context"

	"bayledger/server/adjust"
	"bayledger/server/documents/rows"
	"bayledger/sync/ledger"
)

// Saving says how lines are saved.
type Saving struct {
	Saw     uint64 // the version that was seen
	Replace bool   // other lines are taken out
	Try     bool   // judge everything, change nothing
}

// Saved tells what saving did, or would do.
type Saved struct {
	Draft   adjust.Draft
	Lines   []adjust.Line // as they are now, in the order in which they were said
	Changed int           // lines made, changed or taken out
}

// SaveLines saves lines of an adjustment: all or none. A line that somebody else has
// changed since the version that was seen is not overwritten.
func (s *Service) SaveLines(ctx context.Context, id string, said []adjust.Said, how Saving, by string) (out Saved, err error) {
	if len(said) > adjust.MaxLines {
		return out, fault(ledger.TooLarge, "lines", "An adjustment has at most %d lines. Nothing was changed.", adjust.MaxLines)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.editable(ctx, id, how.Saw)
	if err != nil {
		return out, err
	}
	now := s.now()
	if out.Lines, err = s.fix(ctx, &d, said, now); err != nil {
		return out, err
	}
	d.Touch(now, by)
	c, err := s.changesOf(&d, &out, how)
	if err != nil {
		return out, err
	}
	if d.Lines > adjust.MaxLines {
		return out, fault(ledger.TooLarge, "lines", "The adjustment would have %d lines, and may have %d. Nothing was changed.", d.Lines, adjust.MaxLines)
	}
	c.Put[draftKey(id)] = encoded(&d)
	if out.Draft = d; how.Try {
		return out, nil
	}
	return out, s.disk.Commit(c)
}

// fix reads what was said against the books, in pieces, so that nobody waits for long.
func (s *Service) fix(ctx context.Context, d *adjust.Draft, said []adjust.Said, now ledger.Time) ([]adjust.Line, error) {
	const piece = 1_000
	lines, at := make([]adjust.Line, 0, len(said)), map[string]int{}
	for from := 0; from < len(said); from += piece {
		err := s.view(ctx, func(st *ledger.State) error {
			for i := from; i < min(len(said), from+piece); i++ {
				l, f := d.Fix(st, &said[i], now)
				if f != nil {
					return &LineFault{i, f}
				}
				if first, twice := at[l.Key()]; twice {
					return &LineFault{i, fault(ledger.BadField, "product", "It has the same place, product, lot, serial and kind as line %d.", first+1)}
				}
				at[l.Key()] = i
				lines = append(lines, l)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// changesOf are the rows that saving changes; it counts the draft's lines.
func (s *Service) changesOf(d *adjust.Draft, out *Saved, how Saving) (rows.Changes, error) {
	c := rows.Changes{Put: map[string][]byte{}}
	known := map[string]adjust.Line{}
	err := s.eachLine(d.ID, func(l adjust.Line) { known[l.Key()] = l })
	if err != nil {
		return c, err
	}
	d.Lines = 0
	for _, l := range known {
		if !l.Gone() {
			d.Lines++
		}
	}
	put := func(i int, l, old adjust.Line, there bool) error {
		if there && old.Version > how.Saw {
			what := "changed"
			if old.Gone() {
				what = "taken out"
			}
			return &LineFault{i, fault(ledger.Expired, "version", "The line of %s at %s (%s) was %s by %s since version %d.", l.Product, l.Location, l.Kind, what, old.By, how.Saw)}
		}
		if l.Gone() && (!there || old.Gone()) {
			return nil
		}
		switch wasThere := there && !old.Gone(); {
		case l.Gone():
			d.Lines--
		case !wasThere:
			d.Lines++
		}
		out.Changed++
		c.Put[linesOf(d.ID)+l.Key()] = encoded(&l)
		return nil
	}
	said := map[string]bool{}
	for i := range out.Lines {
		l := &out.Lines[i]
		l.Version, l.By, l.At = d.Version, d.ChangedBy, d.ChangedAt
		said[l.Key()] = true
		old, there := known[l.Key()]
		if err := put(i, *l, old, there); err != nil {
			return c, err
		}
	}
	for key, old := range known {
		if how.Replace && !said[key] && !old.Gone() {
			gone := old
			gone.Change, gone.Version, gone.By, gone.At = ledger.Decimal{}, d.Version, d.ChangedBy, d.ChangedAt
			if err := put(len(out.Lines), gone, old, true); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}
