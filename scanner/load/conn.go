package load

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// conn is a bare WebSocket client (RFC 6455): whole frames, masked with key 0 so
// that the payload goes out as it is.
type conn struct {
	net.Conn
	r *bufio.Reader
}

const dialWithin = 30 * time.Second

func dial(addr, path string, buffer int) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, dialWithin)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: bayledger.v1+json\r\n\r\n", path, addr)
	if err != nil {
		c.Close()
		return nil, err
	}
	r := bufio.NewReaderSize(c, buffer)
	resp, err := http.ReadResponse(r, nil)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		err = fmt.Errorf("the server answered %s to the upgrade", resp.Status)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return &conn{c, r}, nil
}

const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// appendFrame appends one masked text frame.
func appendFrame(b, payload []byte) []byte { return appendFrameOf(b, opText, payload) }

func appendFrameOf(b []byte, op byte, payload []byte) []byte {
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|op, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|op, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|op, 0x80|127), uint64(n))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

// next reads the next data frame into memory that is used again: what it returns
// is valid until it is passed back. Pings are answered.
func (c *conn) next(into []byte) ([]byte, error) {
	for {
		head, err := c.r.Peek(2)
		if err != nil {
			return nil, err
		}
		op, n := head[0]&15, uint64(head[1]&0x7f)
		_, _ = c.r.Discard(2) // peeked
		if n >= 126 {
			size := 2 + 6*int(n-126)
			wide, err := c.r.Peek(size)
			if err != nil {
				return nil, err
			}
			if n = binary.BigEndian.Uint64(append(make([]byte, 8-size, 8), wide...)); n > maxFrame {
				return nil, fmt.Errorf("a frame of %d bytes", n)
			}
			_, _ = c.r.Discard(size)
		}
		if into = into[:0]; uint64(cap(into)) < n {
			into = make([]byte, 0, n)
		}
		into = into[:n]
		if _, err := io.ReadFull(c.r, into); err != nil {
			return nil, err
		}
		switch op {
		case opPong:
			continue
		case opPing:
			if _, err := c.Write(appendFrameOf(nil, opPong, into)); err != nil {
				return nil, err
			}
			continue
		case opClose:
			return nil, fmt.Errorf("the server closed the connection: %q", into)
		}
		return into, nil
	}
}

// maxFrame is more than a server sends at once.
const maxFrame = 16 << 20
