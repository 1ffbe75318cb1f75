package client

import (
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/wire"
)

// sendRows sends what waits, as far as the window goes.
func (s *session) sendRows() error {
	c := s.c
	if c.box == nil {
		return nil
	}
	for {
		c.mu.Lock()
		room, from, held, policy := s.policy.MaxUnacked-len(s.window.rows), s.window.next, !s.held.IsZero(), s.policy
		most := min(room, policy.MaxPush, c.burst)
		c.mu.Unlock()
		if held || room <= 0 || from > c.stored.Load() {
			return nil
		}
		stored := c.stored.Load()
		rows, err := c.box.Unacked(from, most, min(MaxPushBytes, policy.MaxFrame/2))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			c.mu.Lock()
			if s.window.next == from { // everything up to there is acknowledged
				s.window.next = stored + 1
			}
			c.mu.Unlock()
			return nil
		}
		frame, last := s.compose(rows)
		if frame != nil {
			if err := s.put(frame); err != nil {
				return err
			}
			c.tellSent(rows, last)
		}
		if err := s.acknowledge(); err != nil { // lost rows that the server has need no answer
			return err
		}
	}
}

// tellSent tells which scans have left, and which were lost.
func (c *Client) tellSent(rows []outbox.Row, last uint64) {
	c.cfg.Notify(Event{Kind: Sent, Seq: rows[0].Seq, Through: last})
	for _, r := range rows {
		if r.Lost && r.Seq <= last {
			c.cfg.Notify(Event{Kind: Lost, Seq: r.Seq, Through: r.Seq, Code: r.Reason,
				Text: "A scan was lost in the device's memory. The server is told; say what was scanned then, and count."})
		}
	}
}

// compose makes one frame of rows, in their order: pushes of what is there, a
// skip for each that is lost. It returns the last seq it took.
func (s *session) compose(rows []outbox.Row) (frame []byte, last uint64) {
	c := s.c
	var push [][]byte
	var messages [][]byte
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Since(s.started)
	if len(s.window.rows) == 0 {
		s.heard = time.Now()
	}
	flush := func() {
		if len(push) > 0 {
			messages = append(messages, wire.AppendPush(make([]byte, 0, sizeOf(push)), c.trace(), push))
			push = nil
			s.window.message()
		}
	}
	for _, r := range rows {
		if len(messages) >= skipsPerFrame {
			break
		}
		last = r.Seq
		if !r.Lost {
			push = append(push, r.Data)
			s.window.launch(r.Seq, now, false)
			continue
		}
		flush()
		known := r.Seq <= s.lastSeq
		s.window.launch(r.Seq, now, known)
		if !known {
			s.window.message()
			b, err := wire.AppendMessage(nil, &wire.Skip{Type: "skip", Seq: r.Seq, Reason: r.Reason})
			if err != nil {
				c.cfg.Log.Error("a skip could not be encoded", "device", c.cfg.Device, "seq", r.Seq, "error", err)
			}
			messages = append(messages, b)
		}
	}
	flush()
	return join(messages), last
}

// trace is the context of a push, "" where nobody traces.
func (c *Client) trace() string {
	if c.cfg.Trace == nil {
		return ""
	}
	return c.cfg.Trace()
}

func sizeOf(rows [][]byte) int {
	size := len(rows) + 128
	for _, r := range rows {
		size += len(r)
	}
	return size
}

// join makes a frame: one message as it is, several as an array.
func join(messages [][]byte) []byte {
	switch len(messages) {
	case 0:
		return nil
	case 1:
		return messages[0]
	}
	b := make([]byte, 0, sizeOf(messages))
	for i, m := range messages {
		if i == 0 {
			b = append(b, '[')
		} else {
			b = append(b, ',')
		}
		b = append(b, m...)
	}
	return append(b, ']')
}
