package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// defaults are the server settings for one machine of two cores that runs PostgreSQL,
// Temporal and the product together. Nothing here trades durability for speed: an answered
// act is on disk (synchronous_commit, fsync and full_page_writes stay on).
var defaults = map[string]string{
	"max_connections":                   "200", // api, worker and Temporal's two stores hold pools of their own
	"shared_buffers":                    "256MB",
	"effective_cache_size":              "1GB",
	"work_mem":                          "8MB",
	"maintenance_work_mem":              "64MB",
	"synchronous_commit":                "on",
	"wal_level":                         "replica", // so that an online backup can be taken
	"wal_compression":                   "on",
	"min_wal_size":                      "256MB",
	"max_wal_size":                      "2GB",
	"checkpoint_timeout":                "15min",
	"checkpoint_completion_target":      "0.9",
	"random_page_cost":                  "1.1",
	"jit":                               "off", // our statements are short; compiling them costs more than it gains
	"max_parallel_workers_per_gather":   "0",   // on two cores a parallel list delays somebody's act
	"autovacuum_naptime":                "20s",
	"password_encryption":               "scram-sha-256",
	"timezone":                          "UTC",
	"log_timezone":                      "UTC",
	"lc_messages":                       "C",
	"log_min_messages":                  "warning",
	"log_line_prefix":                   "%m [%p] %d ",
	"log_parameter_max_length":          "0", // bound values may be personal data
	"log_parameter_max_length_on_error": "0",
	"log_min_error_statement":           "panic", // so may a failing statement's text
	"log_error_verbosity":               "terse", // and its DETAIL ("Key (id_card)=(…) already exists")
}

// fixed settings make the folder private; callers cannot override them.
func fixed(port int) map[string]string {
	return map[string]string{
		"listen_addresses":        Host,
		"port":                    fmt.Sprint(port),
		"unix_socket_directories": "",
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"hba_file":                "", // replaced by the path below the data folder
	}
}

// configFile is the whole postgresql.conf: we own it and write it anew at each start. What an
// operator sets by ALTER SYSTEM (postgresql.auto.conf) still wins over it.
func configFile(port int, hba string, extra map[string]string) string {
	all := maps.Clone(defaults)
	maps.Copy(all, extra)
	maps.Copy(all, fixed(port))
	all["hba_file"] = hba
	var b strings.Builder
	b.WriteString("# Written by lianban at every start; changes here are lost. Use ALTER SYSTEM SET.\n")
	for _, k := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s = '%s'\n", k, strings.ReplaceAll(all[k], "'", "''"))
	}
	return b.String()
}

// hbaFile lets in whoever knows the password, over loopback only.
const hbaFile = `# Written by lianban at every start.
host all all 127.0.0.1/32 scram-sha-256
`
