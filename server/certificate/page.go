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
	"bayledger/server/tongue"
)

// Paths of what the handler shows; none needs a key: a root is no secret.
const (
	PagePath = "/trust"
	RootPath = "/authority.crt"
)

const pageStyle = "body{font:18px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff;overflow-wrap:break-word}" +
	"h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.1rem;margin-top:2rem}code{overflow-wrap:anywhere;background:#eee;padding:.1em .3em}svg{display:block;margin:1rem 0;max-width:100%;height:auto}a{color:#0645ad}" +
	"@media(prefers-color-scheme:dark){body{color:#eee;background:#151515}code{background:#333}a{color:#9cc9ff}}"

// pageTemplate shows words; those of one language are a template.HTML each, since file
// names in them are set apart.
var pageTemplate = template.Must(template.New("trust").Parse(`<!doctype html>
<html lang="{{.Code}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{{.W.Title}}</title><style>{{.Style}}</style></head>
<body><main><h1>{{.W.Title}}</h1>
<p>{{.W.Why}} <a href="{{.Link}}">{{.Link}}</a>{{.W.Then}}</p>
{{.QR}}
{{range .W.Ways}}<h2>{{.Where}}</h2>
<p>{{.How}}</p>
{{end}}<h2>{{.W.Right}}</h2>
<p>{{.W.RightHow}}</p>
<p><code>{{.Fingerprint}}</code></p>
<p>{{.W.Known}} {{range $i, $name := .Names}}{{if $i}}, {{end}}{{$name}}{{end}}.</p>
</main></body></html>
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
	code := tongue.Of(r)
	say := spoken[code]
	qr, err := drawn(link, say.CodeOfLink)
	if err != nil {
		qr = "" // the link stands beside it
	}
	var out bytes.Buffer
	err = pageTemplate.Execute(&out, map[string]any{"Style": template.CSS(pageStyle), "Link": link, "QR": qr, "Code": code, "W": say,
		"Fingerprint": a.Fingerprint(), "Names": a.o.Names})
	if err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256([]byte(pageStyle))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Vary", tongue.Vary)
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
// camera on a screen. label is what it is.
func drawn(link, label string) (template.HTML, error) {
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
	return template.HTML(fmt.Sprintf(`<svg role="img" aria-label="%s" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges"><rect width="100%%" height="100%%" fill="#fff"/><path d="%s"/></svg>`,
		template.HTMLEscapeString(label), w*size, h*size, w, h, path.String())), nil
}
