package cluster

import "syscall"

// childAttr makes the child run as the given user, and when tied is set end with us. SIGQUIT
// is PostgreSQL's immediate shutdown: it is gone in milliseconds, so that a restart need not
// wait, and loses nothing committed.
func childAttr(as owner, tied bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if as.change {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	if tied {
		attr.Pdeathsig = syscall.SIGQUIT
	}
	return attr
}
