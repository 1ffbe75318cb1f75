package rest

import (
	"net/http"
	"reflect"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Balances is the balance report.
type Balances struct {
	Rows  []wire.BalanceRow `json:"rows" doc:"sorted by site, location, product, lot, serial, package and status"`
	Head  uint64            `json:"head" doc:"the newest entry that is in it"`
	Epoch string            `json:"epoch"`
}

// ConstraintRow is a constraint with what it is judged by.
type ConstraintRow struct {
	Product   string `json:"product"`
	Site      string `json:"site"`
	Location  string `json:"location" doc:"with all below it; empty: the whole site"`
	Min       string `json:"min"`
	Max       string `json:"max"`
	Reorder   string `json:"reorder" doc:"below it more is ordered"`
	Multiple  string `json:"multiple" doc:"it is ordered in whole numbers of this"`
	LeadDays  string `json:"lead_days"`
	OnHand    string `json:"on_hand"`
	Available string `json:"available"`
	DaysLeft  string `json:"days_left" doc:"how many days it lasts, by the removals of the last weeks; empty where nothing was removed, and of locations"`
}

// Constraints are all constraints.
type Constraints struct {
	Rows  []ConstraintRow `json:"rows" doc:"sorted by product, site and location"`
	Next  string          `json:"next,omitempty" doc:"after of the next page"`
	Head  uint64          `json:"head"`
	Epoch string          `json:"epoch"`
}

// TransactionRow is one move with what caused it.
type TransactionRow struct {
	N         uint64      `json:"n"`
	Kind      string      `json:"kind"`
	BookedAt  ledger.Time `json:"booked_at"`
	TEff      ledger.Time `json:"t_eff" doc:"when it happened; where the books were closed by the time it came, when they end"`
	Device    string      `json:"device"`
	Operator  string      `json:"operator"`
	Action    string      `json:"action"`
	Reference string      `json:"reference"`
	Product   string      `json:"product"`
	Lot       string      `json:"lot"`
	Serial    string      `json:"serial"`
	From      string      `json:"from"`
	To        string      `json:"to"`
	Quantity  string      `json:"quantity"`
	Delivery  string      `json:"delivery"`
	Partner   string      `json:"partner"`
	// Money is for those who may see it at the places of the move.
	Value       string `json:"value,omitzero" doc:"that went with it, as booked; 0 within a pool"`
	AverageCost string `json:"average_cost,omitzero" doc:"what one was worth by this line; where one product is asked about what one in stock was worth after it"`
	Balance     string `json:"balance,omitzero" doc:"where one product is asked about: what lay at the places asked about after it, in the order of booking"`
	Outcome     string `json:"outcome"`
	Reason      string `json:"reason"`
	Cause       string `json:"cause"`
}

func (a *API) routeReports() {
	register(a, route{method: http.MethodGet, path: "/v1/balances", id: "getBalances", tag: "Reports", action: access.ReadBalances,
		summary: "What lies where",
		about: "Balances now; with at, as they were then, told by what is known now; with entry, as they were booked then. Rows whose quantity is 0 are left out. " +
			"Values and average costs are for those who may see money, and not of balances as booked at an entry; a cell's is its part, by quantity, of what its pool or virtual place is worth.",
		responses: a.jsonResponse("The balance report", reflect.TypeFor[Balances]())}, a.getBalances)
	register(a, route{method: http.MethodGet, path: "/v1/transactions", id: "getTransactions", tag: "Reports", action: access.ReadReports,
		summary: "What moved over a span of time", about: "One row a move, in the order of booking. Where one product is asked about, each has the balance after it. Values and average costs are for those who may see money.",
		responses: a.jsonResponse("The moves", reflect.TypeFor[[]TransactionRow]())}, a.getTransactions)
}

// scope is what the rows of a report are about, once names are known to be right.
type scope struct {
	site  string
	place *ledger.Place // with all below it; nil: everywhere
	all   bool          // virtual places too
	sites access.Sites  // those that whoever asks may see; virtual places are the company's
}

// scopeOf finds the site, product and place that a query names.
func scopeOf(s *ledger.State, sites access.Sites, site, product, location string) (scope, *Problem) {
	if site != "" {
		if _, ok := s.Site(site); !ok {
			return scope{}, missing("site", site)
		}
		if !sites.Has(site) {
			return scope{}, notThere(site)
		}
	}
	if product != "" {
		if _, ok := s.Product(product); !ok {
			return scope{}, missing("product", product)
		}
	}
	sc := scope{site: site, sites: sites}
	if location == "" {
		return sc, nil
	}
	in := site
	if in == "" {
		in = mainSite
	}
	place, ok := s.Place(in, location)
	if !ok {
		return scope{}, missing("location", location)
	}
	if !sites.All() && !sites.Has(place.Site) {
		return scope{}, notThere(place.Site)
	}
	sc.place = place
	sc.all = !place.Physical()
	return sc, nil
}

// mainSite is the site of what names none.
const mainSite = "main"

func missing(what, code string) *Problem {
	p := problem(ledger.NotFound, "There is no "+what+" "+quoted(code)+". Nothing was read; look at /v1/"+what+"s for what there is.")
	p.Field = what
	return p
}

// notThere tells that somebody may not look at a site.
func notThere(site string) *Problem {
	what := "the site " + quoted(site)
	if site == "" {
		what = "what belongs to all sites"
	}
	p := problem(ledger.NotAllowed, "This key may not look at "+what+". Nothing was read; ask a supervisor of there.")
	p.Field = "site"
	return p
}

// at says whether a place is in scope.
func (sc *scope) at(p *ledger.Place) bool {
	switch {
	case !sc.sites.All() && !sc.sites.Has(p.Stand().Site):
		return false
	case sc.place != nil:
		return p.Within(sc.place)
	case !p.Stand().Physical():
		return sc.all
	}
	return sc.site == "" || p.Stand().Site == sc.site
}

// parseMoment reads a moment of a query.
func parseMoment(name, text string) (ledger.Time, *Problem) {
	t, err := ledger.ParseTime(text)
	if err != nil {
		p := problem(ledger.BadTime, "The parameter "+name+" holds "+quoted(text)+", which is no RFC 3339 time such as 2026-03-02T09:15:04Z. Nothing was read.")
		p.Field = name
		return 0, p
	}
	return t, nil
}
