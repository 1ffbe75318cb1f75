package store

import (
	"errors"
	"fmt"

	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// prefixOperator is of the names of operators. The journal knows people by codes
// alone, since it is kept for ever; a name can be put here, changed and removed.
const prefixOperator = "ko"

// PutOperatorNames keeps names under the codes of operators; an empty one removes
// what is kept. Errors: a *ledger.Fault for a name that is too long, with nothing
// changed; Badger's, after which some may be kept: put all of them again.
func (s *Store) PutOperatorNames(names map[string]string) error {
	for code, name := range names {
		if len(name) > ledger.MaxText || len(code) > ledger.MaxCode {
			return &ledger.Fault{Code: ledger.TooLarge, Field: "name", Message: fmt.Sprintf("The name of the operator %s is longer than %d bytes. Nothing was changed; shorten it.", ledger.Quote(code), ledger.MaxText)}
		}
	}
	s.write.Lock()
	defer s.write.Unlock()
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	for code, name := range names {
		key := []byte(prefixOperator + code)
		put := func() error { return batch.Set(key, []byte(name)) }
		if name == "" {
			put = func() error { return batch.Delete(key) }
		}
		if err := put(); err != nil {
			return fmt.Errorf("the names of operators could not be stored: %w", err)
		}
	}
	if err := batch.Flush(); err != nil {
		return fmt.Errorf("the names of operators could not be stored: %w", err)
	}
	return nil
}

// OperatorNames returns what is kept of these codes; codes without a name are left
// out.
func (s *Store) OperatorNames(codes []string) (names map[string]string, err error) {
	names = map[string]string{}
	err = s.db.View(func(txn *badger.Txn) error {
		for _, code := range codes {
			item, err := txn.Get([]byte(prefixOperator + code))
			if errors.Is(err, badger.ErrKeyNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			name, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			names[code] = string(name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the names of operators could not be read: %w", err)
	}
	return names, nil
}
