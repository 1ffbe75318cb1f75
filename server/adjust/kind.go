package adjust

import (
	"strings"

	"bayledger/sync/ledger"
)

// Kind says why a line changes what lies there.
type Kind string

// Kinds of lines. The list only grows.
const (
	Received   Kind = "received"
	Found      Kind = "found"
	Opening    Kind = "opening"
	Returned   Kind = "returned"
	Stolen     Kind = "stolen"
	Broken     Kind = "broken"
	Expired    Kind = "expired"
	Correction Kind = "correction"
)

// Rule is what a kind means.
type Rule struct {
	Kind  Kind             `json:"kind"`
	Sign  int              `json:"sign" doc:"1: it adds, -1: it takes away, 0: either"`
	Other ledger.PlaceKind `json:"other" doc:"the kind of place that goods come from or go to"`
	About string           `json:"about"`
}

// Rules are all kinds, in the order in which they are booked.
func Rules() []Rule {
	return []Rule{
		{Opening, 1, ledger.PlaceOpening, "what was there when the books began"},
		{Received, 1, ledger.PlaceSupplier, "came from a supplier and was never scanned"},
		{Returned, 1, ledger.PlaceCustomer, "came back from a customer"},
		{Found, 1, ledger.PlaceLoss, "was there all along"},
		{Correction, 0, ledger.PlaceLoss, "the books were wrong, whichever way"},
		{Stolen, -1, ledger.PlaceLoss, "is gone"},
		{Broken, -1, ledger.PlaceScrap, "is no good any more"},
		{Expired, -1, ledger.PlaceScrap, "is past its date"},
	}
}

// RuleOf is a kind's rule; ok is false where there is no such kind.
func RuleOf(k Kind) (r Rule, ok bool) {
	for _, r := range Rules() {
		if r.Kind == k {
			return r, true
		}
	}
	return Rule{}, false
}

func kindNames() string {
	var names []string
	for _, r := range Rules() {
		names = append(names, string(r.Kind))
	}
	return strings.Join(names, ", ")
}

// action is what a change of a kind is booked as.
func (r *Rule) action(change int64) string {
	switch {
	case change > 0:
		return ledger.ActionAdd
	case r.Other == ledger.PlaceScrap:
		return ledger.ActionScrap
	}
	return ledger.ActionRemove
}
