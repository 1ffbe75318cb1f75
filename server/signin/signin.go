// Package signin serves the pages by which people sign in: a form for login and
// password, one for the first administrator, and where one is signed in. They speak to
// the REST API like any other client.
//
// # Promised
//
// The pages speak the language that package tongue chooses. They load nothing from elsewhere and run no script but their own (their
// Content-Security-Policy sees to that). A code that stands behind the # of an address
// is sent to nobody but the API.
package signin

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"bayledger/server/tongue"
)

//go:embed page
var files embed.FS

// pages are those of them that have words in them.
var pages = template.Must(template.ParseFS(files, "page/*.html"))

// policy lets the pages use their own script and style, and speak to this server.
// Forms are sent by the script alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// part is a file as it is served.
type part struct{ name, kind string }

var parts = map[string]part{
	"/login":             {"login.html", "text/html; charset=utf-8"},
	"/setup":             {"setup.html", "text/html; charset=utf-8"},
	"/account":           {"account.html", "text/html; charset=utf-8"},
	"/sign-in/style.css": {"style.css", "text/css; charset=utf-8"},
	"/sign-in/script.js": {"script.js", "text/javascript; charset=utf-8"},
}

// Paths lists what the handler serves.
func Paths() []string {
	out := make([]string, 0, len(parts))
	for path := range parts {
		out = append(out, path)
	}
	return out
}

// Handler serves the pages.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	p, ok := parts[r.URL.Path]
	if !ok {
		http.Error(w, "There is nothing at this path.", http.StatusNotFound)
		return
	}
	b, err := p.read(tongue.Of(r))
	if err != nil { // they are compiled in
		http.Error(w, "The page could not be read.", http.StatusInternalServerError)
		return
	}
	if p.speaks() {
		w.Header().Set("Vary", tongue.Vary)
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", p.kind)
	_, _ = w.Write(b) // a browser that went away needs no answer
}

// speaks says whether it is a page: the script and the style have no words.
func (p part) speaks() bool { return strings.HasSuffix(p.name, ".html") }

// read gives it in a language.
func (p part) read(code string) ([]byte, error) {
	if !p.speaks() {
		return files.ReadFile("page/" + p.name)
	}
	var out bytes.Buffer
	err := pages.ExecuteTemplate(&out, p.name, struct {
		Code string
		words
	}{code, spoken[code]})
	return out.Bytes(), err
}
