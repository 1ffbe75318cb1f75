package simulation

import (
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// command judges one command that asks for goods.
func (j *judge) command(e *entry, at balances, latest map[[2]string]ledger.Time) error {
	in := &e.intent
	if in.Mode != ledger.ModeCommand || in.Product == "" || in.Unit != "" || !in.Quantity.IsSet() || in.From == "" || in.From == in.To ||
		in.Serial != "" || in.Package != "" || in.Action != ledger.ActionRemove && in.Action != ledger.ActionMove && in.Action != ledger.ActionScrap {
		return nil
	}
	place := j.w.place(j.w.site(e), in.From)
	if virtual(place) || j.w.idle(in.Product) || latest[[2]string{place, in.Product}] >= e.TEff || j.w.policy(place, in.Product, e.TEff) != ledger.PolicyRefuse {
		return nil
	}
	wanted, ok := in.Quantity.Scaled(j.w.follow.decimals[in.Product])
	if !ok {
		return nil
	}
	j.w.report.count("commands judged", 1)
	have := at.onHand(place, in.Product)
	switch {
	case e.Code == ledger.Short && have >= wanted:
		return j.fail(V14, "command %d of %s wanted %d of %s at %s, where %d were, and was refused", e.id.Seq, e.id.Device, wanted, in.Product, place, have)
	case booked(e.Outcome) && have < wanted:
		return j.fail(V14, "command %d of %s got %d of %s at %s, where only %d were", e.id.Seq, e.id.Device, wanted, in.Product, place, have)
	}
	return nil
}

// place is how entries write a place that a scan names.
func (w *world) place(site, name string) string {
	for i := range w.script.Master {
		p := &w.script.Master[i]
		if p.Entity == ledger.EntityLocation && p.Site == "" && p.Code == name {
			return name
		}
	}
	for _, kind := range ledger.VirtualKinds {
		if string(kind) == name {
			return name
		}
	}
	if strings.Contains(name, "/") {
		return name
	}
	return site + "/" + name
}

// policy is the one in force for a product at a place at a moment (rule 5).
func (w *world) policy(place, product string, at ledger.Time) ledger.Policy {
	site, _, _ := strings.Cut(place, "/")
	var own, shared ledger.Policy
	for _, s := range w.follow.settings {
		switch {
		case ledger.Time(s.At) > at:
		case s.Product == product:
			own = ledger.Policy(s.Value)
		case s.Product == "" && s.Site == site:
			shared = ledger.Policy(s.Value)
		}
	}
	switch {
	case own != "":
		return own
	case shared != "":
		return shared
	}
	return ledger.PolicyAllow
}

// movesOf are the moves of an entry, of whichever kind.
func movesOf(e *entry, text []byte) ([]ledger.Move, error) {
	if e != nil {
		return e.Moves, nil
	}
	var other struct {
		Moves []ledger.Move `json:"moves"`
	}
	err := json.Unmarshal(text, &other)
	return other.Moves, err
}
