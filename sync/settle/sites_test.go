package settle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// permutations calls fn with every order of the numbers below n.
func permutations(n int, fn func(order []int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var swap func(k int)
	swap = func(k int) {
		if k == n {
			fn(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			swap(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	swap(0)
}

// worthText says what pools and virtual places are worth: "main=9 customer=26".
func worthText(t *testing.T, b *Books, product string) string {
	t.Helper()
	p, _ := b.state.Product(product)
	w, err := b.Worth(p)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, pool := range w.Pools {
		if pool.Value != 0 {
			words = append(words, cmp.Or(pool.Site, "pool")+"="+ledger.FormatScaled(pool.Value, ledger.MoneyDecimals))
		}
	}
	for place, value := range w.Accounts {
		words = append(words, place+"="+ledger.FormatScaled(value, ledger.MoneyDecimals))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// What goods are worth that travel: between sites that have pools of their own, and
// in packages that are brought somewhere as they are. Each story is told in every
// order in which its scans can arrive.
func TestValuesTravel(t *testing.T) {
	for _, row := range []struct{ name, pools, product, story, want string }{
		{"moved to another site, they take their cost along", "site", "BOLT",
			"add q=10 unit_cost=2; add q=10 to=north/N-01 unit_cost=4; move q=5 from=stock to=north/N-01",
			"main=10 north=50 supplier=-60"},
		{"and leave from there at that site's average", "site", "BOLT",
			"add q=10 unit_cost=2; add q=10 to=north/N-01 unit_cost=4; move q=10 from=stock to=north/N-01; remove q=10 from=north/N-01",
			"customer=30 north=30 supplier=-60"},
		{"in one pool a move is worth nothing", "company", "BOLT",
			"add q=10 unit_cost=2; add q=10 to=north/N-01 unit_cost=4; remove q=10 from=north/N-01",
			"customer=30 pool=30 supplier=-60"},
		{"what is on its way is a pool", "site", "BOLT",
			"add q=10 unit_cost=2; move q=4 from=stock to=transit; move q=1 from=transit to=north/N-01",
			"main=12 north=2 supplier=-20 transit=6"},
		{"layers keep their price on the way", "site", "OIL",
			"add q=1 unit_cost=2; add q=1 unit_cost=3; move q=2 from=stock to=north/N-01; remove q=1 from=north/N-01",
			"customer=2 north=3 supplier=-5"},
		{"sent before it came in, at the last known cost; the difference follows", "site", "BOLT",
			"add q=1 unit_cost=2; move q=3 from=stock to=north/N-01; add q=2 unit_cost=5",
			"north=12 supplier=-12"},
		{"and goes to loss where nothing of it is left", "site", "BOLT",
			"add q=1 unit_cost=2; move q=3 from=stock to=north/N-01; remove q=3 from=north/N-01; add q=2 unit_cost=5",
			"customer=6 loss=6 supplier=-12"},
		{"what comes back comes back to the pool that takes it, at what it left at", "site", "BOLT",
			"add q=10 unit_cost=2; remove q=2 ref=SO-1; add q=1 to=north/N-01 unit_cost=9; add q=2 from=customer to=north/N-01 ref=SO-1",
			"main=16 north=13 supplier=-29"},
		{"in a package that stands at a customer they are out of the pool", "company", "BOLT",
			"add q=4 package=P1 unit_cost=2; move package=P1 to=customer", "customer=8 supplier=-8"},
		{"and in it again once it is back", "company", "BOLT",
			"add q=4 package=P1 unit_cost=2; move package=P1 to=customer; add q=4 unit_cost=3; move package=P1 to=stock",
			"customer=-4 pool=24 supplier=-20"},
		{"what is taken out there leaves from there", "company", "BOLT",
			"add q=4 package=P1 unit_cost=2; move package=P1 to=customer; unpack q=1 package=P1 from=customer to=stock", "customer=6 pool=2 supplier=-8"},
		{"a package inside another goes along", "site", "BOLT",
			"add q=4 package=P1 unit_cost=2; pack package=P1 to=P2; move package=P2 to=north/N-01", "north=8 supplier=-8"},
		{"seen at another site, a package was brought there", "site", "BOLT",
			"add q=4 package=P1 unit_cost=2; pack package=P1 to=north/N-01", "north=8 supplier=-8"},
		{"below zero in a package is owed where it stands", "site", "BOLT",
			"add q=1 unit_cost=2; add q=1 to=north/N-01 unit_cost=3; unpack q=1 package=P1 from=stock; move package=P1 to=north/N-01", "main=5 supplier=-5"},
		{"removed whole, they come back at what they left at", "company", "BOLT",
			"add q=2 package=P1 unit_cost=2; remove package=P1 ref=SO-1; add q=2 unit_cost=5; add q=1 from=customer ref=SO-1", "customer=2 pool=12 supplier=-14"},
		{"what a line says of costs is of its own goods", "company", "BOLT",
			"add q=4 package=P1 unit_cost=2; move package=P1 to=customer; add q=1 package=P1 to=stock unit_cost=7", "pool=15 supplier=-15"},
	} {
		t.Run(row.name, func(t *testing.T) {
			scans := strings.Split(strings.ReplaceAll(row.story, "q=", "p="+row.product+" q="), "; ")
			permutations(len(scans), func(order []int) {
				s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "north", Code: "N-01"},
					ledger.Patch{Entity: ledger.EntitySetting, Code: ledger.BookCode, Fields: map[string]string{"pools": row.pools}})
				for n, i := range order {
					s.at, s.seq = ledger.Time(100+i), uint64(i+1)
					s.say(uint64(200+n), scans[i])
				}
				if got := worthText(t, s.Books, row.product); got != row.want {
					t.Errorf("in the order %v: %s, want %s", order, got, row.want)
				}
				s.stored.take(s.Books, 999, 999)
				if got := worthText(t, s.stored.reopen(t), row.product); got != row.want {
					t.Errorf("in the order %v, after a restart: %s, want %s", order, got, row.want)
				}
			})
		})
	}
}

// A cell is worth its part of its pool by quantity; together they are worth what
// the pool is, also where some are below zero.
func TestCellsShareAPool(t *testing.T) {
	for _, row := range []struct{ name, story, want string }{
		{"the remainder goes in the order of the report", "add p=BOLT q=1 to=A-01 unit_cost=1; add p=BOLT q=1 to=B-01 unit_cost=1; add p=BOLT q=1 to=stock unit_cost=1.01",
			"main/A-01 1 = 1, main/B-01 1 = 1.01, main/stock 1 = 1"},
		{"one shelf is below zero", "add p=BOLT q=5 to=A-01 unit_cost=2; remove p=BOLT q=1 from=B-01", "main/A-01 5 = 10, main/B-01 -1 = -2"},
		{"all of it is owed", "add p=BOLT q=1 unit_cost=3; remove p=BOLT q=3", "main/stock -2 = -6"},
		{"a pool without goods has its last known cost", "add p=BOLT q=2 to=A-01 unit_cost=2.5; remove p=BOLT q=2 from=B-01", "main/A-01 2 = 5, main/B-01 -2 = -5"},
		{"a package is in the pool, or out of it", "add p=BOLT q=2 package=P1 unit_cost=2; add p=BOLT q=1 unit_cost=2; move package=P1 to=customer",
			"main/stock 1 = 2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			for i, text := range strings.Split(row.story, "; ") {
				s.say(uint64(i+1), text)
			}
			p, _ := s.state.Product("BOLT")
			stock, err := s.Stock(p)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			sum := int64(0)
			for _, c := range stock.Values() {
				if sum += c.Value; c.At.Physical() {
					got = append(got, fmt.Sprint(c.At.Ref(), " ", c.Quantity, " = ", ledger.FormatScaled(c.Value, ledger.MoneyDecimals)))
				}
			}
			if strings.Join(got, ", ") != row.want || sum != 0 {
				t.Errorf("%s; all together %d; want %s", strings.Join(got, ", "), sum, row.want)
			}
		})
	}
}
