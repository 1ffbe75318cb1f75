package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Request asks for a job.
type Request struct {
	Key      string // of whoever asks; the same again is the same job. "": no repeat is known
	Printer  string
	Layout   string
	Version  string
	Subject  string // what its labels are for
	Delivery string
	By       string
	Device   string
	Site     string
	Why      string
	Copies   int
	Labels   []Label
	Reprint  uint64
	// Asked is what was asked for under the key, in the words of whoever asked: a
	// repeat says the same, whatever the books say by then. "": the labels themselves.
	Asked string
}

// Submit takes a job: its labels, the numbers that they are given and the job are
// one commit. A key that was used before gives the job of that time, with repeat
// true; another request under it is refused. try is called before anything is
// written, with the labels as they would be, numbers of the right form included:
// an error of it is Submit's. Errors: a *Fault, the disk's.
func (q *Queue) Submit(r Request, try func([]Label) error) (j Job, repeat bool, err error) {
	if err := q.check(&r); err != nil {
		return Job{}, false, err
	}
	hash := r.hash()
	if j, repeat, err = q.known(r.Key, hash); repeat || err != nil {
		return j, repeat, err
	}
	ranges, err := q.rangesOf(r.Labels)
	if err != nil {
		return Job{}, false, err
	}
	if try != nil {
		if err := try(examples(r.Labels, ranges)); err != nil {
			return Job{}, false, err
		}
	}
	q.commits.Lock()
	defer q.commits.Unlock()
	if j, repeat, err = q.known(r.Key, hash); repeat || err != nil { // a twin was faster
		return j, repeat, err
	}
	return q.enter(&r, hash, Changes{})
}

// Rehearse does what Submit does before it writes anything: a dry run.
func (q *Queue) Rehearse(labels []Label, try func([]Label) error) error {
	ranges, err := q.rangesOf(labels)
	if err != nil {
		return err
	}
	return try(examples(labels, ranges))
}

func (q *Queue) check(r *Request) error {
	r.Copies = max(1, r.Copies)
	switch {
	case len(r.Labels) == 0:
		return fault(BadField, "labels", "The job has no labels. Nothing was printed.")
	case len(r.Labels) > MaxLabels:
		return fault(TooLarge, "labels", "A job has at most %d labels. Nothing was printed; send it as several.", MaxLabels)
	case r.Copies > MaxCopies:
		return fault(BadField, "copies", "A label is printed at most %d times at once. Nothing was printed.", MaxCopies)
	case len(r.Key) > 2*maxText || len(r.Delivery) > maxText || len(r.Why) > 5*maxText || len(r.By) > maxText || len(r.Device) > maxText:
		return fault(TooLarge, "key", "A job's key, delivery or reason is too long. Nothing was printed.")
	}
	if _, ok := q.Printer(r.Printer); !ok {
		return fault(NotFound, "printer", "There is no printer %q. Nothing was printed; scan a printer's label, or look at the list of printers.", short(r.Printer))
	}
	return nil
}

func (r *Request) hash() string {
	if r.Key == "" {
		return ""
	}
	if r.Asked != "" {
		return digest([]byte(r.Asked))
	}
	b, err := json.Marshal(struct {
		Printer, Layout, Delivery string
		Copies                    int
		Labels                    []Label
	}{r.Printer, r.Layout, r.Delivery, r.Copies, r.Labels})
	if err != nil {
		return ""
	}
	return digest(b)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Known gives the job of a key that was used before. Errors: a *Fault where
// something else was asked for under it, the disk's.
func (q *Queue) Known(key, asked string) (j Job, known bool, err error) {
	return q.known(key, digest([]byte(asked)))
}

// known finds the job of a key.
func (q *Queue) known(key, hash string) (Job, bool, error) {
	if key == "" {
		return Job{}, false, nil
	}
	value, err := q.disk.Get(keyKey + key)
	if err != nil || value == nil {
		return Job{}, false, err
	}
	j, err := q.read(be(value))
	if err != nil {
		return Job{}, false, err
	}
	if j.Hash != hash {
		return Job{}, false, fault(Conflict, "key", "The job %q was asked for before with other labels, as job %d. Nothing was printed; use another key.", short(key), j.ID)
	}
	return *j, true, nil
}

func (q *Queue) rangesOf(labels []Label) (map[string]*Range, error) {
	out := map[string]*Range{}
	for i := range labels {
		name := labels[i].Range
		if name == "" || out[name] != nil {
			continue
		}
		r, err := q.rangeNamed(name)
		if err != nil {
			return nil, err
		}
		out[name] = r
	}
	return out, nil
}

// examples are labels with numbers of the form that they will get.
func examples(labels []Label, ranges map[string]*Range) []Label {
	out := slices.Clone(labels)
	for i := range out {
		if r := ranges[out[i].Range]; r != nil {
			out[i] = out[i].numbered(r, r.exampleNumber())
		}
	}
	return out
}

// numbered is the label with a number in the field of its kind.
func (l Label) numbered(r *Range, n string) Label {
	l.Fields = maps.Clone(l.Fields)
	if l.Fields == nil {
		l.Fields = map[string]string{}
	}
	l.Fields[r.Kind] = n
	if l.Code == "" {
		l.Code = n
	}
	if l.Fields["code"] == "" {
		l.Fields["code"] = n
	}
	l.Number, l.Kind = n, r.Kind
	return l
}

// jobRow is more than the row of a job takes: its texts are bounded.
const jobRow = 8 << 10

// enter writes a job with its labels. The caller holds commits.
func (q *Queue) enter(r *Request, hash string, c Changes) (Job, bool, error) {
	now := q.opts.Now().UTC()
	q.mu.Lock()
	id, full, closed := q.last+1, len(q.open) >= MaxOpen, q.closed
	q.mu.Unlock()
	switch {
	case closed:
		return Job{}, false, fault(TooMany, "", "The server is closing. Nothing was printed; ask again in a few seconds.")
	case full:
		return Job{}, false, fault(TooMany, "", "%d print jobs wait already. Nothing was printed; stop some, or see to the printers.", MaxOpen)
	}
	ranges, err := q.rangesOf(r.Labels)
	if err != nil {
		return Job{}, false, err
	}
	if err := q.writeLabels(&c, r.Labels, ranges, id, now); err != nil {
		return Job{}, false, err
	}
	for name, rg := range ranges {
		value, err := row(rg)
		if err != nil {
			return Job{}, false, err
		}
		c.put(keyRange+name, value)
	}
	j := &Job{ID: id, Key: r.Key, Hash: hash, State: Queued, Printer: r.Printer, Layout: r.Layout, Version: r.Version, Subject: r.Subject, Delivery: r.Delivery, By: r.By,
		Device: r.Device, Site: r.Site, Why: r.Why, Copies: r.Copies, Labels: len(r.Labels), Reprint: r.Reprint, Created: now}
	if r.Key != "" {
		c.put(keyKey+r.Key, number(id))
	}
	if c.Size()+jobRow > MaxCommit {
		return Job{}, false, fault(TooLarge, "labels", "The %d labels with their values are more than one job takes. Nothing was printed; send them as several jobs.", len(r.Labels))
	}
	if err := q.put(j, c); err != nil {
		return Job{}, false, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last = id
	q.keep(j)
	q.kick(j.Printer)
	return *j, false, nil
}

func (q *Queue) writeLabels(c *Changes, labels []Label, ranges map[string]*Range, id uint64, now time.Time) error {
	for i, l := range labels {
		if r := ranges[l.Range]; r != nil {
			n, err := q.issue(c, r, id, i, now)
			if err != nil {
				return err
			}
			l = l.numbered(r, n)
		} else if err := q.brought(c, &l, id, i, now); err != nil {
			return err
		}
		l.Range = ""
		value, err := row(l)
		if err != nil {
			return err
		}
		most := maxRow
		if l.Sheet != nil {
			most = maxSheet
		}
		if len(value) > most {
			return fault(TooLarge, "labels", "The values of label %d are too long. Nothing was printed.", i+1)
		}
		c.put(labelKey(id, i), value)
	}
	return nil
}
