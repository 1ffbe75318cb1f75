package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bayledger/sync/journal"
)

// reader reads a backup whose files are known to be what was written.
type reader struct {
	dir  string
	m    manifest
	file *os.File
	in   *bufio.Reader
	at   int // the next file
}

// openReader checks every file of a backup against backup.json.
func openReader(ctx context.Context, dir string) (*reader, error) {
	m, err := readManifest(os.DirFS(dir), dir)
	if err != nil {
		return nil, err
	}
	if m.Entries == 0 && m.Server.Name == "" {
		return nil, fmt.Errorf("%w in %s yet: nothing was taken", ErrNone, dir)
	}
	for _, f := range m.Blocks {
		if err := checkFile(ctx, dir, f.file); err != nil {
			return nil, err
		}
	}
	if m.Server.Name != "" {
		if err := checkFile(ctx, dir, m.Server); err != nil {
			return nil, err
		}
	}
	return &reader{dir: dir, m: m}, nil
}

// checkFile says whether a file is what was written. What lies behind its length is
// of a Take that was cut short.
func checkFile(ctx context.Context, dir string, want file) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bad := func(what string) error {
		return fmt.Errorf("%w: %s %s", ErrDamaged, filepath.Join(dir, want.Name), what)
	}
	f, err := os.Open(filepath.Join(dir, want.Name))
	if err != nil {
		return bad("is missing or cannot be opened")
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, want.Bytes))
	switch {
	case err != nil:
		return bad("cannot be read: " + err.Error())
	case n < want.Bytes:
		return bad(fmt.Sprintf("has %d bytes of %d", n, want.Bytes))
	case hex.EncodeToString(sum.Sum(nil)) != want.SHA256:
		return bad("is not what was written: its SHA-256 is another one")
	}
	return nil
}

func (r *reader) close() {
	if r.file != nil {
		_ = r.file.Close() // it was only read
		r.file = nil
	}
}

// next returns the next block, nil after the last.
func (r *reader) next() (*journal.Copy, error) {
	for r.file == nil {
		if r.at == len(r.m.Blocks) {
			return nil, nil
		}
		f := r.m.Blocks[r.at]
		r.at++
		file, err := os.Open(filepath.Join(r.dir, f.Name))
		if err != nil {
			return nil, err
		}
		r.file, r.in = file, bufio.NewReaderSize(io.LimitReader(file, f.Bytes), 1<<20)
	}
	c, err := readBlock(r.in)
	if errors.Is(err, io.EOF) {
		r.close()
		return r.next()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, r.m.Blocks[r.at-1].Name, err)
	}
	return c, nil
}

// readBlock reads a block; io.EOF where nothing is left.
func readBlock(in *bufio.Reader) (*journal.Copy, error) {
	start, err := in.Peek(journal.CopyHead)
	if len(start) == 0 && errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, errFrame
	}
	size, err := journal.CopySize(start)
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, errFrame
	}
	c, err := journal.ParseCopy(b)
	return &c, err
}

// pieces calls fn with the server's rows and files.
func (r *reader) pieces(fn func(Piece) error) error {
	if r.m.Server.Name == "" {
		return nil
	}
	f, err := os.Open(filepath.Join(r.dir, r.m.Server.Name))
	if err != nil {
		return err
	}
	defer f.Close()
	for in := bufio.NewReader(f); ; {
		kind, body, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := parsePiece(body)
		if err != nil || kind != framePiece {
			return errors.Join(errFrame, err)
		}
		if err := fn(p); err != nil {
			return err
		}
	}
}
