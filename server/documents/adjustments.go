package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"bayledger/server/adjust"
	"bayledger/server/documents/rows"
	"bayledger/sync/ledger"
)

// maxDrafts are open at a time: more than people lose sight of.
const maxDrafts = 1_000

func draftKey(id string) string { return "a/" + id }
func openKey(id string) string  { return "o/" + id }
func linesOf(id string) string  { return "l/" + id + "\x00" }
func notThere(id string) error {
	return fault(ledger.NotFound, "id", "There is no adjustment %s. Nothing was changed; look at /v1/adjustments for what there is.", ledger.Quote(id))
}

// NewDraft is what somebody says of an adjustment that is begun.
type NewDraft struct {
	Name, Note, Site, Location, Date, Reference string
}

// Begin makes an adjustment without lines.
func (s *Service) Begin(ctx context.Context, n NewDraft, by string) (d adjust.Draft, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begin(ctx, n, by, "", nil)
}

// begin makes one, with lines if there are any. The caller holds mu.
func (s *Service) begin(ctx context.Context, n NewDraft, by, copyOf string, lines []adjust.Line) (d adjust.Draft, err error) {
	now := s.now()
	d = adjust.Draft{Name: n.Name, Note: n.Note, Site: n.Site, Location: n.Location, Date: n.Date, Reference: n.Reference, State: adjust.Open, Version: 1, HeadVersion: 1,
		CopyOf: copyOf, CreatedAt: now, CreatedBy: by, ChangedAt: now, ChangedBy: by}
	if err := s.view(ctx, func(st *ledger.State) error { return asError(d.Check(st, now)) }); err != nil {
		return d, err
	}
	if open, err := s.opened("o/", maxDrafts); err != nil {
		return d, err
	} else if open >= maxDrafts {
		return d, fault(ledger.TooLarge, "", "%d adjustments are open, the most there can be. None was begun; book or drop some.", open)
	}
	number, id, err := s.nextID(ctx)
	if err != nil {
		return d, err
	}
	if d.ID = id; d.Reference == "" {
		d.Reference = id
	}
	c := rows.Changes{Put: map[string][]byte{"n/adjustment": encoded(number), openKey(id): {}}}
	for i := range lines {
		lines[i].Version, lines[i].By, lines[i].At = d.Version, by, now
		c.Put[linesOf(id)+lines[i].Key()] = encoded(&lines[i])
	}
	d.Lines = len(lines)
	c.Put[draftKey(id)] = encoded(&d)
	return d, s.disk.Commit(c)
}

// nextID is a number that neither the rows nor the books know: after a restore the rows
// may be older than the books.
func (s *Service) nextID(ctx context.Context) (number uint64, id string, err error) {
	if _, err = s.read("n/adjustment", &number); err != nil {
		return 0, "", err
	}
	for {
		number++
		id = fmt.Sprintf("ADJ-%06d", number)
		known, err := s.disk.Get(draftKey(id))
		if err != nil {
			return 0, "", err
		}
		_, booked, err := s.book.Result(ctx, adjustment(id, 1))
		if err != nil {
			return 0, "", err
		}
		if known == nil && !booked {
			return number, id, nil
		}
	}
}

func adjustment(id string, seq uint64) ledger.Identity {
	return ledger.Identity{Device: adjust.Device, Install: id, Seq: seq}
}

func asError(f *ledger.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

// Draft returns an adjustment; of one whose booking was cut off, what became of it.
func (s *Service) Draft(ctx context.Context, id string) (d adjust.Draft, err error) {
	ok, err := s.read(draftKey(id), &d)
	if err == nil && !ok {
		err = notThere(id)
	}
	if err != nil || !s.unsettled(&d) {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draft(ctx, id)
}

// draft reads one, and settles it. The caller holds mu.
func (s *Service) draft(ctx context.Context, id string) (d adjust.Draft, err error) {
	ok, err := s.read(draftKey(id), &d)
	switch {
	case err != nil:
		return d, err
	case !ok:
		return d, notThere(id)
	}
	return d, s.settle(ctx, &d)
}

// DraftQuery asks for adjustments. Empty fields ask for all.
type DraftQuery struct {
	State     adjust.State
	Reference string
	Name      string // a part of it
	After     string // the id of the last one that is known
	Limit     int
	Sites     func(site string) bool
}

// Drafts lists adjustments, the newest first, and says whether there are more.
func (s *Service) Drafts(ctx context.Context, q DraftQuery) (out []adjust.Draft, more bool, err error) {
	if err := s.intoEpoch(ctx); err != nil {
		return nil, false, err
	}
	var ids []string
	after := ""
	if q.After != "" {
		after = draftKey(q.After)
	}
	err = s.disk.Scan("a/", after, true, func(_ string, value []byte) (bool, error) {
		var d adjust.Draft
		if err := json.Unmarshal(value, &d); err != nil {
			return false, err
		}
		if !q.Sites(d.Site) || q.State != "" && d.State != q.State || q.Reference != "" && d.Reference != q.Reference || !strings.Contains(d.Name, q.Name) {
			return true, nil
		}
		if more = len(ids) == q.Limit; more {
			return false, nil
		}
		ids = append(ids, d.ID)
		return true, nil
	})
	for _, id := range ids {
		d, inner := s.Draft(ctx, id)
		if inner != nil {
			return nil, false, inner
		}
		out = append(out, d)
	}
	return out, more, err
}

// Lines returns all lines of an adjustment, in the order of their keys.
func (s *Service) Lines(id string) (out []adjust.Line, err error) {
	err = s.eachLine(id, func(l adjust.Line) {
		if !l.Gone() {
			out = append(out, l)
		}
	})
	return out, err
}

// eachLine reads lines, those that were taken out too.
func (s *Service) eachLine(id string, fn func(adjust.Line)) error {
	return s.disk.Scan(linesOf(id), "", false, func(_ string, value []byte) (bool, error) {
		var l adjust.Line
		if err := json.Unmarshal(value, &l); err != nil {
			return false, err
		}
		fn(l)
		return true, nil
	})
}

// Head is what may be changed above the lines; nil stays as it is.
type Head struct{ Name, Note, Location, Date, Reference *string }

// Change changes what stands above the lines. saw is the version that it was seen in.
func (s *Service) Change(ctx context.Context, id string, saw uint64, h Head, by string) (d adjust.Draft, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.editable(ctx, id, saw); err != nil {
		return d, err
	}
	if d.HeadVersion > saw {
		return d, fault(ledger.Expired, "version", "%s was changed by %s since version %d. Nothing was changed; look at it again.", id, d.ChangedBy, saw)
	}
	for _, f := range [...]struct {
		to   *string
		from *string
	}{{&d.Name, h.Name}, {&d.Note, h.Note}, {&d.Location, h.Location}, {&d.Date, h.Date}, {&d.Reference, h.Reference}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if d.Reference == "" {
		d.Reference = id
	}
	now := s.now()
	if err := s.view(ctx, func(st *ledger.State) error { return asError(d.Check(st, now)) }); err != nil {
		return d, err
	}
	d.Touch(now, by)
	d.HeadVersion = d.Version
	return d, s.disk.Commit(rows.Changes{Put: map[string][]byte{draftKey(id): encoded(&d)}})
}

// editable reads an adjustment that can be changed by somebody who saw a version of it.
func (s *Service) editable(ctx context.Context, id string, saw uint64) (d adjust.Draft, err error) {
	if d, err = s.draft(ctx, id); err != nil {
		return d, err
	}
	switch {
	case d.State != adjust.Open:
		return d, fault(ledger.Closing, "id", "%s is %s and is not changed any more. Nothing was changed; make a copy of it.", id, d.State)
	case saw == 0:
		return d, fault(ledger.BadField, "version", "The version of %s that was seen is missing. Nothing was changed; it is %d now.", id, d.Version)
	case saw > d.Version:
		return d, fault(ledger.Expired, "version", "%s is at version %d, and version %d was never there: the server may have been restored. Nothing was changed; look at it again.", id, d.Version, saw)
	}
	return d, nil
}

// Drop ends an adjustment without booking it. One that was dropped may be dropped again.
func (s *Service) Drop(ctx context.Context, id string, saw uint64, by string) (d adjust.Draft, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err = s.draft(ctx, id); err != nil || d.State == adjust.Dropped {
		return d, err
	}
	if d, err = s.editable(ctx, id, saw); err != nil {
		return d, err
	}
	if saw != d.Version {
		return d, fault(ledger.Expired, "version", "%s was changed by %s since version %d. It was not dropped; look at it again.", id, d.ChangedBy, saw)
	}
	d.Touch(s.now(), by)
	d.State = adjust.Dropped
	return d, s.disk.Commit(rows.Changes{Put: map[string][]byte{draftKey(id): encoded(&d)}, Delete: []string{openKey(id)}})
}

// Copy begins an adjustment with the lines of another, whatever became of that.
func (s *Service) Copy(ctx context.Context, id, by string) (d adjust.Draft, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := s.draft(ctx, id)
	if err != nil {
		return d, err
	}
	lines, err := s.Lines(id)
	if err != nil {
		return d, err
	}
	if err := s.view(ctx, func(st *ledger.State) error {
		for i := range lines {
			from.See(st, &lines[i])
		}
		return nil
	}); err != nil {
		return d, err
	}
	return s.begin(ctx, NewDraft{Name: from.Name, Note: from.Note, Site: from.Site, Location: from.Location}, by, id, lines)
}
