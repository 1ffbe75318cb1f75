package rest_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
)

// A season of scans, and all reports of it once more, computed from the intents' JSON
// by code that shares nothing with the books: it sorts the scans and books them one by
// one, with rational numbers rounded once.

// naiveScan is an intent as it was sent.
type naiveScan struct {
	Device, Action, Product, From, To, Lot, Delivery, Reference string
	Seq                                                         int
	At                                                          time.Time
	Quantity, UnitCost                                          string
	Holds                                                       bool
}

// naiveLayer is what is left of a receipt.
type naiveLayer struct {
	delivery string
	at       time.Time
	quantity int64
	cents    int64
	unit     *big.Rat // cents of one
}

type naiveDebt struct {
	quantity, cents int64
	to              string
}

// naiveProduct is the books of one product.
type naiveProduct struct {
	fifo   bool
	layers []naiveLayer
	owed   []naiveDebt
	last   *big.Rat // cents of one
	cells  map[string]int64
	values map[string]int64 // of virtual places
	flows  map[string][2]int64
	taken  map[string]int64 // by delivery, of what has one: quantities
}

func halfUp(r *big.Rat) int64 {
	two := new(big.Int).Lsh(r.Denom(), 1)
	n := new(big.Int).Add(new(big.Int).Lsh(r.Num(), 1), r.Denom())
	return n.Div(n, two).Int64()
}

func times(r *big.Rat, n int64) *big.Rat { return new(big.Rat).Mul(r, new(big.Rat).SetInt64(n)) }

func (p *naiveProduct) held() (quantity, cents int64) {
	for _, l := range p.layers {
		quantity, cents = quantity+l.quantity, cents+l.cents
	}
	return quantity, cents
}

// current is the cost of one now: 6 decimals, as unit costs have.
func (p *naiveProduct) current() *big.Rat {
	if quantity, cents := p.held(); !p.fifo && quantity > 0 {
		return micro(big.NewRat(cents, quantity))
	}
	return p.last
}

// micro rounds cents of one to 6 decimals of the currency.
func micro(r *big.Rat) *big.Rat { return big.NewRat(halfUp(times(r, 10_000)), 10_000) }

func (p *naiveProduct) flow(name string, quantity, cents int64) {
	f := p.flows[name]
	p.flows[name] = [2]int64{f[0] + quantity, f[1] + cents}
}

// in takes goods from a virtual place.
func (p *naiveProduct) in(from, name string, s *naiveScan, quantity int64, unit *big.Rat) {
	if unit == nil {
		unit = p.current()
	}
	cents := halfUp(times(unit, quantity))
	p.values[from] -= cents
	p.flow(name, quantity, cents)
	p.last = unit
	for len(p.owed) > 0 && quantity > 0 {
		d := &p.owed[0]
		n := min(d.quantity, quantity)
		paid, owed := share(cents, n, quantity), share(d.cents, n, d.quantity)
		quantity, cents = quantity-n, cents-paid
		d.quantity, d.cents = d.quantity-n, d.cents-owed
		p.values[d.to] += paid - owed
		p.flow(outName(d.to), 0, owed-paid)
		if d.quantity == 0 {
			p.owed = p.owed[1:]
		}
	}
	if quantity > 0 {
		p.layers = append(p.layers, naiveLayer{s.Delivery, s.At, quantity, cents, unit})
		p.average()
	}
}

// average makes one layer of all, of goods that are averaged.
func (p *naiveProduct) average() {
	if p.fifo || len(p.layers) < 2 {
		return
	}
	quantity, cents := p.held()
	p.layers = []naiveLayer{{quantity: quantity, cents: cents}}
}

func share(cents, n, of int64) int64 {
	if n == of {
		return cents
	}
	return halfUp(big.NewRat(1, 1).Mul(big.NewRat(cents, of), new(big.Rat).SetInt64(n)))
}

func outName(to string) string {
	return map[string]string{"customer": "delivered", "scrap": "scrapped", "loss": "lost"}[to]
}

// out sends goods to a virtual place.
func (p *naiveProduct) out(to string, quantity int64) {
	p.last = p.current()
	whole, cents := quantity, int64(0)
	for quantity > 0 && len(p.layers) > 0 {
		l := &p.layers[0]
		n := min(quantity, l.quantity)
		part := share(l.cents, n, l.quantity)
		if p.fifo {
			p.last = l.unit
		}
		l.quantity, l.cents = l.quantity-n, l.cents-part
		quantity, cents = quantity-n, cents+part
		if p.fifo {
			p.taken[l.delivery] += n
		}
		if l.quantity == 0 {
			p.layers = p.layers[1:]
		}
	}
	if quantity > 0 {
		owed := halfUp(times(p.last, quantity))
		cents += owed
		p.owed = append(p.owed, naiveDebt{quantity, owed, to})
	}
	p.values[to] += cents
	p.flow(outName(to), -whole, -cents)
}

// book books one scan.
func (p *naiveProduct) book(s *naiveScan) {
	quantity, _ := strconv.ParseInt(s.Quantity, 10, 64)
	move := func(from, to string, n int64) { p.cells[from] -= n; p.cells[to] += n }
	switch s.Action {
	case "add":
		name := "received"
		var unit *big.Rat
		if s.UnitCost != "" {
			unit, _ = new(big.Rat).SetString(s.UnitCost)
			unit = times(unit, 100)
		}
		if s.From == "opening" {
			name = "opened"
		}
		move(s.From, s.To, quantity)
		p.in(s.From, name, s, quantity, unit)
	case "remove":
		move(s.From, "customer", quantity)
		p.out("customer", quantity)
	case "scrap":
		move(s.From, "scrap", quantity)
		p.out("scrap", quantity)
	case "move", "isolate":
		move(s.From, s.To, quantity)
	case "count":
		switch more := quantity - p.cells[s.From]; {
		case more > 0:
			move("loss", s.From, more)
			p.in("loss", "found", &naiveScan{At: s.At}, more, nil)
		case more < 0:
			move(s.From, "loss", -more)
			p.out("loss", -more)
		}
	}
}

// naive books all scans up to a moment that are not undone, in their order.
func naive(scans []naiveScan, fifo map[string]bool, until time.Time) map[string]*naiveProduct {
	undone := map[string]bool{}
	for _, s := range scans {
		if s.Action == "undo" {
			undone[s.Reference] = true
		}
	}
	sorted := slices.Clone(scans)
	slices.SortFunc(sorted, func(x, y naiveScan) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Device, y.Device), cmp.Compare(x.Seq, y.Seq))
	})
	books := map[string]*naiveProduct{}
	for i := range sorted {
		s := &sorted[i]
		if s.At.After(until) || s.Action == "undo" || s.Holds || undone[s.Device+"/-/"+strconv.Itoa(s.Seq)] {
			continue
		}
		p := books[s.Product]
		if p == nil {
			p = &naiveProduct{fifo: fifo[s.Product], last: new(big.Rat), cells: map[string]int64{}, values: map[string]int64{}, flows: map[string][2]int64{}, taken: map[string]int64{}}
			books[s.Product] = p
		}
		p.book(s)
	}
	return books
}

// money writes cents as reports do.
func money(cents int64) string { return trimmed(big.NewRat(cents, 100), 2) }

func trimmed(r *big.Rat, decimals int) string {
	text := r.FloatString(decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// season makes scans, in the order in which they arrive.
func season(rng *rand.Rand, count int, products []string) (scans []naiveScan) {
	start := time.Date(2026, 3, 3, 6, 0, 0, 0, time.UTC)
	places := []string{"stock", "A-01", "quality"}
	seqs, booked := map[string]int{}, map[string][]int{} // of each device, what can be undone
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	for i := range count {
		s := naiveScan{Device: pick("H-1", "H-2", "H-3", "H-4"), At: start.Add(time.Duration(i) * 11 * time.Second), Product: products[min(rng.IntN(len(products)), rng.IntN(len(products)))]}
		seqs[s.Device]++
		s.Seq = seqs[s.Device]
		s.From, s.To, s.Quantity = places[rng.IntN(3)], places[rng.IntN(3)], strconv.Itoa(1+rng.IntN(9))
		switch n := rng.IntN(100); {
		case n < 30:
			s.Action, s.From, s.Quantity, s.Delivery = "add", "supplier", strconv.Itoa(5+rng.IntN(40)), "PK-"+strconv.Itoa(i/20)
			if rng.IntN(5) > 0 {
				s.UnitCost = fmt.Sprintf("%d.%04d", rng.IntN(30), rng.IntN(10_000))
			}
		case n < 70:
			s.Action, s.To = "remove", ""
			s.Reference = "SO-" + strconv.Itoa(i/3)
		case n < 80:
			s.Action = "move"
		case n < 88:
			s.Action, s.To, s.Quantity = "count", "", strconv.Itoa(rng.IntN(30))
		case n < 93:
			s.Action, s.To = "scrap", ""
		case n < 95:
			s.Action, s.From, s.UnitCost = "add", "opening", "3.5"
		case n < 97:
			s.Action, s.Holds, s.To, s.Quantity, s.Lot = "isolate", true, "", "", "L-RECALL"
			s.From = ""
		default:
			s.Action = "move"
			if own := booked[s.Device]; len(own) > 0 {
				s.Action, s.Product, s.From, s.To, s.Quantity = "undo", "", "", "", ""
				s.Reference = s.Device + "/-/" + strconv.Itoa(own[rng.IntN(len(own))])
			}
		}
		if s.Action != "undo" {
			booked[s.Device] = append(booked[s.Device], s.Seq)
		}
		if s.Action == "move" && s.From == s.To {
			s.From, s.To = "A-01", "stock"
		}
		scans = append(scans, s)
	}
	// One handheld in four comes home at the end of the day, another one late and mixed.
	late := func(device string, from, to int) {
		var now, later []naiveScan
		for i, s := range scans {
			if s.Device == device && i >= from && i < to {
				later = append(later, s)
			} else {
				now = append(now, s)
			}
		}
		scans = append(now, later...)
	}
	late("H-3", 0, count/2)
	late("H-4", count/3, count)
	return scans
}

func (s *naiveScan) json() string {
	m := map[string]any{"device": s.Device, "seq": s.Seq, "at": s.At.Format(time.RFC3339), "action": s.Action}
	for name, text := range map[string]string{"product": s.Product, "from": s.From, "to": s.To, "lot": s.Lot, "delivery": s.Delivery, "reference": s.Reference, "quantity": s.Quantity, "unit_cost": s.UnitCost} {
		if text != "" {
			m[name] = text
		}
	}
	if s.Action == "isolate" || s.Action == "scrap" || s.Action == "undo" {
		m["reason"] = "because"
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func TestASeasonComputedOnItsOwn(t *testing.T) {
	const seed = 20260303
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	w := newWorldRing(t, 1<<16)
	products, fifo := []string{}, map[string]bool{}
	for i := range 24 {
		code := fmt.Sprintf("P-%02d", i)
		costing := "average"
		if i%2 == 1 {
			costing, fifo[code] = "fifo", true
		}
		w.ok("PUT", "/v1/products/"+code, `{"costing":"`+costing+`","category":"`+costing+`"}`)
		products = append(products, code)
	}
	w.ok("PUT", "/v1/locations/A-01", `{}`)
	w.clock.Add((72 * time.Hour).Microseconds())
	scans := season(rng, 4_000, products)
	for from := 0; from < len(scans); from += 500 {
		var lines []string
		for i := from; i < min(len(scans), from+500); i++ {
			lines = append(lines, scans[i].json())
		}
		for _, o := range w.post(access.Admin, strings.Join(lines, "\n")).Outcomes {
			if o.Outcome == "refused" || o.Outcome == "parked" {
				t.Fatalf("%+v", o)
			}
		}
	}
	end := scans[0].At.Add(100 * time.Hour)
	for _, until := range []time.Time{time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 3, 14, 30, 0, 0, time.UTC), end} {
		books := naive(scans, fifo, until)
		at := "&at=" + until.Format(time.RFC3339)
		if until == end {
			at = ""
		}
		w.sameValuation(books, at)
		w.sameLayers(books, at)
	}
	middle := time.Date(2026, 3, 3, 11, 0, 0, 0, time.UTC)
	w.sameFlows(naive(scans, fifo, middle.Add(-time.Second)), naive(scans, fifo, end), "?by=product&from="+middle.Format(time.RFC3339))
	w.sameBalances(naive(scans, fifo, end))
}

// sameValuation compares the report by product and place with the naive books.
func (w *world) sameValuation(books map[string]*naiveProduct, at string) {
	w.t.Helper()
	want := map[string]string{}
	for code, p := range books {
		_, worth := p.held()
		for _, d := range p.owed {
			worth -= d.cents
		}
		if sum := p.onHand(); sum != 0 || worth != 0 {
			want[code+" on hand"] = fmt.Sprint(sum, " ", money(worth))
		}
		for _, place := range []string{"supplier", "customer", "loss", "scrap", "opening"} {
			if n, v := p.cells[place], p.values[place]; n != 0 || v != 0 {
				want[code+" "+place] = fmt.Sprint(n, " ", money(v))
			}
		}
	}
	type sum struct{ quantity, cents int64 }
	sums := map[string]sum{}
	for _, line := range w.table(access.Admin, "/v1/valuation?by=product"+at, "group", "location", "product", "quantity", "value") {
		f := strings.Fields(line)
		if f[0] == "total" {
			if f[3] != "0" || f[4] != "0" {
				w.t.Errorf("%s: it adds up to %s", at, line)
			}
			continue
		}
		key := f[2] + " " + f[1]
		if f[0] == "physical" {
			key = f[2] + " on hand"
		}
		s := sums[key]
		sums[key] = sum{s.quantity + cents(f[3])/100, s.cents + cents(f[4])}
	}
	got := map[string]string{}
	for key, s := range sums {
		if s.quantity != 0 || s.cents != 0 {
			got[key] = fmt.Sprint(s.quantity, " ", money(s.cents))
		}
	}
	w.sameMaps("the valuation"+at, got, want)
}

func (p *naiveProduct) onHand() (sum int64) {
	for _, place := range []string{"stock", "A-01", "quality"} {
		sum += p.cells[place]
	}
	return sum
}

// cents reads an amount of at most two decimals.
func cents(text string) int64 {
	r, _ := new(big.Rat).SetString(text)
	return halfUp(times(r, 100))
}

func (w *world) sameMaps(what string, got, want map[string]string) {
	w.t.Helper()
	for key, text := range want {
		if got[key] != text {
			w.t.Errorf("%s: %s is %q, computed %q", what, key, got[key], text)
		}
	}
	for key, text := range got {
		if _, ok := want[key]; !ok {
			w.t.Errorf("%s: %s is %q, computed nothing", what, key, text)
		}
	}
	if len(want) < 20 {
		w.t.Errorf("%s: only %d were compared", what, len(want))
	}
}

// sameLayers compares the report of layers: of products costed by layers each of them,
// of all the pool.
func (w *world) sameLayers(books map[string]*naiveProduct, at string) {
	w.t.Helper()
	want, got := map[string]string{}, map[string]string{}
	for code, p := range books {
		quantity, worth := p.held()
		for _, d := range p.owed {
			quantity, worth = quantity-d.quantity, worth-d.cents
		}
		if quantity != 0 || worth != 0 {
			want[code+" pool"] = fmt.Sprint(quantity, " ", money(worth))
		}
		if p.fifo {
			for i, l := range p.layers {
				want[fmt.Sprint(code, " ", i)] = fmt.Sprint(cmp.Or(l.delivery, "-"), " ", l.at.Format(time.RFC3339), " ", l.quantity, " ", money(l.cents))
			}
		}
	}
	count := map[string]int{}
	for _, line := range w.table(access.Admin, "/v1/fifo?"+strings.TrimPrefix(at, "&"), "kind", "product", "costing", "delivery", "received_at", "quantity", "value") {
		f := strings.Fields(line)
		switch {
		case f[0] == "pool":
			got[f[1]+" pool"] = f[5] + " " + f[6]
		case f[0] == "layer" && f[2] == "fifo" && !strings.HasPrefix(f[5], "-"):
			got[fmt.Sprint(f[1], " ", count[f[1]])] = strings.Join(f[3:], " ")
			count[f[1]]++
		}
	}
	w.sameMaps("the layers"+at, got, want)
}

// sameFlows compares a span's lines with the difference of two naive books.
func (w *world) sameFlows(before, after map[string]*naiveProduct, query string) {
	w.t.Helper()
	want, got := map[string]string{}, map[string]string{}
	for code, p := range after {
		was := before[code]
		if was == nil {
			was = &naiveProduct{}
		}
		worth := func(p *naiveProduct) int64 {
			_, cents := p.held()
			for _, d := range p.owed {
				cents -= d.cents
			}
			return cents
		}
		put := func(line string, quantity, cents int64) {
			if quantity != 0 || cents != 0 {
				want[code+" "+line] = fmt.Sprint(quantity, " ", money(cents))
			}
		}
		put("opening", was.onHand(), worth(was))
		put("closing", p.onHand(), worth(p))
		for name, f := range p.flows {
			put(name, f[0]-was.flows[name][0], f[1]-was.flows[name][1])
		}
	}
	for _, line := range w.table(access.Admin, "/v1/valuation/span"+query, "product", "line", "quantity", "value") {
		f := strings.Fields(line)
		if f[2] != "0" || f[3] != "0" {
			got[f[0]+" "+f[1]] = f[2] + " " + f[3]
		}
	}
	w.sameMaps("the span", got, want)
}

// sameBalances compares balances and their sums by category.
func (w *world) sameBalances(books map[string]*naiveProduct) {
	w.t.Helper()
	want, got := map[string]string{}, map[string]string{}
	sums := map[string]int64{}
	for code, p := range books {
		for _, place := range []string{"stock", "A-01", "quality"} {
			if n := p.cells[place]; n != 0 {
				want[place+" "+code] = strconv.FormatInt(n, 10)
			}
		}
		sums[map[bool]string{true: "fifo", false: "average"}[p.fifo]] += p.onHand()
	}
	rows, _ := w.balances("")
	for _, r := range rows {
		got[r.Location+" "+r.Product] = r.Quantity
	}
	w.sameMaps("the balances", got, want)
	w.shows(access.Admin, "/v1/balances/summary?by=category", []string{"group", "quantity"},
		fmt.Sprint("average ", sums["average"]), fmt.Sprint("fifo ", sums["fifo"]), fmt.Sprint("- ", sums["average"]+sums["fifo"]))
}
