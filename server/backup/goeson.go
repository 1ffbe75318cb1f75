package backup

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bayledger/sync/journal"
)

// goesOn says whether books may be added to a backup of them: whether they have its
// last entry. Errors: ErrOther, ErrLost.
func (m *manifest) goesOn(h Head) error {
	switch {
	case h.Entries < m.Entries && h.Epoch == m.Epoch:
		return fmt.Errorf("%w: %s. Stop the server, and restore this backup into a new folder; nothing was changed in it", ErrLost, spell(h.Entries+1, m.Entries))
	case h.Entries < m.Entries:
		return fmt.Errorf("%w: it goes to entry %d, and these books end with entry %d; nothing was changed, name an empty folder", ErrOther, m.Entries, h.Entries)
	case h.Entries == m.Entries && h.Entries > 0 && h.Hash != m.Hash:
		return m.another(h.Epoch)
	}
	return nil
}

func spell(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("entry %d is missing", from)
	}
	return fmt.Sprintf("entries %d to %d are missing", from, to)
}

// another tells that the backup's last entry is another one in books of this epoch.
// Books that were restored have a new epoch; where it is the same they lost entries
// and went on without.
func (m *manifest) another(epoch string) error {
	if epoch == m.Epoch {
		return fmt.Errorf("%w, and went on: entry %d, the backup's last, is another one in them. Stop the server, and restore this backup into a new folder; nothing was changed in it", ErrLost, m.Entries)
	}
	return fmt.Errorf("%w: entry %d, its last, is another one there; nothing was changed, name an empty folder", ErrOther, m.Entries)
}

// Check says whether a source has all that the backup in a folder has of it. Where
// there is none yet, or it cannot be read, there is nothing to compare. Errors:
// ErrLost, those of the source.
func Check(ctx context.Context, dir string, from Source) error {
	m, err := readManifest(os.DirFS(dir), dir)
	if err != nil {
		return nil // Open says it, each time that it is tried
	}
	err = from(ctx, Wish{After: m.Entries}, &checking{m: &m})
	if errors.Is(err, errSeen) || errors.Is(err, ErrOther) {
		return nil // other books lost nothing that is in this backup
	}
	return err
}

// checking is a Sink that looks at the head and the first block only.
type checking struct {
	m     *manifest
	epoch string
}

var errSeen = errors.New("the first block is the next one")

func (c *checking) Head(h Head) error {
	c.epoch = h.Epoch
	return c.m.goesOn(h)
}

func (c *checking) Block(b *journal.Copy) error {
	if b.First != c.m.Entries+1 || b.First > 1 && hashText(b.Prev) != c.m.Hash {
		return c.m.another(c.epoch)
	}
	return errSeen
}

func (c *checking) Piece(Piece) error { return nil }
