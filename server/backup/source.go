package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bayledger/sync/journal"
)

// Head says what a source is, before it gives anything.
type Head struct {
	Epoch   string `json:"epoch"`
	Entries uint64 `json:"entries"` // the newest
	Hash    string `json:"hash"`    // of it
	Schema  uint   `json:"schema"`  // of the data folder
	Program string `json:"program"` // that runs on it
}

// Piece is one thing beside the entries: a row of the server's store or, with a mode,
// a file of the data folder by its path in it.
type Piece struct {
	Name  string
	Mode  fs.FileMode // 0: a row
	Value []byte
}

// Sink takes what a source gives: the head, then blocks, then pieces.
type Sink interface {
	Head(Head) error
	Block(*journal.Copy) error
	Piece(Piece) error
}

// Wish is what somebody wants of a source.
type Wish struct {
	After  uint64 // blocks behind this entry
	Pieces bool   // the pieces too, all of them
}

// Source gives everything that is wished for.
type Source func(ctx context.Context, w Wish, to Sink) error

// Folder is an open data folder, as Local reads it.
type Folder struct {
	Dir     string
	Journal journal.Journal
	// Rows calls fn with each row of the server's store, as of one moment.
	Rows    func(fn func(key, value []byte) error) error
	Schema  uint
	Program string
}

// Local is the source inside the process that has the folder open.
func Local(f Folder) Source {
	return func(ctx context.Context, w Wish, to Sink) error {
		h := f.Journal.Head()
		if err := to.Head(Head{Epoch: h.Epoch, Entries: h.N, Hash: hashText(h.Hash), Schema: f.Schema, Program: f.Program}); err != nil {
			return err
		}
		if w.After < h.N {
			if err := f.Journal.Copies(ctx, w.After+1, func(c *journal.Copy) (bool, error) { return true, to.Block(c) }); err != nil {
				return err
			}
		}
		if !w.Pieces {
			return nil
		}
		if err := f.Rows(func(key, value []byte) error { return to.Piece(Piece{Name: string(key), Value: value}) }); err != nil {
			return err
		}
		return f.files(to)
	}
}

// maxPieceBytes bounds a row and a file: keys and layouts are far smaller, and what
// is larger is nothing of ours.
const maxPieceBytes = 16 << 20

// files gives the files of the folder that are not the database's.
func (f *Folder) files(to Sink) error {
	return filepath.WalkDir(f.Dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went meanwhile
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(f.Dir, path)
		if err != nil || belongsToDatabase(name) || slices.Contains(fleeting, name) {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info.Size() > maxPieceBytes {
			return fmt.Errorf("the file %s in the data folder is larger than %d MiB and nothing of Bayledger's: nothing was backed up; move it elsewhere", path, maxPieceBytes>>20)
		}
		value, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return to.Piece(Piece{Name: filepath.ToSlash(name), Mode: info.Mode().Perm(), Value: value})
	})
}

// fleeting are files that say where the server runs now.
var fleeting = []string{"address"}

// belongsToDatabase says whether a file is Badger's: of the data folder itself, or of
// a demo's handhelds inside it.
func belongsToDatabase(name string) bool {
	switch filepath.Ext(name) {
	case ".sst", ".vlog", ".mem":
		return true
	}
	return slices.Contains([]string{"MANIFEST", "MANIFEST-REWRITE", "KEYREGISTRY", "REWRITE-KEYREGISTRY", "DISCARD", "LOCK"}, filepath.Base(name))
}
