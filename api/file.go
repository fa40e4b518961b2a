package api

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"lianban/api/gen"
	"lianban/engine"
	"lianban/store"
	"lianban/store/bucket"
)

// ofd is the Chinese e-document format (GB/T 33190): a ZIP with OFD.xml in it.
const ofd = "application/ofd"

// taken are the types the hall takes, each with what the content may look like
// to a sniffer: an old Word file and an old Excel file are told apart by the
// declared type alone, for example.
var taken = map[string][]string{
	"application/pdf":    {"application/pdf"},
	ofd:                  {ofd},
	"image/jpeg":         {"image/jpeg"},
	"image/png":          {"image/png"},
	"image/tiff":         {"image/tiff"},
	"application/zip":    {"application/zip"},
	"text/plain":         {"text/plain"},
	"application/msword": {"application/msword", "application/x-ole-storage"},
	"application/vnd.ms-excel": {
		"application/vnd.ms-excel", "application/x-ole-storage",
	},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	},
}

// otherNames are declared types that mean one of those above.
var otherNames = map[string]string{
	"image/jpg": "image/jpeg", "application/x-pdf": "application/pdf", "application/x-zip-compressed": "application/zip",
	"application/x-ofd": ofd, "application/vnd.ofd": ofd, "application/gbt33190": ofd,
}

// UploadFile implements POST /v1/files.
func (s *Server) UploadFile(ctx context.Context, req gen.UploadFileRequestObject) (gen.UploadFileResponseObject, error) {
	c := official(ctx)
	f, err := s.upload(ctx, req.Body, store.Upload{Account: c.session.Account, Org: c.session.Org})
	return gen.UploadFile201JSONResponse(f), err
}

// TrackUpload implements POST /v1/track/files.
func (s *Server) TrackUpload(ctx context.Context, req gen.TrackUploadRequestObject) (gen.TrackUploadResponseObject, error) {
	f, err := s.upload(ctx, req.Body, store.Upload{Case: official(ctx).number})
	return gen.TrackUpload201JSONResponse(f), err
}

// upload streams one part into the bucket and records it. What is refused was
// never recorded; its content stays in the bucket unnamed at most.
func (s *Server) upload(ctx context.Context, parts *multipart.Reader, u store.Upload) (gen.File, error) {
	if parts == nil {
		return gen.File{}, problem(CodeMediaType, "请求体须为 multipart/form-data", "the body must be multipart/form-data").at("Content-Type").want("multipart/form-data", "another type")
	}
	part, err := filePart(parts)
	if err != nil {
		return gen.File{}, err
	}
	declared := mediaType(part.Header.Get("Content-Type"))
	if other, ok := otherNames[declared]; ok {
		declared = other
	}
	looks, ok := taken[declared]
	if !ok {
		return gen.File{}, fileType("该类型的文件不予收取", "files of the declared type are not taken").want(types(), kindOfType(declared))
	}
	object, err := s.cfg.Bucket.Put(ctx, part, s.cfg.UploadLimit)
	switch {
	case errors.Is(err, bucket.ErrTooLarge):
		return gen.File{}, tooLarge(s.cfg.UploadLimit).at("file")
	case err != nil:
		return gen.File{}, err
	case object.Size == 0:
		return gen.File{}, fileType("文件是空的", "the file is empty").want("content", "nothing")
	}
	is, err := s.sniff(ctx, object)
	if err != nil {
		return gen.File{}, err
	}
	if !slices.Contains(looks, is) {
		return gen.File{}, fileType("文件内容与所声明的类型不符", "the content is not of the declared type").want(declared, kindOfType(is))
	}
	u.File = store.File{Hash: object.Hash, Size: object.Size, Type: declared}
	u.Name, u.At = fileName(part.FileName()), s.cfg.Clock.Now()
	if _, err := s.cfg.Store.PutUpload(ctx, u); err != nil {
		return gen.File{}, err
	}
	s.metrics.uploaded.Add(float64(object.Size))
	return gen.File{Hash: object.Hash, Name: u.Name, Type: declared, Size: object.Size}, nil
}

// filePart finds the one part of an upload.
func filePart(parts *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, badRequest(gen.FieldError{Where: "/file", Zh: "缺少名为 file 的文件", En: "a part named file is missing", Expected: both("one part named file"), Actual: both("none")})
		case err != nil:
			if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
				return nil, err
			}
			return nil, badRequest(gen.FieldError{Where: "body", Zh: "multipart 内容不完整", En: "the multipart body is broken", Expected: both("multipart/form-data"), Actual: both("malformed")})
		case part.FormName() == "file":
			return part, nil
		}
	}
}

func fileType(zh, en string) *Problem { return problem(CodeFileType, zh, en).at("file") }

func types() string {
	var names []string
	for t := range taken {
		names = append(names, t)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// kindOfType shows a type that came only when it looks like one.
func kindOfType(t string) string {
	if _, _, err := mime.ParseMediaType(t); err != nil || len(t) > 100 || t == "" {
		return "none"
	}
	return t
}

// sniff says what a content is. The head is enough but for ZIP, whose directory
// is at the end.
func (s *Server) sniff(ctx context.Context, o bucket.Object) (string, error) {
	is := mimetype.Detect(o.Head)
	switch {
	case is.Is("application/zip"):
		f, _, err := s.cfg.Bucket.Open(ctx, o.Hash)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		if at, ok := f.(io.ReaderAt); ok && holdsOFD(at, o.Size) {
			return ofd, nil
		}
		return "application/zip", nil
	case is.Is("text/plain"):
		return "text/plain", nil
	}
	return mediaType(is.String()), nil
}

func holdsOFD(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	return err == nil && slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, "OFD.xml") })
}

// fileName keeps of a name what is one: no folders, no control characters.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[:200])
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "file"
	}
	return name
}

func noSuchFile() *Problem {
	return problem(CodeNoSuchFile, "没有该文件，或不是由当前账号上传", "there is no such file, or another account has uploaded it").at("hash")
}

// GetFile implements GET /v1/files/{hash}.
func (s *Server) GetFile(ctx context.Context, req gen.GetFileRequestObject) (gen.GetFileResponseObject, error) {
	c := official(ctx)
	access, err := s.cfg.Store.FileByHash(ctx, req.Hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noSuchFile()
	}
	if err != nil {
		return nil, err
	}
	for _, u := range access.Uploads {
		if u.Account == c.session.Account && u.Account != "" {
			return s.download(ctx, req.Hash, u.Name, access.File.Type)
		}
	}
	return nil, noSuchFile()
}

// GetPaperFile implements GET /v1/cases/{number}/papers/{paper}/file.
func (s *Server) GetPaperFile(ctx context.Context, req gen.GetPaperFileRequestObject) (gen.GetPaperFileResponseObject, error) {
	k, err := s.look(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	if k.plan.Paper(req.Paper) == nil {
		return nil, problem(string(engine.NotFound), "办事指南中没有这份材料", "the guide has no such paper").at("paper")
	}
	if !k.paper(req.Paper) {
		return nil, problem(CodePaperHidden, "本单位的办理环节不使用该材料，不能查阅", "no step of your organisation reads this paper").at("paper").
			want("a paper a step of the organisation reads", "another paper")
	}
	papers, err := s.cfg.Store.Papers(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if p.ID != req.Paper {
			continue
		}
		now := engine.PaperIn{Hash: p.Hash, Name: p.Name, Type: p.Type}
		for _, e := range append(p.Earlier, now) {
			if e.Hash != "" && (e.Hash == req.Params.Hash || req.Params.Hash == "" && e.Hash == p.Hash) {
				return s.download(ctx, e.Hash, orElse(e.Name, p.ID), e.Type)
			}
		}
	}
	return nil, problem(CodeNoSuchFile, "该材料没有这份文件", "the paper has no such file").at("paper")
}

// content is a file on its way to a caller.
type content struct {
	io.ReadSeekCloser
	name, kind string
	size       int64
	policy     string // Content-Security-Policy; empty: sandbox
}

func (s *Server) download(ctx context.Context, hash, name, kind string) (*content, error) {
	f, o, err := s.cfg.Bucket.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	return &content{ReadSeekCloser: f, name: name, kind: orElse(kind, "application/octet-stream"), size: o.Size}, nil
}

func (c *content) write(w http.ResponseWriter) error {
	defer func() { _ = c.Close() }()
	h := w.Header()
	h.Set("Content-Type", c.kind)
	h.Set("Content-Length", strconv.FormatInt(c.size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", orElse(c.policy, "sandbox"))
	w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(w, c); err != nil {
		return fmt.Errorf("send a file: %w", err)
	}
	return nil
}

// VisitGetFileResponse sends the file.
func (c *content) VisitGetFileResponse(w http.ResponseWriter) error { return c.write(w) }

// VisitGetPaperFileResponse sends the file.
func (c *content) VisitGetPaperFileResponse(w http.ResponseWriter) error { return c.write(w) }
