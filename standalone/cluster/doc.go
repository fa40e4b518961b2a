// Package cluster runs a private PostgreSQL cluster in one folder, from the
// PostgreSQL programs installed on the machine.
//
// # Model
//
//	Dir/
//	  lock        held with flock while a process of ours uses the folder
//	  password    0600, the password of the one database role, made at the first start
//	  port        the port of the last start, tried again so that addresses stay valid
//	  cluster/    PostgreSQL's data folder, owned by the user PostgreSQL runs as
//	  postgres.log
//
// PostgreSQL refuses to run as root. Started as root we therefore run it as the
// owner of an existing data folder, else as "postgres", else as "nobody". When
// that user cannot reach Dir because a parent is closed to him (a checkout under
// /root), the data folder is put below /var/lib/lianban and Dir/cluster becomes a
// symbolic link to it.
//
// The server listens on 127.0.0.1 only, has no unix socket, and asks for the
// password (SCRAM-SHA-256), so that other users of the machine stay outside.
//
// # What may fail
//
//   - We are killed with -9: the kernel sends the postmaster SIGQUIT (parent-death
//     signal); it ends within milliseconds and the next start replays its log.
//   - The whole process tree is killed with -9: postmaster.pid stays behind. Its
//     process number may since belong to somebody else, which PostgreSQL takes for
//     a running server; we look who it is and remove the file when it is a stranger.
//   - A postmaster of an earlier run is still there: it is stopped, since the lock
//     proves that nobody uses it.
//   - Another process of ours uses the folder: the start is refused and names it.
//   - We are killed in the middle of initdb: the half-made folder has another name
//     and is thrown away by the next start.
//   - The port is taken: another one is chosen, unless the caller insisted on it.
package cluster
