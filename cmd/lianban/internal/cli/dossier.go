package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
	"lianban/engine"
	"lianban/engine/definition"
)

func (a *App) caseDossier() *cobra.Command {
	return &cobra.Command{
		Use: "dossier CASE", Args: a.Args(1, 1), Short: a.T("义务、撤销等其他记录", "Duties, annulments and what else the case holds"),
		RunE: a.asSomebody(func(ctx context.Context, l *link, args []string) error {
			var out struct{ Entries []gen.DossierEntry }
			return l.get(ctx, client.Call{Path: "/v1/cases/" + url.PathEscape(args[0]) + "/dossier"}, &out, func() error {
				if len(out.Entries) == 0 {
					return a.printDossier(nil, &definition.Definition{})
				}
				def, err := l.definitionOf(ctx, args[0])
				if err != nil {
					return err
				}
				return a.printDossier(out.Entries, def)
			})
		}),
	}
}

// definitionOf is the definition a case runs by: what its papers, questions and results are called.
func (l *link) definitionOf(ctx context.Context, number string) (*definition.Definition, error) {
	var c gen.Case
	if err := l.read(ctx, "/v1/cases/"+url.PathEscape(number), &c); err != nil {
		return nil, err
	}
	// A field this program does not know gives nothing a name.
	var v struct{ Definition definition.Definition }
	return &v.Definition, l.read(ctx, "/v1/items/"+url.PathEscape(c.Case.Item)+"/versions/"+url.PathEscape(c.Case.Version), &v)
}

// read gets what a command needs beside what it shows.
func (l *link) read(ctx context.Context, path string, out any) error {
	ans, err := l.do(ctx, client.Call{Method: http.MethodGet, Path: path})
	if err != nil {
		return err
	}
	return ans.Decode(out)
}

func (a *App) printDossier(list []gen.DossierEntry, def *definition.Definition) error {
	w := dossierWords{App: a, def: def, called: def.Called()}
	t := newTable(a.T("种类", "KIND"), a.T("标识", "ID"), a.T("名称", "NAME"), a.T("单位", "ORGAN"), a.T("状态", "STATE"), a.T("自", "SINCE"), a.T("到期", "DUE"))
	for i := range list {
		e := &list[i]
		state := e.Status
		if e.Duty != nil {
			state = string(e.Duty.Status)
		}
		if e.Delay != nil {
			state = "delay-" + e.Delay.Status
		}
		t.add(a.word(e.Kind), e.ID, w.what(e), cmp.Or(e.OrgName, e.Org), a.word(state), when(e.At), until(e.Due))
	}
	return t.print(a.Out)
}

// dossierWords says what entries of a dossier are about in the names of the case's definition.
type dossierWords struct {
	*App
	def    *definition.Definition
	called map[string]string
}

// name is what a step, paper, result or duty is called.
func (w dossierWords) name(id string) string { return cmp.Or(w.called[id], id) }

func (w dossierWords) what(e *gen.DossierEntry) string {
	switch {
	case e.Duty != nil:
		return cmp.Or(e.Duty.Name, w.name(e.Duty.ID))
	case e.Annulment != nil:
		return w.name(e.Annulment.Output)
	case e.Promise != nil:
		return e.Promise.Text
	case e.Undertaking != nil:
		return w.undertaken(e.Undertaking)
	case e.Cause != nil:
		return e.Cause.Reason
	case e.Rating != nil:
		return e.Rating.Comment
	case e.Consult != nil:
		return e.Consult.Text
	case e.Copy != nil:
		return e.Copy.Text
	case e.Remark != nil:
		return e.Remark.Text
	case e.Correction != nil:
		return w.corrected(e.Correction)
	case e.Mending != nil:
		return w.mended(e.Mending)
	case e.Delivery != nil:
		return w.arrival(e.Delivery)
	case e.Interested != nil:
		return strings.TrimSpace(e.Interested.Who + " " + e.Interested.Reason)
	case e.Vacancy != nil:
		return definition.RoleName(e.Vacancy.Role).In(w.Lang)
	case e.Delay != nil:
		return e.Delay.Name.In(w.Lang) + w.T("：", ": ") + e.Delay.Reason
	case e.Pause != nil:
		return definition.PauseName(e.Pause.Kind).In(w.Lang)
	}
	return ""
}

// arrival writes what a time waits for, or when and how it came.
func (w dossierWords) arrival(d *engine.DeliveryState) string {
	switch {
	case d.Status == engine.DeliveryDone:
		return fmt.Sprintf("%s: %s, %s, %s", d.Name, when(d.At), w.way(d.Way), d.Proof)
	case d.Status == engine.DeliveryOpen && d.Waits != nil:
		return d.Name + w.T("：期限（"+d.Waits.Period.Text().ZH+"）自送达之日起算，等待送达", ": "+d.Waits.Period.Text().EN+" from its delivery; waits for delivery")
	}
	return d.Name
}

// way is how something was delivered.
func (w dossierWords) way(id string) string {
	if n, ok := deliveryWays[id]; ok {
		return w.T(n[0], n[1])
	}
	return id
}

var deliveryWays = map[string][2]string{
	engine.WayDirect: {"直接送达", "handed over"}, engine.WayLeft: {"留置送达", "left there"}, engine.WayElectronic: {"电子送达", "electronically"},
	engine.WayPost: {"邮寄送达", "by post"}, engine.WayRelayed: {"委托、转交送达", "through others"}, engine.WayPublic: {"公告送达", "by announcement"},
}

// undertaken writes which papers follow, each within its time from acceptance.
func (w dossierWords) undertaken(u *engine.Undertaking) string {
	parts := make([]string, len(u.Papers))
	for i, p := range u.Papers {
		parts[i] = w.name(p.Paper) + w.T("：受理后 ", ": ") + p.Time.Text().In(w.Lang) + w.T("内", " from acceptance")
	}
	return strings.Join(parts, w.T("；", "; "))
}

// corrected writes what a correction has changed, and in which result or opinion.
func (w dossierWords) corrected(c *engine.Correction) string {
	parts := make([]string, len(c.Texts))
	for i, x := range c.Texts {
		parts[i] = w.name(cmp.Or(c.Output, c.Step)) + w.T("·", ", ") + w.signedField(c, x.Field) + w.reading(x, nil)
	}
	return strings.Join(parts, w.T("；", "; "))
}

// signedField is what a correction may change: of a decision its reason and basis, of a result its number and data.
func (w dossierWords) signedField(c *engine.Correction, field string) string {
	if key, ok := strings.CutPrefix(field, "data."); ok {
		if o := w.def.Output(c.Output); o != nil {
			key = cmp.Or(title(o.Data, key), key)
		}
		return key
	}
	if n, ok := signedFields[field]; ok {
		return w.T(n[0], n[1])
	}
	return field
}

var signedFields = map[string][2]string{"number": {"编号", "number"}, "reason": {"理由", "reason"}, "basis": {"法律依据", "legal basis"}}

// mended writes what was put right on the spot.
func (w dossierWords) mended(m *engine.Mending) string {
	parts := make([]string, 0, len(m.Texts)+len(m.Papers))
	for _, x := range m.Texts {
		if path, ok := strings.CutPrefix(x.Field, "form."); ok {
			parts = append(parts, cmp.Or(title(w.def.Form, strings.Split(path, ".")...), x.Field)+w.reading(x, nil))
			continue
		}
		i := slices.IndexFunc(w.def.Situations, func(q definition.Situation) bool { return q.ID == x.Field })
		if i < 0 {
			parts = append(parts, x.Field+w.reading(x, nil))
			continue
		}
		q := &w.def.Situations[i]
		parts = append(parts, cmp.Or(q.Ask, q.ID)+w.reading(x, q.Options))
	}
	for _, id := range m.Papers {
		parts = append(parts, w.name(id))
	}
	return strings.Join(parts, w.T("；", "; "))
}

// reading is how a text read and reads now; options name what a question may be answered with.
func (w dossierWords) reading(x engine.Reading, options []definition.Option) string {
	return w.T("：", ": ") + w.say(x.From, options) + " → " + w.say(x.To, options)
}

func (w dossierWords) say(v any, options []definition.Option) string {
	switch v := v.(type) {
	case nil:
		return "—"
	case bool:
		if v {
			return w.T("是", "yes")
		}
		return w.T("否", "no")
	case []any:
		said := make([]string, len(v))
		for i := range v {
			said[i] = w.say(v[i], options)
		}
		return strings.Join(said, w.T("、", ", "))
	case string:
		if i := slices.IndexFunc(options, func(o definition.Option) bool { return o.ID == v }); i >= 0 {
			return cmp.Or(options[i].Label, v)
		}
	case map[string]any:
		if raw, err := json.Marshal(v); err == nil {
			return string(raw)
		}
	}
	return fmt.Sprint(v)
}

// title is the title of a field of a JSON Schema, with which entry of a list it is, as people count. Empty where the
// schema gives none.
func title(schema map[string]any, path ...string) string {
	list := ""
	for _, k := range path {
		of, _ := schema["title"].(string)
		if items, ok := schema["items"].(map[string]any); ok {
			if n, err := strconv.Atoi(k); err == nil {
				list += strings.TrimSpace(of+" "+strconv.Itoa(n+1)) + " · "
				schema = items
				continue
			}
		}
		fields, _ := schema["properties"].(map[string]any)
		schema, _ = fields[k].(map[string]any)
	}
	if own, _ := schema["title"].(string); own != "" {
		return list + own
	}
	return ""
}
