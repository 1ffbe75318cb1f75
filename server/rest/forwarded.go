package rest

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Headers in which a proxy says whom it speaks for.
const (
	forwardedFor   = "X-Forwarded-For"
	forwardedProto = "X-Forwarded-Proto"
	forwarded      = "Forwarded"
)

// believe takes the address and the scheme of whoever asked from a proxy's headers,
// where the request came from one that is trusted, and takes the headers away
// everywhere else: what follows reads them without asking again. Of several hops the
// last is the one that the proxy itself has seen; what stands before it anybody may
// have written.
func believe(r *http.Request, trusted []netip.Prefix) {
	peer, ok := ipOf(r.RemoteAddr)
	if !ok || !slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(peer) }) {
		for _, name := range []string{forwardedFor, forwardedProto, forwarded} {
			r.Header.Del(name)
		}
		return
	}
	proto := lastHop(r.Header.Values(forwardedProto))
	if proto == "" {
		proto = protoOf(lastHop(r.Header.Values(forwarded)))
	}
	if r.Header.Del(forwardedProto); proto != "" {
		r.Header.Set(forwardedProto, proto)
	}
	if ip, ok := ipOf(lastHop(r.Header.Values(forwardedFor))); ok {
		r.RemoteAddr = ip.String()
	}
}

// lastHop is the last part of a list that may be spread over several headers.
func lastHop(values []string) string {
	if len(values) == 0 {
		return ""
	}
	last := values[len(values)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// protoOf reads the scheme of a hop in the header Forwarded (RFC 7239).
func protoOf(hop string) string {
	for pair := range strings.SplitSeq(hop, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && strings.EqualFold(name, "proto") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// ipOf reads an address with or without a port.
func ipOf(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap().WithZone(""), err == nil
}

// addressOf is by what an address is counted: of IPv6 the network, of which somebody
// has all addresses.
func addressOf(remote string) string {
	ip, ok := ipOf(remote)
	if !ok {
		if host, _, err := net.SplitHostPort(remote); err == nil {
			return host
		}
		return remote
	}
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
