package fleet

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync/atomic"
)

// leastLife is what a connection may carry at least before it is cut: most die
// with work under way, a few before their hello is through.
const leastLife = 256

// errCut is what a cut connection answers its own side.
var errCut = errors.New("the connection was cut")

// cutter makes connections that break after a random number of bytes, in the
// middle of whatever travels then.
type cutter struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	mean int64 // 0: never
	rand *rand.Rand
	cuts *atomic.Uint64
}

// Dial is a client's Dial. One client dials one connection at a time.
func (c *cutter) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.dial(ctx, network, address)
	if err != nil || c.mean == 0 {
		return conn, err
	}
	m := &mortal{Conn: conn, cuts: c.cuts}
	m.left.Store(leastLife + int64(c.rand.ExpFloat64()*float64(c.mean)))
	return m, nil
}

// mortal is a connection with so many bytes to live.
type mortal struct {
	net.Conn
	left atomic.Int64
	cuts *atomic.Uint64
}

// spend takes n bytes off; when none is left the connection dies, once.
func (m *mortal) spend(n int) (alive bool) {
	left := m.left.Add(-int64(n))
	if left <= 0 && left+int64(n) > 0 {
		m.cuts.Add(1)
		_ = m.Conn.Close()
	}
	return left > 0
}

// share is how many of n bytes may still pass.
func (m *mortal) share(n int) int {
	return min(n, int(max(0, m.left.Load())))
}

func (m *mortal) Read(b []byte) (int, error) {
	part := m.share(len(b))
	if part == 0 && len(b) > 0 {
		return 0, errCut
	}
	n, err := m.Conn.Read(b[:part])
	m.spend(n)
	return n, err
}

func (m *mortal) Write(b []byte) (int, error) {
	part := m.share(len(b))
	if part == 0 && len(b) > 0 {
		return 0, errCut
	}
	n, err := m.Conn.Write(b[:part])
	m.spend(n)
	if err == nil && n < len(b) {
		err = errCut
	}
	return n, err
}
