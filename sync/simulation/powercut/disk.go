package powercut

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// Disk is a file system of which some has reached the disk and some has not.
type Disk struct {
	mu    sync.Mutex // guards what follows
	nodes map[uint64]*node
	next  uint64
	names []nameChange // not on the disk yet, oldest first
	off   bool         // the power is gone
	room  int64        // bytes that may be used, 0: as many as there are
	used  int64
	// syncs counts those asked for; from failFrom to before failTo they fail.
	syncs, failFrom, failTo uint64
	lies                    bool // syncs succeed and do nothing
}

// root is the number of the root folder, as in FUSE.
const root = 1

// node is a file or a folder: as it is seen, and as it is on the disk.
type node struct {
	folder   bool
	mode     uint32
	seen     content
	disk     content
	pending  []fileChange // between the two, oldest first
	children map[string]uint64
	onDisk   map[string]uint64 // the children
}

// fileChange is a write, or where data is nil a new size.
type fileChange struct {
	at   int64
	data []byte
}

// nameChange is one step of what folders hold: each name gets a node, or none (0).
type nameChange struct {
	links []link
	made  uint64 // the file that the step made, 0: none
}

type link struct {
	folder uint64
	name   string
	node   uint64
}

// NewDisk makes an empty disk.
func NewDisk() *Disk {
	d := &Disk{nodes: map[uint64]*node{}, next: root + 1}
	d.nodes[root] = newFolder(0o755)
	return d
}

func newFolder(mode uint32) *node {
	return &node{folder: true, mode: mode, children: map[string]uint64{}, onDisk: map[string]uint64{}}
}

// FailSyncs makes so many syncs fail, after others that do not.
func (d *Disk) FailSyncs(after, count uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failFrom = d.syncs + after + 1
	d.failTo = d.failFrom + count
}

// Lie makes syncs succeed without doing anything.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// Room bounds what may be used; 0 takes the bound away.
func (d *Disk) Room(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = bytes
}

// Used returns how many bytes are.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used
}

// at returns a node; EIO once the power is gone.
func (d *Disk) at(number uint64) (*node, syscall.Errno) {
	if d.off {
		return nil, syscall.EIO
	}
	if n := d.nodes[number]; n != nil {
		return n, 0
	}
	return nil, syscall.ESTALE
}

func (d *Disk) lookup(folder uint64, name string) (number uint64, n *node, errno syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, errno := d.at(folder)
	if errno != 0 {
		return 0, nil, errno
	}
	number, ok := f.children[name]
	if !ok {
		return 0, nil, syscall.ENOENT
	}
	n, errno = d.at(number)
	return number, n, errno
}

func (d *Disk) list(folder uint64) (names map[string]uint64, errno syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, errno := d.at(folder)
	if errno != 0 {
		return nil, errno
	}
	return maps.Clone(f.children), 0
}

func (d *Disk) create(folder uint64, name string, mode uint32, isFolder bool) (number uint64, errno syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, errno := d.at(folder)
	if errno != 0 {
		return 0, errno
	}
	if f.children[name] != 0 {
		return 0, syscall.EEXIST
	}
	number = d.next
	d.next++
	n := &node{mode: mode}
	if isFolder {
		n = newFolder(mode)
	}
	d.nodes[number] = n
	d.change(nameChange{links: []link{{folder, name, number}}, made: number})
	return number, 0
}

// change shows a step at once, and leaves it to a sync to bring it to the disk.
func (d *Disk) change(c nameChange) {
	for _, l := range c.links {
		if l.node == 0 {
			delete(d.nodes[l.folder].children, l.name)
		} else {
			d.nodes[l.folder].children[l.name] = l.node
		}
	}
	d.names = append(d.names, c)
}

func (d *Disk) remove(folder uint64, name string, isFolder bool) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, errno := d.at(folder)
	if errno != 0 {
		return errno
	}
	n := d.nodes[f.children[name]]
	switch {
	case n == nil:
		return syscall.ENOENT
	case isFolder && !n.folder:
		return syscall.ENOTDIR
	case !isFolder && n.folder:
		return syscall.EISDIR
	case len(n.children) > 0:
		return syscall.ENOTEMPTY
	}
	d.used -= n.seen.bytes() // an open file that was removed is counted no more
	d.change(nameChange{links: []link{{folder, name, 0}}})
	return 0
}

func (d *Disk) rename(from uint64, name string, to uint64, newName string, noReplace bool) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, errno := d.at(from)
	if errno != 0 {
		return errno
	}
	t, errno := d.at(to)
	if errno != 0 {
		return errno
	}
	moved, there := f.children[name], d.nodes[t.children[newName]]
	switch {
	case moved == 0:
		return syscall.ENOENT
	case there != nil && noReplace:
		return syscall.EEXIST
	case there != nil && there.folder:
		return syscall.ENOTEMPTY
	case there != nil:
		d.used -= there.seen.bytes()
	}
	d.change(nameChange{links: []link{{from, name, 0}, {to, newName, moved}}})
	return 0
}

func (d *Disk) read(number uint64, at int64, into []byte) (int, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, errno := d.at(number)
	if errno != 0 {
		return 0, errno
	}
	return n.seen.read(at, into), 0
}

func (d *Disk) write(number uint64, at int64, data []byte) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, errno := d.at(number)
	if errno != 0 {
		return errno
	}
	if d.room > 0 && d.used+n.seen.grows(at, len(data)) > d.room {
		return syscall.ENOSPC
	}
	d.used -= n.seen.bytes()
	n.seen.write(at, data)
	d.used += n.seen.bytes()
	n.pending = append(n.pending, fileChange{at, slices.Clone(data)})
	return 0
}

func (d *Disk) resize(number uint64, size int64) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, errno := d.at(number)
	if errno != 0 {
		return errno
	}
	d.used -= n.seen.bytes()
	n.seen.resize(size)
	d.used += n.seen.bytes()
	n.pending = append(n.pending, fileChange{at: size})
	return 0
}

// sync brings a file, or the names of a folder, to the disk.
func (d *Disk) sync(number uint64) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, errno := d.at(number)
	if errno != 0 {
		return errno
	}
	d.syncs++
	if d.lies {
		return 0
	}
	if d.failFrom <= d.syncs && d.syncs < d.failTo {
		// The kernel takes the pages for written all the same: a later sync that
		// succeeds says nothing of them.
		n.pending = nil
		return syscall.EIO
	}
	for _, c := range n.pending {
		n.disk.take(c)
	}
	n.pending = nil
	d.settle(func(c *nameChange) bool {
		if !n.folder {
			return c.made == number
		}
		return slices.ContainsFunc(c.links, func(l link) bool { return l.folder == number })
	})
	return 0
}

// settle brings those steps to the disk that are asked for, in their order.
func (d *Disk) settle(wanted func(*nameChange) bool) {
	d.names = slices.DeleteFunc(d.names, func(c nameChange) bool {
		if !wanted(&c) {
			return false
		}
		for _, l := range c.links {
			if l.node == 0 {
				delete(d.nodes[l.folder].onDisk, l.name)
			} else {
				d.nodes[l.folder].onDisk[l.name] = l.node
			}
		}
		return true
	})
}

// Cut takes the power away, and returns the disk as it is found afterwards.
func (d *Disk) Cut(dice *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	d.loseNames(dice)
	after := &Disk{nodes: map[uint64]*node{}, next: d.next}
	for _, number := range slices.Sorted(maps.Keys(d.nodes)) { // the same dice, the same disk
		n := d.nodes[number]
		n.lose(dice)
		after.nodes[number] = &node{folder: n.folder, mode: n.mode, seen: n.disk.clone(), disk: n.disk, children: maps.Clone(n.onDisk), onDisk: n.onDisk}
	}
	after.forgetUnnamed()
	return after
}

// loseNames lets some of the waiting steps reach the disk: none, all, the first of
// them, or any.
func (d *Disk) loseNames(dice *rand.Rand) {
	kept := chosen(dice, len(d.names))
	i := -1
	d.settle(func(*nameChange) bool { i++; return kept[i] })
}

// forgetUnnamed drops what no folder names.
func (d *Disk) forgetUnnamed() {
	named := map[uint64]bool{}
	var walk func(number uint64)
	walk = func(number uint64) {
		if named[number] {
			return
		}
		named[number] = true
		d.used += d.nodes[number].seen.bytes()
		for _, child := range d.nodes[number].children {
			walk(child)
		}
	}
	walk(root)
	maps.DeleteFunc(d.nodes, func(number uint64, _ *node) bool { return !named[number] })
}
