package rest_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
)

// bodies makes bodies from the schemas of the document: nearly right ones, and what
// becomes of them in bad hands.
type bodies struct {
	*rand.Rand
	schemas map[string]json.RawMessage
}

// schemaOf is what of a JSON Schema the maker looks at.
type schemaOf struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Enum                 []any
	Properties           map[string]json.RawMessage
	Items                json.RawMessage
	OneOf, AnyOf         []json.RawMessage
	AdditionalProperties json.RawMessage
}

// deepest is how far a maker follows a schema that holds itself.
const deepest = 6

// value makes something that fits a schema, more or less.
func (b *bodies) value(raw json.RawMessage, depth int) any {
	var s schemaOf
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil || depth > deepest {
		return b.junk()
	}
	if b.IntN(30) == 0 {
		return b.junk()
	}
	switch {
	case s.Ref != "":
		return b.value(b.schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]], depth+1)
	case len(s.OneOf) > 0:
		return b.value(s.OneOf[b.IntN(len(s.OneOf))], depth+1)
	case len(s.AnyOf) > 0:
		return b.value(s.AnyOf[b.IntN(len(s.AnyOf))], depth+1)
	case len(s.Enum) > 0:
		return s.Enum[b.IntN(len(s.Enum))]
	case s.Properties != nil || fmt.Sprint(s.Type) == "object":
		return b.object(&s, depth)
	case fmt.Sprint(s.Type) == "array" || len(s.Items) > 0:
		list := make([]any, b.IntN(4))
		for i := range list {
			list[i] = b.value(s.Items, depth+1)
		}
		return list
	}
	switch kind := fmt.Sprint(s.Type); {
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return b.number()
	case strings.Contains(kind, "boolean"):
		return b.IntN(2) == 0
	}
	return b.text()
}

func (b *bodies) object(s *schemaOf, depth int) map[string]any {
	out := map[string]any{}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names) // or a seed would not make the same twice
	for _, name := range names {
		if b.IntN(4) > 0 {
			out[name] = b.value(s.Properties[name], depth+1)
		}
	}
	if len(s.AdditionalProperties) > 2 || b.IntN(10) == 0 {
		out[b.text()] = b.junk()
	}
	return out
}

// text is a code that may be known, or something that nobody expects.
func (b *bodies) text() string {
	list := []string{"BOLT", "NUT", "A-01", "A", "main", "stock", "1", "-1", "2.5", "", " ", "/", "..", "%00", "\x00", "é😀", "2026-03-02T09:15:04Z", "floor", "admin", "H-1",
		"raw://127.0.0.1:1", "https://127.0.0.1:1/x", strings.Repeat("x", 300), "'; DROP", "<b>", "\u2028", "1e400", "999999999999999999"}
	return list[b.IntN(len(list))]
}

func (b *bodies) number() any {
	list := []any{0, 1, -1, 2.5, 1e300, -1e300, int64(1) << 62, json.Number("1e400"), json.Number("99999999999999999999999"), 203, 1000000}
	return list[b.IntN(len(list))]
}

func (b *bodies) junk() any {
	list := []any{nil, true, "x", 7, []any{}, map[string]any{}, []any{nil, []any{nil}}, map[string]any{"": map[string]any{"": 1}}, b.text(), b.number()}
	return list[b.IntN(len(list))]
}

// spoil returns a body as bytes, often broken.
func (b *bodies) spoil(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte("{}")
	}
	switch b.IntN(14) {
	case 0:
		raw = raw[:b.IntN(len(raw)+1)]
	case 1:
		if len(raw) > 0 {
			raw[b.IntN(len(raw))] = byte(b.IntN(256))
		}
	case 2:
		raw = append(raw, raw...)
	case 3:
		return strings.Repeat("[", 1+b.IntN(20_000))
	case 4:
		return strings.Repeat(`{"a":`, 1+b.IntN(5_000)) + string(raw)
	case 5:
		return []string{"", "null", "[]", "{}", "\xff\xfe", "\xef\xbb\xbf{}", "code\nA\nB", "<xml/>", "NaN", `{"a":1,"a":2}`}[b.IntN(10)]
	}
	return string(raw)
}

// braces are the parameters of a path.
var braces = regexp.MustCompile(`\{[a-z]+\}`)

// bodiesEach is how many bodies each operation gets; BODIES asks for more.
func bodiesEach(t *testing.T) int {
	if text := os.Getenv("BODIES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 40
}

// Whatever is sent to an operation, the server answers in words of its own: it does
// not fail, and where it refuses it has done nothing.
func TestEveryOperationWithBadBodies(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := newWorld(t)
	w.goods()
	doc, _ := w.document()
	b := &bodies{rand.New(rand.NewPCG(seed, 1)), doc.Components.Schemas}
	paths := make([]string, 0, len(doc.Paths))
	for path := range doc.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	sent, refused, taken := 0, 0, 0
	for _, path := range paths {
		for _, method := range []string{"put", "post", "patch", "delete"} {
			op, there := doc.Paths[path][method]
			if !there {
				continue
			}
			types := []string{""}
			var schema json.RawMessage
			if op.RequestBody != nil {
				types = types[:0]
				for kind, content := range op.RequestBody.Content {
					types = append(types, kind)
					if strings.Contains(kind, "json") && len(schema) == 0 {
						schema = content.Schema
					}
				}
				slices.Sort(types)
			}
			for range bodiesEach(t) {
				w.pass(time.Minute) // as people do: how many requests a minute may come is another test's
				target := braces.ReplaceAllStringFunc(path, func(string) string { return cmp.Or(url.PathEscape(b.text()), "BOLT") })
				body := b.spoil(b.value(schema, 0))
				before := w.head()
				a := w.do(strings.ToUpper(method), target, w.keys[access.Admin], body, "Content-Type", types[b.IntN(len(types))])
				sent++
				switch {
				case a.status >= 500:
					t.Errorf("%s %s answers %d %s to %.300q", method, target, a.status, a.body, body)
				case a.status >= 400:
					refused++
					if after := w.head(); after != before {
						t.Errorf("%s %s refuses (%d %s) and has booked %d entries: %.300q", method, target, a.status, a.body, after-before, body)
					}
					var p problem
					if json.Unmarshal(a.body, &p) != nil || p.Code == "" || p.Message == "" {
						t.Errorf("%s %s refuses without a word: %d %.200q", method, target, a.status, a.body)
					}
				default:
					taken++
				}
			}
		}
	}
	if strings.Contains(w.logs.String(), "a handler panicked") {
		t.Error("a handler panicked")
	}
	if taken == 0 || refused < sent/4 {
		t.Errorf("of %d bodies %d were taken and %d refused: they test nothing", sent, taken, refused)
	}
	w.ok("PUT", "/v1/products/AFTER", `{}`) // and it goes on
	t.Logf("%d bodies, %d taken, %d refused", sent, taken, refused)
}
