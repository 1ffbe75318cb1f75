package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setting is one thing that a server can be told, and where its value came from: a
// flag, the environment, the file, or nowhere.
type setting struct {
	name, value, origin string
}

// envOf is the variable that stands for a flag.
func envOf(flag string) string {
	return "BAYLEDGER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fileValue is a value in the file, as texts, and its line.
type fileValue struct {
	values []string
	line   int
}

// notSettings are flags that are no settings of a server.
var notSettings = []string{"help", "config", "server"}

// settle gives each flag that was not said its value from the environment, else from
// the file, and returns all of them with where they came from, by name. Errors: a
// file that cannot be read, names in it that are none, values that do not fit.
func (a *app) settle(c *cobra.Command, file string) ([]setting, error) {
	known := map[string]*pflag.Flag{}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(notSettings, f.Name) {
			known[f.Name] = f
		}
	})
	inFile, err := readConfig(file, known)
	if err != nil {
		return nil, err
	}
	var out []setting
	for _, f := range known {
		origin, err := fill(f, file, inFile)
		if err != nil {
			return nil, err
		}
		out = append(out, setting{f.Name, f.Value.String(), origin})
	}
	slices.SortFunc(out, func(x, y setting) int { return strings.Compare(x.name, y.name) })
	return out, nil
}

// fill sets one flag where it was not said, and tells where its value comes from.
func fill(f *pflag.Flag, file string, inFile map[string]fileValue) (origin string, err error) {
	if f.Changed {
		return "flag", nil
	}
	if value, ok := os.LookupEnv(envOf(f.Name)); ok && value != "" {
		if err := set(f, strings.Split(value, ","), value); err != nil {
			return "", misused("%s is %q: %v", envOf(f.Name), value, err)
		}
		return "environment " + envOf(f.Name), nil
	}
	if v, ok := inFile[f.Name]; ok {
		if err := set(f, v.values, strings.Join(v.values, ",")); err != nil {
			return "", misused("%s, line %d: %s is %q: %v", file, v.line, f.Name, strings.Join(v.values, ","), err)
		}
		return fmt.Sprintf("%s, line %d", file, v.line), nil
	}
	return "default", nil
}

// set gives a flag a value, or the values of a list.
func set(f *pflag.Flag, list []string, one string) error {
	if many, ok := f.Value.(pflag.SliceValue); ok {
		return many.Replace(list)
	}
	return f.Value.Set(one)
}

// readConfig reads the file's settings; "" is none.
func readConfig(file string, known map[string]*pflag.Flag) (map[string]fileValue, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, misused("the settings %s are not there", file)
	} else if err != nil {
		return nil, fmt.Errorf("the settings %s cannot be read: %w", file, err)
	}
	var values map[string]any
	if _, err := toml.Decode(string(b), &values); err != nil {
		var bad toml.ParseError
		if errors.As(err, &bad) {
			return nil, misused("%s, line %d: %s", file, bad.Position.Line, bad.Message)
		}
		return nil, misused("%s: %v", file, err)
	}
	out := map[string]fileValue{}
	var wrong []string
	for name, value := range values {
		v := fileValue{line: lineOf(string(b), name)}
		var ok bool
		switch v.values, ok = texts(value); {
		case known[name] == nil:
			wrong = append(wrong, fmt.Sprintf("%s, line %d: there is no setting %q%s", file, v.line, name, nearest(name, known)))
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%s, line %d: %s is a text, a number, true or false, or a list of texts", file, v.line, name))
		default:
			out[name] = v
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return nil, misused("%s", strings.Join(wrong, "\n"))
	}
	return out, nil
}

// texts writes a value as a flag takes it.
func texts(value any) (list []string, ok bool) {
	switch v := value.(type) {
	case string:
		return []string{v}, true
	case bool, int64, float64:
		return []string{fmt.Sprint(v)}, true
	case []any:
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return nil, false
			}
			list = append(list, text)
		}
		return list, true
	}
	return nil, false
}

// lineOf is where a name is set, 1 where that is not found: the file has been read
// by then, so that it stands at the start of a line, as itself or in quotes.
func lineOf(text, name string) int {
	at := regexp.MustCompile(`(?m)^[ \t]*(\[+[ \t]*)?["']?` + regexp.QuoteMeta(name) + `["']?[ \t]*[\].=]`).FindStringIndex(text)
	if at == nil {
		return 1
	}
	return 1 + strings.Count(text[:at[1]], "\n")
}

// nearest suggests a setting that begins alike.
func nearest(name string, known map[string]*pflag.Flag) string {
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	best := ""
	for other, f := range known {
		if f.Hidden {
			continue
		}
		if other == plain || best == "" && len(plain) > 2 && (strings.HasPrefix(other, plain[:3]) || strings.HasPrefix(plain, other)) {
			best = other
		}
	}
	if best == "" {
		return "; see bayledger serve --help"
	}
	return "; did you mean " + best + "?"
}

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Show and check what a server is told", Args: exactly(0, "config takes print or check"),
		Long: "A server is told by flags, by the environment and by a file (TOML), in this order; what none of them says is a default.\n" +
			"The names are those of serve's flags: --listen, BAYLEDGER_LISTEN, and in the file: listen = \"0.0.0.0:8443\". Lists are in the file\n" +
			"name = [\"a\", \"b\"], in the environment by comma. Secrets come by the environment alone.",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.configPart("print", "Print each setting and where it comes from", func(o *serveFlags, all []setting) error { return a.printSettings(all) }),
		a.configPart("check", "Say what is wrong with the settings", func(o *serveFlags, all []setting) error { return a.checkSettings(o, all) }))
	return c
}

func (a *app) configPart(name, short string, do func(*serveFlags, []setting) error) *cobra.Command {
	var o serveFlags
	c := &cobra.Command{Use: name, Short: short, Args: exactly(0, "config "+name+" takes serve's flags"), RunE: func(c *cobra.Command, _ []string) error {
		all, err := a.settle(c, o.config)
		if err != nil {
			return err
		}
		return do(&o, all)
	}}
	o.flags(c.Flags())
	return c
}

// secretVars are secrets that the environment brings.
var secretVars = []string{"BAYLEDGER_KEY", "BAYLEDGER_OPENID_SECRET", "BAYLEDGER_SMTP_PASSWORD"}

// printSettings prints all settings; of secrets only that they are there.
func (a *app) printSettings(all []setting) error {
	w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM")
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.name, shownValue(s), s.origin)
	}
	for _, name := range secretVars {
		value, origin := "", "default"
		if os.Getenv(name) != "" {
			value, origin = hidden, "environment "+name
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "BAYLEDGER_"), "_", "-")), value, origin)
	}
	return w.Flush()
}

// hidden stands for a secret.
const hidden = "(hidden)"

// shownValue is a value that may be shown: what is named like a secret is not, and
// neither are names and passwords in an address.
func shownValue(s setting) string {
	for _, word := range []string{"secret", "password", "token"} {
		if strings.Contains(s.name, word) && s.value != "" {
			return hidden
		}
	}
	return regexp.MustCompile(`//[^/@\s]+@`).ReplaceAllString(s.value, "//"+hidden+"@")
}

// checkSettings says whether a server would take the settings, and warns of
// variables that are none.
func (a *app) checkSettings(o *serveFlags, all []setting) error {
	if _, err := o.check(a.err); err != nil {
		return err
	}
	known := append([]string{"BAYLEDGER_SERVER", "BAYLEDGER_ROOT", "BAYLEDGER_CONFIG"}, secretVars...)
	for _, s := range all {
		known = append(known, envOf(s.name))
	}
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "BAYLEDGER_") && !slices.Contains(known, name) {
			fmt.Fprintf(a.err, "bayledger: %s is no setting; nothing reads it\n", name)
		}
	}
	fmt.Fprintf(a.out, "The settings are right: listen on %s, data in %s.\n", o.addr, a.data)
	return nil
}
