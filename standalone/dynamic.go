package standalone

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.temporal.io/server/common/dynamicconfig"
)

// DynamicConfig are the settings of the Temporal server the product relies on or was measured
// with, for a server of one node. The file the container set-up mounts holds the same
// ([DynamicConfigYAML]).
func DynamicConfig() map[string]any {
	return map[string]any{
		// The eleventh update in flight on one case would throw away the work of the other ten:
		// the limit error makes the server drop the case's cached state.
		"history.maxInFlightUpdates": 1000,

		// One node gains nothing from four partitions of a task queue and pays for forwarding
		// between them: one gave 25–30 % more steps a second and halved the 99th percentile.
		"matching.numTaskqueueReadPartitions":  1,
		"matching.numTaskqueueWritePartitions": 1,

		// The defaults are fair shares for a server many teams use. Here one product has it all,
		// and each act costs about five calls: 2,400 a second would cap it below the machine.
		"frontend.rps":                  20000,
		"frontend.namespaceRPS":         20000,
		"history.rps":                   20000,
		"matching.rps":                  20000,
		"history.persistenceMaxQPS":     20000,
		"matching.persistenceMaxQPS":    20000,
		"frontend.persistenceMaxQPS":    20000,
		"frontend.namespaceCount":       10000, // calls that wait, of each kind: acts in a worker outage all wait
		"history.hostLevelCacheMaxSize": 10000, // cases kept ready; the default of 128,000 is for a big host
	}
}

// DynamicConfigYAML is [DynamicConfig] in the form of a Temporal dynamic configuration file.
func DynamicConfigYAML() string {
	all := DynamicConfig()
	var b strings.Builder
	b.WriteString("# Settings of the Temporal server for one node, the same the embedded default uses.\n")
	for _, k := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s:\n  - value: %#v\n", k, all[k])
	}
	return b.String()
}

func dynamicClient(extra map[string]any) dynamicconfig.Client {
	client := dynamicconfig.StaticClient{}
	for _, layer := range []map[string]any{DynamicConfig(), extra} {
		for k, v := range layer {
			client[dynamicconfig.MakeKey(k)] = v
		}
	}
	return client
}
