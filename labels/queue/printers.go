package queue

import (
	"cmp"
	"maps"
	"slices"

	"bayledger/labels/printer"
)

// Printer gives a printer by name.
func (q *Queue) Printer(name string) (printer.Profile, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p, ok := q.printers[name]
	return p, ok
}

// Printers lists them, sorted by name.
func (q *Queue) Printers() []printer.Profile {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := slices.Collect(maps.Values(q.printers))
	slices.SortFunc(out, func(a, b printer.Profile) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// maxPrinters bounds the list: more than any site has.
const maxPrinters = 2_000

// PutPrinter makes or changes a printer; its jobs are tried again at once.
func (q *Queue) PutPrinter(p printer.Profile) error {
	if field, why := p.Check(); why != "" {
		return fault(BadField, field, "%s Nothing was changed.", why)
	}
	q.commits.Lock()
	defer q.commits.Unlock()
	value, err := row(p)
	if err != nil {
		return err
	}
	q.mu.Lock()
	_, known := q.printers[p.Name]
	full := len(q.printers) >= maxPrinters
	q.mu.Unlock()
	if full && !known {
		return fault(TooLarge, "name", "There are %d printers, the most there can be. Nothing was changed.", maxPrinters)
	}
	c := Changes{}
	c.put(keyPrinter+p.Name, value)
	if err := q.disk.Commit(c); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.printers[p.Name] = p
	q.kick(p.Name)
	return nil
}

// RemovePrinter forgets a printer that has no unfinished jobs.
func (q *Queue) RemovePrinter(name string) error {
	q.commits.Lock()
	defer q.commits.Unlock()
	q.mu.Lock()
	_, known := q.printers[name]
	busy := false
	for _, j := range q.open {
		busy = busy || j.Printer == name
	}
	q.mu.Unlock()
	switch {
	case !known:
		return fault(NotFound, "name", "There is no printer %q. Nothing was changed.", short(name))
	case busy:
		return fault(WrongTime, "name", "The printer %s has jobs that are not finished. Nothing was changed; stop them first.", name)
	}
	if err := q.disk.Commit(Changes{Delete: []string{keyPrinter + name}}); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.printers, name)
	return nil
}

// Choose makes a printer the one of a device, as a scan of its label does.
func (q *Queue) Choose(device, name string) error {
	if _, ok := q.Printer(name); !ok {
		return fault(NotFound, "printer", "There is no printer %q. Nothing was changed.", short(name))
	}
	q.commits.Lock()
	defer q.commits.Unlock()
	q.mu.Lock()
	_, known := q.chosen[device]
	full := len(q.chosen) >= maxChosen
	q.mu.Unlock()
	if device == "" || len(device) > maxText || full && !known {
		return fault(TooLarge, "device", "The printer of this device cannot be kept. Nothing was changed; name it with each job.")
	}
	c := Changes{}
	c.put(keyChosen+device, []byte(name))
	if err := q.disk.Commit(c); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.chosen[device] = name
	return nil
}

// Chosen is the printer of a device: the one that it chose, else the only one of
// its site; "" where there is none.
func (q *Queue) Chosen(device, site string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if name := q.chosen[device]; name != "" {
		if _, ok := q.printers[name]; ok {
			return name
		}
	}
	only := ""
	for _, p := range q.printers {
		if cmp.Or(p.Site, "main") != cmp.Or(site, "main") {
			continue
		}
		if only != "" {
			return ""
		}
		only = p.Name
	}
	return only
}

// Count is how many jobs of a printer are not finished.
func (q *Queue) Count(name string) (waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.open {
		if j.Printer == name {
			waiting++
		}
	}
	return waiting
}
