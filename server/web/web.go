// Package web serves what people open in a browser, from files that are part of
// the program: the supervisor's page at / and at the paths of its pages, and the
// handheld's page at /scan. make web builds them into dist; a program compiled
// without that says so where they would be.
//
// # Promised
//
// The pages load nothing from elsewhere and run no script but their own (their
// Content-Security-Policy sees to that). Their parts have addresses that change
// with their content, and may be kept for ever; a page itself is asked for anew
// each time.
//
// # Not promised
//
// The addresses of parts, but for those of Paths: a page that is installed asks
// for them for years.
package web

import (
	_ "embed"
	"net/http"
	"path"
	"strings"
)

//go:embed icon.svg
var icon []byte

// policy lets the supervisor's page use its own scripts, styles and sockets, and
// nothing else. No text can become markup: there is no policy that makes trusted types.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// forever is how long a part may be kept: its address changes with it.
const forever = "public, max-age=31536000, immutable"

// types of the parts; the machine's own table is not asked.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".html": "text/html; charset=utf-8", ".webmanifest": "application/manifest+json", ".json": "application/json", ".wasm": "application/wasm"}

// Handler serves /, /favicon.ico, /assets/, /scan/ and Paths.
func Handler() http.Handler { return loadScreens(built) }

// ServeHTTP implements http.Handler.
func (all screens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/favicon.ico":
		w.Header().Set("Cache-Control", "public, max-age=86400")
		write(w, types[".svg"], icon)
	case all.serve(w, r):
	default:
		http.Error(w, "There is nothing at this path. Load the page again.", http.StatusNotFound)
	}
}

func typeOf(name string) string {
	if t, ok := types[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

func write(w http.ResponseWriter, contentType string, b []byte) {
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(b) // a browser that went away needs no answer
}
