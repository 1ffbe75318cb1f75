package powercut

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// forEver is how long the kernel may trust what it was told: nobody but it changes
// anything.
const forEver = time.Hour

// Mount shows a disk under an empty folder until unmount is called; processes that
// use it must have ended by then.
func (d *Disk) Mount(dir string) (unmount func() error, err error) {
	keep := forEver
	server, err := fs.Mount(dir, &inode{d: d, number: root}, &fs.Options{
		EntryTimeout: &keep, AttrTimeout: &keep,
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "powercut", Name: "powercut", MaxWrite: 1 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("no file system of a test's own can be mounted here (it takes /dev/fuse, and root or fusermount3): %w", err)
	}
	return server.Unmount, nil
}

// inode is a node as go-fuse asks for it. It has no PassthroughFd: the kernel would
// write past us.
type inode struct {
	fs.Inode
	d      *Disk
	number uint64
}

var (
	_ fs.NodeLookuper  = (*inode)(nil)
	_ fs.NodeGetattrer = (*inode)(nil)
	_ fs.NodeSetattrer = (*inode)(nil)
	_ fs.NodeOpener    = (*inode)(nil)
	_ fs.NodeCreater   = (*inode)(nil)
	_ fs.NodeReader    = (*inode)(nil)
	_ fs.NodeWriter    = (*inode)(nil)
	_ fs.NodeFsyncer   = (*inode)(nil)
	_ fs.NodeFlusher   = (*inode)(nil)
	_ fs.NodeMkdirer   = (*inode)(nil)
	_ fs.NodeUnlinker  = (*inode)(nil)
	_ fs.NodeRmdirer   = (*inode)(nil)
	_ fs.NodeRenamer   = (*inode)(nil)
	_ fs.NodeReaddirer = (*inode)(nil)
	_ fs.NodeStatfser  = (*inode)(nil)
)

func (i *inode) attr(out *fuse.Attr) syscall.Errno {
	i.d.mu.Lock()
	defer i.d.mu.Unlock()
	n, errno := i.d.at(i.number)
	if errno != 0 {
		return errno
	}
	out.Ino, out.Mode, out.Nlink = i.number, n.mode, 1
	if out.Mode |= syscall.S_IFREG; n.folder {
		out.Mode = n.mode | syscall.S_IFDIR
	}
	out.Size, out.Blocks, out.Blksize = uint64(n.seen.size), uint64(n.seen.bytes()/sectorBytes), pageBytes
	return 0
}

// child is the go-fuse node of one of ours.
func (i *inode) child(ctx context.Context, number uint64, folder bool) *fs.Inode {
	mode := uint32(syscall.S_IFREG)
	if folder {
		mode = syscall.S_IFDIR
	}
	return i.NewInode(ctx, &inode{d: i.d, number: number}, fs.StableAttr{Mode: mode, Ino: number})
}

func (i *inode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	number, n, errno := i.d.lookup(i.number, name)
	if errno != 0 {
		return nil, errno
	}
	return i.child(ctx, number, n.folder), (&inode{d: i.d, number: number}).attr(&out.Attr)
}

func (i *inode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return i.attr(&out.Attr)
}

func (i *inode) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if errno := i.d.resize(i.number, int64(size)); errno != 0 {
			return errno
		}
	}
	return i.attr(&out.Attr)
}

func (i *inode) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_TRUNC != 0 {
		return nil, 0, i.d.resize(i.number, 0)
	}
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (i *inode) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	number, errno := i.d.create(i.number, name, mode&0o7777, false)
	if errno != 0 {
		return nil, nil, 0, errno
	}
	return i.child(ctx, number, false), nil, fuse.FOPEN_KEEP_CACHE, (&inode{d: i.d, number: number}).attr(&out.Attr)
}

func (i *inode) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	number, errno := i.d.create(i.number, name, mode&0o7777, true)
	if errno != 0 {
		return nil, errno
	}
	return i.child(ctx, number, true), (&inode{d: i.d, number: number}).attr(&out.Attr)
}

func (i *inode) Read(_ context.Context, _ fs.FileHandle, into []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	n, errno := i.d.read(i.number, at, into)
	return fuse.ReadResultData(into[:n]), errno
}

func (i *inode) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	return uint32(len(data)), i.d.write(i.number, at, data)
}

func (i *inode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return i.d.sync(i.number)
}

// Flush comes with each close, and brings nothing to the disk.
func (i *inode) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

func (i *inode) Unlink(_ context.Context, name string) syscall.Errno {
	return i.d.remove(i.number, name, false)
}

func (i *inode) Rmdir(_ context.Context, name string) syscall.Errno {
	return i.d.remove(i.number, name, true)
}

func (i *inode) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	const noReplace, exchange = 1, 2
	folder, ok := to.(*inode)
	if !ok || flags&exchange != 0 {
		return syscall.EINVAL
	}
	return i.d.rename(i.number, name, folder.number, newName, flags&noReplace != 0)
}

func (i *inode) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	names, errno := i.d.list(i.number)
	if errno != 0 {
		return nil, errno
	}
	var list []fuse.DirEntry
	for name, number := range names {
		list = append(list, fuse.DirEntry{Name: name, Ino: number})
	}
	return fs.NewListDirStream(list), 0
}

// plenty is what a disk without a bound says is free.
const plenty = 1 << 40

func (i *inode) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	i.d.mu.Lock()
	defer i.d.mu.Unlock()
	room := int64(plenty)
	if i.d.room > 0 {
		room = i.d.room
	}
	free := uint64(max(0, room-i.d.used)) / pageBytes
	out.Bsize, out.Frsize, out.NameLen = pageBytes, pageBytes, 255
	out.Blocks, out.Bfree, out.Bavail = uint64(room)/pageBytes, free, free
	out.Files, out.Ffree = 1<<20, 1<<20
	return 0
}
