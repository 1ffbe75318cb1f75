package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"bayledger/sync/ledger"
)

// createdDecimals is how finely made-up products are counted.
const createdDecimals = "4"

// creator makes the products and locations that intents name and the book does
// not have.
type creator struct {
	server *api
	known  map[string]bool // by "p" + code, "l" + site + "/" + code
}

// make sees to it that everything named in the lines is there.
func (c *creator) make(ctx context.Context, lines [][]byte) error {
	products := [][]string{{"code", "decimals"}}
	locations := [][]string{{"site", "code", "kind"}}
	sites := []string{}
	for _, line := range lines {
		r := wireIntent(line)
		if r == nil {
			continue
		}
		for _, code := range r.products() {
			if err := c.once(ctx, "p"+code, func() { products = append(products, []string{code, createdDecimals}) },
				"/v1/products/"+url.PathEscape(code), "/v1/barcodes/"+url.PathEscape(code)); err != nil {
				return err
			}
		}
		for _, place := range r.places() {
			site, code := place[0], place[1]
			if err := c.once(ctx, "s"+site, func() { sites = append(sites, site) }, "/v1/sites/"+url.PathEscape(site)); err != nil {
				return err
			}
			if err := c.once(ctx, "l"+site+"/"+code, func() { locations = append(locations, []string{site, code, "stock"}) },
				"/v1/locations/"+url.PathEscape(code)+"?site="+url.QueryEscape(site), "/v1/locations/"+url.PathEscape(code)); err != nil {
				return err
			}
		}
	}
	for _, site := range sites {
		if err := c.server.call(ctx, http.MethodPut, "/v1/sites/"+url.PathEscape(site), "application/json", []byte(`{}`), nil); err != nil {
			return err
		}
	}
	if err := c.imports(ctx, "products", products); err != nil {
		return err
	}
	return c.imports(ctx, "locations", locations)
}

// once asks the server for something not asked for before, and calls missing
// where it is at none of the paths.
func (c *creator) once(ctx context.Context, key string, missing func(), paths ...string) error {
	if c.known[key] {
		return nil
	}
	c.known[key] = true
	for _, path := range paths {
		err := c.server.get(ctx, path, nil)
		var p *problem
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &p) || p.Code != string(ledger.NotFound):
			return err
		}
	}
	missing()
	return nil
}

func (c *creator) imports(ctx context.Context, kind string, rows [][]string) error {
	if len(rows) < 2 {
		return nil
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return c.server.call(ctx, http.MethodPost, "/v1/import/"+kind, "text/csv", out.Bytes(), nil)
}

// named is what an intent says of products and places.
type named struct {
	Site, Action, Product, Scan, From, To string
	Lines                                 []struct{ Product, Scan, From, To string }
}

// wireIntent reads what a line names; nil where it is no intent.
func wireIntent(line []byte) *named {
	n := new(named)
	if json.Unmarshal(line, n) != nil {
		return nil
	}
	if n.Site == "" {
		n.Site = "main"
	}
	return n
}

func (n *named) products() (codes []string) {
	add := func(product, scan string) {
		if product != "" && len(product) <= ledger.MaxCode {
			codes = append(codes, product)
		} else if product == "" && scan != "" && len(scan) <= ledger.MaxCode && !strings.HasPrefix(scan, "]") {
			codes = append(codes, scan)
		}
	}
	add(n.Product, n.Scan)
	for _, l := range n.Lines {
		add(l.Product, l.Scan)
	}
	return codes
}

// places returns site and code of every physical place named; virtual places are
// always there.
func (n *named) places() (out [][2]string) {
	add := func(name string) {
		if name == "" || isVirtual(name) || len(name) > ledger.MaxCode {
			return
		}
		site, code := n.Site, name
		if before, after, ok := strings.Cut(name, "/"); ok && before != "" && after != "" {
			site, code = before, after
		}
		out = append(out, [2]string{site, code})
	}
	add(n.From)
	add(n.To)
	for _, l := range n.Lines {
		add(l.From)
		add(l.To)
	}
	if n.Site != "main" {
		out = append(out, [2]string{n.Site, string(ledger.PlaceStock)})
	}
	return out
}

func isVirtual(name string) bool {
	for _, kind := range ledger.VirtualKinds {
		if string(kind) == name {
			return true
		}
	}
	return false
}
