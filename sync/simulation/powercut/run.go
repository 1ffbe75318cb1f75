package powercut

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Asked says how often a test is to cut the power: what CUTS in the environment says,
// as make powercut sets it. Such tests are built with the tag powercut only: they take a
// machine on which a file system can be mounted, and none of them passes on another.
func Asked(t testing.TB) (cuts int) {
	t.Helper()
	text := os.Getenv("CUTS")
	cuts, err := strconv.Atoi(text)
	if err != nil || cuts < 1 {
		t.Fatalf("CUTS=%q: it says how often the power is cut, a number from 1; make powercut says it", text)
	}
	return cuts
}

// Dice are those of a test of cuts, from a seed that it prints.
func Dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Note adds a line to the table of faults, fault, times and result, in the file that
// FAULTS in the environment names, as make faults sets it; elsewhere it does nothing.
func Note(fault string, times int, format string, args ...any) error {
	name := os.Getenv("FAULTS")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "| %s | %d | %s |\n", fault, times, fmt.Sprintf(format, args...))
	return errors.Join(err, f.Close())
}

// Run mounts the disk under dir, starts a process that uses it, and takes the power
// away from both once until returns: until is given what the process prints, line by
// line. Run returns the disk as it is found afterwards, and every line that the
// process had printed before it died. ended says that it had died by itself before,
// with what error.
func (d *Disk) Run(dir string, process *exec.Cmd, dice *rand.Rand, until func(lines <-chan string)) (after *Disk, said []string, ended error, err error) {
	unmount, err := d.Mount(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	out, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, unmount())
	}
	lines, closed := make(chan string, 1), make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(lines)
		defer close(closed)
		for in := bufio.NewScanner(out); in.Scan(); {
			said = append(said, in.Text())
			select {
			case lines <- in.Text():
			case <-watched: // nobody looks any more
			}
		}
	}()
	until(lines)
	close(watched)
	died := false
	select {
	case <-closed:
		died = true
	default:
	}
	after = d.Cut(dice)
	_ = process.Process.Kill() // it may have ended
	<-closed
	// One that lives at the cut may see its disk fail, and end, before the kill comes.
	if ended = process.Wait(); !died {
		ended = nil
	}
	return after, said, ended, unmount()
}

// ForAWhile is an until of Run: the power goes after a while, at most so long, from the
// start or, begun, from the first line that the process prints; or when it has ended.
func ForAWhile(dice *rand.Rand, most time.Duration, begun bool) func(lines <-chan string) {
	lives := time.Duration(dice.Int64N(int64(most)))
	return func(lines <-chan string) {
		if begun {
			<-lines
		}
		for life := time.After(lives); ; {
			select {
			case _, more := <-lines:
				if !more {
					return
				}
			case <-life:
				return
			}
		}
	}
}
