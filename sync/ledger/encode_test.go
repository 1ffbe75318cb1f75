package ledger

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// full is an intent with every field set, so that none can be forgotten.
func full(t *testing.T) Intent {
	t.Helper()
	var in Intent
	fillStruct(t, reflect.ValueOf(&in).Elem())
	return in
}

func fillStruct(t *testing.T, v reflect.Value) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch p := field.Addr().Interface().(type) {
		case *string:
			*p = name + ` é"\` + "\x1d"
		case *uint64:
			*p = uint64(i + 1)
		case *bool:
			*p = true
		case *Decimal:
			*p = NewDecimal(int64(i*10+5), 1)
		case *Time:
			*p = Time(1_772_442_904_120_000 + i)
		case *[]string:
			*p = []string{name, ""}
		case *[]Line:
			*p = make([]Line, 2)
			fillStruct(t, reflect.ValueOf(&(*p)[0]).Elem())
		default:
			t.Fatalf("a field of type %T", p)
		}
	}
}

// No field of an intent is left out of its canonical form, and each keeps its
// value.
func TestAppendIntentKeepsEveryField(t *testing.T) {
	in := full(t)
	b, body := AppendIntent([]byte("before"), &in)
	b, body = b[len("before"):], body-len("before")
	var back Intent
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	if !reflect.DeepEqual(in, back) {
		t.Fatalf("\n%+v\n%+v", in, back)
	}
	for _, name := range []string{`"device"`, `"install"`, `"seq"`} {
		if i := strings.Index(string(b), name); i < 0 || i > body {
			t.Errorf("%s stands at %d, the body begins at %d", name, i, body)
		}
	}
	if !strings.HasPrefix(string(b[body:]), `"at":`) {
		t.Errorf("the body begins with %.20s", b[body:])
	}
}

// The body does not tell whether device, install and seq were there.
func TestBodyIsWithoutIdentity(t *testing.T) {
	for _, rest := range []Intent{{}, {Action: ActionAdd}, full(t)} {
		with, without := rest, rest
		with.Device, with.Install, with.Seq = "H", "i", 1
		without.Device, without.Install, without.Seq = "", "", 0
		a, bodyA := AppendIntent(nil, &with)
		b, bodyB := AppendIntent(nil, &without)
		if string(a[bodyA:]) != string(b[bodyB:]) {
			t.Errorf("%s and %s", a[bodyA:], b[bodyB:])
		}
	}
}

// FuzzAppendString: every text comes out as JSON that says the same, what is not
// UTF-8 as encoding/json would have it.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "plain", "12345678", "1234567\"", "]C1\x1d10L7", "é", "\xff", "a\xed\xa0\x80b", "\u2028", "\x00\x1f\x7f\b\f\n\r\t\\/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := AppendString([]byte("x"), text)
		var back string
		if err := json.Unmarshal(b[1:], &back); err != nil {
			t.Fatalf("%q: %v: %s", text, err, b)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); strings.Count(back, "\ufffd") < strings.Count(want, "\ufffd") || strings.ReplaceAll(back, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") {
			t.Fatalf("%q comes back as %q", text, back)
		}
	})
}

func TestEntriesWithoutAnything(t *testing.T) {
	var e Entry
	b := AppendHash(AppendEntry(nil, &e, nil), [32]byte{})
	var back Entry
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	if len(HashedPart(b)) != len(AppendEntry(nil, &e, nil)) {
		t.Errorf("the hashed part is %s", HashedPart(b))
	}
}
