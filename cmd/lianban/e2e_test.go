package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianban/cmd/lianban/internal/cli"
	"lianban/cmd/lianban/internal/devproc"
	"lianban/standalone/child"
)

const startLimit = 3 * time.Minute

// dev starts a dev process on a folder; it is stopped with the test.
func dev(t *testing.T, data string, change ...func(*devproc.Options)) *devproc.Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	opts := devproc.Options{Data: data, Env: programEnv()}
	for _, c := range change {
		c(&opts)
	}
	p, err := devproc.Start(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		select {
		case <-p.Done():
		default:
			require.NoError(t, p.Kill())
		}
	})
	return p
}

func stop(t *testing.T, p *devproc.Process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(t, p.Stop(ctx))
}

type caseRow struct {
	Case struct{ Number, Status, Outcome, AcceptedOn string }
	Seq  int64
}

type started struct{ Number, TrackCode string }

// TestCaseFromReceiptToHandOut plays a joint case through the command line on a
// real dev, with the whole process tree killed in the middle.
func TestCaseFromReceiptToHandOut(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	data := filepath.Join(dir, "data")
	p := dev(t, data)
	t.Logf("first start: %.1f s", p.Seconds())
	file := application(t, dir, "idCard", "manager", "rules", "healthCert", "fireForm", "flue")

	// A second dev on the folder is told who is there.
	second := exec.Command(os.Args[0], "dev", "--data", data, "--listen", "127.0.0.1:0")
	second.Env = programEnv()
	out, err := second.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, int(cli.Usage), second.ProcessState.ExitCode())
	require.Contains(t, string(out), p.Server())
	require.Contains(t, string(out), fmt.Sprint("process ", p.PID()))

	require.Contains(t, ok(t, data, "definition", "list"), "开办餐饮店“一件事”")
	s := asked[started](t, data, "case", "start", "餐饮店", "--file", file, "--as", "lin.hall")
	n := s.Number
	require.NotEmpty(t, s.TrackCode)
	require.Contains(t, ok(t, data, "task", "list", "--as", "zhou.market"), "receive.look.market")

	// The one notice: gaps of a department and the window, the others have none.
	early := lianban(t, data, "task", "accept", n, "--as", "lin.hall")
	require.Equal(t, cli.Refused, early.code)
	require.Contains(t, early.err, "window-open")
	ok(t, data, "task", "gap", n, "--line", "layoutPlan=未提交", "--as", "zhou.market")
	ok(t, data, "task", "clear", n, "--as", "luo.fire")
	ok(t, data, "act", "clear", n, "--as", "he.eco")
	ok(t, data, "task", "gap", n, "--line", "lease=未提交", "--as", "lin.hall")
	require.Equal(t, "correcting", asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall").Case.Status)
	require.Regexp(t, `layoutPlan +设备布局和操作流程 +未提交 +市场监管部门 +open`, ok(t, data, "case", "notices", n, "--as", "lin.hall"))

	// The applicant answers with number and code.
	paper := filepath.Join(dir, "paper.pdf")
	wrong := lianban(t, data, "track", "show", n, "--code", "AAAA-AAAA-AAAA")
	require.Equal(t, cli.Forbidden, wrong.code)
	ok(t, data, "track", "answer", n, "--code", s.TrackCode, "--paper", "layoutPlan="+paper, "--paper", "lease="+paper)
	unseen := lianban(t, data, "task", "accept", n, "--as", "lin.hall")
	require.Equal(t, cli.Refused, unseen.code)
	require.Contains(t, unseen.err, "originals: lease, manager, flue", "copies nobody has compared")
	ok(t, data, "task", "accept", n, "--original", "lease", "--original", "manager", "--original", "flue", "--as", "lin.hall")
	require.Equal(t, "accepted", asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall").Case.Status)

	notHis := lianban(t, data, "task", "grant", n, "--step", "registration", "--as", "lin.hall")
	require.Equal(t, cli.Refused, notHis.code)
	require.Contains(t, notHis.err, "not-allowed")
	done := asked[struct {
		Key string
		Seq int64
	}](t, data, "task", "grant", n, "--step", "registration", "--output", "licence=91210304MA00000001", "--as", "zhou.market")
	ok(t, data, "task", "disagree", n, "--step", "fumeSiting", "--reason", "烟道与住宅共用", "--basis", "大气污染防治法第八十一条", "--check", "ownFlue=no:与住宅共用", "--as", "he.eco")

	// The whole tree killed: nothing that was answered is lost, the same key is the same act.
	before := asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall")
	require.NoError(t, p.Kill())
	away := lianban(t, data, "case", "show", n, "--as", "lin.hall")
	require.Equal(t, cli.Unavailable, away.code)
	p = dev(t, data)
	t.Logf("start on existing data after kill -9: %.1f s", p.Seconds())
	after := asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall")
	require.Equal(t, before, after)
	again := asked[struct {
		Key string
		Seq int64
	}](t, data, "task", "grant", n, "--step", "registration", "--output", "licence=91210304MA00000001", "--as", "zhou.market", "--key", done.Key)
	require.Equal(t, done, again)

	ok(t, data, "task", "continue", n, "--step", "review", "--reason", "已有专用烟道证明", "--as", "qiao.market")
	for _, who := range []string{"luo.fire", "feng.fire"} {
		ok(t, data, "task", "pass", n, "--step", "fireCheck", "--check", "fireSafe=ok", "--as", who)
	}
	ok(t, data, "task", "grant", n, "--step", "fireCheck", "--output", "fireOpinion=消检字1号", "--as", "tang.fire")
	ok(t, data, "task", "record", n, "--step", "jointVisit", "--inspector", "zhou.market,wu.market", "--as", "zhou.market")
	ok(t, data, "task", "claim", n, "--step", "food", "--as", "zhou.market")
	ok(t, data, "task", "pass", n, "--step", "food", "--check", "layout=ok", "--check", "staffFit=ok", "--as", "zhou.market")
	ok(t, data, "task", "pass", n, "--step", "food", "--as", "wu.market")
	ok(t, data, "task", "complete", n+"/"+openTask(t, data, n, "food"), "--do", "grant", "--output", "foodPermit=JY22103040000001", "--as", "zheng.market")
	unreasoned := lianban(t, data, "task", "grant", n, "--step", "conclude", "--as", "zheng.market", "--lang", "en")
	require.Equal(t, cli.Refused, unreasoned.code)
	require.Contains(t, unreasoned.err, "reason-needed")
	ok(t, data, "task", "grant", n, "--step", "conclude", "--override", "fumeSiting=专用烟道符合要求", "--as", "zheng.market")
	ok(t, data, "task", "hand", n, "--way", "counter", "--proof", "签收单-1", "--as", "lin.hall")

	end := asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall")
	require.Equal(t, "closed", end.Case.Status)
	require.Equal(t, "granted", end.Case.Outcome)
	require.Contains(t, ok(t, data, "case", "results", n, "--as", "lin.hall"), "JY22103040000001")
	clocks := ok(t, data, "case", "clocks", n, "--clock", "promised", "--as", "lin.hall")
	require.Contains(t, clocks, "the start day does not count")
	require.Equal(t, cli.Refused, lianban(t, data, "case", "withdraw", n, "--reason", "x", "--as", "lin.hall").code)
	require.Equal(t, cli.NotFound, lianban(t, data, "case", "show", "nosuchcase", "--as", "lin.hall").code)
	require.Equal(t, cli.Forbidden, lianban(t, data, "case", "show", n, "--as", "nobody.here").code)
	download := filepath.Join(dir, "lease.pdf")
	ok(t, data, "case", "paper", n, "lease", "-o", download, "--as", "lin.hall")
	want, err := os.ReadFile(paper)
	require.NoError(t, err)
	got, err := os.ReadFile(download)
	require.NoError(t, err)
	require.Equal(t, want, got)

	// The audit, beside the running dev and then on what it left behind.
	require.Contains(t, ok(t, data, "audit", "verify"), " 0 findings")
	stop(t, p)
	require.Contains(t, ok(t, data, "audit", "verify"), " 0 findings")
	p = dev(t, data)
	t.Logf("start on existing data after a clean stop: %.1f s", p.Seconds())
	require.Less(t, p.Seconds(), 30.0, "a start on existing data is quick even on a busy machine")
	stop(t, p)
}

// openTask finds the open task of a step.
func openTask(t *testing.T, data, number, step string) string {
	t.Helper()
	list := asked[struct {
		Tasks []struct{ ID, Step, Status string }
	}](t, data, "case", "tasks", number, "--as", "qiao.market")
	for _, x := range list.Tasks {
		if x.Step == step && x.Status == "open" {
			return x.ID
		}
	}
	require.Fail(t, "no open task", "step %s in %+v", step, list)
	return ""
}

// TestDeemedAcceptance moves the business clock past the limit of article 32.
func TestDeemedAcceptance(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	data := filepath.Join(dir, "data")
	p := dev(t, data)
	file := application(t, dir, "idCard", "lease", "layoutPlan", "manager", "rules", "healthCert", "fireForm", "flue")
	n := asked[started](t, data, "case", "start", "餐饮店", "--file", file, "--as", "lin.hall").Number
	back := lianban(t, data, "clock", "advance", "--to", "2020-01-01")
	require.Equal(t, cli.Refused, back.code)
	require.Contains(t, back.err, "clock-backward")
	ok(t, data, "clock", "advance", "--by", "15d")
	var c caseRow
	require.Eventually(t, func() bool {
		c = asked[caseRow](t, data, "case", "show", n, "--as", "lin.hall")
		return c.Case.Status == "accepted"
	}, time.Minute, 200*time.Millisecond)
	require.Contains(t, ok(t, data, "case", "show", n, "--as", "lin.hall"), "accepted by silence")
	ok(t, data, "case", "start", "餐饮店", "--file", filepath.Join("..", "..", "docs", "restaurant.yaml"), "--as", "lin.hall") // as README says
	wholeCase(t, data, dir)
	twoPersons(t, data, dir)
	stop(t, p)
}

// TestDevAsOrdinaryUser: nothing of dev asks for root.
func TestDevAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		// Every other test has just been it.
		return
	}
	const nobody = 65534
	dir := folder(t)
	program := filepath.Join(dir, "lianban")
	// The test binary's own folder is closed to others.
	if os.Link(os.Args[0], program) != nil {
		require.NoError(t, exec.Command("cp", os.Args[0], program).Run())
	}
	home := filepath.Join(dir, "home")
	require.NoError(t, os.Mkdir(home, 0o700))
	require.NoError(t, os.Chown(home, nobody, nobody))
	p := dev(t, filepath.Join(home, "data"), func(o *devproc.Options) {
		o.Program, o.User = program, &child.User{UID: nobody, GID: nobody}
		o.Env = append(o.Env, "HOME="+home)
	})
	resp, err := http.Get(p.Server() + "/readyz")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	info, err := os.Stat(filepath.Join(home, "data", "database.dsn"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	stop(t, p)
	require.NotContains(t, strings.ToLower(p.Said()), "panic")
}
