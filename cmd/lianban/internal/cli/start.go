package cli

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine/definition"
)

// application is a file that starts a case.
type application struct {
	Version string         `yaml:"version"`
	Region  string         `yaml:"region"`
	Channel string         `yaml:"channel"`
	Answers map[string]any `yaml:"answers"`
	Form    map[string]any `yaml:"form"`
	// Papers: paper → file, relative to the application's own folder.
	Papers map[string]string `yaml:"papers"`
	// Original and SelfMade are papers compared with the original, and made by the applicant himself.
	Original []string `yaml:"original"`
	SelfMade []string `yaml:"selfMade"`
	// Letter are papers letters stand in for, each with the day the letter bears, or empty.
	Letter map[string]string `yaml:"letter"`
	// Defer are papers to follow; Promises: promise → signed file.
	Defer []string `yaml:"defer"`
	// Undertaking is the file of the signed commitment to bring what follows.
	Undertaking string            `yaml:"undertaking"`
	Promises    map[string]string `yaml:"promises"`
	// Agent files on the applicant's behalf; BadCredit excludes from tolerance and promises. Their files are named like papers.
	Agent *struct {
		Name, ID, Until, Authorisation string
	} `yaml:"agent"`
	BadCredit *struct {
		Reason   string
		Evidence map[string]string
	} `yaml:"badCredit"`
	// Cause is why the act came before its formalities; its files are named like papers.
	Cause *struct {
		Reason   string
		Evidence map[string]string
	} `yaml:"cause"`
}

type startInput struct {
	file, version, region, channel, key string
	undertaking, cause                  string
	causeProofs                         []string
	answers, form, papers               []string
	original, selfMade                  []string
	later, promises, copies, signed     []string
	letters                             []string
}

// letters are the letters in lieu as the flag writes them.
func (a *application) letters() []string {
	list := make([]string, 0, len(a.Letter))
	for _, id := range sortedKeys(a.Letter) {
		list = append(list, strings.TrimSuffix(id+"="+a.Letter[id], "="))
	}
	return list
}

func (a *App) caseStart() *cobra.Command {
	var in startInput
	cmd := &cobra.Command{
		Use:   "start ITEM",
		Short: a.T("收件：开始一个办件", "Receive an application: start a case"),
		Long: a.T(`收件。ITEM 是事项的实施编码，或名称中唯一的一段或其拼音（见 `+"`lianban definition list`"+`）。
情形、表单和材料写在命令行上，或写在文件里（--file，YAML 或 JSON：answers、form、papers: {材料: 文件路径}），命令行上的覆盖
文件里的。问哪些、要哪些材料见 `+"`lianban definition guide ITEM`"+`。缺材料也可以收件，由补正告知书一次告知。`,
			`Receives an application. ITEM is the item's code, or a part of its name or its pinyin that only it has (`+"`lianban definition list`"+`).
Answers, form and papers are flags, or stand in a file (--file, YAML or JSON: answers, form, papers: {PAPER: FILE}); flags go
over the file. `+"`lianban definition guide ITEM`"+` tells what is asked and which papers are needed. A case can be received with
papers missing: the one notice names them.`),
		Example: `  lianban case start 餐饮店 --file application.yaml --as lin.hall
  lianban case start 餐饮店 --as lin.hall \
    --answer hasLicence=true --answer kinds=hot,cold --answer area=80 --answer fumes=true \
    --form applicant.name=某某餐饮店 --form premises=某路1号 --form staff=6 \
    --paper idCard=身份证.pdf --paper licence@e-licence`,
		Args: a.Args(1, 1),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error { return a.start(ctx, l, args[0], &in) }),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&in.file, "file", "", a.T("申请文件，YAML 或 JSON，- 为标准输入", "application as YAML or JSON, - is standard input"))
	f.StringArrayVar(&in.answers, "answer", nil, a.T("问题=回答，可多次；多选用逗号隔开", "QUESTION=ANSWER, may be repeated; several options are separated by commas"))
	f.StringArrayVar(&in.form, "form", nil, a.T("字段=内容，可多次；下级字段用点", "FIELD=VALUE, may be repeated; inner fields with dots"))
	f.StringArrayVar(&in.papers, "paper", nil, a.T(flagOf("paper").zh, flagOf("paper").en))
	f.StringArrayVar(&in.original, "original", nil, a.T("已与原件核对的材料，可多次", "PAPER compared with its original, may be repeated"))
	f.StringArrayVar(&in.selfMade, "self-made", nil, a.T("申请人自制并承诺真实的材料，可多次", "PAPER the applicant has made himself and vouches for, may be repeated"))
	f.StringArrayVar(&in.copies, "copies", nil, a.T(flagOf("copies").zh, flagOf("copies").en))
	f.StringArrayVar(&in.signed, "signed", nil, a.T(flagOf("signed").zh, flagOf("signed").en))
	f.StringArrayVar(&in.letters, "letter", nil, a.T(flagOf("letter").zh, flagOf("letter").en))
	f.StringArrayVar(&in.later, "defer", nil, a.T("申请容缺、受理后补交的材料，可多次", "paper the applicant asks to bring after acceptance, may be repeated"))
	f.StringVar(&in.undertaking, "undertaking", "", a.T("签署的容缺受理承诺书文件（申请容缺时必须提交）", "FILE of the signed commitment to bring them (needed with --defer)"))
	f.StringVar(&in.cause, "cause", "", a.T("先办后补的，为什么先行办理", "why the act came before its formalities"))
	f.StringArrayVar(&in.causeProofs, "cause-evidence", nil, a.T("先行事由的证明：名称=文件，可多次", "NAME=FILE that proves the cause, may be repeated"))
	f.StringArrayVar(&in.promises, "promise", nil, a.T("承诺=签署的承诺书文件，可多次", "PROMISE=FILE of the signed document, may be repeated"))
	f.StringVar(&in.version, "version", "", a.T("事项版本（不写用今天生效的）", "version of the item (left out: the one effective today)"))
	f.StringVar(&in.region, "region", "", a.T("行政区划代码（不写用本单位的）", "region code (left out: that of the caller's organisation)"))
	f.StringVar(&in.channel, "channel", "", a.T("渠道：window、online、mobile、courier、push", "channel: window, online, mobile, courier, push"))
	f.StringVar(&in.key, "key", "", a.keyText())
	return cmd
}

func (a *App) start(ctx context.Context, l *link, name string, in *startInput) error {
	item, err := a.findItem(ctx, l, name)
	if err != nil {
		return err
	}
	var app application
	if in.file != "" {
		if err := a.readData(in.file, &app); err != nil {
			return err
		}
	}
	body, err := a.startBody(ctx, l, item, app, in)
	if err != nil {
		return err
	}
	key := cmp.Or(in.key, client.NewKey())
	ans, err := l.do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/cases", Body: body, Key: key})
	if err != nil {
		return err
	}
	if a.JSON {
		a.raw(ans.Body)
		return nil
	}
	var s gen.Started
	if err := ans.Decode(&s); err != nil {
		return err
	}
	if err := fields(a.Out, a.T("办件编号", "case"), s.Number, a.T("收件时间", "received"), when(s.At), a.T("查询码", "track code"), s.TrackCode,
		a.T("幂等键", "key"), key); err != nil {
		return err
	}
	a.Notef("%s lianban case show %s\n", a.T("接下来：", "next:"), s.Number)
	return nil
}

// startBody lays the flags over the file, gives every value its kind and
// uploads the papers.
func (a *App) startBody(ctx context.Context, l *link, item string, app application, in *startInput) (map[string]any, error) {
	answers, form, err := a.typedInput(ctx, item, in)
	if err != nil {
		return nil, err
	}
	for k, v := range app.Answers {
		if _, over := answers[k]; !over {
			answers[k] = v
		}
	}
	merge(form, app.Form)
	p := &putter{ctx: ctx, link: l, body: map[string]any{"item": item, "answers": answers}, upload: "/v1/files"}
	if len(form) > 0 {
		p.body["form"] = form
	}
	for key, v := range map[string]string{
		"version": cmp.Or(in.version, app.Version), "region": cmp.Or(in.region, app.Region), "channel": cmp.Or(in.channel, app.Channel),
	} {
		if v != "" {
			p.body[key] = v
		}
	}
	given := map[string]bool{}
	for _, v := range in.papers {
		id, _, _ := strings.Cut(v, "=")
		id, _, _ = strings.Cut(id, "@")
		given[id] = true
		if err := putPaper(p, v); err != nil {
			return nil, err
		}
	}
	for _, id := range sortedKeys(app.Papers) {
		plain, _, _ := strings.Cut(id, "@")
		if given[plain] {
			continue
		}
		path := app.Papers[id]
		if path != "" && !filepath.IsAbs(path) && in.file != "-" {
			path = filepath.Join(filepath.Dir(in.file), path)
		}
		if path != "" {
			id += "=" + path
		}
		if err := putPaper(p, id); err != nil {
			return nil, err
		}
	}
	for key, list := range map[string][]string{"original": append(in.original, app.Original...), "selfMade": append(in.selfMade, app.SelfMade...)} {
		for _, id := range list {
			if !mark(p.body["papers"], id, key, true) {
				return nil, Fail(Usage, "材料 %s 没有用 --paper 写出", "paper %s is not among those of --paper", id)
			}
		}
	}
	return p.body, a.startRest(p, app, in)
}

// startRest adds what goes along with the papers: those to follow and the commitment
// to bring them, promises, an agent, bad credit.
func (a *App) startRest(p *putter, app application, in *startInput) error {
	for _, more := range []struct {
		put    func(*putter, string) error
		values []string
	}{{putOnPaper("copies"), in.copies}, {putOnPaper("signed"), in.signed}, {putLetter, append(app.letters(), in.letters...)}, {list("defer"), append(app.Defer, in.later...)}, {putPromise, in.promises}} {
		for _, v := range more.values {
			if err := more.put(p, v); err != nil {
				return err
			}
		}
	}
	file := func(name string) string {
		if filepath.IsAbs(name) || in.file == "-" {
			return name
		}
		return filepath.Join(filepath.Dir(in.file), name)
	}
	for _, id := range sortedKeys(app.Promises) {
		if err := putPromise(p, id+"="+file(app.Promises[id])); err != nil {
			return err
		}
	}
	commitment := in.undertaking
	if commitment == "" && app.Undertaking != "" {
		commitment = file(app.Undertaking)
	}
	if commitment != "" {
		up, err := p.link.client.Upload(p.ctx, p.upload, commitment)
		if err != nil {
			return err
		}
		p.body["undertaking"] = map[string]any{"hash": up.Hash}
	}
	reason, proofs := in.cause, in.causeProofs
	if x := app.Cause; x != nil {
		reason = cmp.Or(reason, x.Reason)
		for _, name := range sortedKeys(x.Evidence) {
			proofs = append(proofs, name+"="+file(x.Evidence[name]))
		}
	}
	if reason != "" || len(proofs) > 0 {
		why := &putter{ctx: p.ctx, link: p.link, upload: p.upload, body: map[string]any{"reason": reason}}
		for _, v := range proofs {
			if err := putEvidence(why, v); err != nil {
				return err
			}
		}
		p.body["cause"] = why.body
	}
	if g := app.Agent; g != nil {
		up, err := p.link.client.Upload(p.ctx, p.upload, file(g.Authorisation))
		if err != nil {
			return err
		}
		who := map[string]any{"name": g.Name, "until": g.Until, "evidence": map[string]any{"name": filepath.Base(g.Authorisation), "hash": up.Hash}}
		if g.ID != "" {
			who["id"] = g.ID
		}
		p.body["agent"] = who
	}
	if c := app.BadCredit; c != nil {
		bad := &putter{ctx: p.ctx, link: p.link, upload: p.upload, body: map[string]any{"reason": c.Reason}}
		for _, name := range sortedKeys(c.Evidence) {
			if err := putEvidence(bad, name+"="+file(c.Evidence[name])); err != nil {
				return err
			}
		}
		p.body["badCredit"] = bad.body
	}
	return nil
}

// putPromise uploads a signed promise.
func putPromise(p *putter, v string) error {
	id, file, err := cut("promise", v)
	if err != nil {
		return err
	}
	up, err := p.link.client.Upload(p.ctx, p.upload, file)
	if err != nil {
		return err
	}
	p.add("promises", map[string]any{"id": id, "hash": up.Hash})
	return nil
}

// mark says something of a paper of the body; false when it is not there.
func mark(papers any, id, key string, value any) bool {
	list, _ := papers.([]any)
	for _, p := range list {
		if paper, ok := p.(map[string]any); ok && paper["id"] == id {
			paper[key] = value
			return true
		}
	}
	return false
}

// typedInput reads the flags with the help of the item's guide.
func (a *App) typedInput(ctx context.Context, item string, in *startInput) (answers, form map[string]any, err error) {
	if len(in.answers)+len(in.form) == 0 {
		return map[string]any{}, map[string]any{}, nil
	}
	guide, err := a.guide(ctx, item, in.version)
	if err != nil {
		return nil, nil, err
	}
	raw := func(list []string, flag string) (map[string]string, error) {
		out := map[string]string{}
		for _, v := range list {
			id, value, err := cut(flag, v)
			if err != nil {
				return nil, err
			}
			out[id] = value
		}
		return out, nil
	}
	given, err := raw(in.answers, "answer")
	if err != nil {
		return nil, nil, err
	}
	if answers, err = typeAnswers(given, guide); err != nil {
		return nil, nil, err
	}
	if given, err = raw(in.form, "form"); err != nil {
		return nil, nil, err
	}
	form, err = typeForm(given, guide)
	return answers, form, err
}

func merge(over, base map[string]any) {
	for k, v := range base {
		have, there := over[k]
		if !there {
			over[k] = v
			continue
		}
		h, isMap := have.(map[string]any)
		b, both := v.(map[string]any)
		if isMap && both {
			merge(h, b)
		}
	}
}

// guide asks for the guide of an item.
func (a *App) guide(ctx context.Context, item, version string) (*definition.Guide, error) {
	q := url.Values{}
	if version != "" {
		q.Set("version", version)
	}
	ans, err := a.anonymous().do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/items/" + url.PathEscape(item) + "/guide", Query: q})
	if err != nil {
		return nil, err
	}
	var g definition.Guide
	return &g, ans.Decode(&g)
}

// findItem takes an item's code as it is, and finds one by a part of its name or by its pinyin.
func (a *App) findItem(ctx context.Context, l *link, name string) (string, error) {
	ans, err := l.client.Do(ctx, client.Call{Method: http.MethodGet, Path: "/v1/items", Query: itemQuery(name)})
	if err != nil {
		return "", err
	}
	var list struct{ Items []gen.Item }
	if err := ans.Decode(&list); err != nil {
		return "", err
	}
	var found []string
	for _, it := range list.Items {
		if it.Code == name || it.Id == name {
			return it.Code, nil
		}
		found = append(found, it.Code)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", Fail(NotFound, "没有事项 %s；全部事项见 `lianban definition list`", "there is no item %s; `lianban definition list` shows all", name)
	}
	return "", Fail(Usage, "“%s”不止一个事项：%s", "%s is more than one item: %s", name, strings.Join(found, ", "))
}

// writeOut writes to a file named by a person, or to standard output for -.
func (a *App) writeOut(name string, raw []byte) error {
	if name == "-" {
		_, err := a.Out.Write(raw)
		return err
	}
	return os.WriteFile(name, raw, 0o644)
}
