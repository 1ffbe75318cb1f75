package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"bayledger/server/tables"
	"bayledger/sync/simulation/season"
)

// judge holds every report against what the files and a fold of its own say, at the
// end and in the middle.
func (p *playing) judge(ctx context.Context) error {
	judge := season.NewJudge(p.plan)
	if err := p.entries(ctx, func(e json.RawMessage) error { return judge.Add(e) }); err != nil {
		return err
	}
	p.out.add("booked", "%d products, %d scans from %s to %s, %d deliveries, %d returns to vendors and transfers; %d facts", len(p.plan.Products), len(p.plan.Scans), p.plan.First().Format(time.DateOnly),
		p.plan.Last().Format(time.DateOnly), len(p.plan.Deliveries), len(p.plan.Trades), judge.Facts())
	end, err := judge.Books(time.Time{})
	if err != nil {
		return err
	}
	half := p.plan.First().Add(p.plan.Last().Sub(p.plan.First()) / 2).Truncate(time.Hour)
	middle, err := judge.Books(half)
	if err != nil {
		return err
	}
	for _, one := range []func() error{
		func() error { return p.judgeFiles(ctx) },
		func() error { return p.judgeBalances(ctx, "at the end", end, nil) },
		func() error {
			return p.judgeBalances(ctx, "in the middle", middle, url.Values{"at": {half.Format(time.RFC3339)}})
		},
		func() error { return p.judgeValuation(ctx, "at the end", end, nil) },
		func() error {
			return p.judgeValuation(ctx, "in the middle", middle, url.Values{"at": {half.Format(time.RFC3339)}})
		},
		func() error { return p.judgeLayers(ctx, end) },
		func() error { return p.judgeCells(ctx, end) },
		func() error { return p.judgeSerials(ctx) },
		func() error { return p.judgeTraces(ctx) },
		func() error { return p.judgeSpan(ctx, half, middle) },
		func() error { return p.judgeTransactions(ctx, half) },
	} {
		if err := one(); err != nil {
			return err
		}
	}
	return nil
}

// rows asks for a report as the command line does, and tells how long the first row
// took.
func (p *playing) rows(ctx context.Context, name string, query url.Values, take func(row map[string]string) error) error {
	if query == nil {
		query = url.Values{}
	}
	of, _ := tables.Named(name)
	kind, err := of.Answering(query)
	if err != nil {
		return err
	}
	asked := time.Now()
	count := 0
	var first time.Duration
	err = tables.Each(ctx, p.api.report, kind, query, func(int64) {}, func(row map[string]any) error {
		if count++; count == 1 {
			first = time.Since(asked)
		}
		texts := make(map[string]string, len(row))
		for name, value := range row {
			texts[name] = fmt.Sprint(value)
		}
		return take(texts)
	})
	if err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	p.out.add("report "+name+" "+query.Encode(), "%d rows in %s, the first after %s", count, time.Since(asked).Round(time.Millisecond), first.Round(time.Millisecond))
	return nil
}

// number reads a quantity or an amount of a row.
func number(row map[string]string, name string) (*big.Rat, error) {
	n, ok := new(big.Rat).SetString(row[name])
	if !ok {
		return nil, fmt.Errorf("the %s %q is no number", name, row[name])
	}
	return n, nil
}

// sums adds up numbers by key.
type sums map[string]*big.Rat

func (s sums) add(key string, n *big.Rat) {
	if s[key] == nil {
		s[key] = new(big.Rat)
	}
	s[key].Add(s[key], n)
}

// differ names keys under which two sums are not the same.
func (s sums) differ(want sums) (wrong []string) {
	keys := maps.Clone(s)
	maps.Copy(keys, want)
	zero := new(big.Rat)
	for key := range keys {
		got, must := s[key], want[key]
		if got == nil {
			got = zero
		}
		if must == nil {
			must = zero
		}
		if got.Cmp(must) != 0 {
			wrong = append(wrong, fmt.Sprintf("%s is %s, and must be %s", strings.ReplaceAll(key, "\x00", " "), got.FloatString(2), must.FloatString(2)))
		}
	}
	return wrong
}

// judgeFiles holds what lies in stock, what is below zero and what is low against the
// files alone.
func (p *playing) judgeFiles(ctx context.Context) error {
	want := sums(p.plan.Balances())
	got := sums{}
	err := p.rows(ctx, "balance", url.Values{"site": {"main"}}, func(row map[string]string) error {
		n, err := number(row, "quantity")
		if err == nil {
			got.add(row["product"], n)
		}
		return err
	})
	if err != nil {
		return err
	}
	wrong := got.differ(want)
	p.out.check("stock equals the files", len(wrong) == 0, "%d products%s", len(want), firstOf(wrong))
	below, low := map[string]bool{}, map[string]bool{}
	for _, one := range p.plan.Products {
		n := want[one.Code]
		below[one.Code] = n.Sign() < 0
		least := least(one.Opening)
		low[one.Code] = least.Sign() > 0 && n.Cmp(least) < 0
	}
	if err := p.judgeSet(ctx, "negative", nil, "what is below zero", below); err != nil {
		return err
	}
	return p.judgeSet(ctx, "alerts", url.Values{"kind": {"low"}}, "low-stock alerts", low)
}

// judgeSet compares the products of a report with those that must be in it.
func (p *playing) judgeSet(ctx context.Context, report string, query url.Values, what string, want map[string]bool) error {
	var wrong []string
	seen := map[string]bool{}
	err := p.rows(ctx, report, query, func(row map[string]string) error {
		if seen[row["product"]] = true; !want[row["product"]] {
			wrong = append(wrong, row["product"]+" must not be there")
		}
		return nil
	})
	if err != nil {
		return err
	}
	for code, is := range want {
		if is && !seen[code] {
			wrong = append(wrong, code+" is missing")
		}
	}
	p.out.check(what, len(wrong) == 0, "%d%s", len(seen), firstOf(wrong))
	return nil
}

// judgeBalances compares what lies at every place, and what it is worth by product.
func (p *playing) judgeBalances(ctx context.Context, when string, books *season.Books, query url.Values) error {
	want, got, values := sums{}, sums{}, sums{}
	for key, n := range books.Quantities() {
		want.add(key[0]+"\x00"+key[1], n)
	}
	asked := url.Values{"all": {"true"}}
	maps.Copy(asked, query)
	err := p.rows(ctx, "balance", asked, func(row map[string]string) error {
		place := row["location"]
		if row["site"] != "" {
			place = row["site"] + "/" + place
		}
		n, err := number(row, "quantity")
		if err != nil {
			return err
		}
		got.add(place+"\x00"+row["product"], n)
		if row["site"] == "" && row["location"] != "transit" { // a pool goes on there
			return nil
		}
		if n, err = number(row, "value"); err == nil {
			values.add(row["product"], n)
		}
		return err
	})
	if err != nil {
		return err
	}
	wrong := got.differ(want)
	p.out.check("balances "+when, len(wrong) == 0, "%d of places and products equal the fold's%s", len(want), firstOf(wrong))
	wrong = values.differ(books.Pools())
	p.out.check("values of products "+when, len(wrong) == 0, "%d equal the fold's%s", len(values), firstOf(wrong))
	return nil
}

// judgeValuation compares the table of places, which must add up to zero.
func (p *playing) judgeValuation(ctx context.Context, when string, books *season.Books, query url.Values) error {
	got, total := sums{}, new(big.Rat)
	err := p.rows(ctx, "valuation", query, func(row map[string]string) error {
		n, err := number(row, "value")
		if err != nil || row["group"] == "total" {
			return err
		}
		total.Add(total, n)
		if row["group"] == "physical" || row["group"] == "transit" {
			got.add("", n)
		} else {
			got.add(row["location"], n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	wrong := got.differ(books.Values())
	p.out.check("valuation "+when, len(wrong) == 0 && total.Sign() == 0, "%s in stock; places add up to %s%s", books.Values()[""].FloatString(2), total.FloatString(2), firstOf(wrong))
	return nil
}

// judgeLayers compares what is left of which delivery.
func (p *playing) judgeLayers(ctx context.Context, books *season.Books) error {
	got := map[string][]season.Layer{}
	err := p.rows(ctx, "fifo", nil, func(row map[string]string) error {
		if row["kind"] != "layer" || row["costing"] != "fifo" {
			return nil
		}
		quantity, err := number(row, "quantity")
		if err != nil {
			return err
		}
		if quantity.Sign() < 0 { // of a pool below zero it is what left that is not covered yet
			return nil
		}
		value, err := number(row, "value")
		got[row["product"]] = append(got[row["product"]], season.Layer{Delivery: row["delivery"], Quantity: quantity.RatString(), Value: value.FloatString(2)})
		return err
	})
	if err != nil {
		return err
	}
	var wrong []string
	layers := 0
	for _, one := range p.plan.Products {
		if !one.FIFO {
			continue
		}
		want := books.Layers(one.Code)
		if layers += len(want); !slices.Equal(got[one.Code], want) {
			wrong = append(wrong, fmt.Sprintf("the layers of %s are %v, and must be %v", one.Code, got[one.Code], want))
		}
	}
	p.out.check("layers by delivery", len(wrong) == 0, "%d%s", layers, firstOf(wrong))
	return nil
}

// judgeSpan holds what came and went over the second half against the fold at both of
// its ends, and what was received against the files.
func (p *playing) judgeSpan(ctx context.Context, from time.Time, before *season.Books) error {
	lines := sums{}
	moved := new(big.Rat)
	since := from.Add(time.Microsecond)
	err := p.rows(ctx, "valuation", url.Values{"from": {since.Format(time.RFC3339Nano)}}, func(row map[string]string) error {
		n, err := number(row, "value")
		if err != nil {
			return err
		}
		lines.add(row["line"], n)
		switch row["line"] {
		case "opening_transit", "closing_transit", "closing":
		default:
			moved.Add(moved, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, line := range []string{"opening", "closing", "received"} {
		lines.add(line, new(big.Rat))
	}
	want := before.Values()[""]
	p.out.check("a span begins where the middle ends", lines["opening"].Cmp(want) == 0, "%s, by the fold %s", lines["opening"].FloatString(2), want.FloatString(2))
	p.out.check("opening and what moved is closing", lines["closing"].Cmp(moved) == 0, "%s, added up %s", lines["closing"].FloatString(2), moved.FloatString(2))
	paid := p.plan.Received(since, p.plan.Last().AddDate(1, 0, 0))
	p.out.check("received over the span", lines["received"].Cmp(paid) == 0, "%s, by the files %s", lines["received"].FloatString(2), paid.FloatString(2))
	return nil
}

// judgeTransactions counts the moves of a month against the files.
func (p *playing) judgeTransactions(ctx context.Context, from time.Time) error {
	to := from.AddDate(0, 1, 0)
	rows, got := 0, sums{}
	err := p.rows(ctx, "transactions", url.Values{"from": {from.Format(time.RFC3339)}, "to": {to.Format(time.RFC3339)}, "device": {"season"}}, func(row map[string]string) error {
		if row["from"] == "supplier" || row["action"] == "" { // a delivery, or a difference in value
			return nil
		}
		n, err := number(row, "quantity")
		if err != nil || n.Sign() == 0 { // a value alone: what a receipt that covered it later came to pay
			return err
		}
		rows++
		got.add(row["action"], n)
		return nil
	})
	if err != nil {
		return err
	}
	want, removed, added := p.plan.Moved(from, to)
	wrong := got.differ(sums{"remove": removed, "add": added})
	p.out.check("transactions of a month", rows == want && len(wrong) == 0, "%d, by the files %d%s", rows, want, firstOf(wrong))
	return nil
}
