package socket

import (
	"bytes"
	"encoding/binary"
	"strings"
	"sync"
	"testing"
)

// TestFramer: whatever is added, in whatever order, comes out as one frame.
func TestFramer(t *testing.T) {
	pool := &sync.Pool{New: func() any { b := []byte("what was there before"); return &b }}
	long, huge := strings.Repeat("x", 300), strings.Repeat("y", 70_000)
	ack := `{"type":"ack","through":7,"outcomes":[]}`
	for name, c := range map[string]struct {
		add  func(f *framer)
		want string
	}{
		"one message":            {func(f *framer) { f.add([]byte(`{}`)) }, `{}`},
		"an ack":                 {func(f *framer) { f.addAck(7, nil) }, ack},
		"two messages":           {func(f *framer) { f.add([]byte(`{}`)); f.add([]byte(`{"a":1}`)) }, `[{},{"a":1}]`},
		"a message and an ack":   {func(f *framer) { f.add([]byte(`{}`)); f.addAck(7, nil) }, `[{},` + ack + `]`},
		"an ack and a message":   {func(f *framer) { f.addAck(7, nil); f.add([]byte(`{}`)) }, `[` + ack + `,{}]`},
		"an ack and long events": {func(f *framer) { f.addAck(7, nil); f.add([]byte(long)) }, `[` + ack + `,` + long + `]`},
		"a long message":         {func(f *framer) { f.add([]byte(long)) }, long},
		"a huge message":         {func(f *framer) { f.add([]byte(huge)) }, huge},
		"huge ones":              {func(f *framer) { f.add([]byte(huge)); f.add([]byte(huge)); f.addAck(7, nil) }, `[` + huge + `,` + huge + `,` + ack + `]`},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second in memory of the first
				f := framer{pool: pool}
				if !f.empty() {
					t.Fatal("it is not empty at first")
				}
				c.add(&f)
				if f.empty() || f.size() < len(c.want)-2 || f.size() > len(c.want)+2 {
					t.Fatalf("it says that it has %d bytes of %d", f.size(), len(c.want))
				}
				got := bytes.Clone(f.whole(1))
				f.release()
				if payload := unframe(t, got); payload != c.want {
					t.Fatalf("it is %.200q, want %.200q", payload, c.want)
				}
			}
		})
	}
}

// unframe reads a server's whole text frame.
func unframe(t *testing.T, b []byte) string {
	t.Helper()
	be := binary.BigEndian
	size, head := uint64(b[1]), 2
	switch size {
	case 126:
		size, head = uint64(be.Uint16(b[2:])), 4
	case 127:
		size, head = be.Uint64(b[2:]), 10
	}
	if b[0] != 0x81 || uint64(len(b)-head) != size {
		t.Fatalf("the frame %x… says that it has %d bytes", b[:head], size)
	}
	return string(b[head:])
}
