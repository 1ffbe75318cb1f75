package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"

	"bayledger/labels/symbol"
)

// Paths of what the handler shows; none needs a key: a root is no secret.
const (
	PagePath = "/trust"
	RootPath = "/authority.crt"
)

const pageStyle = "body{font:18px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}" +
	"h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}code{overflow-wrap:anywhere;background:#eee;padding:.1em .3em}svg{display:block;margin:1rem 0}a{color:#0645ad}"

var pageTemplate = template.Must(template.New("trust").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Trust this server</title><style>{{.Style}}</style></head>
<body><h1>Trust this server</h1>
<p>Handhelds keep scans only for a server that they trust. Scan the code with the handheld's camera, or open <a href="{{.Link}}">{{.Link}}</a> there, and install the file as follows. It is needed once for each handheld.</p>
{{.Code}}
<h2>Android 11 and newer</h2>
<p>Settings → Security → Encryption and credentials → Install a certificate → CA certificate → Install anyway → choose <code>authority.crt</code> among the downloads.</p>
<h2>Android 7 to 10</h2>
<p>Settings → Security → Encryption and credentials → Install from storage → choose <code>authority.crt</code>; give it any name, for VPN and apps. A screen lock must be set.</p>
<h2>Android 6 and older</h2>
<p>Opening the file in the browser asks to install it; give it any name.</p>
<h2>Device management</h2>
<p>Give <a href="{{.Path}}">authority.crt</a> to your device management (for Zebra: StageNow or an EMM, Certificate Manager) as a trusted root. Nobody has to touch a handheld then.</p>
<h2>iPhone and iPad</h2>
<p>Open the file, then Settings → Profile downloaded → Install, and Settings → General → About → Certificate trust settings → switch it on.</p>
<h2>Is it the right one?</h2>
<p>The handheld shows a SHA-256 fingerprint. It must be this one, and this one must be what the server printed at its start:</p>
<p><code>{{.Fingerprint}}</code></p>
<p>The server is known by: {{range $i, $name := .Names}}{{if $i}}, {{end}}{{$name}}{{end}}.</p>
</body></html>
`))

// Handler shows the root at RootPath and how to trust it at PagePath.
func (a *Authority) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PagePath, a.page)
	mux.HandleFunc("GET "+RootPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-x509-ca-cert") // by which phones know what it is
		w.Header().Set("Content-Disposition", `attachment; filename="authority.crt"`)
		_, _ = w.Write(a.Root()) // a client that went away needs no answer
	})
	return mux
}

func (a *Authority) page(w http.ResponseWriter, r *http.Request) {
	link := "https://" + a.known(r.Host) + RootPath
	code, err := drawn(link)
	if err != nil {
		code = "" // the link stands beside it
	}
	var out bytes.Buffer
	err = pageTemplate.Execute(&out, map[string]any{"Style": template.CSS(pageStyle), "Link": link, "Path": RootPath, "Code": code,
		"Fingerprint": a.Fingerprint(), "Names": a.o.Names})
	if err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256([]byte(pageStyle))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(out.Bytes())
}

// known returns the host that was asked for if the certificate holds for it, else
// the first that it holds for; with the port that was asked for.
func (a *Authority) known(asked string) string {
	host, port, err := net.SplitHostPort(asked)
	if err != nil {
		host, port = asked, ""
	}
	host = strings.Trim(host, "[]")
	if !slices.Contains(a.o.Names, host) {
		host = first(a.o.Names)
	}
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	return host
}

// drawn is a QR code of a link, as SVG: four modules of white around it, for a
// camera on a screen.
func drawn(link string) (template.HTML, error) {
	s, err := symbol.Of(symbol.QR, link)
	if err != nil {
		return "", err
	}
	const white, size = 4, 6
	var path strings.Builder
	for y := range s.H {
		for x := range s.W {
			if s.At(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+white, y+white)
			}
		}
	}
	w, h := s.W+2*white, s.H+2*white
	return template.HTML(fmt.Sprintf(`<svg role="img" aria-label="Code of the link" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges"><rect width="100%%" height="100%%" fill="#fff"/><path d="%s"/></svg>`,
		w*size, h*size, w, h, path.String())), nil
}
