package scenario_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// stage is a speaker with one peer and one client, and places for what a story
// adds: knobs, and lines for the peer, the client and the network.
const stage = `peerloom scenario 1
name stage
pace replies
delay 1ms
%s

speaker dut {
	process helper {
		run ./helper;
	}
	neighbor 10.0.0.2 {
		router-id 1.2.3.4;
		local-address 10.0.0.1;
		local-as 65001;
		peer-as 65001;
		hold-time 9;
		listen 179;
		prefix-limit {
			ipv4 unicast 3;
		}
		family {
			ipv4 unicast;
		}
		capability {
			route-refresh;
		}
		api {
			processes [ helper ];
		}
		static {
			route 192.0.2.0/24 next-hop self;
		}
	}
}

reload dut {
	process helper {
		run ./helper;
	}
	neighbor 10.0.0.2 {
		router-id 1.2.3.4;
		local-address 10.0.0.1;
		local-as 65001;
		peer-as 65001;
		hold-time 9;
		listen 179;
		prefix-limit {
			ipv4 unicast 3;
		}
		family {
			ipv4 unicast;
		}
		capability {
			route-refresh;
		}
		api {
			processes [ helper ];
		}
		static {
			route 198.51.100.0/24 next-hop self;
		}
	}
}

peer peer {
	address 10.0.0.2
%s
}

client helper of dut {
	wait end-of-rib
%s
}

network {
	wait end-of-rib
	sleep 1s
%s
}
`

// story is what a fault must look like: lines of the trace of a dull run, in
// order, as regular expressions on "SECONDS TEXT", and some that never come.
type story struct {
	name                         string
	knobs, peer, client, network string
	alone                        bool // nothing waits for the session
	want, never                  []string
}

const (
	announce  = "send announce route 192.168.0.0/24 next-hop self"
	announced = "dut→peer UPDATE announce 192.168.0.0/24"
	table     = "dut→peer UPDATE announce 192.0.2.0/24"
	end       = "dut→peer End-of-RIB"
	expired   = "NOTIFICATION 4/0"
)

func linkStories() []story {
	return []story{
		{name: "reset", network: "reset dut peer", want: []string{end, `^1\.\d+ .*RST`, table, end}, never: []string{"NOTIFICATION"}},
		{name: "close", network: "close peer dut", want: []string{end, `^1\.\d+ .*FIN`, table, end}, never: []string{"RST", "NOTIFICATION"}},
		{name: "half-open", network: "half-open peer dut",
			want: []string{end, `^[23]\.\d+ .*data 19`, `RST`, `session down: connection reset`, end}, never: []string{"FIN"}},
		{name: "half-open at the speaker: bytes of the old connection after the new one is up", network: "half-open dut peer\n\tsleep 5s",
			want: []string{end, `^1\.\d+ .*2a > 2b SYN`, end, `1b > 1a data 19`, `1a > 1b RST`}, never: []string{expired}},
		{name: "stall longer than the hold time", network: "stall peer dut for 30s",
			want: []string{end, `^(9|10)\.\d+ .*session down: notification sent .4,0.`, `dut→peer ` + expired, `^9\.\d+ dut→peer OPEN`, end}},
		{name: "a window that is full", knobs: "window 100", client: "sleep 1s\n\tsleep 10ms\n\tflood 4 announce route 10.0.{n}.0/24 next-hop self med {n}",
			network: "deaf peer dut for 7s", want: []string{end, `batch of 4`, `^8\.\d+ dut→peer UPDATE announce 10.0.0.0/24`, `10.0.3.0/24`}},
		{name: "a bit flips", client: "sleep 2s\n\t" + announce, network: "sleep 500ms\n\tflip dut peer", want: []string{end, "batch of 1"}, never: []string{announced + " next-hop 10.0.0.1 origin igp local-preference 100"}},
		{name: "clog", client: "sleep 2s\n\t" + announce, network: "clog dut peer for 20s", want: []string{end, `^2\.\d+ helper→dut batch`, `peer→dut KEEPALIVE`, `^21\.\d+ ` + announced}, never: []string{"NOTIFICATION"}},
		{name: "partition", network: "partition dut peer for 20s", want: []string{end, `session down: notification sent .4,0.`, `^21\.\d+ dut→peer ` + expired, end}},
		{name: "one-way", network: "one-way peer for 20s", want: []string{end, `session down: notification sent .4,0.`, `^(9|10)\.\d+ dut→peer ` + expired, `^21\.`, end}},
		{name: "isolate", network: "isolate peer\n\tsleep 20s\n\theal", want: []string{end, `session down: notification sent .4,0.`, `^21\.\d+ dut→peer ` + expired, end}},
		{name: "swizzle", network: "swizzle dut peer for 20s", want: []string{end, `session down: notification sent .4,0.`, `^(3|4)\d\.\d+ .*` + end}},
		{name: "delay", network: "delay dut peer 2s\n\treset dut peer", want: []string{end, `^1\.\d+ world`, `^3\.\d+ net: 2a > 2b SYN`, `^5\.\d+ net: 2a > 2b ACK`, `^[67]\.\d+ ` + table}},
		{name: "unlisten", network: "unlisten peer for 30s\n\treset dut peer", want: []string{end, `2b > 2a RST`, `connection refused`, `^3[1-9]\.\d+ ` + end}},
		{name: "ghost", network: "reset dut peer\n\tsleep 1s\n\tghost dut", want: []string{end, end, `^2\.\d+ dut gets bytes of a connection that is gone`}, never: []string{"NOTIFICATION"}},
	}
}

func nodeStories() []story {
	return []story{
		{name: "killed, with state", client: announce, network: "kill dut with state for 5s", want: []string{announced, `^1\.\d+ .*FIN`, `^6\.\d+ ` + table + ` 192.168.0.0/24`, end}, never: []string{"NOTIFICATION"}},
		{name: "killed, without", client: announce, network: "kill dut for 5s\n\tsleep 10s", want: []string{announced, `^1\.\d+ .*FIN`, `^6\.\d+ ` + table + ".*origin", end, `^1[01]\.`}, never: []string{`^[6-9]\.\d+ ` + announced}},
		{name: "the peer's power is lost", network: "crash peer for 20s", want: []string{end, `^9\.\d+ .*session down: notification sent .4,0.`, `^2[1-5]\.\d+ .*` + end}, never: []string{"RST"}},
		{name: "the peer is killed", network: "kill peer for 20s", want: []string{end, `^1\.\d+ .*FIN`, `connection refused`, `^2[1-5]\.\d+ .*` + end}},
		{name: "power lost", network: "crash dut for 20s", want: []string{end, `peer: sends KEEPALIVE`, `^21\.\d+ .*RST`, end}, never: []string{"FIN"}},
		{name: "pause longer than the hold time", network: "pause dut for 20s", want: []string{end, `^21\.\d+ .*dut`}, never: []string{`^(5|1\d|20)\.\d+ dut→peer`}},
		{name: "clock set forward", network: "clock dut +200s", want: []string{end, `^1\.\d+ .*dut: log: session down: notification sent .4,0.`, `^1\.\d+ dut→peer ` + expired, end}},
		{name: "clock set back", network: "clock dut -100s\n\tsleep 120s", want: []string{end, `^3\.\d+ peer→dut KEEPALIVE`, `^10\d\.\d+ dut→peer KEEPALIVE`}, never: []string{`^(2|3|4|5|6|7|8|9)\.\d+ dut→peer KEEPALIVE`}},
		{name: "a fast clock", network: "drift dut 500000\n\tsleep 6s", want: []string{end, `^2\.\d+ dut→peer KEEPALIVE`, `^4\.\d+ dut→peer KEEPALIVE`, `^6\.\d+ dut→peer KEEPALIVE`}},
		{name: "reload", network: "reload dut", want: []string{end, `^1\.\d+ dut→peer UPDATE withdraw 192.0.2.0/24`, `dut→peer UPDATE announce 198.51.100.0/24`}, never: []string{"session down"}},
		{name: "more prefixes than the limit", network: "over-limit peer\n\tsleep 60s", client: "sleep 30s\n\tsend restart",
			want:  []string{end, `peer→dut UPDATE announce 198.19.0.2/32`, `^1\.\d+ dut→peer NOTIFICATION 6/1`, `^3\d\.\d+ dut→peer OPEN`, end},
			never: []string{`peer→dut UPDATE announce 198.19.0.4/32`, `^([2-9]|[12]\d)\.\d+ dut→peer`}},
		{name: "malformed messages", peer: "wait end-of-rib\n\tmalform header/marker-0", want: []string{end, `dut→peer NOTIFICATION 1/1`, end}},
		{name: "the same identifier", peer: "router-id same\n\tsleep 1s\n\trouter-id 9.9.9.9", alone: true, want: []string{`NOTIFICATION 2/3`}},
		{name: "a capability less", peer: "wait end-of-rib\n\tforget 2\n\treset", want: []string{`peer→dut OPEN .* as4\(65001\) refresh`, end, `RST`, `peer→dut OPEN .* as4\(65001\) enhanced-refresh`, end}},
		{name: "both open a connection", peer: "wait end-of-rib\n\tconnect 10.0.0.1:179", want: []string{end, `2a > 2b SYN`, `NOTIFICATION 6/7`}},
		{name: "client dies in a line", client: announce + "\n\tsend-part announce route 192.168.1.0/24 next-\n\tdie\n\t" + "send announce route 192.168.2.0/24 next-hop self",
			want: []string{announced, `helper: is started again`, `UPDATE announce 192.168.2.0/24`}, never: []string{"UPDATE announce 192.168.1.0/24"}},
		{name: "client floods", client: "flood 300 announce route 10.{m}.{n}.0/24 next-hop self med {n}", want: []string{`UPDATE announce 10.0.43.0/24 10.1.43.0/24`, `UPDATE announce 10.0.255.0/24`}},
		{name: "client reads nothing", knobs: "client-pipe 40", client: "mute 30s\n\tflood 40 announce route 10.0.{n}.0/24 next-hop self\n\tsend announce route 10.1.0.0/24 next-hop self",
			want: []string{`10.0.39.0/24`, `^30\.\d+ dut→peer UPDATE announce 10.1.0.0/24`}},
	}
}

// setStories are faults of the network itself at a time that a script names.
func setStories() []story {
	return []story{
		{name: "refused for a while", network: "set refuse 1/1 for 20s\n\treset dut peer", want: []string{end, `^1\.\d+ .*RST`, `^2\.\d+ .*connection refused`, `^2[1-6]\.\d+ ` + end},
			never: []string{`^([2-9]|1\d)\.\d+ ` + end}},
		{name: "hangs for a while", network: "set hang 1/1 for 20s\n\treset dut peer\n\tsleep 300s", want: []string{end, `^1\.\d+ .*RST`, `^6\.\d+ dut: timer`, `^2\d\.\d+ .*SYN`, `^2\d\.\d+ ` + end},
			never: []string{"refused", `^([2-9]|1\d)\.\d+ .*SYN`}},
		{name: "split at every write", network: "set split 1/1", client: "sleep 2s\n\t" + announce, want: []string{end, `^2\.\d+ helper→dut batch`, `1a > 1b data \d+ data \d+`, announced}},
		{name: "short writes", network: "set short-write 1/1", client: "sleep 2s\n\t" + announce, want: []string{end, `^2\.\d+ helper→dut batch`, `^2\.005\d* net: 1a writable`, announced}},
		{name: "a reset loses what is in flight", network: "sleep 900ms\n\tset cut 1/1\n\tdelay dut peer 500ms\n\tsleep 200ms\n\treset dut peer",
			client: "sleep 1s\n\tsleep 1ms\n\t" + announce, want: []string{end, `helper→dut batch`, `RST`, table + ".* 192.168.0.0/24", end}},
	}
}

func knobStories() []story {
	return []story{
		{name: "refused", knobs: "refuse 1/1", alone: true, network: "sleep 5s", want: []string{`^0\.\d+ .*RST`, `connection refused`, `^[1-4]\.\d+ .*RST`, `^[5-9]\.\d+ .*` + end}},
		{name: "hangs", knobs: "hang 1/1", alone: true, network: "sleep 100s", want: []string{`^100\.`, `^1\d\d\.\d+ .*` + end}, never: []string{`^\d\d\.\d+ .*SYN`, "refused"}},
		{name: "slow", knobs: "slow-connect 1/1", alone: true, network: "sleep 20s", want: []string{`^7\.\d+ .*SYN`, `^2[5-9]\.\d+ ` + end}},
		{name: "bursts", knobs: "client-flood 1/1\nburst 1/1\nfault-ticks 3", alone: true,
			want:  []string{`^0\.000000 world: may a fault strike`, `^0\.000000 world: may a fault strike`, `^0\.000000 world: may a fault strike`, `UPDATE announce 192.0.2.0/24 198.18.0.0/32`},
			never: []string{`^0\.[1-9]\d* world: may a fault strike`}},
		{name: "coalesce", knobs: "coalesce 1/1", want: []string{`^0\.\d+ net: .*data 19 data 48 data 23`}},
		{name: "slow pair", knobs: "slow-pair 1/1", want: []string{`^0\.6\d* net: 1a > 1b SYN`, `^1\.2\d* net: 1b > 1a SYN-ACK`}},
		{name: "simultaneous open", knobs: "simultaneous-open 1/1", alone: true, peer: "sleep 2s\n\tconnect 10.0.0.1:179", network: "sleep 10s",
			want: []string{`^2\.001\d* net: 1a > 1b SYN`, `^2\.001\d* net: 2a > 2b SYN`, `NOTIFICATION 6/7`}},
	}
}

// tell runs a story and gives the lines of its trace.
func (s *story) tell(t *testing.T) []string {
	text := fmt.Sprintf(stage, s.knobs, s.peer, s.client, s.network)
	if s.alone {
		text = strings.ReplaceAll(text, "\twait end-of-rib\n", "")
	}
	f, err := scenario.Parse(s.name, []byte(text))
	require.NoError(t, err)
	trace := sim.NewTrace(sim.Text)
	r := scenario.Run(f, scenario.Options{Source: sim.Dull{}, Trace: trace})
	var lines []string
	for _, l := range trace.Lines() {
		if !strings.HasSuffix(l.Text, "is it quiet?") {
			lines = append(lines, fmt.Sprintf("%.6f %s", l.At.Seconds(), l.Text))
		}
	}
	require.Equal(t, scenario.OK, r.Verdict, "%v %v\n%s", r.Violation, r.Err, strings.Join(lines, "\n"))
	return lines
}

func TestFaultsShowOnTheWire(t *testing.T) {
	for _, s := range slices.Concat(linkStories(), nodeStories(), setStories(), knobStories()) {
		t.Run(s.name, func(t *testing.T) {
			lines := s.tell(t)
			at := 0
			for _, w := range s.want {
				re := regexp.MustCompile(w)
				for at < len(lines) && !re.MatchString(lines[at]) {
					at++
				}
				if at == len(lines) {
					t.Fatalf("no line matches %s behind those that match the ones before it:\n%s", w, strings.Join(lines, "\n"))
				}
				at++
			}
			for _, w := range s.never {
				require.NotRegexp(t, "(?m)"+w, strings.Join(lines, "\n"))
			}
		})
	}
}
