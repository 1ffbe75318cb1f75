package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"bayledger/sync/journal"
)

// maxFile is how long a file of blocks gets: short enough to be read again at each
// start, long enough for few files.
const maxFile = 64 << 20

// Writer writes a backup. Make one with Open. All that it does goes through the folder
// that it holds open, and each Take looks whether that is still the one at its path:
// where a disk was mounted over it meanwhile, nothing of the one is written into the
// other.
type Writer struct {
	dir string

	mu     sync.Mutex // guards what follows
	root   *os.Root   // the folder; nil: it has to be opened again
	unlock func()
	m      manifest
	blocks *os.File  // the last file, open for more; nil: none yet
	sum    hash.Hash // of it
	stale  bool      // a Take failed: what is on the disk has to be looked at again
}

// Open opens the backup in a folder, or begins one where there is none; what a Take
// that was cut short left behind is removed. Errors: ErrInUse, ErrDamaged, ErrNewer.
func Open(dir string) (w *Writer, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be made: %w", dir, err)
	}
	if err := journal.SyncFolder(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, err
	}
	w = &Writer{dir: dir}
	if err := w.open(); err != nil {
		return nil, err
	}
	return w, nil
}

// open opens the folder that is at the path now.
func (w *Writer) open() (err error) {
	if w.root, err = os.OpenRoot(w.dir); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			w.leave()
		}
	}()
	unlock, err := lockFolder(w.root)
	if err != nil {
		return err
	}
	w.unlock = unlock
	if err := w.onlyOurs(); err != nil {
		return err
	}
	return w.load()
}

// leave closes the folder; what it held counts no more.
func (w *Writer) leave() {
	if w.blocks != nil {
		_ = w.blocks.Close() // what counts is synced
		w.blocks = nil
	}
	if w.unlock != nil {
		w.unlock()
		w.unlock = nil
	}
	if w.root != nil {
		_ = w.root.Close()
		w.root = nil
	}
	w.m = manifest{}
}

// here sees to it that the folder which is open is the one at the path, and says
// whether it is another one than before. Where there is none it is not made: its disk
// may come back.
func (w *Writer) here() (moved bool, err error) {
	now, err := os.Stat(w.dir)
	if err != nil {
		w.leave()
		return false, fmt.Errorf("the backup's folder is gone; nothing was backed up until it is there again: %w", err)
	}
	if w.root != nil {
		if was, err := w.root.Stat("."); err == nil && os.SameFile(now, was) {
			return false, nil
		}
	}
	w.leave()
	return true, w.open()
}

// onlyOurs refuses a folder of something else: what is in it is nobody's to mix with.
func (w *Writer) onlyOurs() error {
	files, err := w.files()
	if err != nil {
		return err
	}
	for _, name := range files {
		if name != manifestName && !ours.MatchString(name) {
			return fmt.Errorf("%s holds %s, which is no part of a backup: nothing was written; name an empty folder", w.dir, name)
		}
	}
	return nil
}

// files are the names in the folder.
func (w *Writer) files() (names []string, err error) {
	entries, err := fs.ReadDir(w.root.FS(), ".")
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// load reads what there is, and removes what backup.json does not count.
func (w *Writer) load() error {
	if w.blocks != nil {
		_ = w.blocks.Close() // what it held is read again
		w.blocks = nil
	}
	m, err := readManifest(w.root.FS(), w.dir)
	if errors.Is(err, ErrNone) {
		m, err = w.begin()
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
	w.blocks, err = w.root.OpenFile(last.Name, os.O_RDWR, 0)
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
func (w *Writer) begin() (m manifest, err error) {
	files, err := w.files()
	if err != nil {
		return m, err
	}
	for _, name := range files {
		if name != manifestName+temporary {
			return m, fmt.Errorf("%w: %s holds %s, and no %s: nothing was changed; name an empty folder", ErrDamaged, w.dir, name, manifestName)
		}
	}
	b, err := manifest{Format: manifestFormat, Blocks: []blockFile{}}.encode()
	if err != nil {
		return m, err
	}
	if err := replaceFile(w.root, manifestName, b); err != nil {
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
	files, err := w.files()
	if err != nil {
		return err
	}
	for _, name := range files {
		if !named[name] && ours.MatchString(name) {
			if err := w.root.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Entries returns the newest entry that is in the backup; 0 while its folder is gone.
func (w *Writer) Entries() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.m.Entries
}

// Close lets others write the backup.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave()
	return nil
}

// Taken says what a Take brought.
type Taken struct {
	From, To uint64 // the entries; From > To: none
	Server   bool   // the server's rows or files changed
	Rights   bool   // rights changed with the entries, and the rows were not looked at: those of before are too old
	Moved    bool   // the folder is another one than before
	Bytes    int64
}

// Take brings what is new of a source; pieces says whether to look at the server's
// rows and files too. On an error the backup is as it was. Errors: ErrOther, ErrLost,
// those of Open, of the source and of the disk.
func (w *Writer) Take(ctx context.Context, from Source, pieces bool) (t Taken, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	moved, err := w.here()
	if err != nil {
		return t, err
	}
	if w.stale {
		if err := w.load(); err != nil {
			return t, err
		}
	}
	before := w.m.Entries
	take := &taking{w: w, m: w.m, sum: w.sum, pieces: pieces}
	take.m.Blocks = append([]blockFile(nil), w.m.Blocks...)
	if err := from(ctx, Wish{After: before, Pieces: pieces}, take); err != nil {
		w.stale = take.wrote()
		return t, errors.Join(err, take.drop())
	}
	changed, err := take.finish()
	if err != nil {
		w.stale = true
		return t, err
	}
	return Taken{From: before + 1, To: w.m.Entries, Server: changed, Rights: take.rights, Moved: moved, Bytes: take.bytes}, nil
}
