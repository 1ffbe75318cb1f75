package powercut

import "maps"

// pageBytes is how a file is kept: pages that were never written are not there.
const pageBytes = 4096

// content is what a file holds. A page that is shared with a clone is copied before
// it is written.
type content struct {
	size  int64
	pages map[int64]*page
}

type page struct {
	shared bool
	data   [pageBytes]byte
}

func (c *content) bytes() int64 { return int64(len(c.pages)) * pageBytes }

// grows says how many bytes a write would take that are not taken yet.
func (c *content) grows(at int64, length int) (bytes int64) {
	for p := at / pageBytes; p*pageBytes < at+int64(length); p++ {
		if c.pages[p] == nil {
			bytes += pageBytes
		}
	}
	return bytes
}

func (c *content) clone() content {
	for _, p := range c.pages {
		p.shared = true
	}
	return content{c.size, maps.Clone(c.pages)}
}

// own returns a page to be written.
func (c *content) own(number int64) *page {
	p := c.pages[number]
	if p != nil && !p.shared {
		return p
	}
	mine := new(page)
	if p != nil {
		mine.data = p.data
	}
	if c.pages == nil {
		c.pages = map[int64]*page{}
	}
	c.pages[number] = mine
	return mine
}

func (c *content) take(f fileChange) {
	if f.data == nil {
		c.resize(f.at)
		return
	}
	c.write(f.at, f.data)
}

func (c *content) write(at int64, data []byte) {
	for len(data) > 0 {
		n := copy(c.own(at / pageBytes).data[at%pageBytes:], data)
		at, data = at+int64(n), data[n:]
	}
	c.size = max(c.size, at)
}

func (c *content) read(at int64, into []byte) (n int) {
	if at >= c.size {
		return 0
	}
	into = into[:min(int64(len(into)), c.size-at)]
	clear(into)
	for n < len(into) {
		start := (at + int64(n)) % pageBytes
		length := min(len(into)-n, int(pageBytes-start))
		if p := c.pages[(at+int64(n))/pageBytes]; p != nil {
			copy(into[n:n+length], p.data[start:])
		}
		n += length
	}
	return n
}

// resize cuts a file, or adds zeros.
func (c *content) resize(size int64) {
	if size < c.size {
		maps.DeleteFunc(c.pages, func(p int64, _ *page) bool { return p*pageBytes >= size })
		if rest := size % pageBytes; rest > 0 && c.pages[size/pageBytes] != nil {
			clear(c.own(size / pageBytes).data[rest:])
		}
	}
	c.size = size
}
