package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"bayledger/sync/simulation/season"
)

// judgeCells compares what lies where of every lot and serial.
func (p *playing) judgeCells(ctx context.Context, books *season.Books) error {
	want, got := sums{}, sums{}
	for key, n := range books.Cells() {
		want.add(strings.Join(key[:], "\x00"), n)
	}
	err := p.rows(ctx, "balance", url.Values{}, func(row map[string]string) error {
		if row["lot"] == "" && row["serial"] == "" {
			return nil
		}
		n, err := number(row, "quantity")
		got.add(strings.Join([]string{row["site"] + "/" + row["location"], row["product"], row["lot"], row["serial"]}, "\x00"), n)
		return err
	})
	if err != nil {
		return err
	}
	wrong := got.differ(want)
	p.out.check("lots and serials", len(wrong) == 0, "%d equal the fold's%s", len(want), firstOf(wrong))
	return nil
}

// judgeSerials holds where each piece is against where the plan left it.
func (p *playing) judgeSerials(ctx context.Context) error {
	want, wrong := p.plan.Serials(), []string{}
	seen := map[string]string{}
	err := p.rows(ctx, "balance", url.Values{"product": {season.Terminal}, "all": {"true"}}, func(row map[string]string) error {
		n, err := number(row, "quantity")
		if err == nil && n.Sign() > 0 {
			place := row["location"]
			if row["site"] != "" {
				place = row["site"] + "/" + place
			}
			seen[row["serial"]] = place
		}
		return err
	})
	if err != nil {
		return err
	}
	for serial, place := range want {
		// What went back to the supplier it came from lies nowhere: it came to nothing there.
		if got := seen[serial]; got != place && (place != "supplier" || got != "") {
			wrong = append(wrong, fmt.Sprintf("%s is at %s, and must be at %s", serial, got, place))
		}
	}
	p.out.check("where each serial is", len(wrong) == 0 && len(want) > 0, "%d%s", len(want), firstOf(wrong))
	return nil
}

// tracedLots is how many lots are traced.
const tracedLots = 5

// judgeTraces holds where lots came from and went against the plan.
func (p *playing) judgeTraces(ctx context.Context) error {
	traced, wrong := map[string]bool{}, []string{}
	for i := range p.plan.Trades {
		lot := p.plan.Trades[i].Lot
		if lot == "" || traced[lot] || len(traced) == tracedLots {
			continue
		}
		traced[lot] = true
		got := sums{}
		err := p.rows(ctx, "trace", url.Values{"lot": {lot}}, func(row map[string]string) error {
			if row["from"] == "" || row["to"] == "" {
				return nil
			}
			n, err := number(row, "quantity")
			if err == nil {
				got.add(row["from"]+" → "+row["to"], n)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, fault := range got.differ(sums(p.plan.Paths(lot))) {
			wrong = append(wrong, lot+": "+fault)
		}
	}
	p.out.check("where lots went", len(wrong) == 0 && len(traced) > 0, "%d%s", len(traced), firstOf(wrong))
	return nil
}
