package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"

	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
)

// openDB opens the database of a data folder; its errors say what to do.
func openDB(dir string, o journal.Options) (*badger.DB, error) {
	if err := notRootOnOthers(dir, os.Geteuid(), ownerOf); err != nil {
		return nil, err
	}
	db, err := journal.OpenDB(dir, o)
	if err != nil {
		return nil, openError(dir, err)
	}
	return db, nil
}

// notRootOnOthers refuses what root would do to a folder of another user: the files
// that it makes there would be root's, and the server, which runs as the folder's
// owner, could not open them any more.
func notRootOnOthers(dir string, euid int, ownerOf func(string) (uid int, known bool)) error {
	uid, known := ownerOf(dir)
	if euid != 0 || !known || uid == 0 {
		return nil
	}
	name := strconv.Itoa(uid)
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	} else {
		name = "#" + name
	}
	return fmt.Errorf("the data folder %s belongs to the user %s, and files that root makes in it would lock its server out. Nothing was changed; run the same as its owner: sudo -u '%s' bayledger …", dir, name, name)
}
