package tables

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// Kind is one report: where its rows come from and what they hold.
type Kind struct {
	Name, Path, About string
	Columns           []string
	More              []string // columns that a table on a screen has no room for
	Filters           []string // that it takes, named as the server's parameters
	page              string   // rows of a page, where it is not left to the server
	stream            bool     // the answer is an array of rows, of any length
	keep              func(row map[string]any) bool
	exact             bool      // rows hold the columns and nothing else
	when              []string  // filters of which one asks for what then says
	then              *Kind     // what answers in that case
	not               []string  // filters that this answer does not take
	as                [2]string // a filter that the answer knows by another name
	rid               string    // a filter that only chose this answer
	word              string    // a filter whose value ends the path
}

// ErrFilters tells that a report does not take the filters that it was given.
var ErrFilters = errors.New("the filters do not fit")

// Kinds are all reports.
func Kinds() []Kind { return kinds }

// Named finds a report.
func Named(name string) (*Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return nil, false
	}
	return &kinds[i], true
}

// Answers finds the report whose rows a path gives.
func Answers(path string) (*Kind, bool) {
	for i := range kinds {
		k := &kinds[i]
		for _, x := range [...]*Kind{k, k.then} {
			if x != nil && x.Name != "" && (x.Path == path || x.word != "" && strings.HasPrefix(path, x.Path)) {
				return x, true
			}
		}
	}
	return nil, false
}

// All are the columns of a report where there is room for them.
func (k *Kind) All() []string { return slices.Concat(k.Columns, k.More) }

// Help says what a filter takes.
func Help(filter string) string { return filterHelp[filter] }

// Answering is what answers a query: the report itself, or what stands for it where one
// of some filters is there.
func (k *Kind) Answering(query url.Values) (*Kind, error) {
	name := k.Name
	if slices.ContainsFunc(k.when, query.Has) {
		k = k.then
	}
	for _, filter := range k.not {
		if query.Has(filter) {
			return nil, fmt.Errorf("%w: report %s does not take %s with these filters", ErrFilters, name, filter)
		}
	}
	if k.as[0] != "" && query.Has(k.as[0]) {
		query.Set(k.as[1], query.Get(k.as[0]))
		query.Del(k.as[0])
	}
	query.Del(k.rid)
	if k.word != "" {
		if query.Get(k.word) == "" {
			return nil, fmt.Errorf("%w: report %s takes %s", ErrFilters, name, k.word)
		}
		named := *k
		named.Path += url.PathEscape(query.Get(k.word))
		query.Del(k.word)
		return &named, nil
	}
	return k, nil
}

var (
	balanceColumns = []string{"site", "location", "product", "lot", "serial", "package", "status", "quantity", "value", "average_cost", "changed_at"}

	// negativeThen is what was below zero, without how it came.
	negativeThen = Kind{Name: "negative", Path: "/v1/balances", Columns: balanceColumns, keep: isNegative}

	fifoTaken = Kind{Name: "fifo", Path: "/v1/fifo/taken", stream: true, rid: "taken",
		Columns: []string{"product", "site", "costing", "delivery", "received_at", "receipt", "at", "entry", "device", "to", "lot", "serial", "reference", "asset", "quantity", "unit_cost", "value"},
		More:    []string{"cause", "note"}}
	balanceSummary = Kind{Name: "balance", Path: "/v1/balances/summary", stream: true, not: []string{"all"},
		Columns: []string{"group", "unit", "products", "quantity", "held", "value", "changed_at", "total"}}
	valuationSpan = Kind{Name: "valuation", Path: "/v1/valuation/span", stream: true, not: []string{"location"}, as: [2]string{"at", "to"},
		Columns: []string{"site", "product", "line", "quantity", "value"}}
)

// goodsFilters say which products a report is about.
var goodsFilters = []string{"site", "product", "category", "attribute"}

var kinds = []Kind{
	{Name: "balance", Path: "/v1/balances", About: "what lies where", Columns: balanceColumns, exact: true, when: []string{"by", "category", "attribute"}, then: &balanceSummary,
		Filters: []string{"site", "product", "location", "lot", "category", "attribute", "by", "all", "at", "entry"}},
	{Name: "fifo", Path: "/v1/fifo", About: "what is left of which delivery, and what it is worth", stream: true, when: []string{"taken"}, then: &fifoTaken, not: []string{"from", "to"},
		Columns: []string{"kind", "product", "site", "costing", "delivery", "received_at", "from", "received", "gone", "quantity", "unit_cost", "value"},
		More:    []string{"lot", "serial", "device", "entry", "note"},
		Filters: slices.Concat(goodsFilters, []string{"delivery", "taken", "from", "to", "at", "entry"})},
	{Name: "valuation", Path: "/v1/valuation", About: "what goods are worth, place by place, or what came and went over a span", stream: true, when: []string{"from", "to"}, then: &valuationSpan,
		Columns: []string{"group", "site", "location", "kind", "product", "products", "quantity", "value"},
		Filters: slices.Concat(goodsFilters, []string{"location", "by", "from", "to", "at", "entry"})},
	{Name: "negative", Path: "/v1/negative", About: "what is below zero, and why", stream: true, when: []string{"at", "entry", "lot"}, then: &negativeThen,
		Columns: []string{"site", "location", "product", "quantity", "since", "device", "entry", "message"},
		Filters: []string{"site", "product", "location", "lot", "at", "entry"}},
	{Name: "unknown", Path: "/v1/unknown", About: "codes that nobody could read, and whose scans wait", page: "1000",
		Columns: []string{"kind", "raw", "site", "scans", "first", "last", "devices"}},
	{Name: "holds", Path: "/v1/holds", About: "holds that are open", stream: true,
		Columns: []string{"hold", "at", "device", "product", "lot", "serial", "package", "site", "location", "open", "entry"}, Filters: []string{"all"}},
	{Name: "tainted", Path: "/v1/tainted", About: "what goods of a hold, a lot or a serial went into", stream: true,
		Columns: []string{"asset", "at", "product", "lot", "serial", "quantity", "taken_out", "first", "last", "device", "entry", "held", "via"},
		Filters: []string{"hold", "product", "lot", "serial"}},
	{Name: "missing", Path: "/v1/missing", About: "serials that counts did not find", stream: true,
		Columns: []string{"product", "serial", "lot", "from", "at", "device", "session", "entry"}, Filters: []string{"site", "product", "session"}},
	{Name: "attributes", Path: "/v1/expected-attributes", About: "products that lack attributes which their category expects", stream: true,
		Columns: []string{"product", "name", "category", "missing", "condition"}, Filters: []string{"product", "category"}},
	{Name: "trace", Path: "/v1/trace", About: "where a lot or serial went, and where goods came from", stream: true,
		Columns: []string{"kind", "at", "entry", "device", "action", "product", "lot", "serial", "from", "to", "quantity", "delivery", "reference", "partner", "asset"},
		More:    []string{"operator", "from_package", "to_package", "status", "reason", "cause", "note"},
		Filters: slices.Concat(goodsFilters, []string{"lot", "serial", "reference", "at", "entry"})},
	{Name: "asset", Path: "/v1/assets/", About: "what is inside an asset", stream: true, word: "asset",
		Columns: []string{"asset", "via", "product", "lot", "serial", "quantity", "taken_out", "first", "last", "device", "entry", "deliveries", "value"},
		Filters: []string{"asset", "at", "entry"}},
	{Name: "availability", Path: "/v1/availability", About: "what customers may know: whether there is any",
		Columns: []string{"product", "availability", "quantity"}, Filters: []string{"product", "sites", "mode"}},
	{Name: "transactions", Path: "/v1/transactions", About: "every move over a span", stream: true,
		Columns: []string{"n", "t_eff", "device", "operator", "action", "product", "lot", "serial", "from", "to", "quantity", "value", "average_cost", "balance", "reference", "reason", "outcome", "cause", "booked_at"},
		More:    []string{"delivery", "partner", "kind"},
		Filters: []string{"site", "product", "location", "from", "to", "person", "device", "reference", "action", "delivery", "lot", "serial", "at", "entry"}},
	{Name: "activity", Path: "/v1/activity", About: "the entries of the journal", Columns: []string{"n", "booked_at", "t_eff", "kind", "device", "operator", "action", "product", "quantity", "from", "to", "outcome", "code", "message"},
		Filters: []string{"site", "product", "location", "from", "to", "since", "limit", "kind", "operator", "person", "device", "action", "reference", "delivery", "lot", "serial", "search", "at", "entry"}},
	{Name: "throughput", Path: "/v1/throughput", About: "what was done by hour, person, place and product, and what went wrong", stream: true,
		Columns: []string{"by", "group", "scans", "moves", "refused", "parked", "exceptions", "came", "went"}, Filters: []string{"site", "span", "first", "last", "by", "limit"}},
	{Name: "dock-to-stock", Path: "/v1/dock-to-stock", About: "how long goods took from the dock to the shelf", stream: true,
		Columns: []string{"day", "lines", "p50_seconds", "p90_seconds", "most_seconds", "unknown"}, Filters: slices.Concat(goodsFilters, []string{"span", "first", "last"})},
	{Name: "stock", Path: "/v1/stock", About: "what there is, by product or by place", page: "500",
		Columns: []string{"product", "name", "category", "unit", "site", "location", "package", "on_hand", "available", "held", "incoming", "value", "changed_at"}, More: []string{"uncosted", "average_cost", "n"},
		Filters: []string{"by", "search", "category", "site", "product", "location", "below"}},
	{Name: "constraints", Path: "/v1/constraints", About: "least and most, and where they stand",
		Columns: []string{"product", "site", "location", "min", "max", "reorder", "multiple", "lead_days", "on_hand", "available", "days_left"}, Filters: []string{"site", "product"}},
	{Name: "reorder", Path: "/v1/reorder", About: "what to order",
		Columns: []string{"product", "name", "site", "location", "available", "expected", "point", "max", "multiple", "order", "unit", "days_left", "lead_days", "late", "superseded_by"}, Filters: []string{"site", "product"}},
	{Name: "exceptions", Path: "/v1/exceptions", About: "what a supervisor should look at", Columns: []string{"severity", "state", "at", "message", "taken_by", "choice", "decided_by", "id", "evidence"},
		More:    []string{"kind", "site", "location", "product", "device", "operator", "raised_at", "entry", "decided_at", "n"},
		Filters: []string{"state", "kind", "severity", "site", "product", "location"}},
	{Name: "attention", Path: "/v1/attention", About: "what needs somebody: open alerts and exceptions as one list", Columns: []string{"is", "severity", "kind", "state", "since", "site", "location", "product", "message", "by"},
		More:    []string{"lot", "device", "operator", "until", "id", "n"},
		Filters: []string{"site", "show", "mine"}},
	{Name: "alerts", Path: "/v1/alerts", About: "alerts that are open", Columns: []string{"since", "kind", "state", "product", "lot", "site", "location", "quantity", "limit", "days_left", "message", "n"},
		More:    []string{"id", "expiry", "by", "until", "level"},
		Filters: []string{"site", "product", "location", "kind", "state"}},
}

// filterHelp says what each filter takes.
var filterHelp = map[string]string{
	"site": "only this site", "product": "only this product", "location": "only this location and all below it", "lot": "only this lot",
	"category": "only products of this category", "attribute": "only products with this attribute, as name:value",
	"hold": "of this hold (device/install/seq)", "serial": "only this serial", "session": "only this count session", "delivery": "only this delivery",
	"at": "as it was at this moment (RFC 3339), told by what is known now", "from": "from this moment on", "to": "up to this moment",
	"person": "only this operator", "operator": "only this operator", "device": "only this device", "reference": "only this reference",
	"state": "open (all that nobody has closed), taken, decided, cleared or all", "severity": "only critical, warning or info",
	"kind": "only this kind", "show": "all, alerts or exceptions", "since": "entries after this one", "limit": "at most so many rows", "entry": "as it was booked at this entry",
	"asset": "the asset's serial", "sites": "summed over these sites, by commas", "mode": "words or exact", "action": "only this action",
	"by":   "what a row is about: of balance product, category, location, site, attribute:NAME; of valuation location, site, kind, product, over a span company, site, product, site-product; of stock product or place; of throughput total, day, hour, person, device, place, product, error, by commas",
	"span": "today, yesterday, 7-days or 28-days, by the clocks of the site", "first": "from this day on (2026-03-02), by the clocks of the site", "last": "up to this day, included",
	"search": "only what these words stand in; of activity also device: who: place: item: do: site: state: lag: with a value", "below": "only what is below zero, or below its minimum (zero, minimum)",
}

// SwitchHelp says what a filter that takes no value does; "" where it takes one.
func SwitchHelp(k *Kind, name string) string {
	switch {
	case name == "all" && k.Name == "holds":
		return "those that were ended or undone too"
	case name == "all":
		return "virtual locations too"
	case name == "mine":
		return "only what whoever asks looks after"
	case name == "taken":
		return "which removals took what of which delivery"
	}
	return ""
}

// FilterFault says what is wrong with a filter's value as it was typed.
func FilterFault(name, value string) string {
	switch name {
	case "at", "from", "to":
		if _, err := ledger.ParseTime(value); err != nil {
			return "is a moment such as 2026-03-02T09:15:04Z"
		}
	case "first", "last":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "is a day such as 2026-03-02"
		}
	case "entry", "since", "limit":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return "is a whole number"
		}
	}
	return ""
}
