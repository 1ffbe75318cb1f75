package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1 // with one clear sentence on stderr
	exitMisused = 2 // the words of the call are off
)

// app is what every subcommand is given.
type app struct {
	in       io.Reader
	out, err io.Writer

	data    string // --data
	server  string // --server, else BAYLEDGER_SERVER
	key     string // BAYLEDGER_KEY
	secret  string // BAYLEDGER_OPENID_SECRET: of this server at its identity provider
	trusted string // BAYLEDGER_ROOT: a file with the root to trust
	prints  bool   // a server of the command's own prints labels that wait
}

// misuse is an error in the words of a call.
type misuse struct{ error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut, key: os.Getenv("BAYLEDGER_KEY"), trusted: os.Getenv("BAYLEDGER_ROOT"), secret: os.Getenv("BAYLEDGER_OPENID_SECRET")}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var misuse misuse
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &misuse):
		fmt.Fprintf(errOut, "bayledger: %v\n", err)
		return exitMisused
	}
	fmt.Fprintf(errOut, "bayledger: %v\n", strings.TrimRight(err.Error(), "\n"))
	return exitFailed
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "bayledger",
		Short:         "The stock server behind handheld barcode scanners",
		Long:          "Bayledger books what handhelds scan into a double-entry stock ledger, whatever order the scans arrive in.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misused("there is no command %q; see bayledger --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&a.data, "data", cmp.Or(os.Getenv(envOf("data")), "./bayledger-data"), "the data folder (BAYLEDGER_DATA)")
	flags.StringVar(&a.server, "server", os.Getenv("BAYLEDGER_SERVER"), "address of a running server, instead of a data folder (BAYLEDGER_SERVER; its key is BAYLEDGER_KEY)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misuse{err} })
	root.AddCommand(
		a.serveCommand(),
		a.configCommand(),
		a.doctorCommand(),
		a.replayCommand(),
		a.importCommand(),
		a.exportCommand(),
		a.catalogueCommand(),
		a.negativeCommand(),
		a.receiveCommand(), a.adjustCommand(),
		a.reportCommand(),
		a.priceCommand(),
		a.pairCommand(),
		a.deviceCommand(),
		a.userCommand(),
		a.webhookCommand(),
		a.alertCommand(),
		a.subscriptionCommand(),
		a.scheduleCommand(),
		a.tokenCommand(),
		a.verifyCommand(),
		a.rebuildCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.migrateCommand(),
		a.scanCommand(),
		a.decodeCommand(),
		a.labelCommand(),
		a.fleetCommand(),
		a.simulateCommand(),
		a.benchCommand(),
		a.loadCommand(),
		a.practiceCommand(),
		a.seasonCommand(),
		a.versionCommand(),
	)
	a.completions(root)
	return root
}

// exactly checks the number of words after a command.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return misused("%s", what)
		}
		return nil
	}
}

// terminal says whether progress may be drawn.
func (a *app) terminal() bool {
	f, ok := a.err.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
