//go:build powercut

package outbox_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// TestPowerCuts takes the power from a handheld that scans: every row whose Append had
// returned is there afterwards. It is run by make powercut.
func TestPowerCuts(t *testing.T) {
	cuts := powercut.Asked(t)
	dice := powercut.Dice(t)
	const perDisk, most = 8, 200 * time.Millisecond
	done, rows := 0, uint64(0)
	for done < max(1, cuts/8) {
		disk := powercut.NewDisk()
		printed, acked := map[string]uint64{}, map[string]uint64{}
		for range perDisk {
			dir := t.TempDir()
			after, said, ended, err := disk.Run(dir, child("append", dir), dice, powercut.ForAWhile(dice, most, true))
			if err != nil || ended != nil {
				t.Fatal(err, ended)
			}
			disk = after
			done++
			for _, line := range said {
				device, text, _ := strings.Cut(line, " ")
				seq, err := strconv.ParseUint(text, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				printed[device] = max(printed[device], seq)
			}
			found := t.TempDir()
			if err := disk.WriteTo(found); err != nil {
				t.Fatal(err)
			}
			if err := checkPrinted(found, printed, acked); err != nil {
				t.Fatalf("after cut %d: %v", done, err)
			}
		}
		for _, n := range printed {
			rows += n
		}
	}
	t.Logf("%d power cuts; %d rows were stored, all are there", done, rows)
	if err := powercut.Note("power cut of a handheld that scans", done, "%d stored scans, all in the outbox", rows); err != nil {
		t.Error(err)
	}
}
