package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/store/dbsqlc"
)

// File is a content in the bucket.
type File struct {
	Hash string // hex SHA-256
	Size int64  // bytes
	Type string // media type as sniffed
}

// Upload is one handing-in of a file. Several people may upload the same content under other names.
type Upload struct {
	ID      int64
	File    File
	Name    string
	Account string // "" for an applicant
	Org     string
	At      time.Time
	Case    string // "" while it belongs to no case yet
}

// PutUpload records a file that lies in the bucket and who handed it in. It returns the upload's id.
func (s *Store) PutUpload(ctx context.Context, u Upload) (int64, error) {
	var id int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		q := s.q.WithTx(tx)
		if err := q.PutFile(ctx, dbsqlc.PutFileParams{Hash: u.File.Hash, Size: u.File.Size, Type: u.File.Type}); err != nil {
			return err
		}
		p := dbsqlc.PutUploadParams{Hash: u.File.Hash, Name: u.Name, Account: u.Account, Org: u.Org, At: u.At}
		if u.Case != "" {
			p.CaseNo = &u.Case
		}
		id, err = q.PutUpload(ctx, p)
		return err
	})
	return id, wrap("put upload", err)
}

// FileUse is a paper of a case that is this file now.
type FileUse struct{ Case, Paper string }

// FileAccess is what the api decides by whether somebody may read a file.
type FileAccess struct {
	File    File
	Uploads []Upload
	Uses    []FileUse
}

// FileByHash gives a file with who handed it in and where it is used (ErrNotFound).
func (s *Store) FileByHash(ctx context.Context, hash string) (FileAccess, error) {
	f, err := s.q.File(ctx, hash)
	if err != nil {
		return FileAccess{}, wrap("file", err)
	}
	a := FileAccess{File: File{Hash: f.Hash, Size: f.Size, Type: f.Type}}
	uploads, err := s.q.Uploads(ctx, hash)
	if err != nil {
		return FileAccess{}, wrap("file", err)
	}
	for _, u := range uploads {
		up := Upload{ID: u.ID, File: a.File, Name: u.Name, Account: u.Account, Org: u.Org, At: u.At.UTC()}
		if u.CaseNo != nil {
			up.Case = *u.CaseNo
		}
		a.Uploads = append(a.Uploads, up)
	}
	uses, err := s.q.PapersOfFile(ctx, hash)
	for _, u := range uses {
		a.Uses = append(a.Uses, FileUse{Case: u.CaseNo, Paper: u.ID})
	}
	return a, wrap("file", err)
}

// Files gives the files of these hashes that are known; the others are missing from the answer.
func (s *Store) Files(ctx context.Context, hashes []string) (map[string]File, error) {
	rows, err := s.q.Files(ctx, hashes)
	out := make(map[string]File, len(rows))
	for _, f := range rows {
		out[f.Hash] = File{Hash: f.Hash, Size: f.Size, Type: f.Type}
	}
	return out, wrap("files", err)
}
