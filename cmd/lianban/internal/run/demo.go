package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/cli"
	"lianban/cmd/lianban/internal/demo"
	"lianban/cmd/lianban/internal/devproc"
	"lianban/standalone/reaper"
)

// Demo plays the main story on a server of its own.
func Demo(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use: "demo", GroupID: cli.GroupTools, Args: a.Args(0, 0), Short: a.T("演示：开办餐饮店联办件从收件到出件", "Play a joint case from receipt to hand-out"),
		Long: a.T("在自己的临时数据目录上启动一个服务器，走完一件餐饮店联办件（补正、并联、改判、kill -9、出件）和一件视为受理、随后超期的办件（黄牌、说明、撤销、统计），列出文书和它们所在的文件夹，最后核对审计。全部如预期才以 0 退出。",
			"Starts a server on a temporary data folder of its own, plays a restaurant case (correction, parallel work, override, kill -9, hand-out) and a case accepted by silence and then late (a yellow card, explained and lifted; figures), lists the letters and names their folder, and verifies the audit. Exit code 0 only when everything came out as expected."),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			dir, err := reaper.TempDir("lianban-demo-")
			if err != nil {
				return err
			}
			s := &demoServer{dir: dir}
			defer func() { err = errors.Join(err, s.end(), os.RemoveAll(dir)) }()
			return demo.Run(cmd.Context(), s, a.Out)
		},
	}
}

// demoServer is this very program as `dev` on a folder of its own.
type demoServer struct {
	dir  string
	proc *devproc.Process
}

func (s *demoServer) Start(ctx context.Context) (string, error) {
	p, err := devproc.Start(ctx, devproc.Options{Data: s.dir})
	if err != nil {
		return "", err
	}
	s.proc = p
	return p.Server(), nil
}

// Letters copies what dev has written to a folder that outlives the demonstration.
func (s *demoServer) Letters() (string, error) {
	folder, err := os.MkdirTemp("", "lianban-letters-")
	if err != nil {
		return "", err
	}
	return folder, os.CopyFS(folder, os.DirFS(filepath.Join(s.dir, outboxDir)))
}

func (s *demoServer) Crash(context.Context) error { return s.proc.Kill() }

// Audit runs the command an operator would run.
func (s *demoServer) Audit(ctx context.Context) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "audit", "verify", "--data", s.dir)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out.String())
	}
	return strings.TrimSpace(out.String()), nil
}

func (s *demoServer) end() error {
	if s.proc == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.proc.Stop(ctx)
}
