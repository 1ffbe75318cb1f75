package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// built holds what make web has built, and a placeholder where it has not.
//
//go:embed dist
var built embed.FS

// scanPolicy is that of the supervisor's page, with what an installed page needs beside: a worker, a
// manifest, and one policy by which these two scripts of our own are loaded by name.
const scanPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types bayledger"

// computing is what a worker may do besides, whose work is WebAssembly. The page may not.
const computing = "script-src 'self' 'wasm-unsafe-eval'; "

// computingParts are the names, without their hash, of the workers that compute.
var computingParts = []string{"camera-", "pin-"}

// policyOf is by what a file of the screens is bound: the supervisor's page needs the least.
func policyOf(address string) string {
	if strings.HasPrefix(path.Base(address), "watch") {
		return policy
	}
	for _, name := range computingParts {
		if strings.HasPrefix(path.Base(address), name) {
			return strings.Replace(scanPolicy, "script-src 'self'; ", computing, 1)
		}
	}
	return scanPolicy
}

// notBuilt is told where the screens are not part of the program.
const notBuilt = "This page is not part of this program: it was built without its screens. Whoever built it runs make build, which needs Node, and starts the server again. " +
	"A pairing code was not used up by opening it here: a handheld in a terminal takes the whole address, bayledger scan --pair ADDRESS."

// screen is a file that was built, with its compressed forms.
type screen struct {
	plain, gzip, brotli []byte
	kind, cache, policy string
}

// screens are the built files, by path; no file where nothing was built.
type screens map[string]*screen

// watchPaths are those of the pages of src/watch/pages.ts: each is the supervisor's
// page, which knows by its address what to show.
var watchPaths = []string{"/", "/attention", "/history", "/figures", "/stock", "/why", "/counts", "/codes", "/devices", "/wall"}

// partFolders hold what has an address that changes with its content.
var partFolders = []string{"assets", "scan"}

// screenPaths are the paths of the screens and of what has to have a fixed address, with their files.
var screenPaths = func() map[string]string {
	out := map[string]string{"/scan": "scan.html", "/scan.webmanifest": "scan.webmanifest", "/scan-offline.js": "scan-offline.js", "/scan-version.json": "scan-version.json"}
	for _, p := range watchPaths {
		out[p] = "watch.html"
	}
	return out
}()

// Paths lists what is served besides / and the parts.
func Paths() []string {
	out := make([]string, 0, len(screenPaths))
	for p := range screenPaths {
		if p != "/" {
			out = append(out, p)
		}
	}
	return out
}

// loadScreens reads what was built. The files are compiled in: that they cannot be read is a fault of
// the program.
func loadScreens(from fs.FS) screens {
	out := screens{}
	for _, folder := range partFolders {
		names, err := fs.Glob(from, "dist/"+folder+"/*")
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			if ext := path.Ext(name); ext != ".gz" && ext != ".br" {
				out["/"+folder+"/"+path.Base(name)] = readScreen(from, name, forever)
			}
		}
	}
	for address, name := range screenPaths {
		if _, err := fs.Stat(from, "dist/"+name); err == nil {
			out[address] = readScreen(from, "dist/"+name, "no-cache")
		}
	}
	return out
}

func readScreen(from fs.FS, name, cache string) *screen {
	s := &screen{kind: typeOf(name), cache: cache, policy: policyOf(name)}
	for suffix, to := range map[string]*[]byte{"": &s.plain, ".gz": &s.gzip, ".br": &s.brotli} {
		b, err := fs.ReadFile(from, name+suffix)
		if err != nil {
			panic(err)
		}
		*to = b
	}
	return s
}

// serve answers with a screen, or says that there are none; false: it is something else that is asked for.
func (all screens) serve(w http.ResponseWriter, r *http.Request) bool {
	s := all[r.URL.Path]
	if s == nil {
		if screenPaths[r.URL.Path] == "" {
			return false
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, notBuilt, http.StatusNotFound)
		return true
	}
	h := w.Header()
	h.Set("Cache-Control", s.cache)
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", s.policy) // workers obey the one that their script came with
	body := s.plain
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case accepts(accepted, "br"):
		h.Set("Content-Encoding", "br")
		body = s.brotli
	case accepts(accepted, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = s.gzip
	}
	write(w, s.kind, body)
	return true
}

// accepts says whether a list of encodings names one, and does not refuse it.
func accepts(list, encoding string) bool {
	for one := range strings.SplitSeq(list, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			quality = strings.ReplaceAll(quality, " ", "")
			return strings.Trim(strings.TrimPrefix(quality, "q="), "0.") != "" || quality == ""
		}
	}
	return false
}
