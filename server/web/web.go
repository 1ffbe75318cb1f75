// Package web serves what people open in a browser, from files that are part of
// the program: the live page, and the handheld's page at /scan, which make web
// builds into dist. A program compiled without it says so at /scan.
//
// # Promised
//
// The page loads nothing from elsewhere and runs no script but its own (its
// Content-Security-Policy sees to that). Its parts have addresses that change
// with their content, and may be kept for ever; the page itself is asked for
// anew each time.
//
// # Not promised
//
// The addresses of its parts, but for those of Paths: a page that is installed asks
// for them for years.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed page
var files embed.FS

// policy lets the page use its own scripts, styles and sockets, and nothing else.
// No text can become markup: there is no policy that makes trusted types.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// forever is how long a part may be kept: its address changes with it.
const forever = "public, max-age=31536000, immutable"

// types of the parts; the machine's own table is not asked.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".html": "text/html; charset=utf-8", ".webmanifest": "application/manifest+json", ".json": "application/json", ".wasm": "application/wasm"}

type site struct {
	index []byte
	icon  []byte
	parts map[string][]byte // by path, the hash included
	built screens
}

// Handler serves /, /favicon.ico, /assets/, /scan/ and Paths.
func Handler() http.Handler {
	s := load(files)
	s.built = loadScreens(built)
	return s
}

// load reads the files once. All parts share a hash of all of them, so that
// modules name each other plainly. The files are compiled in: that they cannot
// be read is a fault of the program.
func load(from fs.FS) *site {
	s := &site{parts: map[string][]byte{}}
	names, err := fs.Glob(from, "page/*")
	if err != nil {
		panic(err)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		b, err := fs.ReadFile(from, name)
		if err != nil {
			panic(err)
		}
		sum.Write([]byte(name + "\x00"))
		sum.Write(b)
		s.parts[path.Base(name)] = b
	}
	base := "/assets/" + hex.EncodeToString(sum.Sum(nil))[:16] + "/"
	s.index = bytes.ReplaceAll(s.parts["index.html"], []byte("{assets}/"), []byte(base))
	s.icon = s.parts["icon.svg"]
	for _, name := range names {
		name = path.Base(name)
		s.parts[base+name] = s.parts[name]
		delete(s.parts, name)
	}
	delete(s.parts, base+"index.html")
	return s
}

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch r.URL.Path {
	case "/":
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache")
		write(w, "text/html; charset=utf-8", s.index)
		return
	case "/favicon.ico":
		h.Set("Cache-Control", "public, max-age=86400")
		write(w, types[".svg"], s.icon)
		return
	}
	if s.built.serve(w, r) {
		return
	}
	b, ok := s.parts[r.URL.Path]
	if !ok {
		http.Error(w, "There is nothing at this path. Load the page again.", http.StatusNotFound)
		return
	}
	h.Set("Cache-Control", forever)
	write(w, typeOf(r.URL.Path), b)
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
