package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// taking is a Take under way: a Sink that writes behind what backup.json counts.
type taking struct {
	w      *Writer
	epoch  string   // of the source
	pieces bool     // are asked for
	rights bool     // a block changes some; not looked for with pieces
	m      manifest // as it will be
	sum    hash.Hash
	synced []*os.File // full files, to be synced and closed
	newDir bool       // the folder has new names
	server *pieceFile
	bytes  int64
}

// Head checks that the source is what the backup was made of.
func (t *taking) Head(h Head) error {
	if err := t.m.goesOn(h); err != nil {
		return err
	}
	t.epoch = h.Epoch
	t.m.Epoch, t.m.Schema, t.m.Program = h.Epoch, h.Schema, h.Program
	return nil
}

// Block appends a block to the last file, or begins a new one.
func (t *taking) Block(c *journal.Copy) error {
	if c.First != t.m.Entries+1 || c.First > 1 && hashText(c.Prev) != t.m.Hash {
		if t.m.Entries > t.w.m.Entries {
			return fmt.Errorf("%w: entry %d does not follow on its entry %d; nothing was changed", ErrOther, c.First, t.m.Entries)
		}
		return t.w.m.another(t.epoch)
	}
	if err := t.look(c); err != nil {
		return err
	}
	if n := len(t.m.Blocks); n == 0 || t.m.Blocks[n-1].Bytes >= maxFile {
		if err := t.nextFile(c.First); err != nil {
			return err
		}
	}
	f := &t.m.Blocks[len(t.m.Blocks)-1]
	t.bytes += int64(len(c.Bytes))
	if _, err := t.w.blocks.WriteAt(c.Bytes, f.Bytes); err != nil {
		return err
	}
	_, _ = t.sum.Write(c.Bytes) // a hash takes everything
	f.Bytes += int64(len(c.Bytes))
	f.Last = c.Last
	t.m.Entries, t.m.Hash, t.m.BookedAt = c.Last, hashText(c.Head), c.BookedAt
	return nil
}

// look notes whether a block changes rights, where the rows do not come with it anyway.
func (t *taking) look(c *journal.Copy) error {
	if t.pieces || t.rights {
		return nil
	}
	b, err := c.Entries()
	if err != nil {
		return err
	}
	for n := b.First; n <= b.Last && !t.rights; n++ {
		t.rights = bytes.Contains(b.Entry(n), rightEdit)
	}
	return nil
}

// rightEdit is in the entry of every edit of a right, as ledger writes it; in another
// entry it does no harm.
var rightEdit = []byte(`"entity":"` + ledger.EntityRight + `"`)

func (t *taking) nextFile(first uint64) error {
	name := fmt.Sprintf("blocks-%016d", first)
	f, err := t.w.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if t.w.blocks != nil {
		t.sumUp()
		t.synced = append(t.synced, t.w.blocks)
	}
	t.w.blocks, t.newDir = f, true
	t.sum = sha256.New()
	t.m.Blocks = append(t.m.Blocks, blockFile{file: file{Name: name}, First: first})
	return nil
}

// sumUp notes the checksum of the last file.
func (t *taking) sumUp() {
	t.m.Blocks[len(t.m.Blocks)-1].SHA256 = hex.EncodeToString(t.sum.Sum(nil))
}

// Piece writes one of the server's rows or files.
func (t *taking) Piece(p Piece) (err error) {
	if t.server == nil {
		if t.server, err = newPieceFile(t.w.root, t.serverName()+temporary); err != nil {
			return err
		}
	}
	return t.server.put(p)
}

// serverName is that of the next copy of rows and files.
func (t *taking) serverName() string {
	n := uint64(0)
	if t.w.m.Server.Name != "" {
		_, _ = fmt.Sscanf(t.w.m.Server.Name, "server-%d", &n) // the name was checked
	}
	return fmt.Sprintf("server-%016d", n+1)
}

// finish brings everything to the disk, and then makes it count.
func (t *taking) finish() (changed bool, err error) {
	if t.pieces && t.server != nil {
		if changed, err = t.finishServer(); err != nil {
			return false, err
		}
	}
	for len(t.synced) > 0 {
		f := t.synced[0]
		t.synced = t.synced[1:]
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return false, err
		}
	}
	if t.bytes > 0 {
		t.sumUp()
		if err := t.w.blocks.Sync(); err != nil {
			return false, err
		}
	}
	if t.newDir {
		if err := syncFolder(t.w.root); err != nil {
			return false, err
		}
	}
	before := t.w.m
	if t.bytes == 0 && !changed && before.Epoch == t.m.Epoch && before.Schema == t.m.Schema && before.Program == t.m.Program && before.Sum != "" {
		return false, nil
	}
	b, err := t.m.encode()
	if err != nil {
		return false, err
	}
	if err := replaceFile(t.w.root, manifestName, b); err != nil {
		return false, err
	}
	if t.w.m, err = parseManifest(b); err != nil {
		return false, err
	}
	t.w.sum = t.sum
	return changed, t.w.removeRest()
}

// finishServer keeps the copy of rows and files where it is not the one before.
func (t *taking) finishServer() (changed bool, err error) {
	f, err := t.server.close()
	if err != nil {
		return false, err
	}
	name := t.serverName()
	if f.SHA256 == t.m.Server.SHA256 {
		return false, t.w.root.Remove(name + temporary)
	}
	if err := t.w.root.Rename(name+temporary, name); err != nil {
		return false, err
	}
	f.Name = name
	t.m.Server, t.newDir = f, true
	return true, nil
}

// wrote says whether blocks were written.
func (t *taking) wrote() bool { return t.newDir || t.bytes > 0 }

// drop gives up what was written; where it is blocks the next Take looks at the folder
// anew.
func (t *taking) drop() error {
	var err error
	for _, f := range t.synced {
		err = errors.Join(err, f.Close())
	}
	if t.server != nil {
		_, closing := t.server.close()
		err = errors.Join(err, closing, t.w.root.Remove(t.serverName()+temporary))
	}
	return err
}

// pieceFile is a file of pieces being written.
type pieceFile struct {
	f    *os.File
	out  *bufio.Writer
	sum  hash.Hash
	size int64
}

func newPieceFile(root *os.Root, name string) (*pieceFile, error) {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &pieceFile{f: f, sum: sha256.New()}
	p.out = bufio.NewWriter(f)
	return p, nil
}

func (p *pieceFile) put(one Piece) error {
	b := appendPiece(nil, one)
	_, _ = p.sum.Write(b) // a hash takes everything
	p.size += int64(len(b))
	_, err := p.out.Write(b)
	return err
}

func (p *pieceFile) close() (file, error) {
	err := errors.Join(p.out.Flush(), p.f.Sync(), p.f.Close())
	return file{Bytes: p.size, SHA256: hex.EncodeToString(p.sum.Sum(nil))}, err
}
