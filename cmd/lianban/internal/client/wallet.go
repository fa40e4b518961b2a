package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Wallet is the file that remembers tokens, so that one login serves many
// commands. It is readable by its owner only.
type Wallet struct {
	path string
	data walletData
}

type walletData struct {
	// Current is the account last logged in with, by server.
	Current map[string]string `json:"current,omitempty"`
	// Tokens by server, then by account.
	Tokens map[string]map[string]Token `json:"tokens,omitempty"`
}

// Token is a session on a server.
type Token struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// OpenWallet reads the file; one that is missing or cannot be read is an empty
// one, since everything in it can be had again by logging in.
func OpenWallet(path string) *Wallet {
	w := &Wallet{path: path}
	if raw, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(raw, &w.data) != nil {
			w.data = walletData{}
		}
	}
	return w
}

// Token gives the token of an account that is good for a minute more.
func (w *Wallet) Token(server, account string, now time.Time) (string, bool) {
	t := w.data.Tokens[server][account]
	return t.Token, t.Token != "" && now.Add(time.Minute).Before(t.Expires)
}

// Current is the account to use where none is named; empty: none.
func (w *Wallet) Current(server string) string { return w.data.Current[server] }

// Keep remembers a session.
func (w *Wallet) Keep(server, account string, t Token) error {
	if w.data.Tokens == nil {
		w.data.Tokens = map[string]map[string]Token{}
	}
	if w.data.Tokens[server] == nil {
		w.data.Tokens[server] = map[string]Token{}
	}
	w.data.Tokens[server][account] = t
	return w.save()
}

// Use makes an account the one to use where none is named; empty: none.
func (w *Wallet) Use(server, account string) error {
	if w.data.Current == nil {
		w.data.Current = map[string]string{}
	}
	if account == "" {
		delete(w.data.Current, server)
	} else {
		w.data.Current[server] = account
	}
	return w.save()
}

// Drop forgets a session.
func (w *Wallet) Drop(server, account string) error {
	delete(w.data.Tokens[server], account)
	return w.save()
}

// save writes beside and renames, so that two commands at once leave a whole file.
func (w *Wallet) save() error {
	raw, err := json.MarshalIndent(w.data, "", "  ")
	if err != nil {
		return fmt.Errorf("remember the token: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(w.path), 0o711); err != nil {
		return fmt.Errorf("remember the token: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(w.path), ".token-*") // mode 0600
	if err != nil {
		return fmt.Errorf("remember the token: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), w.path)
	}
	if err != nil {
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return fmt.Errorf("remember the token: %w", err)
	}
	return nil
}
