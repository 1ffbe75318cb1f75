package handheld

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"bayledger/scanner/wedge"
)

func (h *Handheld) stateFile() string     { return filepath.Join(h.cfg.Dir, "collected.json") }
func (h *Handheld) catalogueFile() string { return filepath.Join(h.cfg.Dir, "catalogue.json") }
func (h *Handheld) readerFile() string    { return filepath.Join(h.cfg.Dir, "reader.json") }

// saveState stores what the machine knows, where it has changed.
func (h *Handheld) saveState() error {
	data := h.machine.Save(h.box.Stats().Next)
	if string(data) == h.saved {
		return nil
	}
	if err := writeFile(h.stateFile(), data); err != nil {
		return err
	}
	h.saved = string(data)
	return nil
}

// openReader takes the profile that was given, or the one that was learned.
func (h *Handheld) openReader() error {
	if h.cfg.Reader != nil {
		h.reader.Profile = *h.cfg.Reader
		return nil
	}
	data, err := os.ReadFile(h.readerFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var p wedge.Profile
	if json.Unmarshal(data, &p) == nil { // a damaged one is learned again
		h.reader.Profile = p
	}
	return nil
}

// keepReader keeps what was learned of the reader.
func (h *Handheld) keepReader() {
	if !h.reader.Learned {
		return
	}
	data, err := json.Marshal(h.reader.Profile)
	if err == nil {
		err = writeFile(h.readerFile(), data)
	}
	if err != nil {
		h.view.say("The reader's profile could not be kept: " + sentence(err))
	}
}

// writeFile puts a file in the place of another, durably: after a crash it is the old one or the new
// one, whole.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
