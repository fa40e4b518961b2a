package standalone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// ensureNamespace waits until the server takes calls and makes the namespace, or changes the
// retention of the one that is there.
func (t *Temporal) ensureNamespace(ctx context.Context, retention time.Duration) error {
	return EnsureNamespace(ctx, t.hostPort, t.namespace, retention)
}

// EnsureNamespace waits until the Temporal server at hostPort (no TLS) takes calls, makes the
// namespace when it is missing and gives it the retention (0: [DefaultRetention] for a new one,
// unchanged for one that is there). When it returns, workflows can be started in it.
func EnsureNamespace(ctx context.Context, hostPort, name string, retention time.Duration) error {
	conn, err := grpc.NewClient(hostPort, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("Temporal at %s: %w", hostPort, err)
	}
	defer conn.Close()
	service := workflowservice.NewWorkflowServiceClient(conn)

	var have *workflowservice.DescribeNamespaceResponse
	missing := false
	err = untilUp(ctx, func() error {
		var err error
		have, err = service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
		err = serviceerror.FromStatus(status.Convert(err))
		var notFound *serviceerror.NamespaceNotFound
		if missing = errors.As(err, &notFound); missing {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("Temporal at %s: namespace %s: %w", hostPort, name, err)
	}
	switch {
	case missing:
		if retention == 0 {
			retention = DefaultRetention
		}
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		err = serviceerror.FromStatus(status.Convert(err))
		var exists *serviceerror.NamespaceAlreadyExists
		if errors.As(err, &exists) { // another process was faster
			err = nil
		}
	case retention != 0 && have.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() != retention:
		_, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
			Namespace: name, Config: &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
		})
	}
	if err != nil {
		return fmt.Errorf("Temporal at %s: namespace %s: %w", hostPort, name, err)
	}
	// A read of the lists passes through every part that must know the namespace.
	err = untilUp(ctx, func() error {
		_, err := service.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
		return serviceerror.FromStatus(status.Convert(err))
	})
	if err != nil {
		return fmt.Errorf("Temporal at %s: namespace %s is not usable: %w", hostPort, name, err)
	}
	return nil
}

// untilUp repeats call while the server is only starting.
func untilUp(ctx context.Context, call func() error) error {
	for {
		err := call()
		var unavailable *serviceerror.Unavailable
		var notFound *serviceerror.NamespaceNotFound // a new namespace takes a moment to be known everywhere
		if err == nil || !(errors.As(err, &unavailable) || errors.As(err, &notFound)) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last answer: %w)", ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
