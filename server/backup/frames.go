package backup

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"bayledger/sync/journal"
)

// What a source gives goes over a connection, and pieces into a file, as frames: a
// kind, a uvarint length, so many bytes. A piece is uvarint mode, uvarint length of
// its name, name, value.
const (
	frameHead  = 'h'
	frameBlock = 'b'
	framePiece = 'p'
	frameEnd   = 'e' // nothing is missing
)

// maxFrame bounds what a frame may ask to be read: the largest block, or piece.
const maxFrame = 2*2*journal.MaxBatchBytes + 1<<20

func appendFrame(b []byte, kind byte, body []byte) []byte {
	return append(binary.AppendUvarint(append(b, kind), uint64(len(body))), body...)
}

func appendPiece(b []byte, p Piece) []byte {
	body := binary.AppendUvarint(nil, uint64(p.Mode))
	body = append(binary.AppendUvarint(body, uint64(len(p.Name))), p.Name...)
	return appendFrame(b, framePiece, append(body, p.Value...))
}

var errFrame = errors.New("it is cut short, or is no frame of a backup")

func readFrame(r *bufio.Reader) (kind byte, body []byte, err error) {
	if kind, err = r.ReadByte(); err != nil {
		return 0, nil, err
	}
	size, err := binary.ReadUvarint(r)
	if err != nil || size > maxFrame {
		return 0, nil, errFrame
	}
	// What is asked for is believed as it arrives.
	body, err = io.ReadAll(io.LimitReader(r, int64(size)))
	if err != nil || uint64(len(body)) != size {
		return 0, nil, errFrame
	}
	return kind, body, nil
}

func parsePiece(body []byte) (p Piece, err error) {
	mode, n := binary.Uvarint(body)
	if n <= 0 || mode > uint64(fs.ModePerm) {
		return p, errFrame
	}
	body = body[n:]
	size, n := binary.Uvarint(body)
	if n <= 0 || size > uint64(len(body)-n) {
		return p, errFrame
	}
	body = body[n:]
	return Piece{Name: string(body[:size]), Mode: fs.FileMode(mode), Value: body[size:]}, nil
}

// Send writes what is wished of a source; Remote reads it at the other end.
func Send(ctx context.Context, from Source, w Wish, to io.Writer) error {
	if err := from(ctx, w, sender{to}); err != nil {
		return err
	}
	_, err := to.Write(appendFrame(nil, frameEnd, nil))
	return err
}

// sender is a Sink at the end of a connection.
type sender struct{ to io.Writer }

func (s sender) frame(kind byte, body []byte) error {
	_, err := s.to.Write(appendFrame(nil, kind, body))
	return err
}

func (s sender) Head(h Head) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return s.frame(frameHead, body)
}

func (s sender) Block(c *journal.Copy) error { return s.frame(frameBlock, c.Bytes) }

func (s sender) Piece(p Piece) error {
	_, err := s.to.Write(appendPiece(nil, p))
	return err
}

// Remote is the source at the other end of a connection: open asks for what is wished
// there, and gives what Send writes.
func Remote(open func(ctx context.Context, w Wish) (io.ReadCloser, error)) Source {
	return func(ctx context.Context, w Wish, to Sink) (err error) {
		in, err := open(ctx, w)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, in.Close()) }()
		for r := bufio.NewReader(in); ; {
			kind, body, err := readFrame(r)
			if err != nil {
				return fmt.Errorf("the connection broke before everything was there; nothing was changed: %w", err)
			}
			if kind == frameEnd {
				return nil
			}
			if err := receive(kind, body, to); err != nil {
				return err
			}
		}
	}
}

func receive(kind byte, body []byte, to Sink) error {
	switch kind {
	case frameHead:
		var h Head
		if err := json.Unmarshal(body, &h); err != nil {
			return err
		}
		return to.Head(h)
	case frameBlock:
		c, err := journal.ParseCopy(body)
		if err != nil {
			return err
		}
		return to.Block(&c)
	case framePiece:
		p, err := parsePiece(body)
		if err != nil {
			return err
		}
		return to.Piece(p)
	}
	return errFrame
}
