package run

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	wire "lianban/cmd/lianban/internal/client"
)

// announce tells people and programs that everything works.
func (d *dev) announce() error {
	server := "http://" + reachable(d.node.opts.Listener.Addr())
	m := wire.Marker{Server: server, PID: os.Getpid(), Started: d.began.UTC(), Seconds: time.Since(d.began).Seconds(), First: d.first}
	if err := wire.WriteMarker(d.dir, m); err != nil {
		return err
	}
	d.log.Info("ready", "server", server, "seconds", m.Seconds, "first", m.First)
	if !d.opts.quiet {
		if err := d.welcome(m); err != nil {
			return err
		}
	}
	d.app.Printf("ready %s\n", server)
	if d.opts.readyFile != "" {
		return wire.WriteMarkerFile(d.opts.readyFile, m)
	}
	return nil
}

// reachable is an address a client can use: one that stands for all addresses of
// the machine is none.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func (d *dev) welcome(m wire.Marker) error {
	a := d.app
	a.Printf(a.T("联办已就绪，用时 %.1f 秒\n", "Lianban is ready after %.1f s\n"), m.Seconds)
	a.Printf("  %s  %s\n  %s  %s\n  Temporal  %s\n", a.T("地址    ", "address "), m.Server, a.T("数据    ", "data    "), d.dir, d.temporal.HostPort())
	a.Printf("  %s  %s\n", a.T("文书    ", "letters "), d.path(outboxDir))
	for _, c := range d.loaded.Changed {
		a.Notef(a.T("注意：目录中的 %s 与已发布的不同。已发布的版本不能改，修改请用新版本号。\n",
			"note: %s in the catalogue differs from what is published. A published version cannot be changed; give the change a new version.\n"), c)
	}
	if !m.First {
		a.Printf("%s\n\n", a.T("演示账号：lianban account list", "demo accounts: lianban account list"))
		return nil
	}
	if err := d.accounts(); err != nil {
		return err
	}
	flag := ""
	if a.Data != "data" {
		flag = " --data " + a.Data
	}
	a.Printf(a.T(`
接下来（另开一个终端）：
  lianban definition list%[1]s                          可以办理的事项
  lianban definition guide 餐饮店%[1]s                  要问什么、交什么
  lianban case start 餐饮店 --answer kinds=hot … --as lin.hall%[1]s
  lianban task list --as zhou.market%[1]s               某个账号的待办
  lianban act --help                                    一个办件上可以做的全部操作

`, `
Next, in another terminal:
  lianban definition list%[1]s                          items that can be applied for
  lianban definition guide 餐饮店%[1]s                  what is asked, which papers
  lianban case start 餐饮店 --answer kinds=hot … --as lin.hall%[1]s
  lianban task list --as zhou.market%[1]s               what waits for an account
  lianban act --help                                    all that can be done on a case

`), flag)
	return nil
}

// accounts lists the demo accounts by organisation.
func (d *dev) accounts() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	list, err := d.store.Accounts(ctx)
	if err != nil {
		return err
	}
	orgs, err := d.store.Organisations(ctx)
	if err != nil {
		return err
	}
	a := d.app
	a.Printf("\n%s\n", a.T("演示账号（不需要密码，用 --as 账号）：", "Demo accounts (no password; use --as ACCOUNT):"))
	for _, o := range orgs {
		var people []string
		for _, x := range list {
			var roles []string
			for _, r := range x.Roles {
				if r.Org == o.Code {
					roles = append(roles, r.Role)
				}
			}
			if len(roles) > 0 {
				people = append(people, fmt.Sprintf("%s (%s)", x.Login, strings.Join(roles, ", ")))
			}
		}
		if len(people) > 0 {
			a.Printf("  %s\n    %s\n", a.T(o.Name, o.NameEn), strings.Join(people, "  "))
		}
	}
	return nil
}
