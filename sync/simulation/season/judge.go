package season

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"bayledger/sync/simulation/oracle"
)

// Judge folds what was booked on its own.
type Judge struct {
	setup oracle.Setup
	facts []oracle.Fact
}

// NewJudge returns a judge that knows the plan's catalogue and nothing of its scans.
func NewJudge(p *Plan) *Judge {
	j := new(Judge)
	for _, product := range p.Products {
		one := oracle.Product{Code: product.Code}
		if product.FIFO {
			one.Costing = "fifo"
		}
		if product.Serial {
			one.Tracking = "serial"
		}
		j.setup.Products = append(j.setup.Products, one)
	}
	return j
}

// entry is what of an entry the judge reads.
type entry struct {
	Kind    string          `json:"kind"`
	TEff    string          `json:"t_eff"`
	Intent  json.RawMessage `json:"intent"`
	Outcome string          `json:"outcome"`
}

// Add takes an entry as the server tells it; what booked nothing is left out.
func (j *Judge) Add(raw []byte) error {
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return fmt.Errorf("an entry cannot be read: %w", err)
	}
	if e.Kind != "intent" || e.Outcome == "parked" || e.Outcome == "refused" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, e.TEff)
	if err != nil {
		return fmt.Errorf("an entry's t_eff %q is no moment", e.TEff)
	}
	j.facts = append(j.facts, oracle.Fact{TEff: at.UnixMicro(), Role: "admin", Intent: e.Intent})
	return nil
}

// Facts is how many were added.
func (j *Judge) Facts() int { return len(j.facts) }

// Books is what the facts up to a moment add up to; the zero time is all of them.
func (j *Judge) Books(until time.Time) (*Books, error) {
	facts := j.facts
	if !until.IsZero() {
		facts = nil
		for _, f := range j.facts {
			if f.TEff <= until.UnixMicro() {
				facts = append(facts, f)
			}
		}
	}
	b, err := oracle.Fold(j.setup, facts)
	if err != nil {
		return nil, err
	}
	return &Books{b}, nil
}

// Books are the judge's.
type Books struct{ of oracle.Books }

// minor is the currency's minor unit: a hundredth.
var minor = big.NewRat(1, 100)

// Quantities are the quantities that are not 0, by place (site/code, a virtual place
// by its code) and product.
func (b *Books) Quantities() map[[2]string]*big.Rat {
	out := map[[2]string]*big.Rat{}
	for cell, text := range b.of.Balances {
		n, _ := new(big.Rat).SetString(text)
		key := [2]string{cell.Location, cell.Product}
		if out[key] == nil {
			out[key] = new(big.Rat)
		}
		out[key].Add(out[key], n)
	}
	for key, n := range out {
		if n.Sign() == 0 {
			delete(out, key)
		}
	}
	return out
}

// Cells are the quantities of lots and serials at physical places: by place, product,
// lot and serial.
func (b *Books) Cells() map[[4]string]*big.Rat {
	out := map[[4]string]*big.Rat{}
	for cell, text := range b.of.Balances {
		if cell.Lot == "" && cell.Serial == "" || !strings.Contains(cell.Location, "/") {
			continue
		}
		n, _ := new(big.Rat).SetString(text)
		key := [4]string{cell.Location, cell.Product, cell.Lot, cell.Serial}
		if out[key] == nil {
			out[key] = new(big.Rat)
		}
		out[key].Add(out[key], n)
	}
	return out
}

// Values is what each place is worth: virtual places by their code, all physical ones
// together as "".
func (b *Books) Values() map[string]*big.Rat {
	out := map[string]*big.Rat{"": new(big.Rat)}
	for _, text := range b.of.Values {
		out[""].Add(out[""], worth(text))
	}
	for flow, text := range b.of.Flows {
		if out[flow.Location] == nil {
			out[flow.Location] = new(big.Rat)
		}
		out[flow.Location].Add(out[flow.Location], worth(text))
	}
	return out
}

// Pools is what the pool of each product is worth.
func (b *Books) Pools() map[string]*big.Rat {
	out := map[string]*big.Rat{}
	for pool, text := range b.of.Values {
		out[pool.Product] = worth(text)
	}
	return out
}

// Layer is goods that came in together and are left.
type Layer struct{ Delivery, Quantity, Value string }

// Layers is what is left of which delivery, oldest first, of a product.
func (b *Books) Layers(product string) []Layer {
	var out []Layer
	for _, l := range b.of.Layers[oracle.Pool{Product: product}] {
		out = append(out, Layer{l.Delivery, l.Quantity, worth(l.Value).FloatString(2)})
	}
	return out
}

// worth makes money of whole minor units.
func worth(text string) *big.Rat {
	n, ok := new(big.Rat).SetString(text)
	if !ok || strings.Contains(text, "/") {
		return new(big.Rat)
	}
	return n.Mul(n, minor)
}
