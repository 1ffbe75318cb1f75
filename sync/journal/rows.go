package journal

import "context"

// rowsBetweenLooks is after how many rows Rows looks whether it should stop.
const rowsBetweenLooks = 4_096

// Rows merges the rows under their own keys with the changes that are not yet.
func (c *core) Rows(ctx context.Context, fn func(key, value []byte) error) error {
	if err := c.readable(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := c.dirty.sorted()
	seen := 0
	give := func(row *dirtyRow) error {
		if row.deleted {
			return nil
		}
		return fn([]byte(row.key), append([]byte{}, row.value...))
	}
	err := c.eachRow(func(key, value []byte) (bool, error) {
		if seen++; seen%rowsBetweenLooks == 1 {
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
		for len(changed) > 0 && changed[0].key < string(key) {
			if err := give(changed[0]); err != nil {
				return false, err
			}
			changed = changed[1:]
		}
		if len(changed) > 0 && changed[0].key == string(key) {
			row := changed[0]
			changed = changed[1:]
			return true, give(row)
		}
		return true, fn(key, value)
	})
	if err != nil {
		return err
	}
	for _, row := range changed {
		if err := give(row); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// eachRow calls fn for every checkpointed row, in the order of keys.
func (c *core) eachRow(fn func(key, value []byte) (bool, error)) error {
	prefix := [1]byte{roomRows}
	return c.st.each(prefix[:], prefix[:], false, func(key, stored []byte) (bool, error) {
		value, ok := parseRow(key[1:], stored)
		if !ok {
			return false, damage(0, 0, "the checksum of row %.200q does not match", key[1:])
		}
		return fn(key[1:], value)
	})
}
