package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
)

// packed holds files of the console gzipped, each made when it is first asked for: a hall's network carries a third of it.
type packed struct {
	dist  fs.FS
	files sync.Map // name: func() []byte
}

// worth are the kinds of file that become smaller.
var worth = map[string]bool{".js": true, ".css": true, ".svg": true}

// file is a file gzipped; nil for one that is better sent as it is.
func (p *packed) file(name string) []byte {
	if !worth[path.Ext(name)] {
		return nil
	}
	once, _ := p.files.LoadOrStore(name, sync.OnceValue(func() []byte {
		plain, err := fs.ReadFile(p.dist, name)
		if err != nil {
			return nil
		}
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil
		}
		if _, err = w.Write(plain); err != nil || w.Close() != nil || b.Len() >= len(plain) {
			return nil
		}
		return b.Bytes()
	}))
	return once.(func() []byte)()
}

// takesGzip says whether a client that sent this Accept-Encoding reads gzip.
func takesGzip(accept string) bool {
	for entry := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(entry, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err != nil || q > 0
	}
	return false
}
