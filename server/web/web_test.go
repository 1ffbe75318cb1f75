package web_test

import (
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bayledger/server/web"
)

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	web.Handler().ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	return rec
}

func TestNothingElseIsServed(t *testing.T) {
	for path, want := range map[string]int{"/favicon.ico": 200, "/assets/": 404, "/assets/watch.js": 404, "/index.html": 404, "/watch.html": 404, "/assets/../dist/watch.html": 404} {
		if got := get(t, path).Code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for _, p := range web.Paths() {
		if p == "/" {
			t.Error("/ is registered by itself")
		}
	}
	if answer := get(t, "/nowhere"); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "nothing at this path") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// The shells hold nothing that their policies forbid.
func TestThePagesKeepTheirPolicies(t *testing.T) {
	for _, name := range []string{"src/watch/index.html", "src/handheld/index.html"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`(?i)<style|style=|<script[^>]*>[^<]|\son[a-z]+=|https?://`).Find(b); m != nil {
			t.Errorf("%s holds %q", name, m)
		}
	}
}

// Text from the server becomes text only.
func TestScriptsMakeNoMarkupOfData(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|dangerously|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|setAttribute\("on|https?://`)
	files := 0
	err := filepath.WalkDir("src/watch", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !regexp.MustCompile(`\.tsx?$`).MatchString(name) {
			return err
		}
		files++
		b, err := os.ReadFile(name)
		if m := forbidden.Find(b); m != nil {
			t.Errorf("%s uses %q", name, m)
		}
		return err
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, %v", files, err)
	}
}

// Every pair of colours of text and ground has the contrast of WCAG 2.2 AA.
func TestContrast(t *testing.T) {
	b, err := os.ReadFile("src/watch/base.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(b), `[data-theme="dark"]`)
	if !ok {
		t.Fatal("there is no dark theme")
	}
	colour := regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range colour.FindAllStringSubmatch(css, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []string{"text ground", "text card", "text raised", "soft ground", "soft card", "soft raised", "on-strong strong", "on-strong strong-hover", "strong card", "strong ground", "ok-text ok", "ok-text card", "ok-text raised",
			"calm-text calm", "look-text look", "look-text card", "wait-text wait", "stop-text stop", "stop-text card"} {
			text, ground, _ := strings.Cut(pair, " ")
			a, b := colours[text], colours[ground]
			if _, ok := colours[text]; !ok || colours[ground] == 0 && ground != "ground" {
				t.Fatalf("%s: no colours for %s", name, pair)
			}
			if ratio := (max(a, b) + .05) / (min(a, b) + .05); ratio < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f", name, pair, ratio)
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var parts [3]float64
	for i := range parts {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if parts[i] = c / 12.92; c > 0.04045 {
			parts[i] = math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return .2126*parts[0] + .7152*parts[1] + .0722*parts[2]
}
