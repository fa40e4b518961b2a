package run

import (
	"context"
	"io/fs"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"lianban/cmd/lianban/internal/cli"
	templates "lianban/definitions/letters"
	"lianban/letters"
	"lianban/letters/office"
	"lianban/store"
	"lianban/store/bucket"
)

// letterOptions say how letters are made.
type letterOptions struct {
	// Templates is a folder whose templates go before the program's own; empty: none.
	Templates string
	// Fonts are font files, in the order they are asked for a character; empty: those of the system.
	Fonts []string
	// Link is the page where letters are checked, in their QR code.
	Link string
	// Outbox is a folder letters are written to, Mail a mail server, Gateway a message gateway; empty: none.
	Outbox, Mail, Gateway, GatewayToken string
}

func (o *letterOptions) flags(a *cli.App, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Templates, "letters", o.Templates, a.T("文书样式的目录（见 letter templates），不写用自带的", "folder of letter templates (see letter templates); left out: the built-in ones"))
	f.StringArrayVar(&o.Fonts, "font", o.Fonts, a.T("文书 PDF 的字体文件（.ttf），可多次，按次序取字", "font file (.ttf) for letters as PDF; may be repeated, in the order they are asked"))
	f.StringVar(&o.Link, "letter-link", o.Link, a.T("核验文书的网页地址，写入二维码", "address of the page where letters are checked, put into their QR code"))
}

// senders are the ways letters go out.
func (o letterOptions) senders() ([]office.Sender, error) {
	var out []office.Sender
	wrong := func(err error) error {
		return &cli.Error{Code: cli.Usage, Zh: "文书送达的设置有误", En: "a setting for sending letters is wrong", Err: err}
	}
	if o.Outbox != "" {
		s, err := office.OpenOutbox(o.Outbox)
		if err != nil {
			return nil, wrong(err)
		}
		out = append(out, s)
	}
	if o.Mail != "" {
		s, err := office.NewEmail(o.Mail)
		if err != nil {
			return nil, wrong(err)
		}
		out = append(out, s)
	}
	if o.Gateway != "" {
		s, err := office.NewGateway(o.Gateway, o.GatewayToken)
		if err != nil {
			return nil, wrong(err)
		}
		out = append(out, s)
	}
	return out, nil
}

// templates reads the templates; a mistake in them is told with its place.
func (o letterOptions) templates(a *cli.App) (map[string]*letters.Template, error) {
	var own fs.FS
	if o.Templates != "" {
		if _, err := os.Stat(o.Templates); err != nil {
			return nil, &cli.Error{Code: cli.Usage, Zh: "不能使用文书样式目录", En: "the folder of letter templates cannot be used", Err: err}
		}
		own = os.DirFS(o.Templates)
	}
	set, found, err := templates.Set(own)
	if err != nil {
		return nil, err
	}
	if found.Failed() {
		a.Notef("%s", found.Render(a.Lang))
		return nil, cli.Fail(cli.Usage, "%[1]s 中的文书样式有误", "the letter templates in %[1]s are wrong", o.Templates)
	}
	return set, nil
}

// fonts are what letters are drawn with.
func (n *node) fonts() *letters.Fonts {
	fonts, unusable := n.opts.App.Fonts(n.opts.Letters.Fonts)
	if unusable != nil {
		n.log.Error("a font for letters cannot be used", "error", unusable.Error())
	}
	if !fonts.Usable() {
		n.log.Warn("no font for letters was found: they are made as HTML alone. Install fonts-droid-fallback and fonts-hanazono, or name fonts")
	}
	return fonts
}

// letters starts the office of a node.
func (n *node) letters(ctx context.Context, files bucket.Bucket, set map[string]*letters.Template, fonts *letters.Fonts, registry prometheus.Registerer) error {
	o := n.opts.Letters
	senders, err := o.senders()
	if err != nil {
		return err
	}
	bureau, err := office.New(office.Config{
		Store: n.opts.Store, Bucket: files, Templates: set, Fonts: fonts, Senders: senders, Link: o.Link, Log: n.log, Metrics: registry,
	})
	if err != nil {
		return err
	}
	listener := n.opts.Store.NewListener()
	wake, stop := listener.Subscribe(store.TopicFeed)
	n.loops.Go(func() { listener.Run(ctx, n.faultOf("letters listen")) })
	n.loops.Go(func() {
		defer stop()
		bureau.Run(ctx, wake)
	})
	return nil
}
