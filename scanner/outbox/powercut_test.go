//go:build powercut

package outbox_test

import (
	"slices"
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
	done, flushed, rows := 0, 0, uint64(0)
	for done < max(1, cuts/8) {
		disk := powercut.NewDisk()
		printed, acked := map[string]uint64{}, map[string]uint64{}
		for range perDisk {
			dir := t.TempDir()
			tables := disk.Files(".sst")
			after, said, ended, err := disk.Run(dir, child("append", dir), dice, powercut.ForAWhile(dice, most, true))
			if err != nil || ended != nil {
				t.Fatal(err, ended)
			}
			if !slices.Equal(tables, after.Files(".sst")) {
				flushed++
			}
			disk = after
			done++
			if len(said) == 0 {
				t.Fatalf("cut %d came before the first row", done)
			}
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
	t.Logf("%d power cuts, each after a first row; %d rows were stored, all are there; %d lives left tables that were not there before", done, rows, flushed)
	if flushed == 0 || rows < uint64(done) {
		t.Error("no life flushed a table, or nothing was stored: nothing was tested")
	}
	if err := powercut.Note("power cut of a handheld that scans", done, "%d stored scans, all in the outbox; %d lives wrote or merged tables", rows, flushed); err != nil {
		t.Error(err)
	}
}
