package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/server/outbound"
	"bayledger/server/tables"
	"bayledger/server/within"
	"bayledger/sync/ledger"
)

// reporter makes reports as `bayledger report` does, from within, as whoever has the
// rights would get them.
type reporter struct{ node *node }

var _ outbound.Reporter = reporter{}

// Check implements outbound.Reporter.
func (r reporter) Check(report string, filters url.Values, format string) (span bool, err error) {
	k, known := tables.Named(report)
	switch {
	case !known:
		return false, errors.New("there is no report " + ledger.Quote(report))
	case !slices.Contains(tables.Formats(), format):
		return false, errors.New("the format is one of " + strings.Join(tables.Formats(), ", "))
	}
	for name, values := range filters {
		if !slices.Contains(k.Filters, name) {
			return false, errors.New("the report " + report + " takes no " + ledger.Quote(name) + "; it takes " + strings.Join(k.Filters, ", "))
		}
		if why := tables.FilterFault(name, values[0]); why != "" {
			return false, errors.New("the filter " + name + " " + why)
		}
	}
	_, err = k.Answering(cloneValues(filters))
	return slices.Contains(k.Filters, "from"), err
}

// Report implements outbound.Reporter.
func (r reporter) Report(ctx context.Context, who access.Principal, report string, filters url.Values, format string, to io.Writer) error {
	if _, err := r.Check(report, filters, format); err != nil { // of an older release
		return outbound.Refusal(err.Error())
	}
	of, _ := tables.Named(report)
	k, err := of.Answering(filters)
	if err != nil {
		return outbound.Refusal(err.Error())
	}
	server := &api{"http://bayledger.invalid", "", &http.Client{Transport: r.node.asked(r.node.server.As(who))}}
	columns := k.Columns
	if format != tables.Text {
		columns = k.All()
	}
	w, err := tables.New(format, to, columns)
	if err != nil {
		return err
	}
	err = tables.Each(ctx, server.report, k, filters, func(int64) {}, w.Row)
	if refused := (*problem)(nil); errors.As(err, &refused) && !slices.Contains(passing, refused.Code) {
		return outbound.Refusal(refused.Error())
	}
	if err != nil {
		return err
	}
	return w.Close()
}

// passing are refusals that are others a while later.
var passing = []string{"internal", "unavailable", string(ledger.TooFast), string(ledger.DiskFull)}

func cloneValues(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = slices.Clone(values)
	}
	return out
}

// asked is a way to ask a handler of this server without a network.
func (n *node) asked(handler http.Handler) http.RoundTripper {
	return within.Transport{Handler: handler, Failed: func(p any) { n.log.Error("a request from within failed", "panic", p) }}
}
