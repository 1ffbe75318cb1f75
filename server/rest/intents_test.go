package rest_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/server/access"
)

func TestIntentsInEveryForm(t *testing.T) {
	w := newWorld(t)
	w.goods()
	add := func(seq int) string { return w.intent(seq, `"action":"add","product":"BOLT","quantity":"2"`) }
	for _, c := range []struct {
		name, contentType, body, want string
	}{
		{"one", "application/json", add(1), "applied"},
		{"one again", "application/json", add(1), "applied*"},
		{"an array", "application/json", "[" + add(2) + "," + add(3) + "]", "applied applied"},
		{"JSON lines", "application/x-ndjson", add(4) + "\n" + add(5) + "\n", "applied applied"},
		{"lines with CRLF, blanks and no end", "text/plain", "\r\n" + add(6) + "\r\n\n  " + add(7), "applied applied"},
		{"a byte order mark", "", "\xef\xbb\xbf" + add(8), "applied"},
		{"over several lines", "application/json", "{\n \"device\": \"H-1\",\n \"seq\": 9, \"action\":\"add\",\n\"product\":\"BOLT\"\n}\n", "applied"},
		{"any content type", "application/xml", "[" + add(10) + "]", "applied"},
		{"a number as quantity", "application/json", w.intent(11, `"action":"add","product":"BOLT","quantity":1.25`), "applied"},
		{"an empty array", "application/json", " [ ] ", ""},
		{"order is kept", "", add(12) + "\n" + w.intent(13, `"action":"count","product":"BOLT","quantity":"100","from":"incoming"`), "applied applied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.do("POST", "/v1/intents", w.keys[access.Admin], c.body, "Content-Type", c.contentType)
			var o outcomes
			a.json(t, &o)
			if a.status != 200 || o.codes() != c.want {
				t.Errorf("%d %s, want %q", a.status, a.body, c.want)
			}
			if o.Epoch != "e1" || o.Head != w.head() || o.Outcomes == nil {
				t.Errorf("head and epoch: %s", a.body)
			}
			for _, x := range o.Outcomes {
				if x.Entry == 0 || x.Entry > o.Head {
					t.Errorf("an outcome names entry %d of %d", x.Entry, o.Head)
				}
			}
		})
	}
}

func TestEachLineGetsItsOutcome(t *testing.T) {
	w := newWorld(t)
	w.goods()
	add := func(seq int) string { return w.intent(seq, `"action":"add","product":"BOLT","quantity":"2"`) }
	long := strings.Repeat("x", 1<<20)
	for _, c := range []struct{ name, body, want string }{
		{"a broken line in the middle", add(1) + "\n{\"seq\":2,\n" + add(3), "applied refused/bad_json applied"},
		{"a broken line first", "oops\n" + add(4), "refused/bad_json applied"},
		{"an unknown field", add(5) + "\n" + w.intent(6, `"action":"add","product":"BOLT","colour":"red"`), "applied refused/unknown_field"},
		{"an absurd quantity", w.intent(6, `"action":"add","product":"BOLT","quantity":1e30`) + "\n" + add(6), "refused/bad_quantity applied"},
		{"a negative one", w.intent(7, `"action":"add","product":"BOLT","quantity":-1`) + "\n" + add(7), "refused/bad_quantity applied"},
		{"too fine a one is kept", w.intent(8, `"action":"add","product":"BOLT","quantity":"0.0001"`), "parked/bad_quantity"},
		{"a text of 1 MB", w.intent(9, `"action":"add","product":"`+long+`"`) + "\n" + add(9), "refused/too_large applied"},
		{"a wrong type", w.intent(10, `"action":7`) + "\n" + add(10), "refused/bad_field applied"},
		{"a wrong time", w.intent(11, `"action":"add","product":"BOLT","at":"yesterday"`) + "\n" + add(11), "refused/bad_time applied"},
		{"no action", w.intent(12, `"product":"BOLT"`) + "\n" + add(12), "refused/bad_field applied"},
		{"an unknown action", w.intent(13, `"action":"steal","product":"BOLT"`) + "\n" + add(13), "refused/unknown_action applied"},
		{"no seq", `{"device":"H-1","action":"add","product":"BOLT"}` + "\n" + add(14), "refused/bad_field applied"},
		{"another content under a used seq", w.intent(14, `"action":"add","product":"BOLT","quantity":"3"`) + "\n" + add(14), "parked/identity_conflict applied*"},
		{"no object in the array", "[1," + add(15) + ",\"x\",null]", "refused/bad_json applied refused/bad_json refused/bad_field"},
		{"an array that breaks off", "[" + add(16) + "," + add(17) + `,{"device":"H-1","se`, "applied applied refused/bad_json"},
		{"something behind the array", "[" + add(18) + "] tail", "applied refused/bad_json"},
		{"a field twice", w.intent(19, `"action":"add","product":"BOLT","product":"NUT"`) + "\n" + add(19), "refused/bad_json applied"},
		{"no UTF-8", w.intent(20, `"action":"add","product":"BO`+"\xff"+`LT"`) + "\n" + add(20), "refused/bad_json applied"},
		{"an unknown product is kept", w.intent(21, `"action":"add","product":"GHOST"`), "parked/unknown_product"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := w.post(access.Admin, c.body)
			if got := o.codes(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, x := range o.Outcomes {
				if x.Code != "" && len(x.Message) < 20 {
					t.Errorf("%s is said as %q", x.Code, x.Message)
				}
			}
		})
	}
}

func TestNothingReadableIsBadRequest(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"empty": "", "blanks": " \n ", "text": "hello", "half an object": `{"device":"H-1"`, "a string": `"add"`, "a number": "42", "broken lines": "a\nb\nc",
		"numbers": "[1,2]", "null": "null", "a broken array": "[oops", "1 MB of noise": strings.Repeat("noise ", 1<<18), "zeros": strings.Repeat("\x00", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			w.fails(w.as(access.Admin, "POST", "/v1/intents", body), 400, "bad_json")
		})
	}
}

func TestBoundsOfABody(t *testing.T) {
	w := newWorld(t)
	line := `{"device":"H-1"}` + "\n"
	w.fails(w.as(access.Admin, "POST", "/v1/intents", strings.Repeat(line, 10_001)), 413, "too_large")
	w.fails(w.as(access.Admin, "POST", "/v1/intents", "["+strings.Repeat("{},", 10_000)+"{}]"), 413, "too_large")
	w.fails(w.as(access.Admin, "POST", "/v1/intents", strings.Repeat(" ", 16<<20+1)), 413, "too_large")
	w.fails(w.do("POST", "/v1/intents", w.keys[access.Admin], "x", "Content-Encoding", "gzip"), 415, "unsupported")
	r := w.request("POST", "/v1/intents", w.keys[access.Admin], strings.Repeat(" ", 16<<20+1))
	r.ContentLength = -1 // chunked: its size is not said before
	w.fails(w.send(r), 413, "too_large")
	if w.head() > 20 {
		t.Errorf("something was booked: head %d", w.head())
	}
}

func TestManyIntentsInOneBody(t *testing.T) {
	w := newWorld(t)
	w.goods()
	var b strings.Builder
	for seq := 1; seq <= 2_500; seq++ {
		b.WriteString(w.intent(seq, `"action":"add","product":"BOLT","quantity":"1"`) + "\n")
	}
	for round, want := range []string{"applied", "applied*"} {
		o := w.post(access.Admin, b.String())
		if len(o.Outcomes) != 2_500 {
			t.Fatalf("%d outcomes", len(o.Outcomes))
		}
		for i, x := range o.Outcomes {
			if x.Seq != uint64(i+1) || (outcomes{Outcomes: []outcome{x}}).codes() != want {
				t.Fatalf("round %d, intent %d: %+v", round, i, x)
			}
		}
	}
}

func TestWhoseIntents(t *testing.T) {
	w := newWorld(t)
	w.goods()
	own := `{"device":"floor","seq":1,"action":"add","product":"BOLT"}`
	unnamed := `{"seq":2,"action":"add","product":"BOLT"}`
	others := `{"device":"H-9","seq":1,"action":"add","product":"BOLT"}`
	if got := w.post(access.Floor, own+"\n"+unnamed+"\n"+others).codes(); got != "applied applied refused/not_allowed" {
		t.Errorf("floor: %q", got)
	}
	if got := w.post(access.Dock, others).codes(); got != "refused/not_allowed" {
		t.Errorf("dock: %q", got)
	}
	if got := w.post(access.Supervisor, others+"\n"+unnamed).codes(); got != "applied applied" {
		t.Errorf("supervisor: %q", got)
	}
	// What had no device is the key's, and a repeat with the name is the same intent.
	if got := w.post(access.Supervisor, strings.Replace(unnamed, "{", `{"device":"supervisor",`, 1)).codes(); got != "applied*" {
		t.Errorf("a repeat with its name: %q", got)
	}
	w.fails(w.do("POST", "/v1/intents", "", own), 401, "bad_key")
	w.fails(w.do("POST", "/v1/intents", "bl_wrong", own), 401, "bad_key")
}

func TestAFullDiskSaysWhenToComeBack(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.full.Store(true)
	a := w.as(access.Admin, "POST", "/v1/intents", w.intent(1, `"action":"add","product":"BOLT"`))
	p := w.fails(a, 503, "disk_full")
	if a.header.Get("Retry-After") == "" || p.Retry == 0 {
		t.Errorf("no Retry-After: %v", a.header)
	}
	w.fails(w.as(access.Admin, "PUT", "/v1/products/X", `{}`), 503, "disk_full")
	w.fails(w.do("GET", "/readyz", "", ""), 503, "disk_full")
	w.ok("GET", "/v1/balances", "")
	w.full.Store(false)
	if got := w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT"`)).codes(); got != "applied" {
		t.Errorf("after there is room again: %q", got)
	}
}

func TestTimesAreTakenAsStated(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","at":"2020-01-01T10:00:00+02:00"`)+"\n"+
		w.intent(2, `"action":"add","product":"BOLT","at":"2099-01-01T00:00:00Z"`))
	var page struct {
		Entries []struct {
			TEff string `json:"t_eff"`
		}
	}
	w.ok("GET", fmt.Sprintf("/v1/activity?since=%d", w.head()-2), "").json(t, &page)
	if len(page.Entries) != 2 || page.Entries[0].TEff != "2020-01-01T08:00:00Z" || page.Entries[1].TEff != "2026-03-02T12:00:00Z" {
		t.Errorf("%+v", page.Entries)
	}
}
