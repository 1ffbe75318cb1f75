package oracle_test

import (
	"testing"

	"bayledger/sync/simulation/oracle"
)

// Values are in the minor unit: 250 is 2.50. BOLT is costed at its average, TYRE
// by fifo. A layer reads "TYRE 1. 4 for 2000 PK-1": what is left of delivery
// PK-1 is 4, worth 20.00. Flows are what went to virtual places.

func TestAverageCost(t *testing.T) {
	tellAll(t, []story{
		{name: "moving average", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:10 ann add BOLT 10 unit_cost=2.00
			09:20 ann remove BOLT 4
			09:30 ann move BOLT 3 from=stock to=B`,
			cells: "supplier BOLT -20, stock BOLT 13, B BOLT 3, customer BOLT 4", values: "BOLT 2400",
			flows: "supplier BOLT -3000, customer BOLT 600"},
		{name: "a total is exact, the last unit takes the rest", facts: `
			09:00 ann add BOLT 3 total_cost=10.00
			09:10 ann remove BOLT 1
			09:20 ann remove BOLT 1
			09:30 ann scrap BOLT 1`,
			cells: "supplier BOLT -3, customer BOLT 2, scrap BOLT 1", values: "none",
			flows: "supplier BOLT -1000, customer BOLT 667, scrap BOLT 333"},
		{name: "a late receipt costs what came after it", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:20 ann remove BOLT 10
			09:10 bob add BOLT 10 unit_cost=2.00`,
			cells: "supplier BOLT -20, stock BOLT 10, customer BOLT 10", values: "BOLT 1500", flows: "supplier BOLT -3000, customer BOLT 1500"},
		{name: "without a cost: the current one, at zero the last known", facts: `
			09:00 ann add BOLT 10 unit_cost=1.25
			09:10 ann add BOLT 2
			09:20 ann remove BOLT 12
			09:30 ann add BOLT 4`,
			cells: "supplier BOLT -16, customer BOLT 12, stock BOLT 4", values: "BOLT 500", flows: "supplier BOLT -2000, customer BOLT 1500"},
		{name: "nothing known is nothing", facts: `
			09:00 ann add BOLT 10
			09:10 ann remove BOLT 12`,
			cells: "supplier BOLT -10, stock BOLT -2, customer BOLT 12", values: "none", flows: "none"},
		{name: "unit costs have six decimals, a receipt is rounded half up once", facts: `
			09:00 ann add BOLT 3 unit_cost=0.005
			09:10 ann add NUT 1 unit_cost=0.0049995
			09:20 ann add OIL 2.5 unit_cost=0.002`,
			cells:  "supplier BOLT -3, stock BOLT 3, supplier NUT -1, stock NUT 1, supplier OIL -2.5, stock OIL 2.5",
			values: "BOLT 2, NUT 1, OIL 1"},
		{name: "a unit cost is per the product's own unit", facts: `
			09:00 ann add BOLT 2 unit=box unit_cost=0.10`,
			cells: "supplier BOLT -24, stock BOLT 24", values: "BOLT 240"},
		{name: "given away", facts: `
			09:00 ann add BOLT 1 unit_cost=5
			09:10 ann add BOLT 1 unit_cost=0`,
			cells: "supplier BOLT -2, stock BOLT 2", values: "BOLT 500"},
		{name: "counts come and go at the current cost, an opening at its own", facts: `
			09:00 ann count BOLT 10 from=A reason=opening unit_cost=3.00
			09:10 ann count BOLT 7 from=A
			09:20 ann count BOLT 9 from=A
			09:00 ann count NUT 4 from=A reason=opening total_cost=1.00`,
			cells: "opening BOLT -10, loss BOLT 1, A BOLT 9, opening NUT -4, A NUT 4", values: "BOLT 2700, NUT 100",
			flows: "opening BOLT -3000, loss BOLT 300, opening NUT -100"},
		{name: "transit is on the way, not gone", facts: `
			09:00 ann add BOLT 10 unit_cost=3.00
			09:10 ann move BOLT 4 from=stock to=transit
			09:20 ann move BOLT 3 from=transit to=north/N`,
			cells: "supplier BOLT -10, stock BOLT 6, transit BOLT 1, north/N BOLT 3", values: "BOLT 3000"},
		{name: "pieces cost the average too", facts: `
			09:00 ann add PUMP - serial=S1 unit_cost=10
			09:01 ann add PUMP - serial=S2 unit_cost=20
			09:10 ann remove PUMP - serial=S1
			09:20 ann add PUMP - serial=S2 to=A unit_cost=99`,
			cells:  "supplier PUMP serial=S1 -1, customer PUMP serial=S1 1, supplier PUMP serial=S2 -1, A PUMP serial=S2 1",
			values: "PUMP 1500"},
		{name: "what auto-add brings in costs the current cost", setup: autoAdding(), facts: `
			09:00 ann add BOLT 10 to=B unit_cost=2.00
			09:10 ann remove BOLT 3 from=A`,
			cells: "supplier BOLT -10, B BOLT 10, loss BOLT -3, customer BOLT 3", values: "BOLT 2000",
			flows: "supplier BOLT -2000, loss BOLT -600, customer BOLT 600"},
	})
}

func autoAdding() *oracle.Setup {
	s := with(oracle.Setting{Name: "negative", Site: "main", Value: "auto-add"})
	return &s
}

func TestTotalOverLines(t *testing.T) {
	tellAll(t, []story{
		{name: "by quantity, the last takes the rest", facts: `
			09:00 ann add - - total_cost=10.00
			+ BOLT 1
			+ NUT 1
			+ TYRE 1`,
			cells:  "supplier BOLT -1, stock BOLT 1, supplier NUT -1, stock NUT 1, supplier TYRE -1, stock TYRE 1",
			values: "BOLT 333, NUT 334, TYRE 333"},
		{name: "never below zero", facts: `
			09:00 ann add - - total_cost=0.02
			+ BOLT 1
			+ NUT 1
			+ TYRE 1
			+ OIL 1`,
			cells: `supplier BOLT -1, stock BOLT 1, supplier NUT -1, stock NUT 1, supplier TYRE -1, stock TYRE 1
				supplier OIL -1, stock OIL 1`,
			values: "BOLT 1, TYRE 1"},
		{name: "a line with its own cost takes no share", facts: `
			09:00 ann add - - total_cost=6.00
			+ BOLT 1
			+ NUT 5 unit_cost=1.00
			+ TYRE 2`,
			cells:  "supplier BOLT -1, stock BOLT 1, supplier NUT -5, stock NUT 5, supplier TYRE -2, stock TYRE 2",
			values: "BOLT 200, NUT 500, TYRE 400"},
		{name: "the fact's unit cost is each line's", facts: `
			09:00 ann add - - unit_cost=2.00
			+ BOLT 1
			+ NUT 5 total_cost=1.00`,
			cells:  "supplier BOLT -1, stock BOLT 1, supplier NUT -5, stock NUT 5",
			values: "BOLT 200, NUT 100"},
	})
}

func TestFifo(t *testing.T) {
	tellAll(t, []story{
		{name: "the oldest go first, deliveries and prices stay", facts: `
			09:00 ann add TYRE 10 unit_cost=5.00 delivery=PK-1
			09:10 ann add TYRE 10 unit_cost=7.00 delivery=PK-2
			09:20 ann remove TYRE 6
			09:30 ann remove TYRE 6`,
			cells: "supplier TYRE -20, stock TYRE 8, customer TYRE 12", values: "TYRE 5600", layers: "TYRE 1. 8 for 5600 PK-2",
			flows: "supplier TYRE -12000, customer TYRE 6400"},
		{name: "a layer hands out pro rata, its last unit takes the rest", facts: `
			09:00 ann add TYRE 3 total_cost=1.00 delivery=PK-1
			09:20 ann remove TYRE 1
			09:21 ann remove TYRE 1`,
			cells: "supplier TYRE -3, stock TYRE 1, customer TYRE 2", layers: "TYRE 1. 1 for 33 PK-1", values: "TYRE 33"},
		{name: "a late earlier delivery is the older layer", facts: `
			09:10 ann add TYRE 10 unit_cost=7.00 delivery=PK-2
			09:20 ann remove TYRE 5
			09:00 bob add TYRE 10 unit_cost=5.00 delivery=PK-1`,
			cells: "supplier TYRE -20, stock TYRE 15, customer TYRE 5", layers: "TYRE 1. 5 for 2500 PK-1, TYRE 2. 10 for 7000 PK-2"},
		{name: "without a cost: that of the layer last touched", facts: `
			09:00 ann add TYRE 10 unit_cost=5.00 delivery=PK-1
			09:10 ann add TYRE 10 unit_cost=7.00 delivery=PK-2
			09:20 ann remove TYRE 1
			09:30 ann add TYRE 1 delivery=PK-3
			09:40 ann remove TYRE 10
			09:50 ann add TYRE 1 delivery=PK-4`,
			cells:  "supplier TYRE -22, stock TYRE 11, customer TYRE 11",
			layers: "TYRE 1. 9 for 6300 PK-2, TYRE 2. 1 for 500 PK-3, TYRE 3. 1 for 700 PK-4"},
		{name: "costing is dated", setup: settings(oracle.Setting{Name: "costing", Product: "TYRE", Value: "average", At: moment(t, "09:15")},
			oracle.Setting{Name: "costing", Product: "TYRE", Value: "fifo", At: moment(t, "09:25")}), facts: `
			09:00 ann add TYRE 10 unit_cost=5.00 delivery=PK-1
			09:10 ann add TYRE 10 unit_cost=7.00 delivery=PK-2
			09:20 ann remove TYRE 5
			09:30 ann add TYRE 1 unit_cost=9.00 delivery=PK-3
			09:40 ann remove TYRE 14`,
			cells:  "supplier TYRE -21, stock TYRE 2, customer TYRE 19",
			layers: "TYRE 1. 1 for 600, TYRE 2. 1 for 900 PK-3"},
	})
}

func settings(s ...oracle.Setting) *oracle.Setup {
	setup := with(s...)
	return &setup
}

func TestCostBelowZero(t *testing.T) {
	tellAll(t, []story{
		{name: "at the last known cost, and settled by the receipt that covers it", facts: `
			09:00 ann add BOLT 2 unit_cost=1.00
			09:10 ann remove BOLT 5
			09:20 ann add BOLT 10 unit_cost=3.00`,
			cells: "supplier BOLT -12, stock BOLT 7, customer BOLT 5", values: "BOLT 2100",
			flows: "supplier BOLT -3200, customer BOLT 1100"},
		{name: "while it is short it keeps that cost", facts: `
			09:00 ann add BOLT 2 unit_cost=1.00
			09:10 ann remove BOLT 5
			09:20 ann remove BOLT 1`,
			cells: "supplier BOLT -2, stock BOLT -4, customer BOLT 6", values: "BOLT -400",
			flows: "supplier BOLT -200, customer BOLT 600"},
		{name: "covered in part, the oldest first", facts: `
			09:00 ann add BOLT 1 unit_cost=1.00
			09:10 ann remove BOLT 3
			09:20 ann scrap BOLT 2
			09:30 ann add BOLT 3 unit_cost=2.00
			09:40 ann remove BOLT 1`,
			cells: "supplier BOLT -4, stock BOLT -2, customer BOLT 4, scrap BOLT 2", values: "BOLT -300",
			flows: "supplier BOLT -700, customer BOLT 700, scrap BOLT 300"},
		{name: "only the pool counts, never a shelf", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00 to=A
			09:10 ann remove BOLT 5 from=B
			09:20 ann add BOLT 10 unit_cost=3.00 to=B`,
			cells: "supplier BOLT -20, A BOLT 10, B BOLT 5, customer BOLT 5", values: "BOLT 3500",
			flows: "supplier BOLT -4000, customer BOLT 500"},
		{name: "fifo: at the layer last touched", facts: `
			09:00 ann add TYRE 1 unit_cost=1.00
			09:01 ann add TYRE 1 unit_cost=2.00
			09:10 ann remove TYRE 4
			09:20 ann add TYRE 3 unit_cost=5.00 delivery=PK-9`,
			cells: "supplier TYRE -5, stock TYRE 1, customer TYRE 4", layers: "TYRE 1. 1 for 500 PK-9", values: "TYRE 500",
			flows: "supplier TYRE -1800, customer TYRE 1300"},
		{name: "a late receipt takes the trouble away", facts: `
			09:10 ann remove BOLT 5
			09:20 ann add BOLT 10 unit_cost=3.00
			09:00 bob add BOLT 5 unit_cost=1.00`,
			cells: "supplier BOLT -15, stock BOLT 10, customer BOLT 5", values: "BOLT 3000", flows: "supplier BOLT -3500, customer BOLT 500"},
	})
}

func TestCostsThatComeBack(t *testing.T) {
	tellAll(t, []story{
		{name: "a return costs what its removals did, up to their quantity", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:10 ann remove BOLT 4 reference=SO-1
			09:20 ann add BOLT 10 unit_cost=8.00
			09:30 ann add BOLT 5 from=customer reference=SO-1`,
			cells: "supplier BOLT -20, stock BOLT 21, customer BOLT -1", values: "BOLT 9538",
			flows: "supplier BOLT -9000, customer BOLT -538"},
		{name: "of another reference, or from another customer, it costs the current cost", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:10 ann remove BOLT 4 reference=SO-1
			09:20 ann add BOLT 6 unit_cost=3.00
			09:30 ann add BOLT 1 from=customer reference=SO-2
			09:31 ann add BOLT 1 from=Jones reference=SO-1
			09:32 ann add BOLT 1 from=customer`,
			cells: "supplier BOLT -16, stock BOLT 15, customer BOLT 2, Jones BOLT -1", values: "BOLT 3000"},
		{name: "a cost that is said stands", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:10 ann remove BOLT 4 reference=SO-1
			09:30 ann add BOLT 1 from=customer reference=SO-1 unit_cost=0.40`,
			cells: "supplier BOLT -10, stock BOLT 7, customer BOLT 3", values: "BOLT 640"},
		{name: "removals settled later return at what they came to", facts: `
			09:00 ann remove BOLT 4 reference=SO-1
			09:20 ann add BOLT 6 unit_cost=3.00
			09:30 ann add BOLT 2 from=customer reference=SO-1`,
			cells: "supplier BOLT -6, stock BOLT 4, customer BOLT 2", values: "BOLT 1200", flows: "supplier BOLT -1800, customer BOLT 600"},
		{name: "out of an asset at the average at which it took the part", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00
			09:10 ann assemble BOLT 2 asset=M1
			09:20 ann add BOLT 8 unit_cost=3.00
			09:30 ann assemble BOLT 2 asset=M1
			09:40 ann assemble BOLT 2 asset=M2
			09:50 ann disassemble BOLT 3 asset=M1
			09:51 ann disassemble BOLT 1 asset=M3`,
			cells: "supplier BOLT -18, stock BOLT 16, asset BOLT 2", values: "BOLT 3040",
			flows: "supplier BOLT -3400, asset BOLT 360"},
	})
}

func TestPoolsPerSite(t *testing.T) {
	perSite := oracle.Setting{Name: "pools", Value: "site"}
	tellAll(t, []story{
		{name: "each site its own average, transfers carry their cost", setup: settings(perSite), facts: `
			09:00 ann add BOLT 10 unit_cost=1.00 to=A
			09:00 ann add BOLT 10 unit_cost=3.00 to=north/N
			09:10 ann move BOLT 5 from=A to=north/N
			09:20 ann remove BOLT 3 site=north from=N`,
			cells: "supplier BOLT -20, A BOLT 5, north/N BOLT 12, customer BOLT 3", values: "main BOLT 500, north BOLT 2800"},
		{name: "transit is a pool of its own", setup: settings(perSite), facts: `
			09:00 ann add TYRE 10 unit_cost=1.00 to=A delivery=PK-1
			09:01 ann add TYRE 10 unit_cost=2.00 to=A delivery=PK-2
			09:10 ann move TYRE 12 from=A to=transit
			09:20 ann move TYRE 11 from=transit to=north/N`,
			cells: "supplier TYRE -20, A TYRE 8, transit TYRE 1, north/N TYRE 11", values: "main TYRE 1600, transit TYRE 200, north TYRE 1200",
			layers: "main TYRE 1. 8 for 1600 PK-2, transit TYRE 1. 1 for 200 PK-2, north TYRE 1. 10 for 1000 PK-1, north TYRE 2. 1 for 200 PK-2"},
		{name: "a package carries the cost of what is in it", setup: settings(perSite), facts: `
			09:00 ann add BOLT 10 unit_cost=1.00 package=P1 to=A
			09:01 ann add PUMP - serial=S1 unit_cost=9 package=P1 to=A
			09:10 ann move package=P1 to=north/N`,
			cells:  "supplier BOLT -10, north/N[P1] BOLT 10, supplier PUMP serial=S1 -1, north/N[P1] PUMP serial=S1 1",
			values: "north BOLT 1000, north PUMP 900"},
		{name: "sent before it came: the difference follows the goods", setup: settings(perSite), facts: `
			09:00 ann add BOLT 2 unit_cost=1.00 to=A
			09:10 ann move BOLT 6 from=A to=north/N
			09:20 ann add BOLT 4 unit_cost=3.00 to=A`,
			cells: "supplier BOLT -6, north/N BOLT 6", values: "north BOLT 1400"},
		{name: "but goes to loss where they are gone", setup: settings(perSite), facts: `
			09:00 ann add BOLT 2 unit_cost=1.00 to=A
			09:10 ann move BOLT 6 from=A to=north/N
			09:15 ann remove BOLT 6 from=north/N
			09:20 ann add BOLT 4 unit_cost=3.00 to=A`,
			cells: "supplier BOLT -6, customer BOLT 6", values: "none", flows: "supplier BOLT -1400, customer BOLT 600, loss BOLT 800"},
		{name: "a package at a customer's is sold, and comes back at the current cost", facts: `
			09:00 ann add BOLT 10 unit_cost=1.00 package=P1 to=A
			09:10 ann move package=P1 to=customer
			09:20 ann add BOLT 1 unit_cost=5.00 to=A
			09:30 ann move package=P1 to=B`,
			cells: "supplier BOLT -11, B[P1] BOLT 10, A BOLT 1", values: "BOLT 5500", flows: "supplier BOLT -1500, customer BOLT -4000"},
	})
}
