package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// A message is sent with its last octet, however TCP cuts what it takes.
func TestTookCompletes(t *testing.T) {
	c := NewConns([]ConnsNeighbor{{Name: "10.0.0.2"}})
	c.Accept(time.Unix(0, 0), 2, 0)
	alive := codec.AppendKeepalive(nil)
	c.Gave(2, alive)
	c.Gave(2, codec.AppendEndOfRIB(nil, codec.IPv4Unicast))
	c.Gave(2, alive)

	require.Empty(t, c.Took(2, len(alive)-1))
	require.Equal(t, []codec.MessageType{codec.MsgKeepalive, codec.MsgUpdate}, c.Took(2, 1+23))
	require.Empty(t, c.Took(3, 1000), "nobody's")
	require.Equal(t, []codec.MessageType{codec.MsgKeepalive}, c.Took(2, 1000))
	require.Empty(t, c.Took(2, 1000))

	c.Lost(time.Unix(1, 0), 2)
	require.Empty(t, c.Took(2, 1000), "of a connection that is over")
}

func TestJudgeSent(t *testing.T) {
	alive, update := codec.MsgKeepalive, codec.MsgUpdate
	require.Nil(t, JudgeSent(nil, nil))
	require.Nil(t, JudgeSent([]codec.MessageType{alive, update}, []codec.MessageType{alive, update}))
	for name, told := range map[string][]codec.MessageType{"not": nil, "another": {update}, "twice": {alive, alive}} {
		v := JudgeSent(told, []codec.MessageType{alive})
		require.NotNil(t, v, name)
		require.Equal(t, FSMSent, v.ID)
	}
	require.NotNil(t, JudgeSent([]codec.MessageType{update}, nil), "when it is only queued")
}
