package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/store"
)

// Webhooks are their owner's; an admin of everything sees all. What cannot be is said
// with the field that is wrong.
func TestWebhooks(t *testing.T) {
	w := newWorld(t)
	w.goods()
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("webhook-signature"), "v1,") {
			rw.WriteHeader(400)
		}
	}))
	defer receiver.Close()
	for body, field := range map[string]string{
		`{"url":"https://93.184.216.34","events":[]}`: "events", `{"url":"https://93.184.216.34","events":["everything"]}`: "events",
		`{"url":"http://93.184.216.34","events":["entries"]}`: "url", `{"url":"https://10.0.0.1","events":["entries"]}`: "url",
		`{"url":"https://93.184.216.34","events":["entries"],"from":100000}`: "from", `{"url":"https://93.184.216.34","events":["availability"],"limit":"-1"}`: "limit",
	} {
		var p problem
		if a := w.as(access.Supervisor, "POST", "/v1/webhooks", body); a.status != 422 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		} else if a.json(t, &p); p.Field != field {
			t.Errorf("%s: field %q: %s", body, p.Field, a.body)
		}
	}
	var made struct {
		Secret  string
		Webhook struct{ ID, State string }
	}
	a := w.as(access.Supervisor, "POST", "/v1/webhooks", `{"url":"`+receiver.URL+`","events":["entries","alerts"],"site":"main"}`)
	if a.json(t, &made); a.status != 201 || !strings.HasPrefix(made.Secret, "whsec_") || made.Webhook.State != "well" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	other, err := w.store.Pair(store.Request{Device: "other", Role: access.Supervisor})
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1/webhooks/" + made.Webhook.ID
	for _, c := range []struct {
		method, path, body, key string
		want                    int
	}{
		{"GET", "/v1/webhooks", "", w.keys[access.Floor], 403},
		{"DELETE", path, "", other, 404},
		{"GET", path + "/deliveries", "", other, 404},
		{"POST", path + "/secret", "", other, 404},
		{"PUT", path, `{"url":"` + receiver.URL + `","events":["entries"]}`, other, 404},
		{"POST", path + "/replay", `{"after":0}`, other, 404},
		{"POST", path + "/test", "", other, 404},
		{"POST", path + "/replay", `{}`, w.keys[access.Supervisor], 422},
		{"POST", path + "/replay", `{"after":100000}`, w.keys[access.Supervisor], 422},
		{"POST", path + "/replay", `{"delivery":7}`, w.keys[access.Supervisor], 404},
		{"POST", path + "/replay", `{"after":2}`, w.keys[access.Supervisor], 200},
		{"PUT", path, `{"url":"` + receiver.URL + `","events":["entries"],"from":1}`, w.keys[access.Supervisor], 422},
		{"PUT", path, `{"url":"` + receiver.URL + `/2","events":["entries"],"enable":true}`, w.keys[access.Supervisor], 200},
		{"POST", path + "/secret", "", w.keys[access.Supervisor], 200},
		{"POST", path + "/test", "", w.keys[access.Supervisor], 200},
		{"GET", path + "/deliveries", "", w.keys[access.Admin], 200},
	} {
		if a := w.do(c.method, c.path, c.key, c.body); a.status != c.want || strings.Contains(a.text(), made.Secret) {
			t.Errorf("%s %s %s: %d %s, want %d", c.method, c.path, c.body, a.status, a.body, c.want)
		}
	}
	var list struct{ Rows []struct{ ID, Owner string } }
	if w.do("GET", "/v1/webhooks", other, "").json(t, &list); len(list.Rows) != 0 {
		t.Errorf("another sees %+v", list)
	}
	if w.ok("GET", "/v1/webhooks", "").json(t, &list); len(list.Rows) != 1 || list.Rows[0].Owner != "supervisor" {
		t.Errorf("an admin sees %+v", list)
	}
	if a := w.as(access.Supervisor, "DELETE", path, ""); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
