package letters_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/letters"
)

// testFont makes a TrueType font that has the characters given, each a full-width square. So the tests
// need no font of the machine.
func testFont(t *testing.T, chars string, empty ...rune) []byte {
	t.Helper()
	runes := []rune(chars)
	slices.Sort(runes)
	runes = slices.Compact(runes)
	be := binary.BigEndian
	var glyf, loca, hmtx bytes.Buffer
	put := func(w *bytes.Buffer, values ...any) {
		for _, v := range values {
			require.NoError(t, binary.Write(w, be, v))
		}
	}
	square := func() {
		// One contour of four points on the curve.
		put(&glyf, int16(1), int16(0), int16(0), int16(800), int16(800), uint16(3), uint16(0), []byte{1, 1, 1, 1})
		put(&glyf, int16(0), int16(800), int16(0), int16(-800), int16(0), int16(0), int16(800), int16(0))
	}
	put(&loca, uint32(0))
	square() // .notdef
	put(&loca, uint32(glyf.Len()))
	put(&hmtx, uint16(1000), int16(0))
	for _, r := range runes {
		if r != ' ' && !slices.Contains(empty, r) {
			square()
		}
		put(&loca, uint32(glyf.Len()))
		put(&hmtx, uint16(1000), int16(0))
	}
	n := uint16(len(runes) + 1)

	var cmap4, cmap12 bytes.Buffer
	var basic []int
	for i, r := range runes {
		if r <= 0xFFFF {
			basic = append(basic, i)
		}
	}
	seg := uint16(len(basic) + 1)
	put(&cmap4, uint16(4), uint16(16+8*seg), uint16(0), seg*2, uint16(0), uint16(0), uint16(0))
	for _, i := range basic {
		put(&cmap4, uint16(runes[i]))
	}
	put(&cmap4, uint16(0xFFFF), uint16(0))
	for _, i := range basic {
		put(&cmap4, uint16(runes[i]))
	}
	put(&cmap4, uint16(0xFFFF))
	for _, i := range basic {
		put(&cmap4, uint16(i+1)-uint16(runes[i]))
	}
	put(&cmap4, uint16(1))
	put(&cmap4, make([]uint16, seg))
	put(&cmap12, uint16(12), uint16(0), uint32(16+12*len(runes)), uint32(0), uint32(len(runes)))
	for i, r := range runes {
		put(&cmap12, uint32(r), uint32(r), uint32(i+1))
	}
	var cmap bytes.Buffer
	put(&cmap, uint16(0), uint16(2), uint16(3), uint16(1), uint32(20), uint16(3), uint16(10), uint32(20+cmap4.Len()))
	cmap.Write(cmap4.Bytes())
	cmap.Write(cmap12.Bytes())

	var head, hhea, maxp, name, os2, post bytes.Buffer
	put(&head, uint32(0x00010000), uint32(0), uint32(0), uint32(0x5F0F3CF5), uint16(0), uint16(1000), uint64(0), uint64(0), int16(0), int16(0), int16(800), int16(800), uint16(0), uint16(8), int16(2), int16(1), int16(0))
	put(&hhea, uint32(0x00010000), int16(800), int16(-200), int16(0), uint16(1000), int16(0), int16(0), int16(800), int16(1), int16(0), int16(0), [8]byte{}, int16(0), n)
	put(&maxp, uint32(0x00010000), n, [26]byte{})
	ps := []byte("TestFont")
	put(&name, uint16(0), uint16(1), uint16(18), uint16(1), uint16(0), uint16(0), uint16(6), uint16(len(ps)), uint16(0), ps)
	put(&os2, uint16(2), int16(1000), uint16(400), uint16(5), uint16(0), [20]byte{}, int16(0), [10]byte{}, [16]byte{}, [4]byte{'t', 'e', 's', 't'}, uint16(0), uint16(0), uint16(0xFFFF),
		int16(800), int16(-200), int16(0), uint16(800), uint16(200), uint64(0), int16(500), int16(700), uint16(0), uint16(0), uint16(0))
	put(&post, uint32(0x00030000), uint32(0), int16(-100), int16(50), uint32(0), [16]byte{})

	tables := []struct {
		tag  string
		data []byte
	}{
		{"OS/2", os2.Bytes()}, {"cmap", cmap.Bytes()}, {"glyf", glyf.Bytes()}, {"head", head.Bytes()}, {"hhea", hhea.Bytes()}, {"hmtx", hmtx.Bytes()},
		{"loca", loca.Bytes()}, {"maxp", maxp.Bytes()}, {"name", name.Bytes()}, {"post", post.Bytes()},
	}
	var out, body bytes.Buffer
	put(&out, uint32(0x00010000), uint16(len(tables)), uint16(0), uint16(0), uint16(0))
	at := 12 + 16*len(tables)
	for _, x := range tables {
		out.WriteString(x.tag)
		put(&out, uint32(0), uint32(at+body.Len()), uint32(len(x.data)))
		body.Write(x.data)
		for body.Len()%4 != 0 {
			body.WriteByte(0)
		}
	}
	return append(out.Bytes(), body.Bytes()...)
}

func file(name string, data []byte) letters.FontFile {
	return letters.FontFile{Name: name, Read: func() ([]byte, error) { return data, nil }}
}

const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
