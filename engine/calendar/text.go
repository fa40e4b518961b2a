package calendar

// Text is one sentence in the two languages the product speaks.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the sentence in the language asked for: "en" gives English, everything else Chinese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// Codes of Error.
const (
	CodeDate   = "calendar.date"   // a text is not a date
	CodePeriod = "calendar.period" // a text is not a period
	CodeData   = "calendar.data"   // calendar content contradicts itself or is out of range
)

// Error says what was expected and what came, in both languages. It never quotes more than the offending piece.
type Error struct {
	Code string `json:"code"`
	Text Text   `json:"text"`
}

// Error returns the English sentence.
func (e *Error) Error() string { return e.Text.EN }
