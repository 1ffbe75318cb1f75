package powercut

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// disk is what the tests do to a disk by names, without mounting it.
type disk struct {
	*testing.T
	*Disk
}

func (d *disk) make(name string) uint64 {
	d.Helper()
	number, errno := d.create(root, name, 0o600, false)
	d.fine(errno)
	return number
}

func (d *disk) fine(errno syscall.Errno) {
	d.Helper()
	if errno != 0 {
		d.Fatal(errno)
	}
}

// finds says what files a disk has, and what is in them.
func finds(t *testing.T, d *Disk) map[string]string {
	t.Helper()
	dir, out := t.TempDir(), map[string]string{}
	if err := d.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = string(b)
	}
	return out
}

// TestCut says what may be found of a file after a cut, and that each of it is found
// by some dice.
func TestCut(t *testing.T) {
	const gone = "(no such file)"
	big := bytes.Repeat([]byte("x"), 2*sectorBytes)
	for _, c := range []struct {
		name string
		do   func(d *disk)
		may  []string // be found in the file f
	}{
		{"synced", func(d *disk) {
			f := d.make("f")
			d.fine(d.write(f, 0, []byte("one")))
			d.fine(d.sync(f))
		}, []string{"one"}},
		{"not synced", func(d *disk) { d.fine(d.write(d.make("f"), 0, []byte("one"))) }, []string{gone, "", "one"}},
		{"written again", func(d *disk) {
			f := d.make("f")
			d.fine(d.write(f, 0, []byte("one")))
			d.fine(d.sync(f))
			d.fine(d.write(f, 0, []byte("two")))
			d.fine(d.write(f, 3, []byte("!")))
		}, []string{"one", "two", "one!", "two!"}},
		{"cut short", func(d *disk) {
			f := d.make("f")
			d.fine(d.write(f, 0, []byte("one")))
			d.fine(d.sync(f))
			d.fine(d.resize(f, 1))
		}, []string{"one", "o"}},
		{"torn", func(d *disk) {
			f := d.make("f")
			d.fine(d.resize(f, int64(len(big))))
			d.fine(d.sync(f))
			d.fine(d.write(f, 0, big))
		}, []string{
			string(make([]byte, 2*sectorBytes)), string(big),
			string(big[:sectorBytes]) + string(make([]byte, sectorBytes)), string(make([]byte, sectorBytes)) + string(big[:sectorBytes]),
		}},
		{"the folder synced, not the file", func(d *disk) {
			d.fine(d.write(d.make("f"), 0, []byte("one")))
			d.fine(d.sync(root))
		}, []string{"", "one"}},
		{"replaced as it should be", func(d *disk) {
			f := d.make("f")
			d.fine(d.write(f, 0, []byte("old")))
			d.fine(d.sync(f))
			next := d.make("next")
			d.fine(d.write(next, 0, []byte("new")))
			d.fine(d.sync(next))
			d.fine(d.rename(root, "next", root, "f", false))
		}, []string{"old", "new"}},
		{"replaced without a sync", func(d *disk) {
			f := d.make("f")
			d.fine(d.write(f, 0, []byte("old")))
			d.fine(d.sync(f))
			d.fine(d.write(d.make("next"), 0, []byte("new")))
			d.fine(d.rename(root, "next", root, "f", false))
		}, []string{"old", "new", ""}},
		{"removed", func(d *disk) {
			f := d.make("f")
			d.fine(d.sync(f))
			d.fine(d.remove(root, "f", false))
		}, []string{"", gone}},
		{"a sync that failed is not made good by the next", func(d *disk) {
			f := d.make("f")
			d.fine(d.sync(f))
			d.fine(d.write(f, 0, []byte("one")))
			d.FailSyncs(0, 1)
			if d.sync(f) != syscall.EIO {
				d.Error("the sync did not fail")
			}
			d.fine(d.sync(f))
		}, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			missing := map[string]bool{}
			for _, one := range c.may {
				missing[one] = true
			}
			for seed := range uint64(200) {
				d := &disk{t, NewDisk()}
				c.do(d)
				got, there := finds(t, d.Cut(rand.New(rand.NewPCG(seed, 0))))["f"]
				if !there {
					got = gone
				}
				delete(missing, got)
				found := false
				for _, one := range c.may {
					found = found || one == got
				}
				if !found {
					t.Fatalf("seed %d: found %.40q", seed, got)
				}
			}
			for one := range missing {
				t.Errorf("never found: %.40q", one)
			}
		})
	}
}

// After a cut nothing can be done with the disk, and what is found is another one.
func TestPowerIsGone(t *testing.T) {
	d := &disk{t, NewDisk()}
	f := d.make("f")
	d.fine(d.sync(f))
	after := d.Cut(rand.New(rand.NewPCG(1, 0)))
	if d.write(f, 0, []byte("x")) != syscall.EIO || d.sync(f) != syscall.EIO {
		t.Error("a disk without power takes writes")
	}
	if errno := after.write(f, 0, []byte("x")); errno != 0 {
		t.Error(errno)
	}
}

func TestRoom(t *testing.T) {
	d := &disk{t, NewDisk()}
	f := d.make("f")
	d.Room(2 * pageBytes)
	d.fine(d.write(f, 0, make([]byte, 2*pageBytes)))
	if d.write(f, 2*pageBytes, []byte("x")) != syscall.ENOSPC {
		t.Error("there is more room than there is")
	}
	d.fine(d.write(f, 5, []byte("over what is there")))
	d.fine(d.remove(root, "f", false))
	if d.Used() != 0 {
		t.Errorf("%d bytes are used of an empty disk", d.Used())
	}
}

// TestContent holds the pages of a file against plain bytes.
func TestContent(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 0))
	var c content
	var plain []byte
	for range 2_000 {
		at, size := dice.IntN(3*pageBytes), dice.IntN(2*pageBytes)
		switch dice.IntN(4) {
		case 0:
			size = dice.IntN(4 * pageBytes)
			c.resize(int64(size))
			plain = append(plain[:min(size, len(plain)):min(size, len(plain))], make([]byte, max(0, size-len(plain)))...)
		case 1:
			c = c.clone()
		default:
			data := bytes.Repeat([]byte{byte(1 + dice.IntN(255))}, size+1)
			c.write(int64(at), data)
			if end := at + len(data); end > len(plain) {
				plain = append(plain, make([]byte, end-len(plain))...)
			}
			copy(plain[at:], data)
		}
		got := make([]byte, len(plain)+10)
		if n := c.read(0, got); n != len(plain) || !bytes.Equal(got[:n], plain) {
			t.Fatalf("%d bytes are not the %d that were written", n, len(plain))
		}
	}
}
