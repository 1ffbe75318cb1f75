package signin_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"bayledger/server/signin"
)

// Every page is served with a policy that lets nothing of others in, and names
// nothing that is not served.
func TestPages(t *testing.T) {
	h := signin.Handler()
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec
	}
	inline := regexp.MustCompile(`(?i)<style|\son[a-z]+=|style=|javascript:|<script>|https?://`)
	named := regexp.MustCompile(`(?:href|src)="(/sign-in/[^"]*)"`)
	for _, path := range signin.Paths() {
		rec := get(path)
		if rec.Code != 200 || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
			t.Errorf("%s: %d %v", path, rec.Code, rec.Header())
		}
		if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
			continue
		}
		body := rec.Body.String()
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s holds %q, which its policy forbids", path, found)
		}
		for _, m := range named.FindAllStringSubmatch(body, -1) {
			if get(m[1]).Code != 200 {
				t.Errorf("%s names %s, which is not served", path, m[1])
			}
		}
	}
	if get("/sign-in/../page/login.html").Code != 404 || get("/").Code != 404 {
		t.Error("something else is served")
	}
}
