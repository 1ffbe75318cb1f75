package main

import (
	"net/url"
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// reportKind is one report: where its rows come from and what they hold.
type reportKind struct {
	name, path, about string
	columns           []string
	more              []string // columns that a table on a screen has no room for
	filters           []string // flags that it takes, named as the server's parameters
	stream            bool     // the answer is an array of rows, of any length
	keep              func(row map[string]any) bool
	exact             bool        // rows hold the columns and nothing else
	when              []string    // filters of which one asks for what then says
	then              *reportKind // what answers in that case
	not               []string    // filters that this answer does not take
	as                [2]string   // a filter that the answer knows by another name
	rid               string      // a filter that only chose this answer
	word              string      // a filter whose value ends the path
}

// answering is what answers a query: the report itself, or what stands for it where one
// of some filters is there.
func (k *reportKind) answering(query url.Values) (*reportKind, error) {
	name := k.name
	if slices.ContainsFunc(k.when, query.Has) {
		k = k.then
	}
	for _, filter := range k.not {
		if query.Has(filter) {
			return nil, misused("report %s does not take --%s with these filters", name, filter)
		}
	}
	if k.as[0] != "" && query.Has(k.as[0]) {
		query.Set(k.as[1], query.Get(k.as[0]))
		query.Del(k.as[0])
	}
	query.Del(k.rid)
	if k.word != "" {
		if query.Get(k.word) == "" {
			return nil, misused("report %s takes --%s", name, k.word)
		}
		named := *k
		named.path += url.PathEscape(query.Get(k.word))
		query.Del(k.word)
		return &named, nil
	}
	return k, nil
}

var (
	balanceColumns = []string{"site", "location", "product", "lot", "serial", "package", "status", "quantity", "value", "average_cost", "changed_at"}

	// negativeThen is what was below zero, without how it came.
	negativeThen = reportKind{name: "negative", path: "/v1/balances", columns: balanceColumns, keep: isNegative}

	fifoTaken = reportKind{name: "fifo", path: "/v1/fifo/taken", stream: true, rid: "taken",
		columns: []string{"product", "site", "costing", "delivery", "received_at", "receipt", "at", "entry", "device", "to", "lot", "serial", "reference", "asset", "quantity", "unit_cost", "value"},
		more:    []string{"cause", "note"}}
	balanceSummary = reportKind{name: "balance", path: "/v1/balances/summary", stream: true, not: []string{"all"},
		columns: []string{"group", "unit", "products", "quantity", "held", "value", "changed_at", "total"}}
	valuationSpan = reportKind{name: "valuation", path: "/v1/valuation/span", stream: true, not: []string{"location"}, as: [2]string{"at", "to"},
		columns: []string{"site", "product", "line", "quantity", "value"}}
)

// goodsFilters say which products a report is about.
var goodsFilters = []string{"site", "product", "category", "attribute"}

var reportKinds = []reportKind{
	{name: "balance", path: "/v1/balances", about: "what lies where", columns: balanceColumns, exact: true, when: []string{"by", "category", "attribute"}, then: &balanceSummary,
		filters: []string{"site", "product", "location", "lot", "category", "attribute", "by", "all", "at", "entry"}},
	{name: "fifo", path: "/v1/fifo", about: "what is left of which delivery, and what it is worth", stream: true, when: []string{"taken"}, then: &fifoTaken, not: []string{"from", "to"},
		columns: []string{"kind", "product", "site", "costing", "delivery", "received_at", "from", "received", "gone", "quantity", "unit_cost", "value"},
		more:    []string{"lot", "serial", "device", "entry", "note"},
		filters: slices.Concat(goodsFilters, []string{"delivery", "taken", "from", "to", "at", "entry"})},
	{name: "valuation", path: "/v1/valuation", about: "what goods are worth, place by place, or what came and went over a span", stream: true, when: []string{"from", "to"}, then: &valuationSpan,
		columns: []string{"group", "site", "location", "kind", "product", "products", "quantity", "value"},
		filters: slices.Concat(goodsFilters, []string{"location", "by", "from", "to", "at", "entry"})},
	{name: "negative", path: "/v1/negative", about: "what is below zero, and why", stream: true, when: []string{"at", "entry", "lot"}, then: &negativeThen,
		columns: []string{"site", "location", "product", "quantity", "since", "device", "entry", "message"},
		filters: []string{"site", "product", "location", "lot", "at", "entry"}},
	{name: "unknown", path: "/v1/unknown", about: "codes that nobody could read, and whose scans wait", stream: true,
		columns: []string{"kind", "raw", "site", "scans", "first", "last", "devices"}},
	{name: "holds", path: "/v1/holds", about: "holds that are open", stream: true,
		columns: []string{"hold", "at", "device", "product", "lot", "serial", "package", "site", "location", "open", "entry"}, filters: []string{"all"}},
	{name: "tainted", path: "/v1/tainted", about: "what goods of a hold, a lot or a serial went into", stream: true,
		columns: []string{"asset", "at", "product", "lot", "serial", "quantity", "taken_out", "first", "last", "device", "entry", "held", "via"},
		filters: []string{"hold", "product", "lot", "serial"}},
	{name: "missing", path: "/v1/missing", about: "serials that counts did not find", stream: true,
		columns: []string{"product", "serial", "lot", "from", "at", "device", "session", "entry"}, filters: []string{"site", "product", "session"}},
	{name: "trace", path: "/v1/trace", about: "where a lot or serial went, and where goods came from", stream: true,
		columns: []string{"kind", "at", "entry", "device", "action", "product", "lot", "serial", "from", "to", "quantity", "delivery", "reference", "partner", "asset"},
		more:    []string{"operator", "from_package", "to_package", "status", "reason", "cause", "note"},
		filters: slices.Concat(goodsFilters, []string{"lot", "serial", "reference", "at", "entry"})},
	{name: "asset", path: "/v1/assets/", about: "what is inside an asset", stream: true, word: "asset",
		columns: []string{"asset", "via", "product", "lot", "serial", "quantity", "taken_out", "first", "last", "device", "entry", "deliveries", "value"},
		filters: []string{"asset", "at", "entry"}},
	{name: "availability", path: "/v1/availability", about: "what customers may know: whether there is any",
		columns: []string{"product", "availability", "quantity"}, filters: []string{"product", "sites", "mode"}},
	{name: "transactions", path: "/v1/transactions", about: "every move over a span", stream: true,
		columns: []string{"n", "t_eff", "device", "operator", "action", "product", "lot", "serial", "from", "to", "quantity", "value", "average_cost", "balance", "reference", "reason", "outcome", "cause", "booked_at"},
		more:    []string{"delivery", "partner", "kind"},
		filters: []string{"site", "product", "location", "from", "to", "person", "device", "reference", "action", "delivery", "lot", "serial", "entry"}},
	{name: "activity", path: "/v1/activity", about: "the entries of the journal", columns: []string{"n", "booked_at", "t_eff", "kind", "device", "operator", "action", "product", "quantity", "from", "to", "outcome", "code", "message"},
		filters: []string{"site", "product", "location", "since", "limit", "kind", "operator", "device", "action", "reference", "delivery", "lot", "serial"}},
	{name: "constraints", path: "/v1/constraints", about: "least and most, and where they stand",
		columns: []string{"product", "site", "location", "min", "max", "reorder", "multiple", "lead_days", "on_hand", "available", "days_left"}, filters: []string{"site", "product"}},
	{name: "reorder", path: "/v1/reorder", about: "what to order",
		columns: []string{"product", "name", "site", "location", "available", "point", "max", "multiple", "order", "unit", "days_left", "lead_days", "late", "superseded_by"}, filters: []string{"site", "product"}},
	{name: "exceptions", path: "/v1/exceptions", about: "what a supervisor should look at", columns: []string{"severity", "state", "at", "message", "taken_by", "choice", "decided_by", "id", "evidence"},
		more:    []string{"kind", "site", "location", "product", "device", "operator", "raised_at", "entry", "decided_at", "n"},
		filters: []string{"state", "kind", "severity", "site", "product", "location"}},
	{name: "alerts", path: "/v1/alerts", about: "alerts that are open", columns: []string{"since", "kind", "state", "product", "lot", "site", "location", "quantity", "limit", "days_left", "message", "n"},
		more:    []string{"id", "expiry", "by", "until", "level"},
		filters: []string{"site", "product", "location", "kind", "state"}},
}

// filterHelp says what each filter takes.
var filterHelp = map[string]string{
	"site": "only this site", "product": "only this product", "location": "only this location and all below it", "lot": "only this lot",
	"category": "only products of this category", "attribute": "only products with this attribute, as name:value",
	"hold": "of this hold (device/install/seq)", "serial": "only this serial", "session": "only this count session", "delivery": "only this delivery",
	"at": "as it was at this moment (RFC 3339), told by what is known now", "from": "from this moment on", "to": "up to this moment",
	"person": "only this operator", "operator": "only this operator", "device": "only this device", "reference": "only this reference",
	"state": "open (all that nobody has closed), taken, decided, cleared or all", "severity": "only critical, warning or info",
	"kind": "only this kind", "since": "entries after this one", "limit": "at most so many rows", "entry": "as it was booked at this entry",
	"asset": "the asset's serial", "sites": "summed over these sites, by commas", "mode": "words or exact", "action": "only this action",
	"by": "what a row is about: of balance product, category, location, site, attribute:NAME; of valuation location, site, kind, product, over a span company, site, product, site-product",
}

// switchHelp says what a filter that takes no value does; "" where it takes one.
func switchHelp(k *reportKind, name string) string {
	switch {
	case name == "all" && k.name == "holds":
		return "those that were ended or undone too"
	case name == "all":
		return "virtual locations too"
	case name == "taken":
		return "which removals took what of which delivery"
	}
	return ""
}

// filterFault says what is wrong with a filter's value as it was typed.
func filterFault(name, value string) string {
	switch name {
	case "at", "from", "to":
		if _, err := ledger.ParseTime(value); err != nil {
			return "is a moment such as 2026-03-02T09:15:04Z"
		}
	case "entry", "since", "limit":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return "is a whole number"
		}
	}
	return ""
}
