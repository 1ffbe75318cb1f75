package book

import (
	"context"
	"errors"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// First returns the first result of an intent, as a repeat would get it; known is false
// where there was none that is durable. Errors: those of reading.
func (b *Book) First(ctx context.Context, id ledger.Identity) (r ledger.Result, known bool, err error) {
	if err := b.Wait(ctx, b.Head()); err != nil {
		return r, false, err
	}
	found, err := b.journal.Find(id)
	if errors.Is(err, journal.ErrNotFound) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	var e struct {
		Outcome ledger.Outcome `json:"outcome"`
		Code    ledger.Code    `json:"code"`
		Message string         `json:"message"`
	}
	err = json.Unmarshal(found.JSON, &e)
	return ledger.Result{Seq: id.Seq, Outcome: e.Outcome, Entry: found.N, Code: e.Code, Message: e.Message, Repeat: true}, err == nil, err
}
