// Package generate writes the JSON Schemas and the AsyncAPI document of the sync
// protocol from the Go types that are the protocol. It runs in tests only: what
// it writes is committed, and a test says when it is out of date.
package generate

import (
	"reflect"
	"slices"
	"strings"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/invopop/jsonschema"
)

// Way says who writes a value: devices may write decimals as numbers and leave
// texts empty or null, the server writes one form only.
type way bool

const (
	fromDevice way = true
	fromServer way = false
)

// reflector returns the reflector for values of one way.
func reflector(w way) *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous:                 true,
		AllowAdditionalProperties: true, // messages may grow; intents are closed below
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			switch t {
			case reflect.TypeFor[ledger.Decimal]():
				return decimal(w)
			case reflect.TypeFor[ledger.Time]():
				return moment(w)
			case reflect.TypeFor[jsontext.Value]():
				return &jsonschema.Schema{Type: "object"}
			}
			return nil
		},
	}
}

func decimal(w way) *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string", Pattern: `^(-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)?$`}
	if w == fromServer {
		return &jsonschema.Schema{Type: "string", Pattern: `^(-?[0-9]+(\.[0-9]+)?)?$`, Description: "an exact decimal, plainly written"}
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, {Type: "number"}, {Type: "null"}},
		Description: "an exact decimal of at most 15 digits, as a string (better) or a number"}
}

func moment(w way) *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string", Format: "date-time"}
	none := &jsonschema.Schema{Type: "string", MaxLength: ptr(0)}
	if w == fromServer {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, none}, Description: "RFC 3339 in UTC, at most microseconds"}
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, none, {Type: "null"}}, Description: "RFC 3339 with any offset"}
}

func ptr(n uint64) *uint64 { return &n }

// add puts the schema of a type and of all that it refers to into defs.
func add(defs jsonschema.Definitions, w way, types ...reflect.Type) {
	for _, t := range types {
		for name, s := range reflector(w).ReflectFromType(t).Definitions {
			defs[name] = s
		}
		decorate(defs, w, t, map[reflect.Type]bool{})
	}
}

// decorate carries the tags doc, enum, const and maxLength of a struct over to
// its schema, and so on through the structs it refers to.
func decorate(defs jsonschema.Definitions, w way, t reflect.Type, done map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || done[t] || defs[t.Name()] == nil || defs[t.Name()].Properties == nil {
		return
	}
	done[t] = true
	decorateFields(defs, w, t, defs[t.Name()], done)
}

func decorateFields(defs jsonschema.Definitions, w way, t reflect.Type, s *jsonschema.Schema, done map[reflect.Type]bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			decorateFields(defs, w, field.Type, s, done)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		p, ok := s.Properties.Get(name)
		if !ok {
			continue
		}
		p = tagged(p, field, w)
		s.Properties.Set(name, p)
		decorate(defs, w, field.Type, done)
	}
}

// tagged returns a property with what its field's tags say.
func tagged(p *jsonschema.Schema, field reflect.StructField, w way) *jsonschema.Schema {
	if doc := field.Tag.Get("doc"); doc != "" {
		p.Description = doc
	} else if p.Description == "" {
		p.Description = ofType(field.Type, w)
	}
	if value := field.Tag.Get("const"); value != "" {
		p.Const = value
	}
	values := known(field)
	if tag := field.Tag.Get("enum"); tag != "" {
		values = strings.Split(tag, ",")
	}
	for _, v := range values {
		p.Enum = append(p.Enum, v)
	}
	if field.Type.Kind() == reflect.Uint64 {
		p.Minimum = "0"
	}
	optional := strings.Contains(field.Tag.Get("json"), ",omit")
	if w == fromServer || !optional {
		if field.Type.Kind() == reflect.Pointer && !optional {
			return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{p, {Type: "null"}}}
		}
		return p
	}
	if len(p.Enum) > 0 {
		p.Enum = append(p.Enum, "", nil)
	}
	if p.Type != "" { // what counts as missing may be written all the same
		p.Extras = map[string]any{"type": []string{p.Type, "null"}}
		p.Type = ""
	}
	return p
}

// ofType describes the values of our own plain types.
func ofType(t reflect.Type, w way) string {
	switch t {
	case reflect.TypeFor[ledger.Decimal]():
		return decimal(w).Description
	case reflect.TypeFor[ledger.Time]():
		return moment(w).Description
	}
	return ""
}

// known lists the values of the named texts of the ledger.
func known(field reflect.StructField) []string {
	switch field.Type {
	case reflect.TypeFor[ledger.Outcome]():
		return []string{"applied", "absorbed", "exception", "parked", "refused"}
	case reflect.TypeFor[ledger.Kind]():
		return []string{"intent", "correction", "decision", "edit", "alert", "day", "recost"}
	case reflect.TypeFor[ledger.Status]():
		return []string{"available", "held"}
	}
	return nil
}

// intentDefs returns the schemas of an intent and its lines.
func intentDefs() jsonschema.Definitions {
	defs := jsonschema.Definitions{}
	add(defs, fromDevice, reflect.TypeFor[ledger.Intent]())
	in := defs["Intent"]
	for pair := in.Properties.Oldest(); pair != nil; pair = pair.Next() {
		bound(pair.Key, pair.Value)
	}
	for pair := defs["Line"].Properties.Oldest(); pair != nil; pair = pair.Next() {
		bound(pair.Key, pair.Value)
	}
	action, _ := in.Properties.Get("action")
	action.Description = "what was done"
	for _, a := range actions {
		action.Enum = append(action.Enum, a)
	}
	action.Extras, action.Type = nil, "string"
	in.Required = []string{"action"}
	seq, _ := in.Properties.Get("seq")
	seq.Maximum = "9007199254740992"
	in.Description = "What a person meant by a scan. Empty strings, nulls and empty lists count as missing."
	in.AdditionalProperties = jsonschema.FalseSchema
	defs["Line"].AdditionalProperties = jsonschema.FalseSchema
	defs["Line"].Description = "One row of an intent with several; what it leaves out is the intent's."
	return defs
}

var actions = []string{ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionIsolate, ledger.ActionRelease,
	ledger.ActionAssemble, ledger.ActionDisassemble, ledger.ActionPack, ledger.ActionUnpack, ledger.ActionCount,
	ledger.ActionSessionOpen, ledger.ActionSessionClose, ledger.ActionScrap, ledger.ActionUndo, ledger.ActionMap,
	ledger.ActionDecide, ledger.ActionClose, ledger.ActionAsk}

// bound gives a text of an intent the bound that the ledger sets (in bytes, of
// which there are never fewer than characters).
func bound(name string, p *jsonschema.Schema) {
	switch {
	case name == "lines":
		p.MaxItems = ptr(ledger.MaxLines)
	case name == "holds":
		p.MaxItems = ptr(ledger.MaxHolds)
		p.Items.MaxLength = ptr(3 * ledger.MaxCode)
	case p.Extras == nil || len(p.Enum) > 0 || p.Minimum != "" || p.Extras["type"].([]string)[0] != "string":
	case name == "scan" || name == "raw":
		p.MaxLength = ptr(ledger.MaxScan)
	case name == "reference" || name == "reason" || name == "evidence":
		p.MaxLength = ptr(ledger.MaxText)
	default:
		p.MaxLength = ptr(ledger.MaxCode)
	}
}

// entryDefs returns the schemas of an entry. Its intent is as kept: one that this
// version cannot read in full stands there as it was sent.
func entryDefs() jsonschema.Definitions {
	defs := jsonschema.Definitions{}
	add(defs, fromServer, reflect.TypeFor[ledger.Entry]())
	kept := *intentDefs()["Intent"]
	kept.AdditionalProperties, kept.Required = jsonschema.TrueSchema, nil
	kept.Description = "The intent as it was kept. With code unsupported it may have fields that this version does not know; where it was no intent, raw holds the text as sent."
	kept.Properties = jsonschema.NewProperties()
	for pair := intentDefs()["Intent"].Properties.Oldest(); pair != nil; pair = pair.Next() {
		p := *pair.Value
		p.MaxLength, p.Enum, p.Maximum = nil, nil, ""
		if pair.Key == "lines" {
			p.Items = &jsonschema.Schema{Type: "object"}
		}
		kept.Properties.Set(pair.Key, &p)
	}
	defs["KeptIntent"] = &kept
	delete(defs, "Intent")
	delete(defs, "Line")
	intent := &jsonschema.Schema{Ref: "#/$defs/KeptIntent"}
	defs["Entry"].Properties.Set("intent", intent)
	defs["Entry"].Description = "One numbered line of the journal."
	move := defs["Move"] // values are left out where they are not known, or not to be seen
	move.Required = slices.DeleteFunc(move.Required, func(name string) bool { return name == "value" })
	return defs
}

var deviceTypes = []reflect.Type{reflect.TypeFor[wire.Hello](), reflect.TypeFor[wire.Push](), reflect.TypeFor[wire.Subscribe](),
	reflect.TypeFor[wire.Ping](), reflect.TypeFor[wire.Skip](), reflect.TypeFor[wire.Print]()}

var serverTypes = []reflect.Type{reflect.TypeFor[wire.Welcome](), reflect.TypeFor[wire.Ack](), reflect.TypeFor[wire.Events](),
	reflect.TypeFor[wire.Snapshot](), reflect.TypeFor[wire.Pong](), reflect.TypeFor[wire.Notice](), reflect.TypeFor[wire.Error]()}

func deviceDefs() jsonschema.Definitions {
	defs := jsonschema.Definitions{}
	add(defs, fromDevice, deviceTypes...)
	for name, s := range intentDefs() {
		defs[name] = s
	}
	intents, _ := defs["Push"].Properties.Get("intents")
	intents.MaxItems = ptr(wire.MaxPush)
	return defs
}

func serverDefs() jsonschema.Definitions {
	defs := jsonschema.Definitions{}
	add(defs, fromServer, serverTypes...)
	add(defs, fromServer, reflect.TypeFor[wire.BalanceRow](), reflect.TypeFor[wire.PoolRow](), reflect.TypeFor[wire.AlertRow](), reflect.TypeFor[wire.ExceptionRow](), reflect.TypeFor[wire.CatalogRow]())
	delete(defs, "Alert")
	delete(defs, "ExceptionView")
	for name, s := range entryDefs() {
		defs[name] = s
	}
	kind, _ := defs["AlertRow"].Properties.Get("kind")
	kind.Enum = append(kind.Enum, "") // of a row that is gone only the id is left
	severity, _ := defs["ExceptionRow"].Properties.Get("severity")
	severity.Enum = append(severity.Enum, "")
	defs["Events"].AllOf = rowsOfTopics("events")
	defs["Snapshot"].AllOf = rowsOfTopics("rows")
	return defs
}

// rowsOfTopics says of what type the rows of each topic are.
func rowsOfTopics(list string) (out []*jsonschema.Schema) {
	for _, topic := range [][2]string{{wire.TopicActivity, "Entry"}, {wire.TopicBalances, "BalanceRow"}, {wire.TopicAlerts, "AlertRow"}, {wire.TopicCatalog, "CatalogRow"}, {wire.TopicExceptions, "ExceptionRow"}} {
		if_, then := jsonschema.NewProperties(), jsonschema.NewProperties()
		if_.Set("topic", &jsonschema.Schema{Const: topic[0]})
		row := &jsonschema.Schema{Ref: "#/$defs/" + topic[1]}
		if topic[0] == wire.TopicBalances {
			row = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{row, {Ref: "#/$defs/PoolRow"}}}
		}
		then.Set(list, &jsonschema.Schema{Items: row})
		out = append(out, &jsonschema.Schema{If: &jsonschema.Schema{Properties: if_}, Then: &jsonschema.Schema{Properties: then}})
	}
	return out
}
