package main

import (
	"log/slog"
	"net"
	"slices"
	"testing"
)

// Which names a server answers to: those that it knows to be its own, else any.
func TestHosts(t *testing.T) {
	for name, c := range map[string]struct {
		o    serveFlags
		at   string
		has  []string
		lack []string // nil with has nil: any name is answered to
	}{
		"on this machine":                 {serveFlags{}, "127.0.0.1", []string{"localhost", "127.0.0.1", "::1"}, []string{"stock.example"}},
		"on this machine, by a name":      {serveFlags{names: []string{"Stock.example"}}, "127.0.0.1", []string{"localhost", "stock.example"}, []string{"evil.example"}},
		"behind a proxy":                  {serveFlags{proxies: []string{"127.0.0.1"}}, "127.0.0.1", nil, nil},
		"behind a proxy, by a name":       {serveFlags{proxies: []string{"127.0.0.1"}, names: []string{"stock.example"}}, "127.0.0.1", []string{"stock.example", "127.0.0.1"}, []string{"evil.example"}},
		"plainly on a network":            {serveFlags{plain: true}, "10.0.0.5", nil, nil},
		"plainly on a network, by a name": {serveFlags{plain: true, names: []string{"stock.example"}}, "10.0.0.5", []string{"stock.example", "10.0.0.5", "localhost"}, []string{"evil.example"}},
		"with its own certificate":        {serveFlags{tls: true, names: []string{"stock.example"}}, "10.0.0.5", []string{"stock.example", "10.0.0.5", "localhost"}, []string{"evil.example"}},
		"with somebody's certificate":     {serveFlags{certificate: "x", key: "y"}, "10.0.0.5", nil, nil},
	} {
		got := c.o.hosts(&net.TCPAddr{IP: net.ParseIP(c.at), Port: 8080}, slog.New(slog.DiscardHandler))
		if c.has == nil && got != nil {
			t.Errorf("%s: only %v", name, got)
		}
		for _, want := range c.has {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %v has no %s", name, got, want)
			}
		}
		for _, not := range c.lack {
			if slices.Contains(got, not) {
				t.Errorf("%s: %v has %s", name, got, not)
			}
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	got, err := prefixes([]string{"10.1.2.3", "10.9.8.7/8", "::ffff:192.0.2.1", "2001:db8::/32"})
	if err != nil || len(got) != 4 || got[0].String() != "10.1.2.3/32" || got[1].String() != "10.0.0.0/8" || got[2].String() != "192.0.2.1/32" || got[3].String() != "2001:db8::/32" {
		t.Errorf("%v %v", got, err)
	}
	s := newShell(t)
	for _, bad := range []string{"proxy.example", "10.0.0.0/99", "everybody"} {
		s.do(2, "serve", "--listen", "127.0.0.1:0", "--trusted-proxy", bad)
	}
}
