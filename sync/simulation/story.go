package simulation

import (
	"fmt"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// teller writes a world down as a story: who scanned what when, when it arrived,
// what was booked.
type teller struct {
	out   func(line string)
	start int64
}

func clockText(t ledger.Time) string {
	if t == 0 {
		return "no time"
	}
	text := t.Std().Format("15:04:05.999999")
	if day := t.Std().Format(time.DateOnly); day != "2026-03-02" {
		text = day + " " + text
	}
	return text
}

func (t *teller) say(w *world, format string, args ...any) {
	if t.out == nil {
		return
	}
	t.out(fmt.Sprintf("%-12s %s", ledger.Time(w.now()).Std().Format("15:04:05.000"), fmt.Sprintf(format, args...)))
}

func (t *teller) scan(w *world, h *handheld, r *row) {
	if t.out == nil {
		return
	}
	who := r.scan.Intent.Operator
	if who == "" {
		who = "someone"
	}
	what := words(&r.scan.Intent)
	switch {
	case r.scan.Raw != "":
		what = string(r.payload)
	case r.scan.Undoes > 0:
		what += " of " + w.identity(r.scan.Undoes)
	case r.scan.Asks > 0:
		what += " about " + w.identity(r.scan.Asks)
	case r.scan.Answers > 0:
		what += " " + r.scan.Intent.Choice + " on " + w.identity(r.scan.Answers)
	}
	for _, named := range r.scan.Names {
		what += " " + w.identity(named)
	}
	stamp := clockText(r.at)
	if r.clock != "" {
		stamp += " (" + r.clock + ")"
	}
	connected := "offline"
	if h.online {
		connected = "online"
	}
	t.say(w, "%s, %s with %s at %s, scan %d, stamped %s: %s", who, connected, h.Device, h.Site, r.id.Seq, stamp, what)
}

// words says an intent in words.
func words(in *ledger.Intent) string {
	var b strings.Builder
	b.WriteString(in.Action)
	if in.Mode == ledger.ModeCommand {
		b.WriteString("?")
	}
	goods := func(quantity ledger.Decimal, unit, product, scan, lot, serial, pkg, status string) {
		for _, part := range [...]struct{ word, value string }{{"", quantity.String()}, {"", unit}, {"", product}, {"barcode ", scan}, {"lot ", lot},
			{"serial ", serial}, {"package ", pkg}, {"status ", status}} {
			if part.value != "" {
				b.WriteString(" " + part.word + part.value)
			}
		}
	}
	goods(in.Quantity, in.Unit, in.Product, in.Scan, in.Lot, in.Serial, in.Package, in.Status)
	for i := range in.Lines {
		l := &in.Lines[i]
		b.WriteString(" /")
		goods(l.Quantity, l.Unit, l.Product, l.Scan, l.Lot, l.Serial, l.Package, l.Status)
		if l.From != "" {
			b.WriteString(" from " + l.From)
		}
	}
	for _, part := range [...]struct{ word, value string }{{" from ", in.From}, {" to ", in.To}, {" asset ", in.Asset}, {" session ", in.Session},
		{" section ", in.Section}, {" of ", in.Raw}, {" for each ", in.UnitCost.String()}, {" for all ", in.TotalCost.String()}, {" reference ", in.Reference}, {" reason ", in.Reason}} {
		if part.value != "" {
			b.WriteString(part.word + part.value)
		}
	}
	if in.Complete {
		b.WriteString(" complete")
	}
	return b.String()
}

func (t *teller) arrive(w *world, p *part) {
	t.say(w, "%s sends %s", p.h.Device, span(p.rows))
}

func (t *teller) entry(w *world, e *entry) {
	if t.out == nil || e.Kind == ledger.KindEdit {
		return
	}
	t.say(w, "  entry %d %s: %s", e.N, e.Kind, movesText(e.Moves))
}

func movesText(moves []ledger.Move) string {
	if len(moves) == 0 {
		return "nothing moves"
	}
	var texts []string
	for i := range moves {
		m := &moves[i]
		text := fmt.Sprintf("%s %s", m.Quantity, m.Product)
		for _, part := range [...]struct{ word, value string }{{" lot ", m.Lot}, {" serial ", m.Serial}} {
			if part.value != "" {
				text += part.word + part.value
			}
		}
		text += " " + end(m.From, m.FromPackage, m.FromStatus) + " → " + end(m.To, m.ToPackage, m.ToStatus)
		if m.Value != "" && m.Value != "0" {
			text += " worth " + m.Value
		}
		if m.Cause != "" {
			text += " [" + m.Cause + "]"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

func end(place, pkg string, status ledger.Status) string {
	if pkg != "" {
		place += "(" + pkg + ")"
	}
	if status == ledger.HeldGoods {
		place += " held"
	}
	return place
}

func (t *teller) result(w *world, r *row, result *ledger.Result) {
	if t.out == nil {
		return
	}
	text := fmt.Sprintf("  scan %d of %s is %s", r.id.Seq, r.id.Device, describe(result))
	if e := w.follow.byID[r.id]; e != nil && result.Entry == e.N {
		text += " at " + clockText(e.TEff)
	}
	t.say(w, "%s", text)
}

func (t *teller) edit(w *world, patches []ledger.Patch) {
	for i := range patches {
		p := &patches[i]
		var fields []string
		for _, name := range sortedKeys(p.Fields) {
			fields = append(fields, fmt.Sprintf("%s = %q", name, p.Fields[name]))
		}
		t.say(w, "the office sets %s %s: %s", p.Entity, strings.TrimPrefix(p.Site+"/"+p.Code, "/"), strings.Join(fields, ", "))
	}
}
