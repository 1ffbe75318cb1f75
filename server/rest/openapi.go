package rest

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"bayledger/server/adjust"
	"bayledger/server/receiving"
	"bayledger/server/tables"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// schemaPrefix is where the document keeps its schemas.
const schemaPrefix = "#/components/schemas/"

// decimal stands for ledger.Decimal in the document.
type decimal string

// Schema describes a decimal for OpenAPI.
func (decimal) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^(-?[0-9]+(\.[0-9]+)?)?$`, Description: "an exact decimal of at most 15 digits; a number is taken too"}
}

// config is huma's, without its documentation pages, which load scripts from
// elsewhere.
// schemaName names a type in the document. What documents are made of has the plain
// words of its room there, and so its room's name here: a line is an intent's elsewhere.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch t.PkgPath() {
	case reflect.TypeFor[adjust.Draft]().PkgPath():
		return "Adjusting" + name
	case reflect.TypeFor[receiving.Delivery]().PkgPath():
		return "Receiving" + name
	}
	return name
}

func config(version string) huma.Config {
	if version == "" {
		version = "dev"
	}
	schemas := huma.NewMapRegistry(schemaPrefix, schemaName)
	schemas.RegisterTypeAlias(reflect.TypeFor[ledger.Time](), reflect.TypeFor[time.Time]())
	schemas.RegisterTypeAlias(reflect.TypeFor[ledger.Decimal](), reflect.TypeFor[decimal]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Bayledger", Version: version,
				Description: "The stock server behind handheld scanners. What changes stock goes through intents; everything else reads, or changes master data. " +
					"Each operation names the action that it asks for (x-action); roles are floor, dock, supervisor and admin.",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Servers: []*huma.Server{{URL: "/"}},
			Components: &huma.Components{Schemas: schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
				"key":     {Type: "http", Scheme: "bearer", Description: "a device's or person's key, made by POST /v1/devices or bayledger pair, or a person's token, made by POST /v1/tokens"},
				"session": {Type: "apiKey", In: "cookie", Name: secureCookie, Description: "of somebody who signed in by POST /v1/session; without TLS its name is " + plainCookie}}},
			Tags: []*huma.Tag{{Name: "Intents"}, {Name: "Journal"}, {Name: "Reports"}, {Name: "Catalogue"}, {Name: "Devices"}, {Name: "People"}, {Name: "Deliveries"}, {Name: "Adjustments"}, {Name: "Labels"}, {Name: "Operation"}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{translate},
	}
}

func (a *API) schema(t reflect.Type, hint string) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, hint)
}

// jsonResponse describes an answer that a handler streams.
func (a *API) jsonResponse(about string, t reflect.Type) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: about, Content: map[string]*huma.MediaType{"application/json": {Schema: a.schema(t, "Answer")}}}}
}

// describeFormats says of a report in which other formats it is given.
func describeFormats(op *huma.Operation) {
	if !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == formatParam && p.In == "query" }) || op.Responses["200"] == nil || op.Method != http.MethodGet {
		return
	}
	for _, f := range [...]string{tables.CSV, tables.XLSX, tables.Text} {
		kind, _, _ := strings.Cut(tables.Type(f), ";")
		op.Responses["200"].Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "all of it as one table"}}
	}
}

// describe completes the document once all routes are there.
func (a *API) describe() {
	a.describeByHand()
	doc := a.huma.OpenAPI()
	p := a.schema(reflect.TypeFor[Problem](), "Problem")
	for path, item := range doc.Paths {
		for method, op := range operations(item) {
			if op == nil {
				continue
			}
			describeFormats(op)
			for status := range op.Responses {
				if status == "default" || status[0] >= '4' {
					delete(op.Responses, status)
				}
			}
			op.Responses["default"] = &huma.Response{Description: "What went wrong", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: p}}}
			if op.OperationID == "" {
				op.OperationID = strings.ToLower(method) + path
			}
		}
	}
	schemas := doc.Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma's own, which translate turns into a Problem
	delete(schemas, "ErrorDetail")
	for name, s := range schemas {
		if t := doc.Components.Schemas.TypeFromRef(schemaPrefix + name); t != nil {
			optional(s, t)
		}
	}
	if e := schemas["Entry"]; e != nil { // one of which something is left out has none
		e.Required = slices.DeleteFunc(e.Required, func(r string) bool { return r == "hash" })
	}
	if m := schemas["Move"]; m != nil { // an entry leaves it out where costs are not settled
		m.Required = slices.DeleteFunc(m.Required, func(r string) bool { return r == "value" })
	}
}

// operations lists what a path takes.
func operations(item *huma.PathItem) map[string]*huma.Operation {
	return map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPut: item.Put, http.MethodPost: item.Post, http.MethodDelete: item.Delete, http.MethodPatch: item.Patch}
}

// optional frees the fields that are left out when empty, which huma only knows
// by another tag.
func optional(s *huma.Schema, t reflect.Type) {
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			optional(s, field.Type)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "omit") {
			s.Required = slices.DeleteFunc(s.Required, func(r string) bool { return r == name })
		}
	}
}
