package diff

import "slices"

// Weight says how much a change matters to those who answer for it.
type Weight string

// High is what is decided, by whom, by when, and what may be asked for; Low is
// wording and order that changes nothing.
const (
	High   Weight = "high"
	Medium Weight = "medium"
	Low    Weight = "low"
)

var rank = map[Weight]int{High: 0, Medium: 1, Low: 2}

// heavy and light are what is not of the middle weight. "+" and "-" stand for an
// entry that came or went.
var heavy = []string{
	"Item.type", "Item.mode", "Item.lead", "Item.basis", "Item.statutory", "Item.promised", "Item.handling", "Item.quota",
	"Step.when", "Step.by", "Step.limit", "Step.needs", "Step.optional", "Step.after",
	"Work.chain", "Work.protects", "Parallel.passes", "Parallel.objection", "Intake.collect", "Intake.answer", "Collect.time", "Answer.time", "Answer.late",
	"Decide.statutory", "Decide.back", "Matter.type", "Matter.name", "Matter.basis", "Output.kind", "Output.validity", "Output.seals",
	"Pay.amount", "Publicity.time", "Visit.inspectors", "Hearing.required",
	"Material.basis", "Material.from", "Material.when", "Material.form", "Material.defer", "Material.letter", "Condition.when", "Condition.basis",
	"Situation.when", "Situation.is", "Situation.type", "Pause.stops", "Pause.max", "Pause.kind", "Commitment.when", "Commitment.replaces",
	"Duty.limit", "Duty.by", "Duty.when", "Duty.late", "Duty.affects", "Definition.actFirst",
	"+Definition.materials", "-Definition.materials", "+Definition.conditions", "-Definition.conditions", "+Definition.parties", "-Definition.parties",
	"+Definition.pauses", "-Definition.pauses", "+Definition.commitments", "-Definition.commitments", "+Definition.duties", "-Definition.duties",
	"+Definition.situations", "-Definition.situations", "+Decide.gives", "-Decide.gives",
}

var light = []string{
	"Item.name", "Item.version", "Item.code", "Party.name", "Step.name", "Material.name", "Condition.text", "Situation.ask", "Option.label", "GuideText.text",
	"Pause.notice", "Commitment.text", "Duty.name", "Output.name", "Matter.code", "Call.ask", "+Definition.guide", "-Definition.guide",
}

func weigh(of string) Weight {
	switch {
	case slices.Contains(heavy, of):
		return High
	case slices.Contains(light, of):
		return Low
	}
	return Medium
}

// schemaWeight weighs a key of a form's schema.
func schemaWeight(key string) Weight {
	switch key {
	case "title", "description", "examples", "default":
		return Low
	case "required":
		return High
	}
	return Medium
}

var areas = []string{"step", "output", "paper", "condition", "question", "party", "duty", "commitment", "pause", "item", "form", "parameter", "guide"}

func areaRank(c Change) int { return slices.Index(areas, c.Area) }
