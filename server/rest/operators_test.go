package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"bayledger/server/access"
)

// Names of operators are shown to those who may change them, can be emptied, and
// stand in no entry: the journal is kept for ever.
func TestOperatorsAreListedWithoutTheirNamesInTheJournal(t *testing.T) {
	w := newWorld(t)
	if e := w.put("/v1/operators/op-17", `{"name":"Ann Example","site":"main"}`); !e.Created || e.Item["name"] != "Ann Example" || e.Item["active"] != "true" || len(e.Changes) != 2 {
		t.Errorf("%+v", e)
	}
	w.ok("POST", "/v1/import/operators", "code,name,site\nop-18,Ben Example,main\nop-19,,\n")
	if got := w.ok("GET", "/v1/operators", "").text(); !strings.Contains(got, "Ben Example") || strings.Count(got, `"code"`) != 3 {
		t.Errorf("%s", got)
	}
	if got := w.as(access.Floor, "GET", "/v1/operators", "").text(); strings.Contains(got, "Example") || !strings.Contains(got, "op-17") {
		t.Errorf("the floor is told: %s", got)
	}
	if got := w.ok("GET", "/v1/activity?since=0&limit=1000", "").text(); strings.Contains(got, "Example") || !strings.Contains(got, "op-18") {
		t.Errorf("the journal tells: %s", got)
	}
	w.ok("PUT", "/v1/operators/op-17", `{"name":null}`)
	if got := w.ok("GET", "/v1/operators/op-17", "").text(); strings.Contains(got, "Ann") {
		t.Errorf("the name stays: %s", got)
	}
	if a := w.as(access.Admin, "PUT", "/v1/operators/op-20", `{"site":"moon"}`); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Somebody who is not on the list waits under their code, and is named by a map.
func TestUnknownOperatorsAreReported(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.put("/v1/operators/ann", `{}`)
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"3","to":"A-01","operator":"bob"`))
	if got := w.ok("GET", "/v1/unknown", "").text(); !strings.Contains(got, `"kind":"operator","raw":"bob"`) {
		t.Errorf("%s", got)
	}
	w.post(access.Admin, w.intent(2, `"action":"map","raw":"bob","operator":"ann"`))
	if got := strings.TrimSpace(w.ok("GET", "/v1/unknown", "").text()); !strings.Contains(got, `"rows":[]`) {
		t.Errorf("still: %s", got)
	}
}
