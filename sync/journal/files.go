package journal

import (
	"errors"
	"io/fs"
	"strings"

	"bayledger/migrations/intact"
)

// CheckFiles reads the database's files of a folder: what Badger would panic on, or lose
// without a word; with all, every block of every table. What is wrong comes back as a
// *Damage that names the file. OpenDB does it without all, which costs a read of each
// table's end. A folder that another process has open is left alone.
func CheckFiles(dir string, all bool) error {
	unlock, ok := lockFolder(dir)
	if !ok {
		return nil // Badger says so better, and so it does where there is none
	}
	defer unlock()
	err := errors.Join(intact.Logs(dir), intact.Tables(dir, all))
	if err == nil || errors.Is(err, fs.ErrPermission) {
		return err
	}
	const enough = 1_000 // bytes; a folder may have hundreds of tables
	sentence := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' }), "; ")
	return damage(0, 0, "in the folder %s, %.*s", dir, enough, sentence)
}
