package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnvFile(t *testing.T) {
	vars, err := EnvFile("exabgp.env", []byte("# ExaBGP\n[exabgp.api]\nack = false\n; x\n\n[exabgp.tcp]\r\nbind = ''\nport = 1790\nunknown = 1\n"))
	require.NoError(t, err)
	e, err := ParseEnv(append(vars, "exabgp_tcp_port=1791"))
	require.NoError(t, err)
	require.EqualValues(t, 1791, e.TCPPort, "the process's environment wins")
	require.False(t, e.APIAck)
	require.Empty(t, e.TCPBind)

	_, err = EnvFile("exabgp.env", []byte("port = 1\n[exabgp.tcp\n [exabgp.api]\n  ack\n"))
	require.EqualError(t, err, "exabgp.env:1:1: this is no setting of a section: write [exabgp.tcp] and below it port = 179\n"+
		"exabgp.env:2:1: a section that is not closed: write it as [exabgp.tcp]\n"+
		"exabgp.env:4:3: this is no setting of a section: write [exabgp.tcp] and below it port = 179")
}
