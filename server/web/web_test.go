package web_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
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

var (
	reference = regexp.MustCompile(`(?:src|href)="([^"#]+)"`)
	imported  = regexp.MustCompile(`from "(\./[a-z]+\.js)"`)
)

func TestThePageAndAllItsPartsAreServed(t *testing.T) {
	page := get(t, "/")
	if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=utf-8" || page.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", page.Code, page.Header())
	}
	if strings.Contains(page.Body.String(), "{assets}") {
		t.Error("a part has no address")
	}
	todo := []string{}
	for _, m := range reference.FindAllStringSubmatch(page.Body.String(), -1) {
		if m[1] != "/login" { // of another room
			todo = append(todo, m[1])
		}
	}
	seen := map[string]bool{}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		part := get(t, name)
		if part.Code != http.StatusOK || !strings.Contains(part.Header().Get("Cache-Control"), "immutable") || part.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", name, part.Code, part.Header())
		}
		if !regexp.MustCompile(`^/assets/[0-9a-f]{16}/[a-z]+\.(js|css|svg)$`).MatchString(name) {
			t.Errorf("the address %s does not change with its content", name)
		}
		for _, m := range imported.FindAllStringSubmatch(part.Body.String(), -1) {
			todo = append(todo, path.Join(path.Dir(name), m[1]))
		}
	}
	if len(seen) != 9 {
		t.Errorf("%d parts: %v", len(seen), seen)
	}
	for path, want := range map[string]int{"/favicon.ico": 200, "/assets/": 404, "/assets/app.js": 404, "/assets/0000000000000000/app.js": 404, "/index.html": 404, "/assets/../page/app.js": 404} {
		if got := get(t, path).Code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestThePolicyIsStrictAndThePageKeepsIt(t *testing.T) {
	page := get(t, "/")
	policy := page.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy is lax: %s", policy)
	}
	if m := regexp.MustCompile(`(?i)<style|style=|<script[^>]*>[^<]|\son[a-z]+=|https?://`).FindString(page.Body.String()); m != "" {
		t.Errorf("the page holds %q, which its policy forbids", m)
	}
}

// Text from the server becomes text only.
func TestScriptsMakeNoMarkupOfData(t *testing.T) {
	files, err := os.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile("page/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if path.Ext(f.Name()) != ".js" {
			continue
		}
		if m := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|setAttribute\("on|\.style\b|localStorage|https?://`).FindString(string(b)); m != "" {
			t.Errorf("%s uses %q", f.Name(), m)
		}
	}
}

// Every pair of colours of text and ground has the contrast of WCAG 2.2 AA.
func TestContrast(t *testing.T) {
	b, err := os.ReadFile("page/app.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(b), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("there is no dark theme")
	}
	colour := regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range colour.FindAllStringSubmatch(css, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []string{"text ground", "text card", "soft ground", "soft card", "on-strong strong", "ok-text ok", "calm-text calm", "look-text look", "look-text card",
			"wait-text wait", "stop-text stop", "stop-text card"} {
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

// Every element that a script looks for is on the page, once.
func TestScriptsFindTheirElements(t *testing.T) {
	page := get(t, "/").Body.String()
	files, err := os.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile("page/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:element|put)\("([a-z-]+)"`).FindAllStringSubmatch(string(b), -1) {
			if n := strings.Count(page, fmt.Sprintf(`id="%s"`, m[1])); n != 1 {
				t.Errorf("%s looks for %s, which is on the page %d times", f.Name(), m[1], n)
			}
		}
	}
}
