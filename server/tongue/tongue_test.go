package tongue_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"bayledger/server/tongue"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ wanted, kept, want string }{
		{"", "", "en"},
		{"de", "", "de"},
		{"fr-CA,fr;q=0.9,en;q=0.8", "", "fr"},
		{"es-MX, es;q=0.9", "", "es"},
		{"gsw-CH", "", "de"},
		{"pt-BR,de;q=0.5", "", "de"},
		{"ja", "", "en"},
		{"en-GB,de;q=0.9", "", "en"},
		{"*", "", "en"},
		{"!!,;q=x", "", "en"},
		{strings.Repeat("de,", 10_000), "", "en"}, // nobody's browser says that
		{"fr", "de", "de"},
		{"fr", "klingon", "fr"},
		{"fr", "", "fr"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/login", nil)
		r.Header.Set("Accept-Language", c.wanted)
		if c.kept != "" {
			r.AddCookie(&http.Cookie{Name: tongue.Kept, Value: c.kept})
		}
		if got := tongue.Of(r); got != c.want {
			t.Errorf("%.40q, kept %q: %s, want %s", c.wanted, c.kept, got, c.want)
		}
	}
}

// Whatever a browser sends, the answer has a language that there is.
func FuzzOf(f *testing.F) {
	for _, s := range []string{"", "de", "fr-CA,fr;q=0.9,en;q=0.8", "*", "!!,;q=x", "en-u-co-phonebk", "x-a-b", "de-u-", "en-a-bbb-u-co", "i-klingon", "zh-Hant-TW;q=1.5", "de;q=NaN"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, wish, kept string) {
		r := httptest.NewRequest(http.MethodGet, "/login", nil)
		r.Header["Accept-Language"] = []string{wish}
		r.Header["Cookie"] = []string{tongue.Kept + "=" + kept}
		if got := tongue.Of(r); !slices.Contains(tongue.Codes(), got) {
			t.Errorf("%q, kept %q: %q", wish, kept, got)
		}
	})
}
