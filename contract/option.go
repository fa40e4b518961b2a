package contract

import (
	"cmp"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"lianban/engine"
)

// The values below were measured together under kills and outages; changing one
// asks for those measurements again.
const (
	// WorkflowTaskTimeout is how long the server waits for a worker that holds a
	// task of a case: the pause of a busy case when its worker is killed. It must
	// stay above FlushTotal / 0.8, else the SDK sends a heartbeat, and with it the
	// answer of an act whose rows are not written yet.
	WorkflowTaskTimeout = 5 * time.Second
	// StickyTimeout is the pause of an idle case when its worker was killed.
	StickyTimeout = 1 * time.Second
	// WorkerStop lets tasks in flight end when a worker is told to stop; without
	// it they are dropped and their cases wait for WorkflowTaskTimeout.
	WorkerStop = 5 * time.Second

	// FlushOnce is the time of one attempt of a flush inside the workflow task.
	FlushOnce = 1 * time.Second
	// FlushTotal is the time of all attempts inside the workflow task. With a
	// longer one, attempts of lost tasks live on and all write when PostgreSQL
	// returns.
	FlushTotal = 2 * time.Second
	// FenceSleep is the durable pause after a flush was refused by the fence: a
	// double of a lost task can never get past it.
	FenceSleep = 100 * time.Millisecond

	// AnswerTimeout is how long the api waits for the answer of an act before it
	// says 202: longer than a killed worker costs.
	AnswerTimeout = 8 * time.Second
	// MaxInFlight is how many acts one api process may have under way on one
	// case. Servers we configure allow 1,000; a server with Temporal's default of
	// ten throws the work of all away when the eleventh arrives.
	MaxInFlight = 8

	// MaxActs is the number of acts after which a case continues as a new run,
	// well before the server's limit of 2,000 updates in one run.
	MaxActs = 1000
	// CarriedIDs is how many handled act ids, with their answers, go along into
	// the new run. Without them 91 of 3,000 acts were done twice.
	CarriedIDs = 200
	// IntentsPage is how many earlier acts one question brings at most.
	IntentsPage = 100
)

// LocalOptions are those of activities run inside the workflow task: the question for
// earlier acts, the log's head, and the flush of cases filed before engine version 7.
func LocalOptions() workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout:    FlushOnce,
		ScheduleToCloseTimeout: FlushTotal,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 500 * time.Millisecond,
		},
	}
}

// FallbackOptions are those of the same activity after its final failure inside
// the task: it is tried without end, and costs three history events however
// long the outage.
func FallbackOptions() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second,
		},
	}
}

// ClientOptions are those of every client of Temporal. Calls are not
// compressed: they are small, mostly on one machine or in one hall's network,
// and gzip costs more time than it saves.
func ClientOptions(hostPort, namespace string, log sdklog.Logger) client.Options {
	return client.Options{
		HostPort: hostPort, Namespace: namespace, Logger: log,
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	}
}

// StartOptions start a case's workflow on a queue ([TaskQueue] when empty). Starting twice is starting once: a
// running case is used as it is, and the number of a finished one is refused
// (client error serviceerror.WorkflowExecutionAlreadyStarted counts as started).
func StartOptions(queue, number string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       WorkflowID(number),
		TaskQueue:                                cmp.Or(queue, TaskQueue),
		WorkflowTaskTimeout:                      WorkflowTaskTimeout,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy:                 enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowExecutionErrorWhenAlreadyStarted: false,
	}
}

// UpdateOptions send an act. The caller's context limits the wait
// ([AnswerTimeout]); the act goes on without the caller.
func UpdateOptions(number string, cmd engine.Command) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID:     cmd.ID,
		WorkflowID:   WorkflowID(number),
		UpdateName:   ActUpdate,
		WaitForStage: client.WorkflowUpdateStageCompleted,
		Args:         []any{cmd},
	}
}

// SettleOptions send an act whose refusal must stand ([SettleUpdate]).
func SettleOptions(number string, cmd engine.Command) client.UpdateWorkflowOptions {
	o := UpdateOptions(number, cmd)
	o.UpdateName = SettleUpdate
	return o
}

// ReflushOptions ask a case to write its read model again ([ReflushUpdate]).
// Each call needs an id of its own: one that was answered is never run again.
func ReflushOptions(number, id string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID:     id,
		WorkflowID:   WorkflowID(number),
		UpdateName:   ReflushUpdate,
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

// WorkflowPollers is how many calls of one worker wait, at most, for workflow tasks of
// cases it does not know yet, and as many for those it holds. A worker that is frozen
// keeps its calls waiting at the server, and each takes one task along before it is
// given up: a case in its hands waits up to so many times [WorkflowTaskTimeout]. With 16
// that was over a minute in the fault tests, with 4 about twenty seconds; `make bench`
// shows no more steps a second with 8 than with 4.
const WorkflowPollers = 4

// WorkerOptions are those every worker of cases runs with.
func WorkerOptions() worker.Options {
	return worker.Options{
		// Scaling calls are apart for new cases and for those held. One set for both, the
		// SDK's default, asks for held cases as long as any of them waits: under load the
		// first act of a new case then waited seconds (`make bench`: "first step").
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
			InitialNumberOfPollers: WorkflowPollers, MinimumNumberOfPollers: 2, MaximumNumberOfPollers: WorkflowPollers,
		}),
		StickyScheduleToStartTimeout: StickyTimeout,
		WorkerStopTimeout:            WorkerStop,
		// A task writes before it ends, and the SDK takes a task that stands still for a deadlock.
		DeadlockDetectionTimeout: FlushTotal + time.Second,
		// A workflow or activity is known by the name in this package alone.
		DisableRegistrationAliasing: true,
	}
}
