package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"lianban/contract"
	"lianban/engine"
	"lianban/store"
)

// Store is the part of the store that activities use; *store.Store is one.
type Store interface {
	// Flush writes events and rows, or says why not.
	Flush(ctx context.Context, f store.Flush) (store.FlushReply, error)
	// EarlierIntents gives acts recorded before an instant and not certainly in the log;
	// none will be recorded before that instant any more.
	EarlierIntents(ctx context.Context, number string, before time.Time) ([]store.Command, error)
	// HeadOf says how far the log of a case goes.
	HeadOf(ctx context.Context, number string) (store.Head, error)
	// MarkAlarm marks a case for the operators.
	MarkAlarm(ctx context.Context, number, text string) error
}

// Clock is the business clock as this process knows it.
type Clock interface {
	// Offset is how far it is ahead of real time: zero but in `dev` and tests.
	Offset() time.Duration
}

// Activities are the functions a worker offers to cases.
type Activities struct {
	store   Store
	clock   Clock
	metrics *Metrics
	log     *slog.Logger
}

// New makes the activities of a worker. A nil clock is real time, a nil metrics
// counts for nobody, a nil log is silent.
func New(s Store, clock Clock, metrics *Metrics, log *slog.Logger) *Activities {
	if metrics == nil {
		metrics = NewMetrics(nil)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Activities{store: s, clock: clock, metrics: metrics, log: log}
}

// Register offers the activities on a worker.
func (a *Activities) Register(r worker.ActivityRegistry) {
	r.RegisterActivityWithOptions(a.Flush, activity.RegisterOptions{Name: contract.FlushActivity})
	r.RegisterActivityWithOptions(a.EarlierIntents, activity.RegisterOptions{Name: contract.IntentsActivity})
	r.RegisterActivityWithOptions(a.Head, activity.RegisterOptions{Name: contract.HeadActivity})
	r.RegisterActivityWithOptions(a.Alarm, activity.RegisterOptions{Name: contract.AlarmActivity})
}

// Flush writes the read model of a case. The second part of its fence is the
// instant the activity was scheduled: it tells two tasks of one workflow time
// apart. A repeated attempt keeps it.
func (a *Activities) Flush(ctx context.Context, req contract.FlushRequest) (contract.FlushReply, error) {
	info := activity.GetInfo(ctx)
	path := inFallback
	if info.IsLocalActivity {
		path = inTask
	}
	return a.flush(ctx, req, path, info.ScheduledTime)
}

// Write is Flush inside a workflow task, for cases that leave no event of it: a
// [contract.Writer]. It tries again as a local activity of [contract.LocalOptions] would.
func (a *Activities) Write(req contract.FlushRequest) contract.FlushReply {
	scheduled := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), contract.FlushTotal)
	defer cancel()
	policy := contract.LocalOptions().RetryPolicy
	pause := policy.InitialInterval
	for {
		once, cancel := context.WithTimeout(ctx, contract.FlushOnce)
		reply, err := a.flush(once, req, inTask, scheduled)
		cancel()
		if err == nil {
			return reply
		}
		select {
		case <-ctx.Done():
			a.log.WarnContext(ctx, "a flush goes on outside its task", "case", req.Case, "first", req.First, "error", err.Error())
			return contract.FlushReply{Refused: contract.ByOutage}
		case <-time.After(pause):
		}
		pause = min(time.Duration(float64(pause)*policy.BackoffCoefficient), policy.MaximumInterval)
	}
}

func (a *Activities) flush(ctx context.Context, req contract.FlushRequest, path string, scheduled time.Time) (contract.FlushReply, error) {
	timer := prometheus.NewTimer(a.metrics.flushSeconds.WithLabelValues(path))
	reply, err := a.store.Flush(ctx, store.Flush{
		Case: req.Case, First: req.First, Prev: req.Prev,
		Fence: req.Fence, Fence2: scheduled.UnixNano(), Durable: req.Durable,
		Events: req.Events, Changed: req.Changed, Full: req.Full,
	})
	timer.ObserveDuration()
	refused, known := refusals[reply.Refused]
	if err == nil && !known {
		err = fmt.Errorf("the store refuses a flush for a reason this program does not know: %q", reply.Refused)
	}
	var broken *store.ConstraintError
	switch {
	case errors.As(err, &broken):
		a.metrics.flushes.WithLabelValues(path, string(contract.ByConstraint)).Inc()
		a.log.ErrorContext(ctx, "the schema refuses a flush", "case", req.Case, "first", req.First,
			"table", broken.Table, "constraint", broken.Constraint)
		return contract.FlushReply{Refused: contract.ByConstraint, Offset: a.offset()}, nil
	case err != nil:
		a.metrics.flushes.WithLabelValues(path, "error").Inc()
		return contract.FlushReply{}, fmt.Errorf("case %s: %w", req.Case, err)
	case refused != "":
		a.metrics.flushes.WithLabelValues(path, string(reply.Refused)).Inc()
		a.log.WarnContext(ctx, "flush refused", "case", req.Case, "why", string(reply.Refused),
			"first", req.First, "stored", reply.LastSeq)
	default:
		a.metrics.flushes.WithLabelValues(path, "written").Inc()
		a.metrics.events.Add(float64(len(req.Events)))
	}
	return contract.FlushReply{
		Refused: refused, LastSeq: reply.LastSeq, Fence: reply.Fence, Offset: a.offset(),
	}, nil
}

// refusals translates the store's words into those of recorded histories.
var refusals = map[store.Refusal]contract.Refused{
	store.Written:         "",
	store.RefusedFence:    contract.ByFence,
	store.RefusedGap:      contract.ByGap,
	store.RefusedDiverged: contract.Diverged,
}

// EarlierIntents gives acts recorded before an instant that the case does not
// know yet, by time. An intent that cannot be read is left out and counted: it
// could not be carried out by anybody else either, and must not keep the case's
// time from moving.
func (a *Activities) EarlierIntents(ctx context.Context, req contract.IntentsRequest) (contract.IntentsReply, error) {
	list, err := a.store.EarlierIntents(ctx, req.Case, req.Before)
	if err != nil {
		return contract.IntentsReply{}, fmt.Errorf("case %s: %w", req.Case, err)
	}
	known := make(map[string]bool, len(req.Known))
	for _, id := range req.Known {
		known[id] = true
	}
	reply := contract.IntentsReply{Offset: a.offset()}
	for _, c := range list {
		if known[c.Key] || c.Act == engine.File {
			continue
		}
		if len(reply.Commands) == contract.IntentsPage {
			reply.More = true
			break
		}
		cmd, err := contract.DecodeCommand(c.Body, c.Key, c.RecordedAt)
		if err != nil {
			a.metrics.unreadable.Inc()
			a.log.ErrorContext(ctx, "an intent cannot be read", "case", req.Case, "command", c.Key)
			continue
		}
		reply.Commands = append(reply.Commands, cmd)
	}
	a.metrics.intents.Add(float64(len(reply.Commands)))
	return reply, nil
}

// Head says how far the log of a case goes, for a case that is taken up again.
func (a *Activities) Head(ctx context.Context, req contract.HeadRequest) (contract.HeadReply, error) {
	h, err := a.store.HeadOf(ctx, req.Case)
	if err != nil {
		return contract.HeadReply{}, fmt.Errorf("case %s: %w", req.Case, err)
	}
	return contract.HeadReply{LastSeq: h.LastSeq, LastHash: h.LastHash, Fence: h.Fence, Offset: a.offset()}, nil
}

// Alarm marks a case for the operators, and says so in the log and the metrics.
// A case the store does not hold (its rows were lost) is known by those alone.
func (a *Activities) Alarm(ctx context.Context, alarm contract.Alarm) error {
	err := a.store.MarkAlarm(ctx, alarm.Case, alarm.Code)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("case %s: %w", alarm.Case, err)
	}
	a.metrics.alarms.WithLabelValues(alarm.Code).Inc()
	a.log.ErrorContext(ctx, "a case needs repair", "case", alarm.Case, "code", alarm.Code, "seq", alarm.Seq)
	return nil
}

func (a *Activities) offset() time.Duration {
	if a.clock == nil {
		return 0
	}
	return a.clock.Offset()
}
