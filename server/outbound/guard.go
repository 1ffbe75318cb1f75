package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"bayledger/sync/ledger"
)

// Bounds of one request.
const (
	dialTimeout    = 10 * time.Second
	requestTimeout = 30 * time.Second // a receiver puts it into a queue of its own and answers
	maxAnswer      = 4 << 10          // read of an answer; the rest is not
	shownAnswer    = 300              // of it kept in the log
	maxURL         = 2_000
)

// errForbidden tells that an address is not to be dialled.
var errForbidden = errors.New("the address is of this machine or of a private network, which is not allowed")

// guard says what may be dialled.
type guard struct{ allow []netip.Prefix }

// notPublic are networks that are no loopback, private or link-local ones by name, and
// are not of the internet either (IANA special-purpose registries).
var notPublic = func() (out []netip.Prefix) {
	for _, text := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}()

// allowed says whether an address may be dialled.
func (g *guard) allowed(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(ip) {
			return true
		}
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// control is asked with the very address that is about to be dialled: what a name
// meant when it was looked at may be something else by now.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.allowed(at.Addr()) {
		return errForbidden
	}
	return nil
}

// client makes requests within bounds. No proxy is asked: it would look names up by
// itself. Redirects are not followed: the one who set the endpoint up named it.
func (g *guard) client(secure *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: g.control}
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: secure, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTimeout,
			ResponseHeaderTimeout: requestTimeout, MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 1, MaxIdleConns: 64, IdleConnTimeout: time.Minute,
		},
	}
}

// checkURL says what is wrong with where messages are to go. Plain HTTP is for networks
// that were allowed in words.
func (g *guard) checkURL(ctx context.Context, text string) *ledger.Fault {
	bad := func(why string) *ledger.Fault {
		return &ledger.Fault{Code: ledger.BadField, Field: "url", Message: why + " Nothing was changed."}
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return bad("url is an address such as https://example.com/stock, at most 2,000 bytes.")
	case u.User != nil:
		return bad("url has a name or password in it, which would stand in logs; the receiver knows us by the signature.")
	case u.Fragment != "":
		return bad("url has a # in it, behind which nothing is sent.")
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil { // it may come to life later
		if u.Scheme == "http" {
			return bad("url is plain http, and its host is not known: use https.")
		}
		return nil
	}
	for _, ip := range ips {
		if !g.allowed(ip) {
			return bad(fmt.Sprintf("url leads to %s, which is this machine or a private network; where that is meant, start the server with --webhook-allow and the network.", ip.Unmap()))
		}
		if u.Scheme == "http" && !g.named(ip) {
			return bad("url is plain http: what is sent could be read on the way. Use https, or start the server with --webhook-allow and the network.")
		}
	}
	return nil
}

// named says whether an address is of a network that was allowed in words.
func (g *guard) named(ip netip.Addr) bool {
	for _, p := range g.allow {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}
