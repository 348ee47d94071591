package codec

// attrSpec is what the codec knows about one path attribute. Everything that
// has to know an attribute reads it here: one stanza an attribute.
type attrSpec struct {
	// name is the attribute's name in ExaBGP's vocabulary; "" marks a type
	// that the codec does not know.
	name string
	// listed attributes are known by name only: they are treated as RFC 4271
	// §5 treats what is unrecognized.
	listed bool
	// flags are the Optional and Transitive bits that the attribute must have.
	flags AttrFlags
	// check says what is malformed about a value as it is on the wire, with
	// the subcode of RFC 4271 §6.3, or "". as4: AS numbers are four octets.
	check func(v []byte, as4 bool) (subcode uint8, why string)
	// treat is the RFC 7606 treatment of a malformed value, and treatOf that of
	// one whose parts ask for different ones (nil: treat).
	treat   Treatment
	treatOf func(v []byte) Treatment
	// internal attributes are discarded on external sessions, malformed or
	// not (RFC 7606 §7.5, 7.9, 7.10).
	internal bool
	// wide attributes hold AS numbers: widen appends the canonical form of a
	// 2-octet value, narrow the 2-octet form of a canonical one.
	widen, narrow func(b, v []byte) []byte
	// shadow is the attribute that carries to a 2-octet speaker what narrow
	// loses, and appendShadow its value; nothing where nothing is lost.
	shadow       AttrType
	appendShadow func(b, v []byte) []byte
	// appendText appends a canonical value as the words after the name; false
	// where the value has no such form. nil where there are no such words.
	appendText func(b, v []byte) ([]byte, bool)
	// parse reads these words.
	parse func(args []string) ([]byte, error)
	// appendJSON appends a canonical value as JSON, and json is its key where
	// that is not name; nil where the octets are all there is to say.
	json       string
	appendJSON func(b, v []byte) []byte
	// also is a second name with words of its own, for the values that the
	// first has none for.
	also *attrForm
}

// attrForm is a name with the words after it, as in attrSpec.
type attrForm struct {
	name       string
	appendText func(b, v []byte) ([]byte, bool)
	parse      func(args []string) ([]byte, error)
}

const (
	wellKnown          = FlagTransitive
	optionalTransitive = FlagOptional | FlagTransitive
	optional           = FlagOptional
)

// attrTable is the table of path attributes.
var attrTable = [256]attrSpec{
	AttrOrigin: { // RFC 7606 §7.1
		name: "origin", flags: wellKnown,
		check: checkOrigin, treat: TreatWithdraw,
		appendText: textOrigin, parse: parseOrigin, appendJSON: jsonOrigin,
	},
	AttrASPath: { // RFC 7606 §7.2
		name: "as-path", flags: wellKnown,
		check: checkASPath, treat: TreatWithdraw,
		widen: widenPath, narrow: narrowPath,
		shadow: AttrAS4Path, appendShadow: shadowPath,
		appendText: textASPath, parse: parseASPath, appendJSON: jsonASPath,
	},
	AttrNextHop: { // RFC 7606 §7.3
		name: "next-hop", flags: wellKnown,
		check: checkNextHop, treat: TreatWithdraw,
		appendText: textNextHop, parse: parseNextHop, appendJSON: jsonAddr,
	},
	AttrMED: { // RFC 7606 §7.4
		name: "med", flags: optional,
		check: length(4), treat: TreatWithdraw,
		appendText: textNumber, parse: parseNumber, appendJSON: jsonNumber,
	},
	AttrLocalPref: { // RFC 7606 §7.5
		name: "local-preference", flags: wellKnown,
		check: length(4), treat: TreatWithdraw, internal: true,
		appendText: textNumber, parse: parseNumber, appendJSON: jsonNumber,
	},
	AttrAtomicAggregate: { // RFC 7606 §7.6
		name: "atomic-aggregate", flags: wellKnown,
		check: length(0), treat: TreatDiscard,
		appendText: textFlag, parse: parseFlag, appendJSON: jsonFlag,
	},
	AttrAggregator: { // RFC 7606 §7.7
		name: "aggregator", flags: optionalTransitive,
		check: checkAggregator, treat: TreatDiscard,
		widen: widenAggregator, narrow: narrowAggregator,
		shadow: AttrAS4Aggregator, appendShadow: shadowAggregator,
		appendText: textAggregator, parse: parseAggregator, appendJSON: jsonAggregator,
	},
	AttrCommunities: { // RFC 7606 §7.8
		name: "community", flags: optionalTransitive,
		check: multipleOf(4), treat: TreatWithdraw,
		appendText: textList(4, textCommunity), parse: parseList(parseCommunity, true, false), appendJSON: jsonList(4, jsonCommunity),
	},
	AttrOriginatorID: { // RFC 7606 §7.9
		name: "originator-id", flags: optional,
		check: length(4), treat: TreatWithdraw, internal: true,
		appendText: textAddr, parse: parseAddr, appendJSON: jsonAddr,
	},
	AttrClusterList: { // RFC 7606 §7.10
		name: "cluster-list", flags: optional,
		check: multipleOf(4), treat: TreatWithdraw, internal: true,
		appendText: textList(4, appendAddr4), parse: parseList(addr4, false, false), appendJSON: jsonList(4, jsonAddr),
	},
	AttrMPReach:   {name: "mp-reach-nlri", flags: optional},   // see mpReach
	AttrMPUnreach: {name: "mp-unreach-nlri", flags: optional}, // see mpUnreach
	AttrExtCommunities: { // RFC 7606 §7.14
		name: "extended-community", flags: optionalTransitive,
		check: multipleOf(8), treat: TreatWithdraw,
		appendText: textList(8, textExt), parse: parseExts, appendJSON: jsonList(8, jsonExt),
	},
	AttrAS4Path: { // RFC 6793 §6
		name: "as4-path", flags: optionalTransitive,
		check: checkAS4Path, treat: TreatDiscard,
	},
	AttrAS4Aggregator: { // RFC 6793 §6
		name: "as4-aggregator", flags: optionalTransitive,
		check: checkAS4Aggregator, treat: TreatDiscard,
	},
	AttrPMSITunnel: { // RFC 6514 §5
		name: "pmsi-tunnel", flags: optionalTransitive,
		check: checkPMSI, treat: TreatWithdraw,
		appendText: textPMSI, parse: parsePMSI, json: "pmsi", appendJSON: jsonPMSI,
	},
	AttrTunnelEncap: { // RFC 9012 §13
		name: "tunnel-encapsulation", flags: optionalTransitive,
		check: checkTunnels, treat: TreatWithdraw,
		appendText: textTunnel, parse: parseTunnel,
	},
	AttrIPv6ExtComm: { // RFC 7606 §7.15
		name: "ipv6-extended-community", flags: optionalTransitive,
		check: multipleOf(ext6Len), treat: TreatWithdraw,
		appendText: textList(ext6Len, textExt6), parse: parseList(parseExt6, true, false), appendJSON: jsonList(ext6Len, AppendJSONHex),
	},
	AttrAIGP: { // RFC 7311 §3
		name: "aigp", flags: optional,
		check: checkAIGP, treat: TreatDiscard,
		appendText: textAIGP, parse: parseAIGP, appendJSON: jsonAIGP,
	},
	AttrBGPLS: { // RFC 9552 §8.2.2
		name: "link-state", flags: optional,
		check: checkBGPLS, treat: TreatDiscard,
		appendText: textBGPLS, parse: parseBGPLS, json: "bgp-ls", appendJSON: jsonBGPLS,
	},
	AttrLargeCommunity: { // RFC 8092 §6
		name: "large-community", flags: optionalTransitive,
		check: multipleOf(12), treat: TreatWithdraw,
		appendText: textList(12, textLarge), parse: parseList(parseLarge, true, true), appendJSON: jsonList(12, jsonLarge),
	},
	AttrPrefixSID: { // RFC 8669 §6, RFC 9252 §7
		name: "bgp-prefix-sid", flags: optionalTransitive,
		check: checkPrefixSID, treatOf: treatPrefixSID,
		appendText: textPrefixSID, parse: parsePrefixSID, appendJSON: AppendPrefixSIDJSON,
		also: &attrForm{name: "bgp-prefix-sid-srv6", appendText: textSRv6, parse: parseSRv6},
	},
	AttrOTC: { // RFC 9234 §5
		name: "only-to-customer", flags: optionalTransitive,
		check: length(4), treat: TreatWithdraw,
		appendText: textNumber, parse: parseNumber, json: "otc", appendJSON: jsonNumber,
	},
	AttrATTRSet: { // RFC 6368 §5, RFC 7606 §7.16
		name: "attr-set", flags: optionalTransitive,
		check: checkATTRSet, treat: TreatWithdraw,
		appendText: textATTRSet, parse: parseATTRSet, appendJSON: jsonATTRSet,
	},
	// By name only: deprecated (RFC 6938, RFC 8093 and the registry), of no use
	// outside the hardware that it speaks of, or of a session type that is
	// never negotiated here (BGPsec: RFC 8205 §4.2).
	11:  {name: "dpa", listed: true},
	12:  {name: "advertiser", listed: true},
	13:  {name: "rcid-path", listed: true},
	19:  {name: "ssa", listed: true},
	20:  {name: "connector", listed: true},
	21:  {name: "as-pathlimit", listed: true},
	24:  {name: "traffic-engineering", listed: true},
	27:  {name: "pe-distinguisher-labels", listed: true},
	28:  {name: "entropy-label-capability", listed: true},
	33:  {name: "bgpsec-path", listed: true},
	34:  {name: "community-container", listed: true},
	36:  {name: "d-path", listed: true},
	37:  {name: "sfp", listed: true},
	38:  {name: "bfd-discriminator", listed: true},
	39:  {name: "router-capabilities", listed: true},
	41:  {name: "bier", listed: true},
	42:  {name: "edge-metadata", listed: true},
	255: {name: "development", listed: true},
}

// known reports whether t has a stanza that says more than its name.
func (t AttrType) known() bool { return attrTable[t].name != "" && !attrTable[t].listed }
