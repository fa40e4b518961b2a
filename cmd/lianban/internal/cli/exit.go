package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"lianban/cmd/lianban/internal/client"
)

// Exit is the exit code of the program. The numbers are part of the interface.
type Exit int

// The exit codes.
const (
	// OK: done.
	OK Exit = 0
	// Refused: findings, failed tests, or an act the rules do not allow.
	Refused Exit = 1
	// Usage: the command line itself is wrong.
	Usage Exit = 2
	// NotFound: there is no such case, task, item, command, account or file.
	NotFound Exit = 3
	// Unavailable: the server or database cannot be reached; try again. An act
	// whose answer was lost is repeated under its key.
	Unavailable Exit = 4
	// Pending: the act is durably recorded and not applied yet.
	Pending Exit = 5
	// Forbidden: not logged in, or the account may not do this here.
	Forbidden Exit = 6
	// Internal: a fault of the program.
	Internal Exit = 7
)

// Error is an end of a command that is not success: its code and a sentence in
// two languages. Without a sentence the command has said everything itself.
type Error struct {
	Code   Exit
	Zh, En string
	Err    error
}

func (e *Error) Error() string {
	switch {
	case e.En != "" && e.Err != nil:
		return e.En + ": " + e.Err.Error()
	case e.Err != nil:
		return e.Err.Error()
	case e.En != "":
		return e.En
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

func (e *Error) Unwrap() error { return e.Err }

// Fail makes an Error. Formats get the same arguments in both languages.
func Fail(code Exit, zh, en string, args ...any) *Error {
	return &Error{Code: code, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}

// silent ends a command that has already said why.
func silent(code Exit) error { return &Error{Code: code} }

// forbidden are the problems of who is calling, not of what is asked.
var forbidden = map[string]bool{
	"unauthenticated": true, "bad-login": true, "bad-track": true, "not-permitted": true, "not-involved": true, "paper-hidden": true,
}

// codeOf is the exit code of an error.
func codeOf(err error) Exit {
	var own *Error
	var problem *client.Problem
	var away *client.Unavailable
	switch {
	case err == nil:
		return OK
	case errors.As(err, &own):
		return own.Code
	case errors.As(err, &problem):
		return codeOfProblem(problem)
	case errors.As(err, &away):
		return Unavailable
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	}
	return Internal
}

func codeOfProblem(p *client.Problem) Exit {
	switch {
	case forbidden[p.Code]:
		return Forbidden
	case p.Status == http.StatusNotFound:
		return NotFound
	case p.Code == "internal":
		return Internal
	case p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError:
		return Unavailable
	}
	return Refused
}
