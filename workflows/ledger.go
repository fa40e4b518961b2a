package workflows

import "lianban/contract"

// ledger remembers the acts this case has handled and what it answered. Within
// a run none is forgotten: an act applied early as somebody's earlier intent
// arrives as an update later. Temporal's own memory of update ids ends with the
// run, therefore the last ones are carried into the next.
type ledger struct {
	order []contract.Handled
	index map[string]int // looked up only, never ranged over
}

func newLedger(handled []contract.Handled) ledger {
	var l ledger
	for _, h := range handled {
		l.put(h.ID, h.Reply)
	}
	return l
}

func (l *ledger) get(id string) (contract.ActReply, bool) {
	i, ok := l.index[id]
	if !ok {
		return contract.ActReply{}, false
	}
	return l.order[i].Reply, true
}

func (l *ledger) put(id string, reply contract.ActReply) {
	if l.index == nil {
		l.index = map[string]int{}
	}
	l.index[id] = len(l.order)
	l.order = append(l.order, contract.Handled{ID: id, Reply: reply})
}

// last gives the n latest, oldest first.
func (l *ledger) last(n int) []contract.Handled {
	return l.order[max(0, len(l.order)-n):]
}

// ids gives the ids of all remembered acts, oldest first.
func (l *ledger) ids() []string {
	ids := make([]string, len(l.order))
	for i, h := range l.order {
		ids[i] = h.ID
	}
	return ids
}
