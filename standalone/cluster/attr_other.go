//go:build !linux

package cluster

import "syscall"

// childAttr makes the child run as the given user. There is no parent-death signal outside
// Linux: a server that outlives a killed parent is stopped by the next start.
func childAttr(as owner, _ bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if as.change {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}
