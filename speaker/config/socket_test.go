package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
)

func socketOf(lines string) (speaker.Socket, error) {
	c, err := config.Parse("f", []byte("neighbor 192.0.2.1 { local-address 192.0.2.2; local-as 1; peer-as 1; "+lines+" }"), config.Env{})
	if err != nil {
		return speaker.Socket{}, err
	}
	return c.Neighbors[0].Socket, nil
}

func TestSocketDirectives(t *testing.T) {
	s, err := socketOf("source-interface eth0; outgoing-ttl 255; incoming-ttl 254; md5-base64 true; md5-password bG9vbQ==; md5-ip 192.0.2.2;")
	require.NoError(t, err)
	require.Equal(t, speaker.Socket{Interface: "eth0", OutgoingTTL: 255, IncomingTTL: 254, MD5: "loom"}, s)
	s, err = socketOf("outgoing-ttl false; incoming-ttl disable; md5-ip 192.0.2.9;")
	require.NoError(t, err)
	require.Zero(t, s)
	s, err = socketOf("md5-base64 auto; md5-password bG9vbQ==; capability { add-path disabled; }")
	require.NoError(t, err)
	require.Equal(t, speaker.Socket{MD5: "bG9vbQ=="}, s)
	s, err = socketOf(`md5-password "two words";`)
	require.NoError(t, err)
	require.Equal(t, speaker.Socket{MD5: "two words"}, s)
}

func TestTCPAO(t *testing.T) {
	for lines, want := range map[string]speaker.AOKey{
		"keyid 7; algorithm hmac-sha-1-96; password loom;":             {ID: 7, Key: "loom"},
		"keyid 255; algorithm AES-128-CMAC-96; password loom;":         {ID: 255, Algorithm: speaker.AOAES128CMAC, Key: "loom"},
		"keyid 0; algorithm cmac-aes128; password loom;":               {Algorithm: speaker.AOAES128CMAC, Key: "loom"},
		"algorithm hmac-sha256; password bG9vbQ==; base64 true;":       {Algorithm: speaker.AOHMACSHA256, Key: "loom"},
		`password "two words"; keyid 1; algorithm sha1; base64 false;`: {ID: 1, Key: "two words"},
		`password "two words"; keyid 1; algorithm hmac_sha_256; `:      {ID: 1, Algorithm: speaker.AOHMACSHA256, Key: "two words"},
		"keyid 1; password " + strings.Repeat("s", 80) + ";":           {ID: 1, Key: strings.Repeat("s", 80)},
	} {
		s, err := socketOf("tcp-ao { " + lines + " }")
		require.NoError(t, err, lines)
		require.Equal(t, speaker.Socket{AO: want}, s, lines)
	}
}

func TestSocketDirectivesThatAreWrong(t *testing.T) {
	for lines, want := range map[string]string{
		"outgoing-ttl 256;":                                    `"256" is not a TTL: write a number from 1 to 255`,
		"incoming-ttl 0;":                                      `"0" is not a TTL`,
		"source-interface much-too-long-a-name;":               "is not the name of an interface",
		"md5-base64 true; md5-password secret!;":               "md5-password is not base64",
		"md5-password " + strings.Repeat("s", 81) + ";":        "md5-password has 81 octets: write at most 80",
		"md5-password s; md5-ip auto;":                         `"auto" is not an address`,
		"tcp-ao { keyid 256; password s; }":                    `"256" is not a keyid: write a number from 0 to 255`,
		"tcp-ao { algorithm md5; password s; }":                `"md5" is not an algorithm of TCP-AO: write one of hmac-sha-1-96, aes-128-cmac-96`,
		"tcp-ao { keyid 1; }":                                  "tcp-ao has no password: write password TEXT",
		"tcp-ao { base64 true; password secret!; }":            "password is not base64",
		"tcp-ao { password " + strings.Repeat("s", 81) + "; }": "password has 81 octets: write at most 80",
		"md5-password secret; tcp-ao { password secret; }":     "tcp-ao beside md5-password: keep one of the two",
	} {
		_, err := socketOf(lines)
		require.ErrorContains(t, err, want, lines)
		require.NotContains(t, err.Error(), "secret", "a key is not shown")
	}
}

func TestSocketDirectivesSurviveADump(t *testing.T) {
	c, err := config.Parse("f", []byte(`neighbor 192.0.2.1 { local-address 192.0.2.2; local-as 1; peer-as 1;
		source-interface eth0; outgoing-ttl 255; incoming-ttl 254; md5-password "a \"key\""; }`), config.Env{})
	require.NoError(t, err)
	again, err := config.Parse("dump", config.Dump(c), config.Env{})
	require.NoError(t, err)
	require.Equal(t, speaker.Socket{Interface: "eth0", OutgoingTTL: 255, IncomingTTL: 254, MD5: `a "key"`}, again.Neighbors[0].Socket)

	c, err = config.Parse("f", []byte(`neighbor 192.0.2.1 { local-address 192.0.2.2; local-as 1; peer-as 1;
		tcp-ao { keyid 9; algorithm aes-128-cmac-96; password "a \"key\""; } }`), config.Env{})
	require.NoError(t, err)
	again, err = config.Parse("dump", config.Dump(c), config.Env{})
	require.NoError(t, err)
	require.Equal(t, speaker.Socket{AO: speaker.AOKey{ID: 9, Algorithm: speaker.AOAES128CMAC, Key: `a "key"`}}, again.Neighbors[0].Socket)
}
