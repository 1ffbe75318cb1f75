package documents

import (
	"context"

	"bayledger/server/documents/rows"
)

// epochKey is the row of the epoch in which all documents were last held against the
// books.
const epochKey = "n/epoch"

// intoEpoch holds all documents against the books once in each epoch, so that lists say
// of what a restore took away that it is open again. Whoever reads one document needs
// none of it.
func (s *Service) intoEpoch(ctx context.Context) error {
	if s.settled.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var known string
	if _, err := s.read(epochKey, &known); err != nil {
		return err
	}
	if epoch := s.book.Epoch(); known != epoch {
		if err := s.settleAll(ctx); err != nil {
			return err
		}
		if err := s.disk.Commit(rows.Changes{Put: map[string][]byte{epochKey: encoded(epoch)}}); err != nil {
			return err
		}
	}
	s.settled.Store(true)
	return nil
}

// settleAll settles every document. The caller holds mu.
func (s *Service) settleAll(ctx context.Context) error {
	drafts, err := s.keysOf(draftKey(""), "")
	if err != nil {
		return err
	}
	for _, id := range drafts {
		if _, err := s.draft(ctx, id); err != nil {
			return err
		}
	}
	numbers, err := s.keysOf(deliveryKey(""), "")
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if _, err := s.delivery(ctx, number); err != nil {
			return err
		}
	}
	return nil
}
