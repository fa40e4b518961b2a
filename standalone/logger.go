package standalone

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// temporalLogger gives the Temporal server's messages to slog, from a level on. The server
// talks a lot at info; only warnings and errors concern an operator of the embedded default.
type temporalLogger struct {
	out   *slog.Logger
	level slog.Level
	// phase is shared by all loggers of one server.
	phase *atomic.Int32
}

// While the server starts and stops, its parts complain that the others are not there, at
// every level up to error. A start that fails returns its reason, so nothing is lost.
const (
	starting int32 = iota // messages are demoted to debug
	running
	stopping // messages are dropped
)

// expected messages are consequences of what we chose, not news: the HTTP form of the frontend
// is off on purpose.
const expectedPrefix = "HTTP API port has not been set"

var (
	_ log.Logger     = temporalLogger{}
	_ log.WithLogger = temporalLogger{}
)

func newTemporalLogger(out *slog.Logger, level slog.Level) temporalLogger {
	if out == nil {
		out = slog.New(slog.DiscardHandler)
	}
	return temporalLogger{out: out.With("component", "temporal"), level: level, phase: new(atomic.Int32)}
}

func attrs(tags []tag.Tag) []slog.Attr {
	out := make([]slog.Attr, len(tags))
	for i, t := range tags {
		out[i] = slog.Any(t.Key(), t.Value())
	}
	return out
}

func (l temporalLogger) write(level slog.Level, msg string, tags []tag.Tag) {
	if strings.HasPrefix(msg, expectedPrefix) {
		return
	}
	switch l.phase.Load() {
	case starting:
		level = min(level, slog.LevelDebug)
	case stopping:
		return
	}
	if level < l.level || !l.out.Enabled(context.Background(), level) {
		return
	}
	l.out.LogAttrs(context.Background(), level, msg, attrs(tags)...)
}

func (l temporalLogger) Debug(msg string, tags ...tag.Tag)  { l.write(slog.LevelDebug, msg, tags) }
func (l temporalLogger) Info(msg string, tags ...tag.Tag)   { l.write(slog.LevelInfo, msg, tags) }
func (l temporalLogger) Warn(msg string, tags ...tag.Tag)   { l.write(slog.LevelWarn, msg, tags) }
func (l temporalLogger) Error(msg string, tags ...tag.Tag)  { l.write(slog.LevelError, msg, tags) }
func (l temporalLogger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

func (l temporalLogger) Panic(msg string, tags ...tag.Tag) {
	panic(fmt.Sprintf("temporal: %s %v", msg, attrs(tags)))
}

// Fatal must end the process by its interface's contract. A panic does, and says why and where;
// PostgreSQL goes down with us.
func (l temporalLogger) Fatal(msg string, tags ...tag.Tag) {
	panic(fmt.Sprintf("temporal cannot go on: %s %v", msg, attrs(tags)))
}

func (l temporalLogger) With(tags ...tag.Tag) log.Logger {
	args := make([]any, len(tags))
	for i, a := range attrs(tags) {
		args[i] = a
	}
	return temporalLogger{out: l.out.With(args...), level: l.level, phase: l.phase}
}
