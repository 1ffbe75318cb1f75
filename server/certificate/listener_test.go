package certificate_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"bayledger/server/certificate"
)

// secured serves a page over a listener, and gives its address and how to speak to it.
func secured(t *testing.T, within time.Duration) (addr string, client *http.Client) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, certificate.Options{Dir: t.TempDir(), Names: []string{"127.0.0.1", "stock.example"}, Now: time.Now, Random: rand.Reader})
	h := &http.Server{ReadHeaderTimeout: within, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			t.Error("a request came in plainly")
		}
		_, _ = io.WriteString(w, "secret of "+r.URL.Path)
	})}
	go func() { _ = h.Serve(certificate.Listen(l, a)) }()
	t.Cleanup(func() { h.Close() })
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.Root())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return l.Addr().String(), &http.Client{Transport: transport}
}

// say sends bytes and reads all that is answered.
func say(t *testing.T, addr, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("%.30q: %v", text, err)
	}
	return string(answer)
}

func TestPlainIsToldTheAddress(t *testing.T) {
	addr, client := secured(t, 10*time.Second)
	for name, c := range map[string]struct {
		request  string
		status   int
		location string
		body     string
	}{
		"a browser":                   {"GET /stock?site=main HTTP/1.1\r\nHost: stock.example:8443\r\n\r\n", 307, "https://stock.example:8443/stock?site=main", `href="https://stock.example:8443/stock?site=main"`},
		"an old one":                  {"GET / HTTP/1.0\r\n\r\n", 307, "https://" + addr + "/", "This server speaks https"},
		"only the head":               {"HEAD /a%2Fb HTTP/1.1\r\nHost: [::1]:8\r\n\r\n", 307, "https://[::1]:8/a%2Fb", ""},
		"a client of the API":         {"POST /v1/intents HTTP/1.1\r\nHost: stock.example\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100_000), 400, "", `"code":"needs_https"`},
		"a host that is none":         {"GET / HTTP/1.1\r\nHost: evil\"><script>\r\n\r\n", 307, "https://" + addr + "/", "This server speaks https"},
		"a query that is markup":      {"GET /?a=<b>&\"c HTTP/1.1\r\nHost: stock.example\r\n\r\n", 307, "https://stock.example/?a=<b>&\"c", "?a=&lt;b&gt;&amp;&#34;c"},
		"another address in the line": {"GET http://evil.example/x HTTP/1.1\r\nHost: stock.example\r\n\r\n", 307, "https://evil.example/x", "This server speaks https"},
		"a star":                      {"OPTIONS * HTTP/1.1\r\nHost: stock.example\r\n\r\n", 400, "", `use https://stock.example/"`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(say(t, addr, c.request))), &http.Request{Method: strings.Fields(c.request)[0]})
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != c.status || r.Header.Get("Location") != c.location || !strings.Contains(string(body), c.body) || strings.Contains(string(body), "secret") {
				t.Errorf("%d to %q: %s %v", r.StatusCode, r.Header.Get("Location"), body, err)
			}
		})
	}
	for name, text := range map[string]string{"no HTTP": "SSH-2.0-x\r\n", "a head without end": "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 64<<10), "a small letter": "get / HTTP/1.1\r\n\r\n"} {
		if got := say(t, addr, text); strings.Contains(got, "HTTP/1.1 2") || strings.Contains(got, "secret") {
			t.Errorf("%s: %q", name, got)
		}
	}
	answer, err := client.Get("https://" + addr + "/stock")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "secret of /stock" {
		t.Errorf("over TLS: %q %v", body, err)
	}
}

// Whoever sends half a request is let go when the server's time for a head is up, and
// keeps nobody else waiting.
func TestPlainWaitsForNobody(t *testing.T) {
	addr, client := secured(t, 2*time.Second) // on a busy machine a whole handshake has to fit
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HT")
	answer, err := client.Get("https://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.ReadAll(conn); os.IsTimeout(err) {
		t.Error("it is kept")
	}
}

// TLS whose first byte comes alone is TLS.
func TestTLSByteByByte(t *testing.T) {
	addr, client := secured(t, 10*time.Second)
	transport := client.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		return &dripping{Conn: conn}, err
	}
	answer, err := client.Get("https://" + addr + "/x")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

// dripping sends the first bytes of each write one by one.
type dripping struct{ net.Conn }

func (d *dripping) Write(b []byte) (int, error) {
	for i := range min(len(b), 6) {
		if _, err := d.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	n, err := d.Conn.Write(b[min(len(b), 6):])
	return n + min(len(b), 6), err
}
