package config

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseEnv(t *testing.T) {
	e, err := ParseEnv([]string{"exabgp.tcp.port=1790", "exabgp_tcp_port=1", "exabgp_tcp_bind=", "exabgp_tcp_connections=2", "exabgp_api_cli=false",
		"exabgp_api_version=4", "exabgp_api_ack=false", "exabgp_api_socketname=exabgp-test-1", "exabgp_api_pipename=pipe", "exabgp.root=/srv", "exabgp_version=5.0.0-0+test", "exabgp_daemon_user=root",
		"exabgp_log_enable=false", "exabgp.log.level=CRITICAL", "exabgp_log_level=DEBUG", "exabgp_log_destination=syslog", "exabgp_daemon_daemonize=true", "exabgp_debug_rotate=true", "exabgp_debug_configuration=true", "RUNNER_CASE=x", "PATH"})
	require.NoError(t, err)
	require.Equal(t, Env{TCPPort: 1790, Connections: 2, APIVersion: 4, APISocketName: "exabgp-test-1", APIPipeName: "pipe", Root: "/srv", SoftwareVersion: "5.0.0-0+test",
		LogLevel: "error", LogDestination: "syslog", Daemonize: true, DaemonUser: "root", DebugRotate: true}, e)
	e, err = ParseEnv([]string{"exabgp.tcp.bind=127.0.0.1 ::1"})
	require.NoError(t, err)
	require.Equal(t, []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}, e.TCPBind)
}

func TestParseEnvErrors(t *testing.T) {
	_, err := ParseEnv([]string{"exabgp_tcp_port=70000", "exabgp.api.version=5", "exabgp_api_ack=maybe", "exabgp_log_level=loud"})
	require.EqualError(t, err, `environment variable exabgp_tcp_port: "70000" is not a port: write a number from 1 to 65535
environment variable exabgp_api_ack: "maybe" is not a boolean: write true or false
environment variable exabgp_log_level: "loud" is not a level of the log: write DEBUG, INFO, WARNING or ERROR
environment variable exabgp.api.version: "5" is not a version of the API: write 4 or 6`)
}
