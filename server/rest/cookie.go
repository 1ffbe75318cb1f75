package rest

import (
	"net/http"
	"strings"
	"time"

	"bayledger/server/store"
)

// Names of the session's cookie. A browser keeps a name with __Host- only where it
// came over TLS, is sent to this host alone and for all paths: nobody else can have
// set it. Without TLS (on one's own machine, or where somebody has said so) browsers
// take no such cookie, so that it needs a plain name; each is read only over the
// transport that it belongs to.
const (
	secureCookie = "__Host-bayledger"
	plainCookie  = "bayledger"
)

// transportSecurity has browsers that have trusted our certificate once come over TLS
// alone, for a month after each visit: whoever goes back to plain HTTP can wait so long.
const transportSecurity = "max-age=2592000"

// overTLS says whether a browser speaks TLS, to us or to a proxy before us that is
// trusted (see believe).
func overTLS(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get(forwardedProto), "https")
}

func cookieName(r *http.Request) string {
	if overTLS(r) {
		return secureCookie
	}
	return plainCookie
}

// secretOf finds the secret of a request: a key or token in its header, else the
// session in its cookie. A session's is never taken from a header: pages cannot read
// it, and nobody is to carry it about.
func secretOf(r *http.Request) (secret string, cookie bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if secret = strings.TrimSpace(secret); !strings.EqualFold(scheme, "Bearer") || store.IsSession(secret) {
			return "", false
		}
		return secret, false
	}
	return sessionSecret(r), true
}

// sessionSecret is the secret in a request's cookie, "" where there is none.
func sessionSecret(r *http.Request) string {
	if c, err := r.Cookie(cookieName(r)); err == nil && store.IsSession(c.Value) {
		return c.Value
	}
	return ""
}

// SocketAddress is by what the address of whoever opens a socket is counted.
func SocketAddress(r *http.Request) string { return addressOf(r.RemoteAddr) }

// SocketSecret is the secret of whoever opens a socket.
func SocketSecret(r *http.Request) string {
	secret, _ := secretOf(r)
	return secret
}

// sessionCookie carries a secret; with "" it takes it away. Strict: no
// link of another site brings it. Pages themselves ask for no cookie, and what they
// fetch then comes from here: whoever follows a link to one is signed in there, also
// coming back from an identity provider.
func sessionCookie(r *http.Request, secret string) *http.Cookie {
	c := &http.Cookie{Name: cookieName(r), Value: secret, Path: "/", HttpOnly: true, Secure: overTLS(r), SameSite: http.SameSiteStrictMode, MaxAge: int(store.SessionFor / time.Second)}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

// deviceFor is how long a browser is known again after somebody has signed in with it.
const deviceFor = 180 * 24 * time.Hour

func deviceName(r *http.Request) string { return cookieName(r) + "-device" }

// placeOf is where a request comes from, for guesses at passwords to be counted by.
func placeOf(r *http.Request) store.Place {
	p := store.Place{Address: addressOf(r.RemoteAddr)}
	if c, err := r.Cookie(deviceName(r)); err == nil && store.IsDevice(c.Value) {
		p.Device = c.Value
	}
	return p
}

// deviceCookie carries by what a browser is known again. It opens nothing: whoever has
// it may try passwords where strangers have tried too many.
func deviceCookie(r *http.Request, secret string) *http.Cookie {
	return &http.Cookie{Name: deviceName(r), Value: secret, Path: "/", HttpOnly: true, Secure: overTLS(r), SameSite: http.SameSiteStrictMode, MaxAge: int(deviceFor / time.Second)}
}
