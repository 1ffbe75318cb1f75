package store_test

import (
	"testing"

	"bayledger/labels/queue/disktest"
)

func TestLabelRows(t *testing.T) { disktest.Run(t, newStore(t).Labels()) }
