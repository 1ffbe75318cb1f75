package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"

	"bayledger/sync/journal"
)

// maxFile is how long a file of blocks gets: short enough to be read again at each
// start, long enough for few files.
const maxFile = 64 << 20

// Writer writes a backup. Make one with Open.
type Writer struct {
	dir    string
	unlock func()

	mu     sync.Mutex // guards what follows
	m      manifest
	blocks *os.File  // the last file, open for more; nil: none yet
	sum    hash.Hash // of it
	stale  bool      // a Take failed: what is on the disk has to be looked at again
}

// Open opens the backup in a folder, or begins one where there is none; what a Take
// that was cut short left behind is removed. Errors: ErrInUse, ErrDamaged, ErrNewer.
func Open(dir string) (w *Writer, err error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	unlock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	w = &Writer{dir: dir, unlock: unlock}
	if err := w.load(); err != nil {
		unlock()
		return nil, err
	}
	return w, nil
}

// makeFolder makes the backup's folder, and brings its name to the disk. What is in
// it otherwise is nobody's to mix with.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be made: %w", dir, err)
	}
	if err := journal.SyncFolder(filepath.Dir(filepath.Clean(dir))); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Name() != manifestName && !ours.MatchString(f.Name()) {
			return fmt.Errorf("%s holds %s, which is no part of a backup: nothing was written; name an empty folder", dir, f.Name())
		}
	}
	return nil
}

// load reads what there is, and removes what backup.json does not count.
func (w *Writer) load() error {
	if w.blocks != nil {
		_ = w.blocks.Close() // what it held is read again
		w.blocks = nil
	}
	m, err := readManifest(w.dir)
	if errors.Is(err, ErrNone) {
		m, err = begin(w.dir)
	}
	if err != nil {
		return err
	}
	w.m, w.sum = m, sha256.New()
	if err := w.removeRest(); err != nil {
		return err
	}
	if len(m.Blocks) == 0 {
		return nil
	}
	last := m.Blocks[len(m.Blocks)-1]
	w.blocks, err = os.OpenFile(filepath.Join(w.dir, last.Name), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if n, err := io.Copy(w.sum, io.LimitReader(w.blocks, last.Bytes)); err != nil || n != last.Bytes || w.sumText() != last.SHA256 {
		return fmt.Errorf("%w: %s is not what was written (%v)", ErrDamaged, last.Name, err)
	}
	if err := w.blocks.Truncate(last.Bytes); err != nil {
		return err
	}
	w.stale = false
	return nil
}

// begin writes the backup.json of a backup without anything in it, before anything else
// is written: where there are blocks and no backup.json, it was lost, and so would they
// be.
func begin(dir string) (m manifest, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return m, err
	}
	for _, f := range files {
		if f.Name() != manifestName+temporary {
			return m, fmt.Errorf("%w: %s holds %s, and no %s: nothing was changed; name an empty folder", ErrDamaged, dir, f.Name(), manifestName)
		}
	}
	b, err := manifest{Format: manifestFormat, Blocks: []blockFile{}}.encode()
	if err != nil {
		return m, err
	}
	if err := replaceFile(filepath.Join(dir, manifestName), b); err != nil {
		return m, err
	}
	return parseManifest(b)
}

func (w *Writer) sumText() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// removeRest removes files that backup.json does not name.
func (w *Writer) removeRest() error {
	named := map[string]bool{manifestName: true, w.m.Server.Name: true}
	for _, f := range w.m.Blocks {
		named[f.Name] = true
	}
	files, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !named[f.Name()] && ours.MatchString(f.Name()) {
			if err := os.Remove(filepath.Join(w.dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Entries returns the newest entry that is in the backup.
func (w *Writer) Entries() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.m.Entries
}

// Close lets others write the backup.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	if w.blocks != nil {
		err = w.blocks.Close()
	}
	w.unlock()
	return err
}

// Taken says what a Take brought.
type Taken struct {
	From, To uint64 // the entries; From > To: none
	Server   bool   // the server's rows or files changed
	Bytes    int64
}

// Take brings what is new of a source; pieces says whether to look at the server's
// rows and files too. On an error the backup is as it was. Errors: ErrOther, those of
// the source and of the disk.
func (w *Writer) Take(ctx context.Context, from Source, pieces bool) (t Taken, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stale {
		if err := w.load(); err != nil {
			return t, err
		}
	}
	before := w.m.Entries
	take := &taking{w: w, m: w.m, sum: w.sum}
	take.m.Blocks = append([]blockFile(nil), w.m.Blocks...)
	if err := from(ctx, Wish{After: before, Pieces: pieces}, take); err != nil {
		w.stale = take.wrote()
		return t, errors.Join(err, take.drop())
	}
	changed, err := take.finish(pieces)
	if err != nil {
		w.stale = true
		return t, err
	}
	return Taken{From: before + 1, To: w.m.Entries, Server: changed, Bytes: take.bytes}, nil
}
