package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
	// Ours are the files and folders in Dir that the server cannot do without: where one
	// cannot be copied that is an error. Others are copied where they can be.
	Ours []string
	// Skipped, if set, is told of each file that is not copied, once in a source's life;
	// anyone's goroutine calls it.
	Skipped func(path string, why error)
}

// Local is the source inside the process that has the folder open.
func Local(f Folder) Source {
	var skipped sync.Map // paths that were told
	tell := func(path string, why error) {
		if _, told := skipped.LoadOrStore(path, true); !told && f.Skipped != nil {
			f.Skipped(path, why)
		}
	}
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
		return f.files(to, tell)
	}
}

// maxPieceBytes bounds a row and a file: keys and layouts are far smaller, and what
// is larger is nothing of ours.
const maxPieceBytes = 16 << 20

// files gives the files of the folder that are not the database's. What is not ours
// and cannot be copied is told, and no reason to go without the rest: a disk's own
// lost+found, say, is the system's.
func (f *Folder) files(to Sink, skipped func(path string, why error)) error {
	return filepath.WalkDir(f.Dir, func(path string, entry fs.DirEntry, err error) error {
		name, relative := filepath.Rel(f.Dir, path)
		if relative != nil {
			return relative
		}
		var value []byte
		var mode fs.FileMode
		if err == nil {
			if !entry.Type().IsRegular() || belongsToDatabase(name) || slices.Contains(fleeting, name) {
				return nil
			}
			value, mode, err = readPiece(path)
		}
		switch {
		case err == nil:
			return to.Piece(Piece{Name: filepath.ToSlash(name), Mode: mode, Value: value})
		case errors.Is(err, fs.ErrNotExist) && name != ".": // it went meanwhile
			return nil
		case name == "." || f.isOurs(name):
			return fmt.Errorf("a file of the data folder cannot be copied; its keys and files were not backed up: %w", err)
		}
		skipped(path, err)
		return nil
	})
}

func (f *Folder) isOurs(name string) bool {
	first, _, _ := strings.Cut(filepath.ToSlash(name), "/")
	return slices.Contains(f.Ours, first)
}

// readPiece reads a file, no more of it than a piece may have.
func readPiece(path string) (value []byte, mode fs.FileMode, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	value, err = io.ReadAll(io.LimitReader(f, maxPieceBytes+1))
	if err == nil && len(value) > maxPieceBytes {
		err = fmt.Errorf("%s is larger than %d MiB", path, maxPieceBytes>>20)
	}
	return value, info.Mode().Perm(), err
}

// fleeting are files that say where the server runs now, and how its last run ended.
var fleeting = []string{"address", "last-run.json"}

// belongsToDatabase says whether a file is Badger's: of the data folder itself, or of
// a demo's handhelds inside it.
func belongsToDatabase(name string) bool {
	switch filepath.Ext(name) {
	case ".sst", ".vlog", ".mem":
		return true
	}
	return slices.Contains([]string{"MANIFEST", "MANIFEST-REWRITE", "KEYREGISTRY", "REWRITE-KEYREGISTRY", "DISCARD", "LOCK"}, filepath.Base(name))
}
