package adjust

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Intents are what a draft is booked as: by kind, in the order of Rules, and of each
// kind by action, at most 1,000 lines each. now stands for the moment of booking.
// Errors name the line.
func (d *Draft) Intents(s *ledger.State, lines []Line, now ledger.Time, operator string) ([]ledger.Intent, error) {
	var out []ledger.Intent
	when := d.moments(s, now)
	for _, rule := range Rules() {
		for _, positive := range [...]bool{true, false} {
			part, err := d.intentsOf(s, lines, &rule, positive, when.of(rule.Kind))
			if err != nil {
				return nil, err
			}
			for i := range part {
				in := &part[i]
				in.Device, in.Install, in.Seq = Device, d.ID, uint64(len(out)+1)
				in.At, in.Site, in.Operator = when.of(rule.Kind), d.Site, operator
				in.Reference, in.Reason = d.Reference, string(rule.Kind)
				out = append(out, *in)
			}
		}
	}
	return out, nil
}

// intentsOf are the intents of one kind and direction at its moment, without what all
// share.
func (d *Draft) intentsOf(s *ledger.State, lines []Line, rule *Rule, positive bool, at ledger.Time) (out []ledger.Intent, err error) {
	for i := range lines {
		l := &lines[i]
		if l.Kind != rule.Kind || l.Gone() || l.Change.Sign() > 0 != positive {
			continue
		}
		line, change, f := d.intentLine(s, l, rule, at)
		if f != nil {
			return nil, f
		}
		if n := len(out); n == 0 || len(out[n-1].Lines) == ledger.MaxLines {
			out = append(out, ledger.Intent{Action: rule.action(change)})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, line)
	}
	return out, nil
}

// intentLine is a line as the books get it. What may have changed since it was made is
// looked at again: an intent that cannot be understood would be parked, and the others
// booked.
func (d *Draft) intentLine(s *ledger.State, l *Line, rule *Rule, when ledger.Time) (out ledger.Line, change int64, f *ledger.Fault) {
	at, f := d.place(s, l.Location)
	if f != nil {
		return out, 0, l.fault(f)
	}
	p, ok := s.Product(l.Product)
	if !ok || p.NotStocked || p.Deleted {
		return out, 0, l.fault(&ledger.Fault{Code: ledger.UnknownProduct, Field: "product", Message: "The product " + ledger.Quote(l.Product) + " is not there any more, or is not stock-kept."})
	}
	if change, ok = l.Change.Scaled(p.Decimals); !ok {
		return out, 0, l.fault(&ledger.Fault{Code: ledger.BadQuantity, Field: "change", Message: "The change " + l.Change.String() + " has more decimals than the product has now."})
	}
	if f := l.checkOther(s, rule); f != nil {
		return out, 0, l.fault(f)
	}
	out = ledger.Line{Product: l.Product, Lot: l.Lot, Serial: l.Serial, Quantity: ledger.NewDecimal(max(change, -change), p.Decimals)}
	other := l.Other
	if own := s.LossOf(p, when); other == "" && own != nil && rule.Other == ledger.PlaceLoss {
		other = own.Code
	} else if other == "" {
		other = string(rule.Other)
	}
	if change > 0 {
		out.From, out.To, out.Expiry, out.UnitCost, out.TotalCost = other, at.Code, l.Expiry, l.UnitCost, l.TotalCost
	} else {
		out.From, out.To = at.Code, other
	}
	return out, change, nil
}

func (l *Line) fault(f *ledger.Fault) *ledger.Fault {
	return &ledger.Fault{Code: f.Code, Field: f.Field, Message: fmt.Sprintf("The line of %s at %s (%s): %s Nothing was booked; change the line, or take it out.", l.Product, l.Location, l.Kind, f.Message)}
}

// Moved is a line whose place holds something else now than when it was made.
type Moved struct {
	Location string `json:"location"`
	Product  string `json:"product"`
	Lot      string `json:"lot,omitzero"`
	Serial   string `json:"serial,omitzero"`
	Kind     Kind   `json:"kind"`
	Change   string `json:"change"`
	Seen     string `json:"seen" doc:"what lay there when the line was made"`
	Now      string `json:"now"`
	After    string `json:"after" doc:"what will lie there once it is booked, all lines of the cell together"`
}

// Review is a draft held against the books.
type Review struct {
	Lines    int     `json:"line_count"`
	Moved    []Moved `json:"moved" doc:"lines whose place holds something else than when they were made; at most 1,000 are shown"`
	MovedAll int     `json:"moved_all" doc:"how many there are"`
	Negative []Moved `json:"negative" doc:"lines after which a place holds less than nothing; at most 1,000"`
	Gone     []Moved `json:"gone" doc:"lines of products or places that are not there any more"`
	Evidence string  `json:"evidence" doc:"names what lies at all places of its lines: booking may demand that it is still so"`
}

// shownMost is how many lines a review names of each sort.
const shownMost = 1_000

type cell struct{ location, product, lot, serial string }

// Review holds lines, in the order of their keys, against the books.
func (d *Draft) Review(s *ledger.State, lines []Line) Review {
	r := Review{Lines: len(lines), Moved: []Moved{}, Negative: []Moved{}, Gone: []Moved{}}
	sums := map[cell]int64{}
	for i := range lines {
		l := &lines[i]
		if p, ok := s.Product(l.Product); ok {
			change, _ := l.Change.Scaled(p.Decimals)
			sums[l.cell()] += change
		}
	}
	told, hash := map[cell]bool{}, sha256.New()
	for i := range lines {
		l := &lines[i]
		m := Moved{Location: l.Location, Product: l.Product, Lot: l.Lot, Serial: l.Serial, Kind: l.Kind, Change: l.Change.String(), Seen: shown(l.Seen)}
		at, f := d.place(s, l.Location)
		p, ok := s.Product(l.Product)
		if f != nil || !ok || p.Deleted || p.NotStocked {
			r.Gone = keep(r.Gone, m)
			fmt.Fprintf(hash, "%q gone\n", l.Key())
			continue
		}
		now := Balance(s, at, p, l.Lot, l.Serial)
		after := now + sums[l.cell()]
		m.Now, m.After = ledger.FormatScaled(now, p.Decimals), ledger.FormatScaled(after, p.Decimals)
		fmt.Fprintf(hash, "%q %s\n", l.Key(), m.Now)
		if m.Now != m.Seen {
			r.MovedAll++
			r.Moved = keep(r.Moved, m)
		}
		if after < 0 && !told[l.cell()] {
			told[l.cell()] = true
			r.Negative = keep(r.Negative, m)
		}
	}
	r.Evidence = hex.EncodeToString(hash.Sum(nil)[:16])
	return r
}

func (l *Line) cell() cell { return cell{l.Location, l.Product, l.Lot, l.Serial} }

func shown(d ledger.Decimal) string {
	if !d.IsSet() {
		return "0"
	}
	return d.String()
}

func keep(list []Moved, m Moved) []Moved {
	if len(list) >= shownMost {
		return list
	}
	return append(list, m)
}

// Demand is what a booking asks for beyond its draft's version.
type Demand struct {
	Evidence string `json:"evidence,omitzero" doc:"of a review: the books must still be so"`
	Unmoved  bool   `json:"unmoved,omitzero" doc:"nothing may have moved since the lines were made"`
}

// Met says why a demand is not met, nil where it is.
func (d *Draft) Met(s *ledger.State, lines []Line, want Demand) *ledger.Fault {
	if want.Evidence == "" && !want.Unmoved {
		return nil
	}
	r := d.Review(s, lines)
	switch {
	case want.Unmoved && r.MovedAll > 0:
		m := &r.Moved[0]
		return &ledger.Fault{Code: ledger.Expired, Field: "unmoved", Message: fmt.Sprintf(
			"%d lines stand where something moved since they were made; the first is %s at %s: %s then, %s now. Nothing was booked; look at the review, and book again.", r.MovedAll, m.Product, m.Location, m.Seen, m.Now)}
	case want.Evidence != "" && want.Evidence != r.Evidence:
		return &ledger.Fault{Code: ledger.Expired, Field: "evidence", Message: "Something moved since the review that the booking names. Nothing was booked; look at the review again."}
	}
	return nil
}

// Sort puts lines into the order of their keys.
func Sort(lines []Line) {
	slices.SortFunc(lines, func(a, b Line) int { return strings.Compare(a.Key(), b.Key()) })
}
