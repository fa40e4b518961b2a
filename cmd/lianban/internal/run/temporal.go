package run

import (
	"log/slog"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"lianban/contract"
)

// dial makes a client that connects when it is first used, so that an api can
// start while Temporal is away.
func dial(hostPort, namespace string, log *slog.Logger) (client.Client, error) {
	return client.NewLazyClient(contract.ClientOptions(hostPort, namespace, sdklog.NewStructuredLogger(log.With("component", "temporal-sdk"))))
}
