package engine

import (
	"slices"
	"strings"
	"time"

	"lianban/engine/calendar"
	"lianban/engine/definition"
)

// Delivery (送达): where the law starts a time when a document has come, it starts on
// the proof. Until then the time has no due date; whoever gave the document has to
// see to it that it comes, by announcement where nobody can be found.
//
//	             deliver, with way and proof
//	awaited ─────────────────────────────────▶ delivered: the time runs from that day
//	   └ answered, or nothing waits for it any more ──▶ needless
//
// Of a result sent by courier the proof is waited for whether a time starts with it or
// not. A notice no time waits for can be recorded as delivered as well.

// Deliver records that a notice, or a result sent by courier, has come.
const Deliver Act = "deliver"

// TaskDeliver asks whoever gave a document to have it delivered and to record the proof.
const TaskDeliver TaskKind = "deliver"

// fromDelivery is the word of the definition for a time that starts with the delivery:
// of the notice it belongs to, or, before a dot, of a result.
const fromDelivery = "delivery"

var (
	deliverActs   = []Act{Deliver}
	deliverJudges = map[Act]judge{Deliver: judgeDeliver}
	deliverBodies = []newBody{body[DeliveryAwaited](), body[DeliveryProved](), body[DeliveryNeedless]()}
)

// The ways of delivery (民事诉讼法第八十八至九十五条).
const (
	WayDirect     = "direct"     // 直接送达: handed over, signed for
	WayLeft       = "left"       // 留置送达: left with witnesses after a refusal
	WayElectronic = "electronic" // 电子送达: arrived in the addressee's system
	WayPost       = "post"       // 邮寄送达: the mail's receipt
	WayRelayed    = "relayed"    // 委托、转交送达: through another organ or unit
	WayPublic     = "public"     // 公告送达: announced, thirty days ago or more
)

// WayCourier is the way of a hand-out that is not yet a delivery.
const WayCourier = "courier"

// DeliveryWays are all of them.
var DeliveryWays = []string{WayDirect, WayLeft, WayElectronic, WayPost, WayRelayed, WayPublic}

// announced is how long after its announcement a document counts as delivered.
const announced = 30 // days, 民事诉讼法第九十五条

// DeliveryStatus is where a delivery stands.
type DeliveryStatus string

// The states of a delivery.
const (
	DeliveryOpen    DeliveryStatus = "open"
	DeliveryDone    DeliveryStatus = "delivered"
	DeliveryDropped DeliveryStatus = "needless"
)

// DossierDelivery is the kind of its entries in the dossier.
const DossierDelivery = "delivery"

// taskDeliver begins the ids of the tasks to deliver a document.
const taskDeliver = "deliver."

// DeliveryState is a document whose delivery is awaited, or was proved.
type DeliveryState struct {
	// ID is that of the notice or of the result handed out.
	ID string `json:"id"`
	// Result: it is a result; else a notice.
	Result bool   `json:"result,omitempty"`
	Name   string `json:"name"`
	To     string `json:"to"`
	Step   string `json:"step,omitempty"`
	// Party and Org are whose it is to deliver it.
	Party  string         `json:"party,omitempty"`
	Org    string         `json:"org,omitempty"`
	SentAt time.Time      `json:"sentAt"`
	Status DeliveryStatus `json:"status"`
	// Waits is the time that starts with the delivery; nil: none, or a duty's.
	Waits *WaitingClock `json:"waits,omitempty"`
	// At is when it came, Way and Proof how that is known; By recorded it, empty for the system.
	At         time.Time `json:"at,omitzero"`
	Way        string    `json:"way,omitempty"`
	Proof      string    `json:"proof,omitempty"`
	By         string    `json:"by,omitempty"`
	RecordedAt time.Time `json:"recordedAt,omitzero"`
}

// WaitingClock is a clock that has not started: all of it but its dates.
type WaitingClock struct {
	ID     string          `json:"id"`
	Class  ClockClass      `json:"class"`
	Step   string          `json:"step"`
	Round  int             `json:"round,omitempty"`
	Period calendar.Period `json:"period"`
	Late   string          `json:"late"`
	// Task is the applicant's, whose time it will be.
	Task string `json:"task"`
}

// DeliveryAwaited says that a time waits for the delivery of a document.
type DeliveryAwaited struct {
	Delivery DeliveryState `json:"delivery"`
	Task     Task          `json:"task"`
}

// DeliveryProved records the delivery; the time that waited for it starts.
type DeliveryProved struct {
	Delivery DeliveryState `json:"delivery"`
	Task     string        `json:"task,omitempty"`
	Clock    *Clock        `json:"clock,omitempty"`
}

// DeliveryNeedless says that nothing waits for the delivery any more.
type DeliveryNeedless struct {
	Delivery string `json:"delivery"`
}

// Type is the name in the log.
func (DeliveryAwaited) Type() string { return "DeliveryAwaited" }

// Type is the name in the log.
func (DeliveryProved) Type() string { return "DeliveryProved" }

// Type is the name in the log.
func (DeliveryNeedless) Type() string { return "DeliveryNeedless" }

func (b DeliveryAwaited) apply(s *State, _ *Event) {
	s.Deliveries = add(s.Deliveries, b.Delivery)
	s.putTasks([]Task{b.Task})
}

func (b DeliveryProved) apply(s *State, e *Event) {
	x := b.Delivery
	x.RecordedAt, x.By = e.At, e.By.ID
	s.Deliveries = slices.Clone(s.Deliveries)
	if old := s.delivery(x.ID); old != nil {
		*old = x
	} else {
		s.Deliveries = add(s.Deliveries, x)
	}
	s.done(b.Task, e)
	if b.Clock != nil {
		s.putClocks([]Clock{*b.Clock})
	}
}

func (b DeliveryNeedless) apply(s *State, e *Event) {
	s.Deliveries = slices.Clone(s.Deliveries)
	s.delivery(b.Delivery).Status = DeliveryDropped
	s.cancelTasks(e.At, func(t *Task) bool { return t.Kind == TaskDeliver && t.About == b.Delivery })
}

// delivery finds what is known of the delivery of a document, nil: nothing.
func (s *State) delivery(id string) *DeliveryState {
	for i := range s.Deliveries {
		if s.Deliveries[i].ID == id {
			return &s.Deliveries[i]
		}
	}
	return nil
}

// Awaits says whether a time of the case waits for the delivery of a document.
func (s *State) Awaits(id string) bool {
	x := s.delivery(id)
	return x != nil && x.Status == DeliveryOpen
}

// awaited is the delivery a task of the applicant waits for with its time, nil: none.
func (s *State) awaited(task string) *DeliveryState {
	for i := range s.Deliveries {
		if x := &s.Deliveries[i]; x.Status == DeliveryOpen && x.Waits != nil && x.Waits.Task == task {
			return x
		}
	}
	return nil
}

// awaitNotice lets a time wait for the delivery of a notice.
func (d *decider) awaitNotice(n *definition.Node, notice *Notice, w WaitingClock) {
	d.awaitDelivery(DeliveryState{
		ID: notice.ID, Name: notice.Name(), To: notice.To, Step: n.ID, Party: n.By, Org: cmp0(d.st(n).Org, d.s.Org(n.By)), Waits: &w,
	})
}

func (d *decider) awaitDelivery(x DeliveryState) {
	x.Status, x.SentAt = DeliveryOpen, d.now
	t := Task{
		ID: taskDeliver + x.ID, Kind: TaskDeliver, Party: x.Party, Org: x.Org, Role: d.deskRole(x.Party), About: x.ID, Status: TaskOpen, OpenedAt: d.now,
	}
	if !x.Result {
		t.Step, t.Round = x.Step, d.s.must(x.Step).Round
	}
	d.emit(DeliveryAwaited{Delivery: x, Task: t})
}

// deliveries lets go of those nothing waits for any more: the applicant has acted
// without them, the step they belonged to is over, or the outcome is fixed.
func (d *decider) deliveries() {
	for i := range d.s.Deliveries {
		x := &d.s.Deliveries[i]
		if x.Status != DeliveryOpen {
			continue
		}
		if x.Waits != nil {
			if t := d.s.Task(x.Waits.Task); t == nil || t.Status != TaskOpen || d.s.Outcome != "" {
				d.emit(DeliveryNeedless{Delivery: x.ID})
			}
		} else if !d.waitsForResult(x.ID) && !(d.s.since(provenSince) && d.stands(x.ID)) {
			d.emit(DeliveryNeedless{Delivery: x.ID})
		}
	}
}

// waitsForResult says whether a duty that is still to come counts from the delivery
// of a result that stands.
func (d *decider) waitsForResult(id string) bool {
	for i := range d.s.Hands {
		if h := &d.s.Hands[i]; h.ID == id && (!h.Void.IsZero() || h.Pending() && d.issuer() == nil) {
			return false // it will not be handed out
		}
	}
	return slices.ContainsFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == id && o.Annulled.IsZero() }) &&
		slices.ContainsFunc(d.r.Plan.Duties, func(t definition.Owed) bool {
			return t.Limit.From == fromDelivery+"."+id && d.s.Duty(t.ID) == nil
		})
}

// provenSince is the engine version from which on whoever sends a result is asked for the
// proof that it came, also where no time starts with it: a decision is to be delivered
// (行政许可法第四十四条), and sent is not delivered.
const provenSince = 11

// stands says whether a result, or the letter of a denial, was given and not taken back.
func (d *decider) stands(id string) bool {
	return slices.ContainsFunc(d.s.Hands, func(h HandOut) bool { return h.ID == id && h.Void.IsZero() }) &&
		!slices.ContainsFunc(d.s.Outputs, func(o OutputState) bool { return o.ID == id && !o.Annulled.IsZero() })
}

// sent lets the proof of their delivery be waited for of results that were sent, and with
// it the duties that count from it; what was handed over is delivered.
func (d *decider) sent(way string, items []string) {
	if way != WayCourier {
		return
	}
	for _, id := range items {
		if d.s.delivery(id) != nil || !d.s.since(provenSince) && !d.waitsForResult(id) {
			continue
		}
		of := slices.IndexFunc(d.s.Hands, func(h HandOut) bool { return h.ID == id })
		n := d.issuerOf(id)
		d.awaitDelivery(DeliveryState{
			ID: id, Result: true, Name: d.outputName(id), To: applicant, Step: d.s.Hands[of].Step, Party: n.By, Org: cmp0(d.st(n).Org, d.s.Org(n.By)),
		})
	}
}

// issuerOf is the step at which a result was handed out.
func (d *decider) issuerOf(id string) *definition.Node {
	for _, t := range d.s.Tasks {
		if t.Kind == TaskHand && t.About == id && t.Status == TaskDone {
			return d.r.node(d.s, t.Step)
		}
	}
	return d.r.Plan.Giver(id)
}

func (d *decider) outputName(id string) string {
	for i := range d.s.Outputs {
		if d.s.Outputs[i].ID == id {
			return d.s.Outputs[i].Name
		}
	}
	return "不予批准决定书"
}

// deliveredAt is when a result came to the applicant: with its hand-out, or, when it
// was sent, by the proof of its delivery; zero: not yet.
func (s *State) deliveredAt(id string) time.Time {
	if x := s.delivery(id); x != nil && x.Status == DeliveryDone {
		return x.At
	}
	for i := range s.Hands {
		if h := &s.Hands[i]; h.ID == id && h.Way != WayCourier {
			return h.Done
		}
	}
	return time.Time{}
}

// document finds what an act says was delivered: by its id, or the only one awaited.
func (d *decider) document(cmd *Command) (*DeliveryState, *Rejection) {
	id, ofTask := cmd.Args.Of, strings.TrimPrefix(cmd.Task, taskDeliver)
	switch {
	case id == "":
		id = ofTask
	case ofTask != "" && id != ofTask:
		return nil, reject(BadData, "这项工作送达的不是所指的文书", "the task delivers another document than the one named").want("of: "+ofTask, id).at("of")
	}
	if id == "" {
		var open []string
		for i := range d.s.Deliveries {
			if x := &d.s.Deliveries[i]; x.Status == DeliveryOpen && (cmd.Step == "" || cmd.Step == x.Step) {
				open = append(open, x.ID)
			}
		}
		switch len(open) {
		case 0:
			return nil, reject(NotFound, "没有等待送达的文书，请指明文书", "no document waits for its delivery; name one").want("of", "none").at("of")
		case 1:
			id = open[0]
		default:
			return nil, reject(BadData, "有多份文书等待送达，请指明", "several documents wait for their delivery; name one").want("of: one of "+strings.Join(open, ", "), "none").at("of")
		}
	}
	if x := d.s.delivery(id); x != nil {
		found := *x
		return &found, nil
	}
	for i := range d.s.Notices {
		n := &d.s.Notices[i]
		if n.ID != id {
			continue
		}
		x := DeliveryState{ID: id, Name: n.Name(), To: n.To, Step: n.Step, SentAt: n.At}
		if m := d.r.node(d.s, n.Step); m != nil && m.By != "" {
			x.Party, x.Org = m.By, cmp0(d.st(m).Org, d.s.Org(m.By))
		} else {
			x.Party = d.r.Plan.Def.Item.Lead
			x.Org = d.s.Org(x.Party)
		}
		return &x, nil
	}
	for i := range d.s.Hands {
		if h := &d.s.Hands[i]; h.ID == id {
			n := d.issuerOf(id)
			if n == nil {
				n = d.r.node(d.s, h.Step)
			}
			x := DeliveryState{ID: id, Result: true, Name: d.outputName(id), To: applicant, Step: h.Step, Party: n.By, Org: cmp0(d.st(n).Org, d.s.Org(n.By)), SentAt: h.Done}
			if h.Way != WayCourier && !h.Done.IsZero() {
				x.Status, x.At = DeliveryDone, h.Done
			}
			return &x, nil
		}
	}
	return nil, reject(NotFound, "本案没有文书“"+id+"”", "this case has no document "+id).at("of")
}

func judgeDeliver(d *decider, cmd *Command) (func(), *Rejection) {
	x, rej := d.document(cmd)
	if rej != nil {
		return nil, rej
	}
	desk, deskOrg := d.desk()
	lead := d.r.Plan.Def.Item.Lead
	switch {
	case cmd.By.Kind == System:
	case d.may(cmd.By, x.Org, d.deskRole(x.Party)), d.may(cmd.By, deskOrg, d.deskRole(desk)), d.may(cmd.By, d.s.Org(lead), RoleLead):
	default:
		return nil, reject(NotAllowed, "送达由作出文书的单位、窗口或牵头单位登记", "delivery is recorded by the organ that gave the document, the window or the lead").
			want(x.Party+", "+desk+" or "+lead, cmd.By.String()).at("of")
	}
	t := d.s.Task(taskDeliver + x.ID)
	switch {
	case x.Status == DeliveryDone:
		return nil, reject(NotOpen, "已有送达凭证，不重复登记", "its delivery is proved already; the first proof counts").
			want("no proof before", "delivered "+x.At.Format(time.RFC3339)).at("of")
	case x.SentAt.IsZero():
		return nil, reject(NotOpen, "该结果尚未发放", "this result is not handed out yet").want("a result handed out", "ready").at("of")
	case t != nil && t.Status == TaskOpen && t.Claimed != "" && !cmd.By.is(t.Claimed) && cmd.By.Kind != System:
		return nil, reject(Claimed, "这项工作已由他人认领", "somebody else has claimed this task").at("of")
	}
	a := &cmd.Args
	switch {
	case !slices.Contains(DeliveryWays, a.Way):
		return nil, reject(BadData, "须写明送达方式", "say by which way it was delivered").want(strings.Join(DeliveryWays, ", "), cmp0(a.Way, "none")).at("way")
	case strings.TrimSpace(a.Proof) == "":
		return nil, reject(BadData, "送达须有凭证", "a delivery needs its proof").want("proof", "none").at("proof")
	}
	at, rej := d.arrival(x, a)
	if rej != nil {
		return nil, rej
	}
	x.Status, x.At, x.Way, x.Proof = DeliveryDone, at, a.Way, strings.TrimSpace(a.Proof)
	e := DeliveryProved{Delivery: *x}
	if t != nil && t.Status == TaskOpen {
		e.Task = t.ID
	}
	return func() {
		if w := x.Waits; w != nil && d.s.Awaits(x.ID) {
			c := d.runs(w, at)
			e.Clock = &c
		}
		d.emit(e)
		if d.s.Status == Closed { // nothing else follows in a closed case
			d.duties()
		}
	}, nil
}

// arrival is the instant a document counts as delivered: the one named, or now; an
// announcement counts after its days.
func (d *decider) arrival(x *DeliveryState, a *Args) (time.Time, *Rejection) {
	at := d.now
	if !a.On.IsZero() {
		at = instant(a.On)
	}
	switch {
	case at.After(d.now):
		return at, reject(TooSoon, "送达时间不能晚于现在", "a delivery lies in the past").want("before "+d.now.Format(time.RFC3339), at.Format(time.RFC3339)).at("on")
	case at.Before(x.SentAt):
		return at, reject(BadData, "送达时间早于文书作出的时间", "a document is not delivered before it was given").
			want("after "+x.SentAt.Format(time.RFC3339), at.Format(time.RFC3339)).at("on")
	case a.Way == WayPublic:
		day := calendar.DateOf(at) + announced
		if d.now.Before((day + 1).Start()) {
			rej := reject(TooSoon, "自发出公告之日起，经过三十日，方视为送达", "an announced document counts as delivered when thirty days have gone by").
				want("after "+day.String(), calendar.DateOf(d.now).String()).at("on")
			rej.Law = &definition.Article{Law: "中华人民共和国民事诉讼法", Article: "95"}
			return at, rej
		}
		return day.Start(), nil
	}
	return at, nil
}

// runs starts a clock that has waited.
func (d *decider) runs(w *WaitingClock, at time.Time) Clock {
	c := Clock{ID: w.ID, Class: w.Class, Step: w.Step, Round: w.Round, Period: w.Period, Late: w.Late, Start: at, From: fromDelivery}
	if old := d.s.Clock(w.ID); old != nil { // of a notice before
		c.Ledger = old.Ledger
		c = d.clock(c)
		c.ledger(Entry{At: d.now, What: "restarted", Due: c.Due, Why: fromDelivery})
	} else {
		c = d.clock(c)
	}
	c.Warned = c.passed(d.now)
	return c
}

// deliveryRows lists the deliveries in the dossier.
func deliveryRows(_ *Rules, s *State) []DossierRow {
	var rows []DossierRow
	for i := range s.Deliveries {
		x := s.Deliveries[i]
		rows = append(rows, DossierRow{Kind: DossierDelivery, ID: x.ID, Step: x.Step, Org: x.Org, Status: string(x.Status), At: x.SentAt, Delivery: &x})
	}
	return rows
}
