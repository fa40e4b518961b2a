package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"lianban/cmd/lianban/internal/client"
)

// Server is a `lianban dev` of its own on a fresh data folder.
type Server interface {
	// Start starts it and gives its address when it is ready.
	Start(ctx context.Context) (address string, err error)
	// Crash kills its whole process tree with kill -9 and returns when it is gone.
	Crash(ctx context.Context) error
	// Letters copies the letters written so far to a folder that stays, and names it.
	Letters() (folder string, err error)
	// Audit runs the audit over its data and gives its report; an error when
	// there are findings.
	Audit(ctx context.Context) (report string, err error)
}

// limit is the longest the whole story may take on a slow machine.
const limit = 10 * time.Minute

// Run plays the story on the server. A nil error means that everything came out
// as expected.
func Run(ctx context.Context, srv Server, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	began := time.Now()
	address, err := srv.Start(ctx)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	say("自带数据目录的演示服务器 %.1f 秒后就绪：%s", time.Since(began).Seconds(), address)
	s := &story{cast: &cast{server: address, people: map[string]*client.Client{}}, srv: srv, out: say}
	if err := s.tell(ctx); err != nil {
		return err
	}
	say("\n== 审计：事件链、锚和读模型逐一核对")
	report, err := srv.Audit(ctx)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	say("%s", report)
	say("\n演示完成，全部如预期（%.0f 秒）", time.Since(began).Seconds())
	return nil
}
