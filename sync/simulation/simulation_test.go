package simulation_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bayledger/sync/simulation"
)

// How many seeds a run plays; SEEDS says otherwise. Under the race detector a
// world takes some ten times as long.
const (
	seedsRaced = 300
	seedsPlain = 2_000
)

// Worlds make much garbage and keep little.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// play plays worlds and fails the test with the first ones that break something,
// each with its smallest story.
func play(t *testing.T, count int, config func(i int) simulation.Config, o simulation.Options) *simulation.Report {
	t.Helper()
	sum := simulation.NewSum()
	most := setting("FAILURES", 3)
	soft := 0
	simulation.Many(t.Context(), count, runtime.GOMAXPROCS(0), config, o, func(_ int, s *simulation.Script, r *simulation.Report, err error) bool {
		sum.Add(r)
		switch lacks := r.Soft(); {
		case err != nil:
			t.Errorf("seed %d: %v", s.Config.Seed, err)
		case r.Failure != nil:
			t.Errorf("seed %d breaks %v%s", s.Config.Seed, r.Failure, smallest(s, r.Failure.Judge))
		case lacks != nil:
			t.Logf("the world of seed %d is soft: %s", s.Config.Seed, strings.Join(lacks, ", "))
			soft++
			return true
		default:
			return true
		}
		most--
		return most > 0
	})
	if soft > max(1, count/500) { // chance may spoil one in a great many
		t.Errorf("%d of %d worlds have gone soft", soft, count)
	}
	return sum
}

// smallest shrinks a failing world and tells its story.
func smallest(s *simulation.Script, judge string) string {
	tries := setting("TRIES", 500)
	if tries == 0 {
		return ""
	}
	small := simulation.Shrink(s, judge, tries, nil)
	var story strings.Builder
	fmt.Fprintf(&story, "\n%d of %d steps do it:\n", len(small.Steps), len(s.Steps))
	r, err := simulation.Play(small, simulation.Options{Only: []string{judge}, Tell: func(line string) { story.WriteString(line + "\n") }})
	if err != nil {
		fmt.Fprintf(&story, "%v\n", err)
	} else if r.Failure != nil {
		fmt.Fprintf(&story, "%v\n", r.Failure)
	}
	return story.String()
}

// TestSeeds is the proof: many worlds, each held to the oracle in many orders.
func TestSeeds(t *testing.T) {
	count, o := seedsPlain, simulation.Options{}
	if raced {
		count, o.Orders = seedsRaced, 3
	}
	first := setting("FIRST", 1)
	families := simulation.Families(0)
	if text := os.Getenv("FAMILIES"); text != "" {
		more, err := simulation.ParseFamilies(text)
		if err != nil {
			t.Fatal(err)
		}
		families = more
	}
	count = setting("SEEDS", count)
	sum := play(t, count, func(i int) simulation.Config {
		return simulation.Config{Seed: uint64(first + i), Families: families}
	}, o)
	t.Logf("%s", sum.Histogram())
	if !t.Failed() && families == 0 && count >= simulation.ManyWorlds {
		for _, lack := range sum.Poor(count) {
			t.Errorf("%d worlds have gone soft together: %s", count, lack)
		}
	}
}

// TestCalm is the least that must hold: everything arrives at once and in order.
func TestCalm(t *testing.T) {
	play(t, 60, func(i int) simulation.Config { return simulation.Config{Seed: uint64(i + 1), Calm: true} }, simulation.Options{Orders: 2})
}

// TestKept plays every story that once broke something; each says what it showed.
func TestKept(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := new(simulation.Script)
			if err := json.Unmarshal(text, s); err != nil {
				t.Fatal(err)
			}
			r, err := simulation.Play(s, simulation.Options{Thorough: true})
			if err != nil {
				t.Fatal(err)
			}
			if r.Failure != nil {
				t.Errorf("%s\n%v", s.Note, r.Failure)
			}
		})
	}
}

// The same seed is the same world, and ends in the same books, byte for byte.
func TestSameSeedSameWorld(t *testing.T) {
	tell := func(seed uint64) (lines []string) {
		s := simulation.Generate(simulation.Config{Seed: seed})
		_, err := simulation.Play(s, simulation.Options{Orders: -1, Only: []string{simulation.V7}, Tell: func(line string) { lines = append(lines, line) }})
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	for seed := range uint64(20) {
		one, other := tell(seed), tell(seed)
		if !slices.Equal(one, other) {
			for i := range one {
				if i >= len(other) || one[i] != other[i] {
					t.Fatalf("seed %d, line %d: %s", seed, i+1, one[i])
				}
			}
		}
	}
}

// Asks are put between what a seed plays besides, and change nothing of it.
func TestAsksLeaveTheRest(t *testing.T) {
	rest := func(s *simulation.Script) (steps []simulation.Step) {
		for _, step := range s.Steps {
			if !s.Hands[step.Hand].Only && (step.Scan == nil || !step.Scan.Beside) { // one of one site takes asks back, and no more
				step.Count = 0 // a push takes asks along
				steps = append(steps, step)
			}
		}
		return steps
	}
	for seed := range uint64(50) {
		with := simulation.Generate(simulation.Config{Seed: seed, Families: simulation.All})
		without := simulation.Generate(simulation.Config{Seed: seed, Families: simulation.All &^ simulation.Asks})
		if !reflect.DeepEqual(rest(with), rest(without)) || !reflect.DeepEqual(with.Hands[:len(with.Hands)-1], without.Hands) || !reflect.DeepEqual(with.Master, without.Master) {
			t.Errorf("seed %d plays something else without asks", seed)
		}
		if len(with.Steps) == len(without.Steps) {
			t.Errorf("nobody asks in seed %d", seed)
		}
	}
}

// A script is data: what is written and read again is the same script.
func TestScriptIsData(t *testing.T) {
	s := simulation.Generate(simulation.Config{Seed: 7, Families: simulation.All})
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	read := new(simulation.Script)
	if err := json.Unmarshal(text, read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil || string(again) != string(text) {
		t.Errorf("written again it is another script: %v", err)
	}
}

// Any sub-list of the steps can be played.
func TestPartsAreScripts(t *testing.T) {
	s := simulation.Generate(simulation.Config{Seed: 11})
	for i := range 40 {
		part := *s
		part.Steps = nil
		for k := range s.Steps {
			if (k*7+i)%5 > i%4 {
				part.Steps = append(part.Steps, s.Steps[k])
			}
		}
		if _, err := simulation.Play(&part, simulation.Options{Orders: 1}); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
}

func TestFamilies(t *testing.T) {
	for text, want := range map[string]simulation.Families{
		"all": simulation.All, "counts,lots": simulation.Counts | simulation.Lots, "all,-costs": simulation.All &^ simulation.Costs,
	} {
		if got, err := simulation.ParseFamilies(text); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	if _, err := simulation.ParseFamilies("counts,cunts"); err == nil {
		t.Error("an unknown family passes")
	}
	if back, err := simulation.ParseFamilies(simulation.All.String()); err != nil || back != simulation.All {
		t.Errorf("the names of all families are %v (%v)", back, err)
	}
}

func TestConfigurations(t *testing.T) {
	for name, c := range map[string]simulation.Config{
		"too few devices": {Devices: 2}, "too many": {Devices: 10_000}, "too few intents": {Intents: 1}, "always offline": {Offline: 1}, "too late": {Late: 1 << 62},
	} {
		if c.Check() == nil {
			t.Errorf("%s: %+v passes", name, c)
		}
	}
	c := simulation.Config{Devices: 9, Intents: 80, Offline: 0.5}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	s := simulation.Generate(c)
	if !reflect.DeepEqual(s, simulation.Generate(c)) {
		t.Error("the same configuration makes another world")
	}
}
