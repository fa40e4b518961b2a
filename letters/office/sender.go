package office

import (
	"context"
	"errors"
	"time"
)

// Envelope is a letter to be sent.
type Envelope struct {
	// Key is the same for every attempt: a receiver that knows it has the letter already.
	Key               string
	Case, Letter      string
	Kind, Title       string
	Number, OrganName string
	At                time.Time
	To                Address
	HTML, PDF         []byte // PDF may be empty
}

// Address is where a letter may go; personal data, read when it is sent and kept nowhere else.
type Address struct {
	// Applicant: else the organisation Org.
	Applicant bool
	Name, Org string
	Email     string
	Phone     string
}

// Receipt is what shows that a letter was sent, or that it has come.
type Receipt struct {
	// Proof is shown to people: a reply, a reference, a file's name. Never an address.
	Proof string
	// Delivered: the letter has come; else it is on its way.
	Delivered bool
}

// Sender is a way letters go out. Send may be called again with the same key after a crash.
type Sender interface {
	Channel() string
	// Reaches says whether the addressee can be reached this way.
	Reaches(Address) bool
	Send(context.Context, *Envelope) (Receipt, error)
}

// Refused is an error that no further attempt can mend: the receiver does not take this letter.
type Refused struct{ Err error }

func (e *Refused) Error() string { return e.Err.Error() }
func (e *Refused) Unwrap() error { return e.Err }

// The channels.
const (
	ChannelInbox   = "inbox"   // read in the product
	ChannelEmail   = "email"   // SMTP
	ChannelGateway = "gateway" // HTTP
	ChannelOutbox  = "outbox"  // a folder
	ChannelHand    = "hand"    // handed over, entered by an official
)

const (
	sendBatch   = 10
	sendLease   = 2 * time.Minute
	sendTime    = time.Minute
	firstPause  = 30 * time.Second
	longestWait = 6 * time.Hour
	mostTries   = 14 // about two days
)

// pauseAfter is how long to wait after an attempt: 30 s, doubled each time, at most six hours.
func pauseAfter(attempts int) time.Duration {
	d := firstPause
	for i := 1; i < attempts && d < longestWait; i++ {
		d *= 2
	}
	return min(d, longestWait)
}

// errShort is what is kept of an error: its cause in a line. Addresses are never part of it.
func errShort(err error) string {
	text := []rune(err.Error())
	if len(text) > 300 {
		text = text[:300]
	}
	return string(text)
}

// refuses makes an error final.
func refuses(text string) error { return &Refused{errors.New(text)} }
