package engine_test

import (
	"testing"

	"lianban/engine"
)

// specialStories meet the events of visits, postings and hearings.
func specialStories(t *testing.T) []*story {
	visited := tell(t, jointVisit).accepted(map[string]any{"qa": true}).arranged("market.handle", "look").do("fire.handle", engine.Deny, "fireCheck", reasoned)
	visited.do("market.handle", engine.Record, "look", looked("缺洗手池")).do("applicant", engine.Rectify, "look")
	visited.do("market.handle", engine.Recheck, "look", checked(true, "point1"))
	posted := hung(t).do("hall.clerk", engine.Object, "hang", objection("噪声")).do("market.handle", engine.Dismiss, "hang", reasoned)
	heard := told(t).do("applicant", engine.Request, "listen")
	heard.do("market.handle", engine.Arrange, "listen", heard.chaired("market.organ-head", "2026-03-20T09:00"))
	heard.at("2026-03-20T10:00").do("market.organ-head", engine.Record, "listen", signedBy("笔录", "applicant", "eco"))
	return []*story{visited, posted.at("2026-03-10T00:00"), heard}
}
