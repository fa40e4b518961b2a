package api

import (
	"strings"

	"lianban/engine"
)

// document names a notice or result by what is known of its delivery.
func (t story) document(id string) string {
	for i := range t.s.Deliveries {
		if d := &t.s.Deliveries[i]; d.ID == id {
			return d.Name
		}
	}
	return id
}

func wayZH(way string) string {
	switch way {
	case engine.WayDirect:
		return "直接送达"
	case engine.WayLeft:
		return "留置送达"
	case engine.WayElectronic:
		return "电子送达"
	case engine.WayPost:
		return "邮寄送达"
	case engine.WayRelayed:
		return "委托、转交送达"
	case engine.WayPublic:
		return "公告送达"
	}
	return way
}

// named lists what a notice asks for.
func (t story) named(lines []engine.NamedLine) string {
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = t.of(l.Of)
	}
	return strings.Join(names, "、")
}
