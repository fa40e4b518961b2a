package fault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"lianban/contract"
	"lianban/engine"
	"lianban/store"
)

// Sources are where the accounts of all cases are read from.
type Sources struct {
	Store    *store.Store
	Temporal client.Client
	// Converter decodes what histories hold; nil: the default one.
	Converter converter.DataConverter
	// Told are the answers clients were given; may be empty.
	Told []Told
}

// Told is what a client was answered under a key.
type Told struct {
	Key string
	// Case is the number; of a filing the one it was given.
	Case string
	// Outcome is what the answer said.
	Outcome Outcome
	// Seq came with a filing or an act that was done.
	Seq int64
	// Code came with a refusal.
	Code engine.Code
}

// Outcome is an answer's meaning.
type Outcome string

// The outcomes.
const (
	Filed    Outcome = "filed"    // 201
	Done     Outcome = "done"     // 200
	Recorded Outcome = "recorded" // 202: it will be decided, and only once
	Refused  Outcome = "refused"  // the rules do not allow it
)

// Finding is one disagreement.
type Finding struct {
	Case string
	What string
}

func (f Finding) String() string { return strings.TrimSpace(f.Case + " " + f.What) }

// Report is what Check has compared.
type Report struct {
	Cases, Runs, Events, Commands, Outcomes, Told int
	// Anchors of the feed, walked with the log by the store's own audit.
	Anchors  int64
	Findings []Finding
}

func (r *Report) String() string {
	return fmt.Sprintf("%d cases in %d runs, %d events, %d commands, %d outcomes in history, %d answers to clients, %d anchors: %d findings",
		r.Cases, r.Runs, r.Events, r.Commands, r.Outcomes, r.Told, r.Anchors, len(r.Findings))
}

// checkWidth is how many cases are read at once.
const checkWidth = 8

// Check compares all accounts of all cases. It is to be called when everything
// has healed and nobody acts ([Settle]); a worker must be running, since cases
// are asked.
func Check(ctx context.Context, src Sources) (*Report, error) {
	if src.Converter == nil {
		src.Converter = converter.GetDefaultDataConverter()
	}
	numbers, err := cases(ctx, src.Store)
	if err != nil {
		return nil, err
	}
	report := &Report{Cases: len(numbers), Told: len(src.Told)}
	told := map[string][]Told{}
	for _, t := range src.Told {
		told[t.Case] = append(told[t.Case], t)
	}
	checks := make([]*caseCheck, len(numbers))
	for i, number := range numbers {
		checks[i] = &caseCheck{src: &src, number: number, told: told[number]}
		delete(told, number)
	}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	slots := make(chan struct{}, checkWidth)
	for _, c := range checks {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := c.run(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, fmt.Errorf("case %s: %w", c.number, err))
			}
		})
	}
	wg.Wait()
	for _, c := range checks {
		report.Runs += len(c.runs)
		report.Events += len(c.log)
		report.Commands += len(c.commands)
		report.Outcomes += len(c.outcomes)
		report.Findings = append(report.Findings, c.findings...)
	}
	for number, list := range told {
		report.Findings = append(report.Findings, Finding{number, fmt.Sprintf("clients were given %d answers about a case that does not exist", len(list))})
	}
	verified, err := src.Store.Verify(ctx, store.VerifyOptions{}, func(f store.Finding) {
		report.Findings = append(report.Findings, Finding{f.Case, fmt.Sprintf("audit: %s at %d: %s", f.Kind, f.Seq, f.En)})
	})
	report.Anchors = verified.Anchors
	return report, errors.Join(append(errs, err)...)
}

// cases gives the numbers of all cases.
func cases(ctx context.Context, s *store.Store) ([]string, error) {
	var numbers []string
	page := store.Page{Limit: store.MaxPage}
	for {
		list, next, err := s.ListCases(ctx, store.CaseFilter{All: true}, page)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			numbers = append(numbers, c.Number)
		}
		if page.After = next; next == "" {
			return numbers, nil
		}
	}
}

// Settle waits until nothing is under way: every case started, every recorded
// act answered, every event written. On the end of ctx it says what is open.
func Settle(ctx context.Context, src Sources) error {
	const pause = 100 * time.Millisecond
	for {
		open, err := unsettled(ctx, src)
		if err == nil && open == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not settled: %s: %w", open, errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
	}
}

// unsettled names the first thing that is still under way, "" when there is none.
func unsettled(ctx context.Context, src Sources) (string, error) {
	numbers, err := cases(ctx, src.Store)
	if err != nil {
		return "cases cannot be listed", err
	}
	for _, number := range numbers {
		intent, err := src.Store.StartIntentOf(ctx, number)
		if err != nil || !intent.Started {
			return "case " + number + " is not started", err
		}
		list, err := src.Store.CommandsOf(ctx, number)
		if err != nil {
			return "commands of " + number, err
		}
		for _, c := range list {
			if c.Status == store.CommandPending {
				return fmt.Sprintf("act %s %q on case %s is not answered", c.Act, c.Key, number), nil
			}
		}
		head, err := src.Store.HeadOf(ctx, number)
		if err != nil {
			return "head of " + number, err
		}
		view, err := ask(ctx, src.Temporal, number)
		switch {
		case err != nil:
			return "case " + number + " does not answer", err
		case head.LastSeq != view.State.Seq || head.LastHash != view.Hash:
			return fmt.Sprintf("case %s stands at %d, its log at %d", number, view.State.Seq, head.LastSeq), nil
		}
	}
	return "", nil
}

// ask gives the case as its workflow sees it, an ended one included.
func ask(ctx context.Context, c client.Client, number string) (contract.View, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var view contract.View
	answer, err := c.QueryWorkflow(ctx, contract.WorkflowID(number), "", contract.StateQuery)
	if err != nil {
		return view, err
	}
	return view, answer.Get(&view)
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return string(b)
}
