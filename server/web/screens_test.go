package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// builtFiles is a folder as make web writes it.
func builtFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for name, text := range map[string]string{"scan.html": "<!doctype html>", "watch.html": "<!doctype html>", "scan.webmanifest": "{}", "scan-offline.js": "self", "scan-version.json": "{}",
		"scan/scan-0123456789ab.js": "run()", "scan/scan-ba9876543210.css": "body{}", "assets/watch-0123456789ab.js": "run()", "scan/camera-0123456789ab.js": "run()", "scan/reader-0123456789ab.wasm": "\x00asm"} {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		out["dist/"+name] = &fstest.MapFile{Data: []byte(text)}
		out["dist/"+name+".gz"] = &fstest.MapFile{Data: packed.Bytes()}
		out["dist/"+name+".br"] = &fstest.MapFile{Data: []byte("brotli of " + text)}
	}
	return out
}

func TestScreensAreServedCompressedAndKept(t *testing.T) {
	all := loadScreens(builtFiles(t))
	for _, c := range []struct{ path, accept, encoding, kind, cache string }{
		{"/scan", "gzip, deflate, br", "br", "text/html; charset=utf-8", "no-cache"},
		{"/", "gzip", "gzip", "text/html; charset=utf-8", "no-cache"},
		{"/attention", "br", "br", "text/html; charset=utf-8", "no-cache"},
		{"/scan", "gzip, deflate", "gzip", "text/html; charset=utf-8", "no-cache"},
		{"/scan", "", "", "text/html; charset=utf-8", "no-cache"},
		{"/scan", "br;q=0, gzip;q=0.5", "gzip", "text/html; charset=utf-8", "no-cache"},
		{"/scan-offline.js", "gzip;q=0", "", "text/javascript; charset=utf-8", "no-cache"},
		{"/scan.webmanifest", "br", "br", "application/manifest+json", "no-cache"},
		{"/scan-version.json", "", "", "application/json", "no-cache"},
		{"/scan/scan-0123456789ab.js", "gzip", "gzip", "text/javascript; charset=utf-8", forever},
		{"/scan/reader-0123456789ab.wasm", "", "", "application/wasm", forever},
		{"/assets/watch-0123456789ab.js", "gzip", "gzip", "text/javascript; charset=utf-8", forever},
		{"/scan/scan-ba9876543210.css", "br", "br", "text/css; charset=utf-8", forever},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		if !all.serve(w, r) {
			t.Fatalf("%s is not served", c.path)
		}
		h := w.Header()
		if w.Code != 200 || h.Get("Content-Encoding") != c.encoding || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s, %q: %d %v", c.path, c.accept, w.Code, h)
		}
		if c.encoding == "gzip" {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(z); err != nil || len(text) == 0 {
				t.Errorf("%s: %q %v", c.path, text, err)
			}
		}
	}
}

func TestThePoliciesOfScreensAreStrict(t *testing.T) {
	all := loadScreens(builtFiles(t))
	for path, own := range map[string][]string{"/": {"trusted-types 'none'"}, "/wall": {"trusted-types 'none'"}, "/scan": {"worker-src 'self'", "trusted-types bayledger"}} {
		w := httptest.NewRecorder()
		all.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range append(own, "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'") {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy is lax: %s", path, policy)
		}
	}
}

// WebAssembly runs in the worker that reads pictures, and nowhere else: each script is bound by
// the policy that it is served with.
func TestOnlyTheCamerasWorkerMayCompute(t *testing.T) {
	all := loadScreens(builtFiles(t))
	for path := range all {
		w := httptest.NewRecorder()
		all.serve(w, httptest.NewRequest("GET", path, nil))
		may := strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self' 'wasm-unsafe-eval';")
		if may != strings.HasPrefix(path, "/scan/camera-") || strings.Contains(w.Header().Get("Content-Security-Policy"), "'unsafe-eval'") {
			t.Errorf("%s: %s", path, w.Header().Get("Content-Security-Policy"))
		}
	}
}

// A program that was compiled without make says so.
func TestScreensThatWereNotBuiltAreSaid(t *testing.T) {
	all := loadScreens(fstest.MapFS{"dist/README.md": &fstest.MapFile{Data: []byte("a placeholder")}})
	for path := range screenPaths {
		w := httptest.NewRecorder()
		if !all.serve(w, httptest.NewRequest("GET", path, nil)) || w.Code != 404 || !strings.Contains(w.Body.String(), "make build") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	if all.serve(w, httptest.NewRequest("GET", "/assets/README.md", nil)) || all.serve(w, httptest.NewRequest("GET", "/README.md", nil)) {
		t.Error("the placeholder is served")
	}
}

// Each page of the supervisor's screen is served at its address, and nothing else is taken for one.
func TestThePagesAreThoseOfTheScreens(t *testing.T) {
	source, err := os.ReadFile("src/watch/pages.ts")
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{}
	for _, m := range regexp.MustCompile(`\{ path: "(/[a-z]*)"`).FindAllStringSubmatch(string(source), -1) {
		paths = append(paths, m[1])
	}
	if len(paths) < 3 || !slices.Equal(paths, watchPaths) {
		t.Errorf("pages.ts has %v, the server serves %v", paths, watchPaths)
	}
}
