package rest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"

	"github.com/gin-gonic/gin"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

type operation struct {
	OperationID string `json:"operationId"`
	Summary     string
	Action      string `json:"x-action"`
	Security    *[]map[string][]string
	Parameters  []struct{ Name, In string }
	Responses   map[string]struct {
		Description string
		Content     map[string]struct{ Schema json.RawMessage }
	}
	RequestBody *struct {
		Content map[string]struct{ Schema json.RawMessage }
	}
}

type document struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]json.RawMessage
		SecuritySchemes map[string]any
	}
}

func (w *world) document() (doc document, raw []byte) {
	w.t.Helper()
	a := w.do("GET", "/openapi.json", "", "")
	a.json(w.t, &doc)
	return doc, a.body
}

var parameter = regexp.MustCompile(`[:*]([a-z]+)`)

// Every route that is served stands in the document, with an action that the
// table of rules knows; nothing else stands in it.
func TestEveryRouteIsDescribedAndHasARule(t *testing.T) {
	w := newWorld(t)
	doc, _ := w.document()
	engine, ok := w.api.Handler().(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no gin engine")
	}
	known := access.Actions()
	served := map[string]bool{}
	ids := map[string]string{}
	for _, r := range engine.Routes() {
		path := parameter.ReplaceAllString(r.Path, "{$1}")
		name := r.Method + " " + path
		served[name] = true
		op, ok := doc.Paths[path][strings.ToLower(r.Method)]
		switch {
		case !ok:
			t.Errorf("%s is not in the document", name)
			continue
		case !slices.Contains(known, access.Action(op.Action)):
			t.Errorf("%s asks for %q, which no rule names", name, op.Action)
		case op.OperationID == "" || ids[op.OperationID] != "":
			t.Errorf("%s has the id %q, as has %s", name, op.OperationID, ids[op.OperationID])
		case op.Summary == "":
			t.Errorf("%s has no summary", name)
		case op.Security == nil || (len(*op.Security) == 0) != (op.Action == string(access.Public)):
			t.Errorf("%s with action %s has the security %v", name, op.Action, op.Security)
		case len(op.Responses["default"].Content["application/problem+json"].Schema) == 0:
			t.Errorf("%s describes no problem", name)
		}
		ids[op.OperationID] = name
		for _, m := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(path, -1) {
			if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == m[1] && p.In == "path" }) {
				t.Errorf("%s does not describe its parameter %s", name, m[1])
			}
		}
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			if name := strings.ToUpper(method) + " " + path; !served[name] {
				t.Errorf("%s is described but not served", name)
			}
		}
	}
}

func TestDocumentIsValid(t *testing.T) {
	w := newWorld(t)
	doc, raw := w.document()
	if doc.OpenAPI != "3.1.0" || doc.Info.Title != "Bayledger" || doc.Info.Version != "test" || doc.Components.SecuritySchemes["key"] == nil {
		t.Errorf("%+v", doc.Info)
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatal(err)
	}
	refs := regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(raw), -1)
	if len(refs) < 20 {
		t.Errorf("%d references", len(refs))
	}
	for _, m := range refs {
		name, ok := strings.CutPrefix(m[1], "#/components/schemas/")
		if _, there := doc.Components.Schemas[name]; !ok || !there {
			t.Errorf("the reference %s leads nowhere", m[1])
		}
	}
	// OpenAPI 3.1 schemas are JSON Schemas of 2020-12: each must compile as one.
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("https://bayledger.test/openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	for name := range doc.Components.Schemas {
		if _, err := c.Compile("https://bayledger.test/openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
	var again any
	if err := yaml.Unmarshal(w.do("GET", "/openapi.yaml", "", "").body, &again); err != nil {
		t.Fatalf("the YAML: %v", err)
	}
	if a, b := fmt.Sprint(len(again.(map[string]any)["paths"].(map[string]any))), fmt.Sprint(len(doc.Paths)); a != b {
		t.Errorf("the YAML has %s paths, the JSON %s", a, b)
	}
}

// What is answered fits what the document says of it.
func TestAnswersFitTheDocument(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/constraints/BOLT", `{"min":"5"}`)
	w.traffic("H-1", 12)
	w.post(access.Admin, `{"device":"H-2","seq":1,"action":"isolate","product":"BOLT","quantity":"1"}`)
	doc, raw := w.document()
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("https://bayledger.test/openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for _, q := range []struct{ method, template, path, body string }{
		{"GET", "/v1/activity", "/v1/activity?limit=1000", ""},
		{"GET", "/v1/balances", "/v1/balances?all=true", ""},
		{"GET", "/v1/balances", "/v1/balances?entry=20", ""},
		{"GET", "/v1/transactions", "/v1/transactions", ""},
		{"GET", "/v1/alerts", "/v1/alerts", ""},
		{"GET", "/v1/constraints", "/v1/constraints", ""},
		{"GET", "/v1/products", "/v1/products", ""},
		{"GET", "/v1/products/{code}", "/v1/products/BOLT", ""},
		{"PUT", "/v1/products/{code}", "/v1/products/BOLT", `{"name":"x"}`},
		{"GET", "/v1/locations", "/v1/locations", ""},
		{"GET", "/v1/devices", "/v1/devices", ""},
		{"GET", "/v1/key", "/v1/key", ""},
		{"POST", "/v1/intents", "/v1/intents", w.intent(99, `"action":"add","product":"BOLT"`)},
		{"POST", "/v1/import/{kind}", "/v1/import/products?dry_run=true", "code\nX\n"},
		{"PUT", "/v1/printers/{name}", "/v1/printers/P", `{"address":"raw://127.0.0.1:1"}`},
		{"PUT", "/v1/number-ranges/{name}", "/v1/number-ranges/r", `{"kind":"sscc","prefix":"9506000"}`},
		{"POST", "/v1/print-jobs", "/v1/print-jobs", `{"label":"package","labels":[{"range":"r"}]}`},
		{"GET", "/v1/print-jobs", "/v1/print-jobs", ""},
		{"GET", "/v1/print-jobs/{id}", "/v1/print-jobs/1", ""},
		{"POST", "/v1/print-jobs/{id}/stop", "/v1/print-jobs/1/stop", "{}"},
		{"POST", "/v1/print-jobs/{id}/reprint", "/v1/print-jobs/1/reprint", `{"reason":"torn"}`},
		{"GET", "/v1/printers", "/v1/printers", ""},
		{"GET", "/v1/printers/{name}", "/v1/printers/P", ""},
		{"GET", "/v1/number-ranges", "/v1/number-ranges", ""},
		{"GET", "/v1/labels", "/v1/labels", ""},
		{"GET", "/healthz", "/healthz", ""},
		{"GET", "/version", "/version", ""},
		{"GET", "/v1/products/{code}", "/v1/products/GHOST", ""},
		{"GET", "/v1/balances", "/v1/balances?at=x", ""},
	} {
		a := w.as(access.Admin, q.method, q.path, q.body)
		status, media := fmt.Sprint(a.status), strings.SplitN(a.header.Get("Content-Type"), ";", 2)[0]
		if a.status >= 400 {
			status = "default"
		}
		if _, ok := doc.Paths[q.template][strings.ToLower(q.method)].Responses[status].Content[media]; !ok {
			t.Errorf("%s %s: %s %s is not described", q.method, q.path, status, media)
			continue
		}
		at := "https://bayledger.test/openapi.json#/paths/" + escape.Replace(q.template) + "/" + strings.ToLower(q.method) + "/responses/" + status + "/content/" + escape.Replace(media) + "/schema"
		at = strings.NewReplacer("{", "%7B", "}", "%7D", "+", "%2B").Replace(at)
		s, err := c.Compile(at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(a.body)))
		if err != nil {
			t.Errorf("%s: %v", q.path, err)
			continue
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s %s: %v", q.method, q.path, err)
		}
	}
}
