package capture_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

// sharedMessages calls f with every message of the captures that lie beside the
// project, as two sessions read it: an internal one of 4-octet AS numbers and
// an external one of 2-octet ones, where the file does not say itself. at is
// the file and the offset in it.
func sharedMessages(t *testing.T, f func(at string, r *capture.Record)) {
	t.Helper()
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		t.Skip("PEERLOOM_SHARED does not name the folder with captures/{tcpdump,mrt,corpi}")
	}
	root = filepath.Join(root, "captures")
	for _, pattern := range []string{"tcpdump/*.pcap*", "mrt/*.gz"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, names, pattern)
		for _, name := range names {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			messagesOf(t, filepath.Base(name), data, f)
		}
	}
	z, err := zip.OpenReader(filepath.Join(root, "corpi", "messages.zip"))
	require.NoError(t, err)
	defer z.Close()
	for _, file := range z.File {
		r, err := file.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		messagesOf(t, file.Name, data, f)
	}
}

func messagesOf(t *testing.T, name string, data []byte, f func(at string, r *capture.Record)) {
	for _, o := range []codec.Options{
		{AS4: true, IBGP: true, MaxLen: codec.MaxExtendedLen},
		{MaxLen: codec.MaxExtendedLen},
	} {
		err := capture.Read(bytes.NewReader(data), capture.Settings{Options: o}, func(r *capture.Record) bool {
			if r.Err == nil {
				f(name, r)
			}
			return true
		})
		if err != nil {
			require.ErrorIs(t, err, capture.ErrFormat, name)
		}
	}
}

// rawUpdate is an UPDATE as it is on the wire, cut into its fields and no more.
type rawUpdate struct {
	withdrawn, nlri []byte
	attrs           []rawAttr
	apart           bool // to be written as a message for each field
}

type rawAttr struct {
	flags codec.AttrFlags
	typ   codec.AttrType
	value []byte
}

// cutUpdate cuts as far as it goes.
func cutUpdate(msg []byte) *rawUpdate {
	u := &rawUpdate{}
	b := codec.Body(msg)
	var attrs []byte
	if u.withdrawn, b = cutCounted(b); b == nil {
		return u
	}
	if attrs, u.nlri = cutCounted(b); u.nlri == nil {
		return u
	}
	for len(attrs) >= 3 {
		a := rawAttr{flags: codec.AttrFlags(attrs[0]), typ: codec.AttrType(attrs[1])}
		n, head := int(attrs[2]), 3
		if a.flags&codec.FlagExtended != 0 {
			if len(attrs) < 4 {
				break
			}
			n, head = n<<8|int(attrs[3]), 4
		}
		if head+n > len(attrs) {
			break
		}
		a.value, attrs = bytes.Clone(attrs[head:head+n]), attrs[head+n:]
		u.attrs = append(u.attrs, a)
	}
	return u
}

// cutCounted cuts a field with two octets of length; rest is nil where it is
// too short.
func cutCounted(b []byte) (field, rest []byte) {
	if len(b) < 2 || len(b) < 2+int(b[0])<<8+int(b[1]) {
		return nil, nil
	}
	n := 2 + int(b[0])<<8 + int(b[1])
	return bytes.Clone(b[2:n]), bytes.Clone(b[n:])[: len(b)-n : len(b)-n]
}

// attr is the first attribute of a type, or nil.
func (u *rawUpdate) attr(t codec.AttrType) *rawAttr {
	for i := range u.attrs {
		if u.attrs[i].typ == t {
			return &u.attrs[i]
		}
	}
	return nil
}

// reachable is the NLRI of MP_REACH_NLRI; nil where there is none.
func (u *rawUpdate) reachable() []byte {
	a := u.attr(codec.AttrMPReach)
	if a == nil || len(a.value) < 5 || len(a.value) < 5+int(a.value[3]) || a.family() == 0 {
		return nil
	}
	return a.value[5+int(a.value[3]):]
}

// family is that of MP_REACH_NLRI or MP_UNREACH_NLRI.
func (a *rawAttr) family() codec.Family {
	return codec.MakeFamily(codec.AFI(a.value[0])<<8|codec.AFI(a.value[1]), codec.SAFI(a.value[2]))
}

// write is the message again; where the fields are apart, one for each that has
// routes in it.
func (u *rawUpdate) write() []byte {
	unreach := func(a rawAttr) bool { return a.typ == codec.AttrMPUnreach }
	reach := func(a rawAttr) bool { return a.typ == codec.AttrMPReach }
	if !u.apart {
		return writeUpdate(u.withdrawn, u.attrs, u.nlri)
	}
	var b []byte
	if len(u.withdrawn) > 0 {
		b = append(b, writeUpdate(u.withdrawn, nil, nil)...)
	}
	if i := slices.IndexFunc(u.attrs, unreach); i >= 0 {
		b = append(b, writeUpdate(nil, u.attrs[i:i+1], nil)...)
	}
	others := slices.DeleteFunc(slices.Clone(u.attrs), unreach)
	if len(u.reachable()) > 0 {
		b = append(b, writeUpdate(nil, others, nil)...)
	}
	if len(u.nlri) > 0 {
		b = append(b, writeUpdate(nil, slices.DeleteFunc(others, reach), u.nlri)...)
	}
	return b
}

func writeUpdate(withdrawn []byte, attrs []rawAttr, nlri []byte) []byte {
	var block []byte
	for _, a := range attrs {
		n := len(a.value)
		block = append(block, byte(a.flags), byte(a.typ))
		if a.flags&codec.FlagExtended != 0 {
			block = append(block, byte(n>>8))
		}
		block = append(append(block, byte(n)), a.value...)
	}
	size := codec.HeaderLen + 4 + len(withdrawn) + len(block) + len(nlri)
	b := append(bytes.Repeat([]byte{0xff}, 16), byte(size>>8), byte(size), byte(codec.MsgUpdate))
	b = append(append(b, byte(len(withdrawn)>>8), byte(len(withdrawn))), withdrawn...)
	b = append(append(b, byte(len(block)>>8), byte(len(block))), block...)
	return append(b, nlri...)
}
