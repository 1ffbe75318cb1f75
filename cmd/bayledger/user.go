package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) userCommand() *cobra.Command {
	var name, roles string
	var noPassword bool
	add := &cobra.Command{Use: "add LOGIN --role ROLE", Short: "Add somebody who signs in", Args: exactly(1, "user add takes a login"),
		Long: "The password is asked for on a terminal, else read as the first line of standard input.\n" +
			"--role is a role (floor, dock, supervisor, admin) at all sites, or SITE=ROLE/SITE=ROLE.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			if roles == "" {
				return misused("user add needs --role")
			}
			body := map[string]string{"login": args[0], "name": name, "roles": roles}
			if !noPassword {
				var err error
				if body["password"], err = a.newPassword(); err != nil {
					return err
				}
			}
			var user struct{ ID string }
			if err := s.post(ctx, "/v1/users", body, &user); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "%s signs in at %s/login; entries name them %s.\n", args[0], s.base, user.ID)
			return err
		})}
	add.Flags().StringVar(&name, "name", "", "what people call them; kept beside the books, and can be removed")
	add.Flags().StringVar(&roles, "role", "", "ROLE, or SITE=ROLE/SITE=ROLE")
	add.Flags().BoolVar(&noPassword, "no-password", false, "without a password: somebody sets one later")
	return words("user", "People who sign in",
		add,
		&cobra.Command{Use: "list", Short: "List who signs in", Args: exactly(0, "user list takes no words"), RunE: a.asked(a.listUsers)},
		&cobra.Command{Use: "password LOGIN", Short: "Set somebody's password; they are signed out everywhere", Args: exactly(1, "user password takes a login"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				password, err := a.newPassword()
				if err != nil {
					return err
				}
				return s.patch(ctx, "/v1/users/"+url.PathEscape(args[0]), map[string]any{"password": password})
			})},
		&cobra.Command{Use: "role LOGIN ROLE", Short: "Give somebody other roles", Args: exactly(2, "user role takes a login, and ROLE or SITE=ROLE/SITE=ROLE"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				return s.patch(ctx, "/v1/users/"+url.PathEscape(args[0]), map[string]any{"roles": args[1]})
			})},
		a.switchUser("disable", true, "Let somebody in no more"),
		a.switchUser("enable", false, "Let somebody in again"))
}

func (a *app) switchUser(use string, disabled bool, short string) *cobra.Command {
	return &cobra.Command{Use: use + " LOGIN", Short: short, Args: exactly(1, "user "+use+" takes a login"),
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			return s.patch(ctx, "/v1/users/"+url.PathEscape(args[0]), map[string]any{"disabled": disabled})
		})}
}

func (c *api) patch(ctx context.Context, path string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPatch, path, "application/json", b, nil)
}

// maxPasswordLine bounds what is read of standard input.
const maxPasswordLine = 4 << 10

// newPassword asks for a password twice on a terminal, and takes a line elsewhere. It
// is never an argument: those stand in the list of processes.
func (a *app) newPassword() (string, error) {
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(a.in, maxPasswordLine)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("no password came on standard input; nothing was changed")
		}
		return line, nil
	}
	var said [2]string
	for i, ask := range []string{"Password: ", "The same again: "} {
		fmt.Fprint(a.err, ask)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.err)
		if err != nil {
			return "", fmt.Errorf("the password could not be read: %w", err)
		}
		said[i] = string(b)
	}
	if said[0] != said[1] {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return said[0], nil
}

func (a *app) listUsers(ctx context.Context, s *api, _ []string) error {
	var list struct {
		Rows []struct {
			ID, Login, Name, Roles string
			Elsewhere              bool
			Disabled               string `json:"disabled_at"`
		}
	}
	if err := s.get(ctx, "/v1/users", &list); err != nil {
		return err
	}
	rows := [][]string{{"LOGIN", "NAME", "ROLES", "ID", "SIGNS IN", "DISABLED"}}
	for _, r := range list.Rows {
		by := "here"
		if r.Elsewhere {
			by = "openid"
		}
		rows = append(rows, []string{r.Login, r.Name, r.Roles, r.ID, by, r.Disabled})
	}
	return a.table(rows)
}

func (a *app) tokenCommand() *cobra.Command {
	var user, label string
	var scope []string
	var days int
	add := &cobra.Command{Use: "add --user LOGIN", Short: "Make a token for a program", Args: exactly(0, "token add takes no words"),
		Long: "The token is the last line on standard output and shown once. It may never more than whose it is, and no more than its scope:\n" +
			"read (all that only reads; money only with see.money), or names of actions as they stand in /openapi.json (x-action).",
		RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			if user == "" {
				return misused("token add needs --user LOGIN: whose it is")
			}
			var made struct {
				ID, Token string
				Expires   string `json:"expires_at"`
			}
			if err := s.post(ctx, "/v1/tokens", map[string]any{"user": user, "label": label, "scope": scope, "days": days}, &made); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "Token %s of %s, until %s. It is shown once.\n%s\n", made.ID, user, made.Expires, made.Token)
			return err
		})}
	add.Flags().StringVar(&user, "user", "", "whose it is")
	add.Flags().StringVar(&label, "label", "", "what it is for")
	add.Flags().StringSliceVar(&scope, "scope", nil, "what it may at most, such as read; if not said, all that its owner may")
	add.Flags().IntVar(&days, "days", 90, "how long it lives, 1 to 366")
	return words("token", "Tokens with which programs do what somebody may",
		add,
		&cobra.Command{Use: "list", Short: "List tokens", Args: exactly(0, "token list takes no words"), RunE: a.asked(a.listTokens)},
		&cobra.Command{Use: "end ID", Short: "End a token", Args: exactly(1, "token end takes the token's id"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				return s.send(ctx, http.MethodDelete, "/v1/tokens/"+url.PathEscape(args[0]))
			})})
}

func (a *app) listTokens(ctx context.Context, s *api, _ []string) error {
	var list struct {
		Rows []struct {
			ID, User, Label string
			Scope           []string
			Expires         string `json:"expires_at"`
			Used            string `json:"used_at"`
			Ended           string `json:"ended_at"`
		}
	}
	if err := s.get(ctx, "/v1/tokens?all=true", &list); err != nil {
		return err
	}
	rows := [][]string{{"ID", "USER", "LABEL", "SCOPE", "EXPIRES", "USED", "ENDED"}}
	for _, r := range list.Rows {
		rows = append(rows, []string{r.ID, r.User, r.Label, strings.Join(r.Scope, " "), r.Expires, r.Used, r.Ended})
	}
	return a.table(rows)
}
