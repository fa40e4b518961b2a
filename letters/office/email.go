package office

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

// Email sends letters by SMTP to applicants who gave an address.
type Email struct {
	host, port string
	secure     bool // TLS from the first byte (smtps)
	user       *url.Userinfo
	from       mail.Address
	// trust is what certificates are held against; nil: the system's.
	trust *tls.Config
}

var _ Sender = (*Email)(nil)

// NewEmail reads an address such as smtp://USER:PASSWORD@HOST:587?from=hall@example.cn (TLS by STARTTLS
// where the server offers it) or smtps://HOST:465?from=… .
func NewEmail(address string) (*Email, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("mail server: the address is no URL") // the text of err would hold the password
	}
	e := &Email{host: u.Hostname(), port: u.Port(), secure: u.Scheme == "smtps", user: u.User}
	if u.Scheme != "smtp" && u.Scheme != "smtps" || e.host == "" {
		return nil, errors.New("mail server: the address begins with smtp:// or smtps:// and a host")
	}
	if e.port == "" {
		e.port = "587"
		if e.secure {
			e.port = "465"
		}
	}
	from, err := mail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return nil, errors.New("mail server: from is missing or no address: ?from=hall@example.cn")
	}
	e.from = *from
	return e, nil
}

// Channel implements Sender.
func (*Email) Channel() string { return ChannelEmail }

// Reaches implements Sender.
func (*Email) Reaches(a Address) bool {
	_, err := mail.ParseAddress(a.Email)
	return err == nil
}

// Send implements Sender. The message's id is made of the key: a mailbox that sees it twice can tell.
func (m *Email) Send(ctx context.Context, e *Envelope) (Receipt, error) {
	to, err := mail.ParseAddress(e.To.Email)
	if err != nil {
		return Receipt{}, refuses("the applicant's e-mail address cannot be read")
	}
	id := "<" + safe(strings.ReplaceAll(e.Key, "/", ".")) + "@" + m.host + ">"
	message, err := m.message(e, to, id)
	if err != nil {
		return Receipt{}, err
	}
	if err := m.transfer(ctx, to.Address, message); err != nil {
		return Receipt{}, m.meaning(err)
	}
	return Receipt{Proof: "SMTP 250 " + id}, nil
}

// meaning tells for-ever from for-a-while, without the server's words, which repeat addresses.
func (m *Email) meaning(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		if reply.Code >= 500 {
			return refuses(fmt.Sprintf("the mail server refuses the letter (%d)", reply.Code))
		}
		return fmt.Errorf("the mail server says %d", reply.Code)
	}
	return fmt.Errorf("mail server: %w", err)
}

func (m *Email) transfer(ctx context.Context, to string, message []byte) (err error) {
	dialer := &net.Dialer{}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(m.host, m.port))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	trust := m.trust.Clone()
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	trust.ServerName = m.host
	if m.secure {
		conn = tls.Client(conn, trust)
	}
	c, err := smtp.NewClient(conn, m.host)
	if err != nil {
		return err
	}
	if ok, _ := c.Extension("STARTTLS"); ok && !m.secure {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if m.user != nil {
		password, _ := m.user.Password()
		// PlainAuth itself refuses to send a password in the clear to another machine.
		if err := c.Auth(smtp.PlainAuth("", m.user.Username(), password, m.host)); err != nil {
			return err
		}
	}
	if err := c.Mail(m.from.Address); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the server has taken it; a farewell that fails changes nothing
	return nil
}

func (m *Email) message(e *Envelope, to *mail.Address, id string) ([]byte, error) {
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	head := func(k, v string) { b.WriteString(k + ": " + v + "\r\n") }
	head("From", m.from.String())
	head("To", to.String())
	head("Subject", mime.BEncoding.Encode("UTF-8", e.Title+" "+e.Number))
	head("Date", e.At.UTC().Format(time.RFC1123Z))
	head("Message-ID", id)
	head("Auto-Submitted", "auto-generated")
	head("MIME-Version", "1.0")
	head("Content-Type", "multipart/mixed; boundary="+parts.Boundary())
	b.WriteString("\r\n")
	text := fmt.Sprintf("%s向您送达《%s》（%s），办件编号 %s，文书见附件。\n本邮件由系统发出，请勿回复。\n", e.OrganName, e.Title, e.Number, e.Case)
	if err := attach(parts, "text/plain; charset=utf-8", "", []byte(text)); err != nil {
		return nil, err
	}
	content, kind, ending := e.PDF, "application/pdf", ".pdf"
	if len(content) == 0 {
		content, kind, ending = e.HTML, "text/html; charset=utf-8", ".html"
	}
	if err := attach(parts, kind, safe(e.Title)+ending, content); err != nil {
		return nil, err
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// lineLength is what base64 is broken into, as mail wants it.
const lineLength = 76

func attach(w *multipart.Writer, kind, name string, content []byte) error {
	h := textproto.MIMEHeader{"Content-Type": {kind}, "Content-Transfer-Encoding": {"base64"}}
	if name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(content)
	for len(text) > 0 {
		n := min(lineLength, len(text))
		if _, err := part.Write([]byte(text[:n] + "\r\n")); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
