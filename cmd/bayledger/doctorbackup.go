package main

import (
	"os"
	"path/filepath"
	"time"

	"bayledger/server/backup"
)

// backup looks whether the backup can be read, how old it is, and where it lies.
func (d *doctor) backup() {
	dir := d.o.backupTo
	if dir == "" {
		d.warn("backup", "serve --backup-to DIR keeps one, better on another disk", "the settings name none")
		return
	}
	info, err := os.Stat(filepath.Join(dir, "backup.json"))
	if err != nil {
		d.fail("backup", "start the server, or look whether its disk is there", "there is none in %s", dir)
		return
	}
	of, err := backup.Look(dir)
	if err != nil {
		d.fail("backup", "keep it, and begin another in a new folder; bayledger backup verify says more", "%v", err)
		return
	}
	age := d.now().Sub(info.ModTime()).Round(time.Second)
	switch {
	case d.running != nil:
		d.following(of, age)
	case age > oldBackup:
		d.warn("backup", "start the server, or take one with bayledger backup", "the newest in %s is %s old, of %d entries", dir, age, of.Entries)
	default:
		d.ok("backup", "in %s, of %s ago, %d entries", dir, age, of.Entries)
	}
	if sameDisk(d.app.data, dir) {
		d.warn("backup's disk", "name a folder on another disk: with this one both are lost", "%s lies on the data folder's", dir)
	}
}

// following asks the server that runs how far its backup is.
func (d *doctor) following(of backup.Summary, age time.Duration) {
	last, kept := d.measures["bayledger_backup_last_success_timestamp_seconds"]
	behind := time.Duration(d.measures["bayledger_backup_lag_seconds"] * float64(time.Second)).Round(time.Second)
	switch {
	case d.measures == nil:
		d.warn("backup", "look at the line \"measures\"", "in %s, of %s ago; how far behind the server is not known", d.o.backupTo, age)
	case !kept:
		d.fail("backup", "start the server with these settings", "the server that runs keeps none; the one in %s is %s old", d.o.backupTo, age)
	case last == 0:
		d.fail("backup", "look into the server's log", "the server has brought nothing into %s since it started", d.o.backupTo)
	case behind > backupBehind:
		d.fail("backup", "look into the server's log", "in %s; it lacks %.0f entries, the first of %s ago", d.o.backupTo, d.measures["bayledger_backup_lag_entries"], behind)
	case d.now().Sub(time.Unix(int64(last), 0)) > backupStands:
		d.fail("backup", "look into the server's log", "in %s; it last succeeded on %s", d.o.backupTo, time.Unix(int64(last), 0).Format(time.RFC3339))
	default:
		d.ok("backup", "in %s, %s behind, %d entries", d.o.backupTo, behind, of.Entries)
	}
}
