package history

import (
	"bytes"
	"cmp"
	"slices"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// Filter says which entries somebody wants; an empty field lets all through.
type Filter struct {
	Site     string
	Product  string
	Location string // a code, or site/code
	Kind     string // of the entry
	Operator string
	// Of the intent, or of one of its lines:
	Device, Action, Reference, Delivery, Lot, Serial string
	From, To                                         ledger.Time // only what happened (t_eff) in this span; 0 is an open end
	Through                                          uint64      // only what was booked by this entry; 0: all
	// Words are held against an entry as it is shown, by who shows it: Wants does not.
	Words *Words `json:"-"`
}

// Empty says whether every entry is wanted.
func (f *Filter) Empty() bool { return *f == Filter{} }

// said is what a filter looks at.
type said struct {
	N      uint64      `json:"n"`
	Kind   ledger.Kind `json:"kind"`
	TEff   ledger.Time `json:"t_eff"`
	Site   string      `json:"site"`
	Intent struct {
		Device    string `json:"device"`
		Action    string `json:"action"`
		Reference string `json:"reference"`
		Site      string `json:"site"`
		Operator  string `json:"operator"`
		line
		Lines []line `json:"lines"`
	} `json:"intent"`
	Edit *struct {
		Entity string `json:"entity"`
		Site   string `json:"site"`
		Code   string `json:"code"`
	} `json:"edit"`
	Moves  []saidMove  `json:"moves"`
	Alerts []saidAlert `json:"alerts"`
}

// saidAlert is what of an alert is looked at.
type saidAlert struct {
	State    string `json:"state"`
	Site     string `json:"site"`
	Product  string `json:"product"`
	Location string `json:"location"`
}

// saidMove is what of a move is looked at.
type saidMove struct {
	Product string `json:"product"`
	Lot     string `json:"lot"`
	Serial  string `json:"serial"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// line is what a line of an intent says, or the intent for all of them.
type line struct {
	Product  string `json:"product"`
	Lot      string `json:"lot"`
	Serial   string `json:"serial"`
	Delivery string `json:"delivery"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// Wants says whether an entry, as JSON, touches all that the filter names. What
// moved decides; an entry that moved nothing is judged by what was meant, and an
// edit or an act on alerts by what it is about (master data without a site belongs
// to all). An entry that cannot be read is wanted: rather one too many than one lost.
func (f *Filter) Wants(entry []byte) bool {
	if f.Empty() {
		return true
	}
	if !f.may(entry) {
		return false
	}
	var e said
	if json.Unmarshal(entry, &e) != nil {
		return true
	}
	if f.Through != 0 && e.N > f.Through || f.From != 0 && e.TEff < f.From || f.To != 0 && e.TEff > f.To {
		return false
	}
	if f.Kind != "" && string(e.Kind) != f.Kind || f.Operator != "" && e.Intent.Operator != f.Operator || !f.wantsSaid(&e) {
		return false
	}
	switch {
	case f.Site == "" && f.Product == "" && f.Location == "":
		return true
	case e.Edit != nil:
		return f.wantsEdit(&e)
	case e.Kind == ledger.KindAlert:
		return slices.ContainsFunc(e.Alerts, f.wantsAlert)
	case len(e.Moves) > 0:
		for _, m := range e.Moves {
			if (f.Product == "" || m.Product == f.Product) && (f.At(m.From) || f.At(m.To)) {
				return true
			}
		}
		return false
	}
	return f.wantsIntent(&e)
}

// wantsSaid compares what the intent says, and of lots and serials what moved.
func (f *Filter) wantsSaid(e *said) bool {
	in := &e.Intent
	if f.Device != "" && in.Device != f.Device || f.Action != "" && in.Action != f.Action || f.Reference != "" && in.Reference != f.Reference {
		return false
	}
	delivery, goods := f.Delivery == "" || in.Delivery == f.Delivery, f.Lot == "" && f.Serial == ""
	of := func(lot, serial string) bool {
		return (f.Lot == "" || lot == f.Lot) && (f.Serial == "" || serial == f.Serial)
	}
	goods = goods || of(in.Lot, in.Serial)
	for i := range in.Lines {
		l := &in.Lines[i]
		delivery = delivery || l.Delivery == f.Delivery
		goods = goods || of(cmp.Or(l.Lot, in.Lot), cmp.Or(l.Serial, in.Serial))
	}
	for i := range e.Moves {
		goods = goods || of(e.Moves[i].Lot, e.Moves[i].Serial)
	}
	return delivery && goods
}

// may is a quick look: a product or lot that an entry names stands in its
// text. Where the text has escapes, only reading it tells.
func (f *Filter) may(entry []byte) bool {
	if bytes.Contains(entry, []byte(`\u`)) {
		return true
	}
	for _, text := range [...]string{f.Product, f.Operator, f.Device, f.Reference, f.Delivery, f.Lot, f.Serial} {
		if text != "" && !bytes.Contains(entry, ledger.AppendString(nil, text)) {
			return false
		}
	}
	return true
}

func (f *Filter) wantsEdit(e *said) bool {
	if f.Site != "" && e.Edit.Site != "" && e.Edit.Site != f.Site {
		return false
	}
	switch e.Edit.Entity {
	case ledger.EntityLocation:
		return f.Product == "" && (f.Location == "" || e.Edit.Code == f.Location || e.Edit.Site+"/"+e.Edit.Code == f.Location)
	case ledger.EntitySite:
		return f.Product == "" && f.Location == "" && e.Edit.Code == cmp.Or(f.Site, e.Edit.Code)
	}
	return (f.Product == "" || e.Edit.Code == f.Product) && f.Location == ""
}

func (f *Filter) wantsAlert(a saidAlert) bool {
	if f.Product != "" && a.Product != f.Product {
		return false
	}
	if f.Location == "" {
		return f.Site == "" || a.Site == f.Site
	}
	return a.Location != "" && f.At(a.Site+"/"+a.Location)
}

func (f *Filter) wantsIntent(e *said) bool {
	in := &e.Intent
	if f.Site != "" && ledger.SiteOfEntry(e.Site, in.Site) != f.Site {
		return false
	}
	product, location := f.Product == "" || in.Product == f.Product, f.Location == "" || f.named(in.From) || f.named(in.To)
	for i := range in.Lines {
		l := &in.Lines[i]
		product = product || l.Product == f.Product
		location = location || f.named(l.From) || f.named(l.To)
	}
	return product && location
}

// At compares a place as moves name it with the filter's site and location.
func (f *Filter) At(ref string) bool {
	site, code := SplitPlace(ref)
	if f.Site != "" && site != f.Site {
		return false
	}
	return f.Location == "" || ref == f.Location || code == f.Location
}

// named compares a place as people wrote it: a code, or site/code.
func (f *Filter) named(name string) bool {
	_, wanted := SplitPlace(f.Location)
	return name != "" && (name == f.Location || name == wanted)
}
