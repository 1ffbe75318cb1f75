package store

import (
	"errors"
	"fmt"

	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// What people are called is kept beside the journal, which knows operators and partners
// by codes alone, since it is kept for ever: here it can be put, changed and removed.
const (
	prefixOperator = "ko" // names of operators
	prefixContact  = "kp" // whom one speaks to at partners
)

// PutOperatorNames keeps names under the codes of operators; an empty one removes
// what is kept. Errors: a *ledger.Fault for a name that is too long, with nothing
// changed; Badger's, after which some may be kept: put all of them again.
func (s *Store) PutOperatorNames(names map[string]string) error {
	return s.putWords(prefixOperator, "name", "names of operators", names)
}

// OperatorNames returns what is kept of these codes; codes without a name are left
// out.
func (s *Store) OperatorNames(codes []string) (names map[string]string, err error) {
	return s.words(prefixOperator, "names of operators", codes)
}

// PutContacts keeps whom one speaks to under the codes of partners, as PutOperatorNames
// does.
func (s *Store) PutContacts(contacts map[string]string) error {
	return s.putWords(prefixContact, "contact", "contacts of partners", contacts)
}

// Contacts returns what is kept of these partners; those without are left out.
func (s *Store) Contacts(codes []string) (contacts map[string]string, err error) {
	return s.words(prefixContact, "contacts of partners", codes)
}

func (s *Store) putWords(prefix, field, what string, words map[string]string) error {
	for code, word := range words {
		if len(word) > ledger.MaxText || len(code) > ledger.MaxCode {
			return &ledger.Fault{Code: ledger.TooLarge, Field: field, Message: fmt.Sprintf("The %s of %s is longer than %d bytes. Nothing was changed; shorten it.", field, ledger.Quote(code), ledger.MaxText)}
		}
	}
	s.write.Lock()
	defer s.write.Unlock()
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	for code, word := range words {
		key := []byte(prefix + code)
		put := func() error { return batch.Set(key, []byte(word)) }
		if word == "" {
			put = func() error { return batch.Delete(key) }
		}
		if err := put(); err != nil {
			return fmt.Errorf("the %s could not be stored: %w", what, err)
		}
	}
	if err := batch.Flush(); err != nil {
		return fmt.Errorf("the %s could not be stored: %w", what, err)
	}
	return nil
}

func (s *Store) words(prefix, what string, codes []string) (words map[string]string, err error) {
	words = map[string]string{}
	err = s.db.View(func(txn *badger.Txn) error {
		for _, code := range codes {
			item, err := txn.Get([]byte(prefix + code))
			if errors.Is(err, badger.ErrKeyNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			word, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			words[code] = string(word)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the %s could not be read: %w", what, err)
	}
	return words, nil
}
