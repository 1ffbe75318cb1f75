package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"

	"github.com/fxamacker/cbor/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxCBORNesting bounds the depth of a message: push → intents → lines is 5.
const maxCBORNesting = 16

// CBOR turns CBOR frames (RFC 8949) into their JSON form. Make one with NewCBOR
// and share it; it keeps no state.
type CBOR struct {
	mode cbor.DecMode
	most int // bytes of a frame
}

// NewCBOR returns a decoder of devices' frames, of at most MaxFrame bytes.
func NewCBOR() (*CBOR, error) { return newCBOR(MaxFrame, 16*MaxPush) }

// NewServerCBOR returns a decoder of a server's frames, of at most MaxServerFrame
// bytes.
func NewServerCBOR() (*CBOR, error) { return newCBOR(MaxServerFrame, 1<<20) }

func newCBOR(most, elements int) (*CBOR, error) {
	mode, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  maxCBORNesting,
		MaxArrayElements: elements,
		MaxMapPairs:      1_000,
		TagsMd:           cbor.TagsForbidden,
		DefaultMapType:   nil,
	}.DecMode()
	if err != nil {
		return nil, err
	}
	return &CBOR{mode, most}, nil
}

// ToJSON returns the JSON form of a CBOR frame. Maps must have text keys; byte
// strings, tags, duplicate keys and numbers JSON cannot hold are errors.
func (c *CBOR) ToJSON(frame []byte) ([]byte, error) {
	if len(frame) > c.most {
		return nil, errors.New("the frame is larger than " + strconv.Itoa(c.most>>20) + " MiB")
	}
	var v any
	if err := c.mode.Unmarshal(frame, &v); err != nil {
		return nil, err
	}
	v, err := textKeys(v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v, json.Deterministic(true))
}

func textKeys(v any) (any, error) {
	switch v := v.(type) {
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			name, ok := key.(string)
			if !ok {
				return nil, errors.New("a map key is not text")
			}
			value, err := textKeys(value)
			if err != nil {
				return nil, err
			}
			out[name] = value
		}
		return out, nil
	case []any:
		for i := range v {
			value, err := textKeys(v[i])
			if err != nil {
				return nil, err
			}
			v[i] = value
		}
		return v, nil
	case []byte:
		return nil, errors.New("a byte string stands where text is wanted")
	case cbor.SimpleValue:
		return nil, errors.New("a simple value means nothing here")
	case big.Int:
		return nil, errors.New("a whole number is below -2^63")
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("a number is not finite")
		}
	}
	return v, nil
}

// AppendCBOR appends the CBOR form of a JSON value. Objects and arrays are
// written with indefinite lengths, so that one pass is enough. What is no single
// JSON value is an error, and then nothing is appended.
func AppendCBOR(b []byte, value []byte) ([]byte, error) {
	start := len(b)
	d := jsontext.NewDecoder(bytes.NewReader(value))
	for len(b) == start || d.StackDepth() > 0 {
		token, err := d.ReadToken()
		if err != nil {
			return b[:start], err
		}
		switch token.Kind() {
		case '{':
			b = append(b, 0xbf)
		case '[':
			b = append(b, 0x9f)
		case '}', ']':
			b = append(b, 0xff)
		case 'n':
			b = append(b, 0xf6)
		case 'f':
			b = append(b, 0xf4)
		case 't':
			b = append(b, 0xf5)
		case '"':
			text := token.String()
			b = append(appendCBORHead(b, 3, uint64(len(text))), text...)
		case '0':
			b = appendCBORNumber(b, token.String())
		}
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return b[:start], errMore
	}
	return b, nil
}

func appendCBORNumber(b []byte, text string) []byte {
	if u, err := strconv.ParseUint(text, 10, 64); err == nil {
		return appendCBORHead(b, 0, u)
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil && i < 0 {
		return appendCBORHead(b, 1, uint64(-1-i))
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil { // beyond what CBOR and JavaScript can hold
		f = math.Copysign(math.MaxFloat64, f)
	}
	return binary.BigEndian.AppendUint64(append(b, 0xfb), math.Float64bits(f))
}

// appendCBORHead appends a major type with its argument.
func appendCBORHead(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}
