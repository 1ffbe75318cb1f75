package backup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"bayledger/migrations"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// RestoreOptions say what to restore, and how.
type RestoreOptions struct {
	// Entry and At end the books there: with the last batch whose entries all have
	// numbers up to Entry, and were booked at At or before. Zeros: with the newest.
	Entry uint64
	At    ledger.Time
	// Journal's NewEpoch is needed.
	Journal journal.Options
	// Rest, if set, is given what people had meant by the entries that are left out: a
	// line of JSON each, as bayledger replay takes them.
	Rest     io.Writer
	Progress func(n uint64)
}

// Restored says what became of a backup.
type Restored struct {
	Entries  uint64      // that are there
	BookedAt ledger.Time // of the last
	Of       uint64      // that the backup has
	Cut      uint64      // the first entry of a batch that was left out though it was asked for in part; 0: none
	Rest     int         // lines written to Rest
	// Unkept counts the entries left out that nobody meant on a handheld and that Rest
	// cannot have, by what they changed ("product", "right"); nil without Rest.
	Unkept map[string]int
}

// Restore makes a data folder of a backup. dir must be empty or missing, and is there
// whole or not at all.
func Restore(ctx context.Context, from, dir string, o RestoreOptions) (done Restored, err error) {
	if err := checkTarget(dir); err != nil {
		return done, err
	}
	r, err := openReader(ctx, from)
	if err != nil {
		return done, err
	}
	defer r.close()
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return done, err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".restoring-")
	if err != nil {
		return done, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(work))
		}
	}()
	if done, err = r.restore(ctx, work, o); err != nil {
		return done, err
	}
	if err := os.Rename(work, dir); err != nil {
		return done, err
	}
	return done, journal.SyncFolder(filepath.Dir(dir))
}

// checkTarget refuses a folder that has anything in it.
func checkTarget(dir string) error {
	files, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(files) > 0:
		return fmt.Errorf("%s is not empty: nothing was restored and nothing changed; name a new folder", dir)
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("the empty folder %s cannot be replaced by a whole one: nothing was restored; name a folder inside it: %w", dir, err)
	}
	return nil
}

// restore fills an empty folder.
func (r *reader) restore(ctx context.Context, dir string, o RestoreOptions) (done Restored, err error) {
	db, err := journal.OpenDB(dir, o.Journal)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// Rows are put in as their schema has them, and go on with it.
	files, err := filesThrough(r.m.Schema)
	if err != nil {
		return done, err
	}
	if _, _, err := migrations.Up(ctx, db, migrations.Config{Files: files}); err != nil {
		return done, err
	}
	rows := store.NewRows(db)
	err = r.pieces(func(p Piece) error {
		if p.Mode == 0 {
			return rows.Put([]byte(p.Name), p.Value)
		}
		return putFile(dir, p)
	})
	if err = errors.Join(err, rows.Flush()); err != nil {
		return done, err
	}
	if _, _, err := migrations.Up(ctx, db, migrations.Config{}); err != nil {
		return done, err
	}
	c := cutter{r: r, o: o, done: Restored{Of: r.m.Entries}}
	if err := journal.Restore(ctx, db, o.Journal, c.next, o.Progress); err != nil {
		return done, err
	}
	kept, err := store.Open(db, store.Options{})
	if err != nil {
		return done, err
	}
	if err := kept.SetRestored(true); err != nil { // what the rows and the books disagree on is settled at the first start
		return done, err
	}
	return c.done, c.rest()
}

// putFile writes a file of the data folder. Names that lead out of it are none.
func putFile(dir string, p Piece) error {
	name := filepath.FromSlash(p.Name)
	if !filepath.IsLocal(name) || belongsToDatabase(name) {
		return fmt.Errorf("%w: it names the file %q", ErrDamaged, p.Name)
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, p.Mode)
	if err != nil {
		return err
	}
	_, err = f.Write(p.Value)
	return errors.Join(err, f.Sync(), f.Close(), journal.SyncFolder(filepath.Dir(path)))
}

// cutter gives the blocks up to where the books are to end.
type cutter struct {
	r    *reader
	o    RestoreOptions
	done Restored
	over *journal.Copy // the first block that is left out
}

func (c *cutter) next() (*journal.Copy, error) {
	one, err := c.r.next()
	if one == nil || err != nil {
		return nil, err
	}
	if c.o.Entry > 0 && one.Last > c.o.Entry || c.o.At > 0 && one.BookedAt > c.o.At {
		if c.over = one; c.o.Entry > 0 && one.First <= c.o.Entry && (c.o.At == 0 || one.BookedAt <= c.o.At) {
			c.done.Cut = one.First
		}
		return nil, nil
	}
	c.done.Entries, c.done.BookedAt = one.Last, one.BookedAt
	return one, nil
}

// rest writes the intents of what is left out, and counts what is none.
func (c *cutter) rest() error {
	for one := c.over; one != nil && c.o.Rest != nil; {
		b, err := one.Entries()
		if err != nil {
			return err
		}
		for n := b.First; n <= b.Last; n++ {
			var entry struct {
				Kind   string          `json:"kind"`
				Intent json.RawMessage `json:"intent"`
				Edit   struct {
					Entity string `json:"entity"`
				} `json:"edit"`
			}
			if err := json.Unmarshal(b.Entry(n), &entry); err != nil {
				return fmt.Errorf("entry %d cannot be read: %w", n, err)
			}
			if len(entry.Intent) == 0 {
				if c.done.Unkept == nil {
					c.done.Unkept = map[string]int{}
				}
				c.done.Unkept[cmp.Or(entry.Edit.Entity, entry.Kind)]++
				continue
			}
			c.done.Rest++
			if _, err := c.o.Rest.Write(append(entry.Intent, '\n')); err != nil {
				return err
			}
		}
		if one, err = c.r.next(); err != nil {
			return err
		}
	}
	return nil
}

// Verified says what a backup that was read back holds.
type Verified struct {
	Entries  uint64
	BookedAt ledger.Time
	Hash     string
	Files    int
	Bytes    int64
}

// Verify reads a backup back: every file against its checksum, then a data folder made
// of it in the folder work, which is removed, with all that book.Verify proves of it.
func Verify(ctx context.Context, dir, work string, o journal.Options, progress func(n uint64)) (v Verified, err error) {
	r, err := openReader(ctx, dir)
	if err != nil {
		return v, err
	}
	defer r.close()
	work, err = os.MkdirTemp(work, "bayledger-verify-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if _, err := r.restore(ctx, work, RestoreOptions{Journal: o, Progress: progress}); err != nil {
		return v, err
	}
	if err := r.prove(ctx, work, o, progress); err != nil {
		return v, err
	}
	v = Verified{Entries: r.m.Entries, BookedAt: r.m.BookedAt, Hash: r.m.Hash, Files: len(r.m.Blocks)}
	for _, f := range r.m.Blocks {
		v.Bytes += f.Bytes
	}
	if r.m.Server.Name != "" {
		v.Files, v.Bytes = v.Files+1, v.Bytes+r.m.Server.Bytes
	}
	return v, nil
}

func (r *reader) prove(ctx context.Context, work string, o journal.Options, progress func(uint64)) (err error) {
	db, err := journal.OpenDB(work, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	j, err := journal.Open(db, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if h := j.Head(); h.N != r.m.Entries || h.N > 0 && hashText(h.Hash) != r.m.Hash {
		return fmt.Errorf("%w: its blocks end with entry %d, and not with the %d that %s names", ErrDamaged, h.N, r.m.Entries, manifestName)
	}
	if _, err := store.Open(db, store.Options{}); err != nil {
		return err
	}
	return book.Verify(ctx, j, progress)
}

var numbered = regexp.MustCompile(`^([0-9]{4})_`)

// filesThrough are the migrations up to a schema.
func filesThrough(schema uint) (fs.FS, error) {
	all, err := migrations.Files()
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(all, ".")
	if err != nil {
		return nil, err
	}
	some, newest := only{all, map[string]bool{}}, uint(0)
	for _, e := range entries {
		parts := numbered.FindStringSubmatch(e.Name())
		if parts == nil {
			continue
		}
		n, err := strconv.ParseUint(parts[1], 10, 32)
		if err != nil {
			return nil, err
		}
		newest = max(newest, uint(n))
		some.names[e.Name()] = uint(n) <= schema
	}
	if schema > newest {
		return nil, fmt.Errorf("%w: it has schema %d, and this one knows %d", ErrNewer, schema, newest)
	}
	return some, nil
}

// only is a file system of which only some files are shown.
type only struct {
	fs.FS
	names map[string]bool
}

func (o only) ReadDir(name string) (out []fs.DirEntry, err error) {
	all, err := fs.ReadDir(o.FS, name)
	for _, e := range all {
		if o.names[e.Name()] {
			out = append(out, e)
		}
	}
	return out, err
}

// Moment is when an entry was booked, for people.
func Moment(t ledger.Time) string { return time.UnixMicro(int64(t)).UTC().Format(time.RFC3339) }
