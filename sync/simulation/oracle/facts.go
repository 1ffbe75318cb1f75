package oracle

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// fact is one fact, read and understood.
type fact struct {
	Fact
	intent
	id    string
	order int // its place in the order of K
	out   bool
	hold  *hold // of an isolate without quantity
	ends  bool  // a release that ends holds and moves nothing
	names []string
	lines []*line
	tally []*tally // what a count asserts
	from  string   // of a session
}

// line is one thing that a fact moves or counts. A place is an id of the atlas.
type line struct {
	*fact
	product  *product // nil: a package as a whole
	quantity *big.Int
	lot      string
	serial   string
	pkg      string
	status   string
	delivery string
	from     string
	to       string
	into     string // the package that this one is nested into
	unitCost *big.Int
	total    *big.Int
}

func (a *fact) compare(b *fact) int {
	return cmp.Or(cmp.Compare(a.TEff, b.TEff), cmp.Compare(a.Device, b.Device),
		cmp.Compare(a.Install, b.Install), cmp.Compare(a.Seq, b.Seq))
}

// naming tells which fact an error is about.
func naming(id string, err error) error { return fmt.Errorf("fact %s: %w", id, err) }

// readFacts reads the facts and puts them into the order of K.
func readFacts(given []Fact) ([]*fact, error) {
	facts := make([]*fact, 0, len(given))
	for i, g := range given {
		in, err := readIntent(g.Intent)
		id := fmt.Sprintf("%s/%s/%d", in.Device, in.Install, in.Seq)
		if err != nil {
			return nil, naming(fmt.Sprintf("%s (the %d. given)", id, i+1), err)
		}
		facts = append(facts, &fact{Fact: g, intent: in, id: id})
	}
	slices.SortFunc(facts, (*fact).compare)
	for i, f := range facts {
		f.order = i
		if i > 0 && f.compare(facts[i-1]) == 0 {
			return nil, naming(f.id, errors.New("it is given twice"))
		}
	}
	return facts, nil
}

// strike takes out of the fold what was undone. Undos are judged from the last
// to the first, so that one that was itself undone has lost its effect by then.
func strike(facts []*fact) {
	byID := map[string]*fact{}
	for _, f := range facts {
		byID[f.id] = f
	}
	for _, f := range slices.Backward(facts) {
		if f.Action != "undo" || f.out {
			continue
		}
		target := byID[f.target()]
		own := target != nil && target.Device == f.Device && target.Install == f.Install
		switch {
		case target == nil || target == f:
		case !own && !f.supervises():
		case f.Only != "" && f.reaches(byID):
		case target.Action == "undo" && target.order > f.order:
		default:
			target.out = true
		}
	}
}

// reaches says whether what is undone in the end, by an undo or one of an undo, is an ask
// that counts for another site than the one at which whoever undoes it has a role.
func (f *fact) reaches(byID map[string]*fact) bool {
	end := f
	for range len(byID) {
		if end == nil || end.Action != "undo" {
			break
		}
		end = byID[end.target()]
	}
	return end != nil && end.Action == "ask" && or(end.Site, mainSite) != f.Only
}

// supervises says whether whoever brought it may undo what others scanned, and decide.
func (f *fact) supervises() bool { return f.Role == "supervisor" || f.Role == "admin" }

// target is the id of the fact that an undo, or an ask, is about.
func (f *fact) target() string {
	seq := f.Reference
	device, install := f.Device, f.Install
	if head, last, ok := cutLast(f.Reference); ok {
		seq = last
		if device, install, ok = cutLast(head); !ok {
			return ""
		}
	}
	number, err := strconv.ParseUint(seq, 10, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s/%s/%d", device, install, number)
}

func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, '/')
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}

// defaults are the places that an intent leaves out: design.md §3.
var defaults = map[string][2]string{
	"add": {"supplier", "stock"}, "remove": {"stock", "customer"}, "move": {"", ""},
	"isolate": {"stock", "quarantine"}, "release": {"quarantine", "stock"},
	"assemble": {"stock", "asset"}, "disassemble": {"asset", "stock"},
	"pack": {"stock", ""}, "unpack": {"stock", ""}, "count": {"stock", ""}, "scrap": {"stock", "scrap"},
	"session-open": {"stock", ""}, "session-close": {"stock", ""},
}

// understand fixes what each fact means: products, quantities, places.
func (f *fold) understand() error {
	for _, ft := range f.facts {
		if ft.Action == "map" {
			if err := f.goods.learn(f.places, ft.intent); err != nil {
				return naming(ft.id, err)
			}
		}
	}
	for _, ft := range f.facts {
		f.learnSerials(ft)
	}
	for _, ft := range f.facts {
		if err := f.read(ft); err != nil {
			return naming(ft.id, err)
		}
	}
	return nil
}

// learnSerials notes of which product a serial is first spoken of, in order of K.
func (f *fold) learnSerials(ft *fact) {
	for _, g := range ft.said() {
		if g.Serial == "" || f.goods.serials[g.Serial] != nil {
			continue
		}
		if p, _, err := f.goods.meant(g, ft.TEff); err == nil && p != nil {
			f.goods.serials[g.Serial] = p
		}
	}
}

// said gives the lines of an intent, itself being the only one if it has none.
func (ft *fact) said() []goods {
	if len(ft.intent.Lines) == 0 {
		return []goods{ft.goods}
	}
	said := make([]goods, 0, len(ft.intent.Lines))
	for _, g := range ft.intent.Lines {
		said = append(said, g.under(ft.goods))
	}
	return said
}

// read understands one fact.
func (f *fold) read(ft *fact) error {
	switch ft.Action {
	case "undo", "map", "decide", "close", "skip", "ask":
		return nil
	case "session-open", "session-close":
		return f.readSession(ft)
	}
	if _, ok := defaults[ft.Action]; !ok {
		return fmt.Errorf("%q is no action", ft.Action)
	}
	if held, err := f.readHold(ft); held || err != nil {
		return err
	}
	for _, g := range ft.said() {
		l, err := f.readLine(ft, g)
		if err != nil {
			return err
		}
		ft.lines = append(ft.lines, l)
	}
	if err := ft.shareCost(); err != nil {
		return err
	}
	if ft.Action == "count" {
		ft.tally = tallies(ft.lines)
	}
	return nil
}

func (f *fold) readLine(ft *fact, g goods) (*line, error) {
	l := &line{fact: ft, lot: g.Lot, serial: g.Serial, pkg: g.Package, status: g.Status, delivery: g.Delivery}
	p, barcode, err := f.goods.meant(g, ft.TEff)
	switch {
	case err != nil:
		return nil, err
	case p == nil && g.Package == "":
		return nil, errors.New("it names no product, serial or package")
	case p == nil && ft.Action == "count" && g.Quantity.Rat != nil && g.Quantity.Sign() == 0:
		l.pkg = "" // a package that is not there has not been sighted
	case p != nil:
		l.product = p
		if l.quantity, err = p.amount(g, ft.TEff, barcode, ft.Action == "count"); err != nil {
			return nil, err
		}
	}
	if g.Status != "" && g.Status != available && g.Status != held {
		return nil, fmt.Errorf("%q is no status", g.Status)
	}
	if (ft.Action == "pack" || ft.Action == "unpack") && g.Package == "" {
		return nil, errors.New("it names no package")
	}
	if err := f.readEnds(l, g); err != nil {
		return nil, err
	}
	return l, l.readCost(g)
}

// readEnds finds a line's places, the table's where it names none.
func (f *fold) readEnds(l *line, g goods) (err error) {
	if g.From = or(g.From, defaults[l.Action][0]); g.From != "" {
		if l.from, err = f.find(l.Site, g.From); err != nil {
			return err
		}
	}
	g.To = or(g.To, defaults[l.Action][1])
	if g.To != "" && l.Action != "count" {
		if l.to, err = f.find(l.Site, g.To); err != nil && l.Action == "pack" {
			l.into, err = g.To, nil
		}
		if err != nil {
			return err
		}
	}
	if l.to == "" && l.Action != "move" {
		l.to = l.from
	}
	// The claimed source of a serial or of a whole package decides nothing.
	if l.Action == "move" && (l.to == "" || l.from == "" && l.serial == "" && l.pkg == "") {
		return errors.New("it moves and does not say from where to where")
	}
	return nil
}

func (f *fold) find(site, text string) (string, error) {
	if id, ok := f.places.find(site, text); ok {
		return id, nil
	}
	if id, ok := f.goods.places[text]; ok {
		return id, nil
	}
	return "", fmt.Errorf("location %q is unknown at site %q", text, or(site, mainSite))
}
