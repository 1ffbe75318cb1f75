package wire

import (
	"bytes"
	"slices"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json/jsontext"
)

// leftHash is the hash of an intent that this version cannot read in full: its
// known members in their order, then the others by name. A version that knows
// them puts its new fields in the same place, and so has the same hash.
func leftHash(in *ledger.Intent, left []member) [16]byte {
	b, body := ledger.AppendIntent(nil, in)
	b = b[body : len(b)-1]
	for _, m := range left {
		if m.name == "device" || m.name == "install" || m.name == "seq" {
			continue
		}
		value, empty := canonical(m.value)
		if empty {
			continue
		}
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(ledger.AppendString(b, m.name), ':')
		b = append(b, value...)
	}
	return hashOf(append(b, '}'))
}

// canonical writes a value as AppendIntent would: without white space, empty
// texts, nulls and empty lists, members by name. What nests too deep stays as it
// is. empty says that the value counts as missing.
func canonical(value jsontext.Value) (b []byte, empty bool) {
	if depth(value) > MaxDepth {
		return value, false
	}
	b = appendCanonical(nil, tolerant(value))
	return b, isEmpty(b)
}

func isEmpty(b []byte) bool {
	return len(b) == 0 || string(b) == `""` || string(b) == "null" || string(b) == "[]"
}

// appendCanonical appends the next value of d; its depth is bounded by canonical.
func appendCanonical(b []byte, d *jsontext.Decoder) []byte {
	token, err := d.ReadToken()
	if err != nil {
		return b
	}
	switch token.Kind() {
	case '{':
		return appendCanonicalObject(b, d)
	case '[':
		b = append(b, '[')
		for i := 0; d.PeekKind() != ']' && d.PeekKind() != 0; i++ {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, d)
		}
		d.ReadToken()
		return append(b, ']')
	case '"':
		return ledger.AppendString(b, token.String())
	default:
		return append(b, token.String()...)
	}
}

func appendCanonicalObject(b []byte, d *jsontext.Decoder) []byte {
	var members [][]byte
	for d.PeekKind() != '}' && d.PeekKind() != 0 {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		one := append(ledger.AppendString(nil, name.String()), ':')
		start := len(one)
		if one = appendCanonical(one, d); !isEmpty(one[start:]) {
			members = append(members, one)
		}
	}
	d.ReadToken()
	slices.SortStableFunc(members, bytes.Compare)
	b = append(b, '{')
	b = append(b, bytes.Join(members, []byte{','})...)
	return append(b, '}')
}
