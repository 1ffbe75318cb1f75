package certificate

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bayledger/server/tongue"
)

// Bounds of what somebody is answered who speaks plainly to a server that speaks TLS.
const (
	// maxPlain: a browser's first request is 2 KiB; of longer ones the end is not read.
	maxPlain = 16 << 10
	// plainWithin is what sending the answer, and reading what is left of the request so
	// that the answer is not lost with it, may take.
	plainWithin = 2 * time.Second
	// maxLeft is how much of a body is read for that.
	maxLeft = 256 << 10
)

// errPlain tells the server that a connection was answered, and is over.
var errPlain = errors.New("plain HTTP came where TLS is spoken; it was answered with the https address")

// Listen lets a listener speak TLS with the certificates of a source. Who speaks plain
// HTTP to it is told the https address: a browser is sent there.
func Listen(l net.Listener, s Source) net.Listener {
	return &listener{Listener: l, config: Config(s)}
}

type listener struct {
	net.Listener
	config *tls.Config
}

// Accept never waits for what a connection says: its first byte is looked at by whoever
// reads it, under their deadline.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return tls.Server(&peeked{Conn: conn}, l.config), nil
}

// peeked is a connection whose first byte is looked at. Reads are never at the same time.
type peeked struct {
	net.Conn
	known bool
}

// Read implements net.Conn.
func (c *peeked) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.known || n == 0 {
		return n, err
	}
	c.known = true
	if b[0] < 'A' || b[0] > 'Z' { // TLS begins with 22, methods of HTTP with a capital letter
		return n, err
	}
	c.answer(bytes.Clone(b[:n]))
	return 0, errPlain
}

// answer tells who speaks plainly where to go. The deadline for reading is the server's.
func (c *peeked) answer(begun []byte) {
	from := bufio.NewReader(io.MultiReader(bytes.NewReader(begun), io.LimitReader(c.Conn, maxPlain)))
	r, err := http.ReadRequest(from)
	if err != nil {
		return // no HTTP either, or too slow
	}
	_ = c.Conn.SetDeadline(time.Now().Add(plainWithin))
	if _, err := c.Conn.Write(toSecure(r, c.Conn.LocalAddr())); err != nil {
		return
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		_, _ = io.CopyN(io.Discard, c.Conn, maxLeft)
	}
}

// plainHost is a name or an address with a port, or without one.
var plainHost = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// toSecure is the answer to a plain request: where it should have gone. Only what has no
// body is sent on by itself: others may hold what should not go out plainly twice.
func toSecure(r *http.Request, local net.Addr) []byte {
	host := r.Host
	if !plainHost.MatchString(host) {
		host = local.String()
	}
	to := url.URL{Scheme: "https", Host: host, Path: "/"}
	if strings.HasPrefix(r.URL.Path, "/") {
		to.Path, to.RawPath, to.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
	}
	said := "This server speaks https. Nothing was read; use " + to.String()
	status, kind, body := http.StatusBadRequest, "application/problem+json", problem(said)
	more := ""
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		status, kind = http.StatusTemporaryRedirect, "text/html; charset=utf-8"
		link, code := html.EscapeString(to.String()), tongue.Of(r)
		say := spoken[code]
		body = `<!doctype html><html lang="` + code + `"><meta charset="utf-8"><title>` + say.Plain + `</title><h1>` + say.Plain + `</h1><p>` + say.Open + ` <a href="` + link + `">` + link + "</a>.</p></html>\n"
		more = "Location: " + to.String() + "\r\n"
	}
	length := len(body)
	if r.Method == http.MethodHead {
		body = ""
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sCache-Control: no-store\r\nConnection: close\r\n\r\n%s",
		status, http.StatusText(status), kind, length, more, body)
}

// problem is an error as the API tells them.
func problem(message string) string {
	b, _ := json.Marshal(map[string]any{"title": http.StatusText(http.StatusBadRequest), "status": http.StatusBadRequest, "detail": message, "code": "needs_https", "message": message}) // texts always can be
	return string(b) + "\n"
}
