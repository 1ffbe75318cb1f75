package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"bayledger/sync/ledger"
)

// Errors.
var (
	// ErrNone tells that a folder holds no backup.
	ErrNone = errors.New("there is no backup")
	// ErrOther tells that a backup is of another journal, or of one that took another way.
	ErrOther = errors.New("this backup is of other books")
	// ErrLost tells that books have not got entries any more that the backup has of them.
	ErrLost = errors.New("these books lost entries that the backup has")
	// ErrDamaged tells that a file of a backup is not what was written.
	ErrDamaged = errors.New("the backup is damaged")
	// ErrInUse tells that another process writes it.
	ErrInUse = errors.New("another process writes this backup")
	// ErrNewer tells that a newer program made it.
	ErrNewer = errors.New("this backup was made by a newer bayledger: use that one, or a newer one")
)

const (
	manifestName   = "backup.json"
	manifestFormat = 1
	// maxManifest bounds what is read of it: 64 MiB of blocks are a line.
	maxManifest = 16 << 20
	temporary   = ".new" // ends the name of what is being written
)

// manifest is what backup.json says.
type manifest struct {
	Format   int         `json:"format"`
	Epoch    string      `json:"epoch"` // of the books when they were last taken
	Entries  uint64      `json:"entries"`
	Hash     string      `json:"hash"`      // of the last entry
	BookedAt ledger.Time `json:"booked_at"` // of it
	Schema   uint        `json:"schema"`
	Program  string      `json:"program"`
	Blocks   []blockFile `json:"blocks"`
	Server   file        `json:"server"`
	Sum      string      `json:"sum"` // SHA-256 of this with sum empty
}

type file struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// blockFile is a file of blocks.
type blockFile struct {
	file
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

var ours = regexp.MustCompile(`^(blocks-[0-9]{16}|server-[0-9]{16})(\.new)?$|^backup\.json\.new$`)

func hashText(h [32]byte) string { return hex.EncodeToString(h[:]) }

// encode gives the bytes of backup.json.
func (m manifest) encode() ([]byte, error) {
	m.Sum = ""
	bare, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(bare)
	m.Sum = hex.EncodeToString(sum[:])
	out, err := json.MarshalIndent(m, "", "  ")
	return append(out, '\n'), err
}

// readManifest reads backup.json. Errors: ErrNone, ErrDamaged, ErrNewer.
func readManifest(folder fs.FS, dir string) (m manifest, err error) {
	f, err := folder.Open(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%w in %s", ErrNone, dir)
	}
	if err != nil {
		return m, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return m, err
	}
	return parseManifest(b)
}

func parseManifest(b []byte) (m manifest, err error) {
	bad := func(what string) (manifest, error) {
		return manifest{}, fmt.Errorf("%w: %s %s", ErrDamaged, manifestName, what)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return bad("cannot be read")
	}
	if m.Format > manifestFormat {
		return manifest{}, ErrNewer
	}
	again, err := m.encode()
	if err != nil || m.Format != manifestFormat || !bytes.Equal(again, b) {
		return bad("is not what was written")
	}
	next := uint64(1)
	for _, f := range m.Blocks {
		if f.First != next || f.Last < f.First || !ours.MatchString(f.Name) || f.Bytes <= 0 {
			return bad("lists files that do not follow on one another")
		}
		next = f.Last + 1
	}
	if m.Entries != next-1 || m.Server.Name != "" && !ours.MatchString(m.Server.Name) {
		return bad("does not agree with itself")
	}
	return m, nil
}

// Summary is what a backup says of itself.
type Summary struct {
	Entries  uint64
	BookedAt ledger.Time // of the last of them
	Program  string      // that has written it
}

// Look reads what a backup says of itself, and sees whether its files are there, as
// long as they were written. Their content it leaves to Verify. Errors: ErrNone,
// ErrDamaged, ErrNewer.
func Look(dir string) (Summary, error) {
	m, err := readManifest(os.DirFS(dir), dir)
	if err != nil {
		return Summary{}, err
	}
	files := make([]file, 0, len(m.Blocks)+1)
	for _, f := range m.Blocks {
		files = append(files, f.file)
	}
	if m.Server.Name != "" {
		files = append(files, m.Server)
	}
	for _, f := range files {
		if info, err := os.Stat(filepath.Join(dir, f.Name)); err != nil || info.Size() < f.Bytes {
			return Summary{}, fmt.Errorf("%w: %s is missing or too short", ErrDamaged, filepath.Join(dir, f.Name))
		}
	}
	return Summary{m.Entries, m.BookedAt, m.Program}, nil
}

// replaceFile writes a file so that its name has the old content or the new one,
// whatever happens.
func replaceFile(root *os.Root, name string, b []byte) error {
	f, err := root.OpenFile(name+temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := root.Rename(name+temporary, name); err != nil {
		return err
	}
	return syncFolder(root)
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
