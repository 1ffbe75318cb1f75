package journal

// checkBatch refuses what could not be read back as it was.
func checkBatch(b *Batch, head uint64) (size int, err error) {
	switch {
	case b.First != head+1:
		return 0, badBatch("it begins with entry %d, and the journal ends with %d", b.First, head)
	case len(b.Records) == 0:
		return 0, badBatch("it holds no entry")
	case len(b.Records) > MaxBatchEntries:
		return 0, badBatch("it holds %d entries; cut it at %d", len(b.Records), MaxBatchEntries)
	}
	if size = b.Bytes(); size > MaxBatchBytes {
		return 0, badBatch("it takes %d bytes; cut it at %d", size, MaxBatchBytes)
	}
	if scans := b.scans(); scans > MaxBatchScans {
		return 0, badBatch("it holds %d entries of devices; cut it at %d", scans, MaxBatchScans)
	}
	for i := range b.Records {
		if id := &b.Records[i].ID; len(id.Device) > MaxName || len(id.Install) > MaxName {
			return 0, badBatch("the device or install of entry %d is longer than %d bytes", b.First+uint64(i), MaxName)
		}
	}
	for i := range b.Records {
		if !hasTail(b.Records[i].JSON) {
			return 0, badBatch("the JSON of entry %d does not end with its hash", b.First+uint64(i))
		}
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		if len(r.Key) == 0 || len(r.Key) > MaxRowKey || len(r.Value) > MaxRowValue {
			return 0, badBatch("row %d has a key of %d and a value of %d bytes; a key takes 1 to %d, a value at most %d",
				i, len(r.Key), len(r.Value), MaxRowKey, MaxRowValue)
		}
	}
	if err := checkAppends(b.Appends); err != nil {
		return 0, err
	}
	if hash, ok := tailHash(b.Records[len(b.Records)-1].JSON); !ok || hash != b.Head {
		return 0, badBatch("its head is not the hash that its last entry ends with")
	}
	return size, nil
}

// checkAppends refuses bytes that do not fit into a segment.
func checkAppends(appends []Row) error {
	total := 0
	for i := range appends {
		r := &appends[i]
		if len(r.Key) == 0 || len(r.Key) > MaxRowKey || len(r.Value) == 0 || len(r.Value) > MaxAppend {
			return badBatch("append %d has a key of %d bytes and %d to append; a key takes 1 to %d, and 1 to %d can be appended",
				i, len(r.Key), len(r.Value), MaxRowKey, MaxAppend)
		}
		total += len(r.Value)
	}
	if total <= MaxAppend {
		return nil // nor can one key have too many
	}
	sizes := make(map[string]int)
	for i := range appends {
		r := &appends[i]
		size := sizes[string(r.Key)] + len(r.Value)
		if size > MaxAppend {
			return badBatch("it appends more than %d bytes to one key; cut it", MaxAppend)
		}
		sizes[string(r.Key)] = size
	}
	return nil
}
