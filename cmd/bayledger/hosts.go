package main

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
)

// hosts are the names that a server answers to; nil: any. A page of a stranger whose name
// points at this machine must not be taken for ours: where the server knows its names, a
// request for another is refused. It knows them where it makes its own certificate, where
// it was told (--name), and on loopback, if no proxy brings it requests for names that
// nobody told it.
func (o *serveFlags) hosts(at net.Addr, log *slog.Logger) []string {
	switch {
	case o.tls:
		return lower(serverNames(o.names, at, log))
	case len(o.names) > 0, isLoopback(hostOf(at)) && len(o.proxies) == 0 && o.certificate == "":
		return lower(append(o.names[:len(o.names):len(o.names)], "localhost", "127.0.0.1", "::1", hostOf(at)))
	}
	return nil
}

func lower(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.ToLower(name)
	}
	return unique(out)
}

// prefixes reads the addresses and networks of trusted proxies.
func prefixes(list []string) ([]netip.Prefix, error) { return prefixesOf("--trusted-proxy", list) }

// prefixesOf reads the addresses and networks of a flag.
func prefixesOf(flag string, list []string) (out []netip.Prefix, err error) {
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			var ip netip.Addr
			if ip, err = netip.ParseAddr(text); err == nil {
				p = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
			}
		}
		if err != nil {
			return nil, misused("%s is an address or a network, such as 10.1.2.3 or 10.0.0.0/8, not %q", flag, text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
