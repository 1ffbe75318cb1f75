package simulation

import (
	"fmt"

	"bayledger/sync/ledger"
)

// ManyWorlds is how many worlds have everything in them that Poor asks for.
const ManyWorlds = 300

// Poor says what many worlds of all families lack together, at least ManyWorlds of
// them: things too rare for each to have, without which the proof is empty. What
// is asked for is about a quarter of what there is today, in a hundred worlds.
func (r *Report) Poor(worlds int) (lacks []string) {
	for _, part := range [...]struct {
		of   map[string]int
		want map[string]float64
	}{
		{map[string]int{"late facts": r.Late, "equal stamps": r.Equal, "scans": r.Scans}, map[string]float64{"late facts": 1_000, "equal stamps": 400, "scans": 6_000}},
		{r.Actions, map[string]float64{ledger.ActionAdd: 600, ledger.ActionRemove: 300, ledger.ActionMove: 270, ledger.ActionIsolate: 130, ledger.ActionRelease: 50, ledger.ActionAssemble: 5,
			ledger.ActionDisassemble: 4, ledger.ActionPack: 90, ledger.ActionUnpack: 15, ledger.ActionCount: 250, ledger.ActionSessionOpen: 20, ledger.ActionSessionClose: 12,
			ledger.ActionScrap: 35, ledger.ActionUndo: 120, ledger.ActionMap: 12, ledger.ActionDecide: 15, ledger.ActionClose: 3, ledger.ActionAsk: 105}},
		{r.Clocks, map[string]float64{"a": 1_300, "b": 80, "c": 350}},
		{r.Outcomes, map[string]float64{"absorbed": 50, "exception": 200, "parked (bad_time)": 25, "parked (identity_conflict)": 10, "parked (unknown_product)": 4,
			"parked (unknown_location)": 3, "parked (not_allowed)": 7, "parked (not_found)": 2, "refused (expired)": 12, "refused (short)": 1}},
		{r.Exceptions, map[string]float64{"short": 60, "held_taken": 60, "serial_mismatch": 10, "serial_unknown": 30, "package_circle": 4, "doubtful_count": 25, "lost_scan": 2,
			"identity_conflict": 10, "reinstalled": 3, "closed_books": 15, "asked": 105}},
		{r.Things, map[string]float64{"cuts": 150, "repeats": 3_000, "restores": 2, "crashes idle": 8, "crashes clean": 8, "crashes lost": 15, "crashes kept": 15, "device crashes": 30,
			"re-imaged devices": 4, "copied devices": 4, "lost rows": 3, "pushes turned away": 80, "commands judged": 2, "counts looked at": 120, "holds on a scope": 60,
			"scans of several lines": 70, "lots": 500, "serials": 170, "packages": 140, "questions about the past": 25, "backlogs in a rush": 1, "decisions that hold": 4,
			"entries of kind correction": 120, "asks open at the end": 45, "asks taken at the end": 20, "answers that hold": 17, "asks cleared at the end": 17,
			"asks about what has not come": 11, "asks about what was not booked": 22, "asks about what is undone": 20, "asks about what was asked about": 24,
			"undo about asks": 80, "decide about asks": 120}},
	} {
		for _, what := range sortedKeys(part.want) {
			if least := part.want[what] * float64(worlds) / 100; float64(part.of[what]) < least {
				lacks = append(lacks, fmt.Sprintf("%s: %d, not %.0f", what, part.of[what], least))
			}
		}
	}
	return lacks
}
