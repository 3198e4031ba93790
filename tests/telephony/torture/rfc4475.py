"""One message for each of the 49 of RFC 4475, named as there; every one shows what its section describes."""

from tests.telephony.torture.message import SDP, SILENCE, Case, request, response

_CALL = frozenset({100})
_OK = frozenset({200})
_BAD = frozenset({400})
_NO_SUCH_METHOD = frozenset({405, 501})
"""What a user agent that is no registrar may say to REGISTER."""
_LONG = "very" + "l" * 200 + "ong"

VALID = (
    Case(
        name="wsinv",
        section="3.1.1.1",
        right=frozenset({100, 481}),
        data=(
            b"INVITE sip:12345@example.com;unknownparam SIP/2.0\r\nTO :\r\n sip:12345@example.com ;   tag    = 1918181833n\r\n"
            b'from   : "J Rosenberg \\\\\\""       <sip:caller@example.net>\r\n  ;\r\n  tag = 98asjd8\r\n'
            b"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.torture@192.0.2.1\r\nContent-Length   : 0\r\ncseq: 0009\r\n  INVITE\r\n"
            b"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
            b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
            b"Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
            b"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
            b' SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\nm:"Quoted string \\"\\"" <sip:caller@example.net>'
            b" ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n"
        ),
    ),
    Case(
        name="intmeth",
        section="3.1.1.2",
        right=frozenset({501}),
        data=request(
            "!odd-Method0123456789_*+`.%indeed'~",
            line="!odd-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/odd?,/;;*@example.com SIP/2.0",
            lines={
                "To": '"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)@example.com>',
                "From": "token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\""
                ";tag=_token~1'+`*%!-.",
                "Call-ID": "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
                "extensionHeader-!.%*+_`'~": "\ufeff大停電",
            },
        ),
    ),
    Case(
        name="esc01",
        section="3.1.1.3",
        right=_CALL,
        data=request(
            "INVITE",
            line="INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
            lines={
                "To": "sip:%75se%72@example.com",
                "From": "<sip:I%20have%20spaces@example.net>;tag=938",
                "Contact": "<sip:cal%6Cer@192.0.2.2:5062;%6C%72;n%61me=v%61lue%25%34%31>",
            },
            body=SDP,
        ),
    ),
    Case(
        name="escnull",
        section="3.1.1.4",
        right=_NO_SUCH_METHOD,
        data=request(
            "REGISTER",
            lines={"To": "sip:null-%00-null@example.com", "From": "sip:null-%00-null@example.com;tag=839923423"},
            more=("Contact: <sip:%00@host5.example.com>", "Contact: <sip:%00%00@host5.example.com>"),
        ),
    ),
    Case(
        name="esc02",
        section="3.1.1.5",
        right=frozenset({501}),
        data=request("RE%47IST%45R", line="RE%47IST%45R sip:registrar.example.com SIP/2.0"),
    ),
    Case(
        name="lwsdisp",
        section="3.1.1.6",
        right=_OK,
        data=request("OPTIONS", lines={"From": "caller<sip:caller@example.com>;tag=323"}),
    ),
    Case(
        name="longreq",
        section="3.1.1.7",
        right=_CALL,
        data=request(
            "INVITE",
            lines={
                "To": f'"I have a user name of {"extreme " * 20}proportion" <sip:user@example.com:6000;{_LONG}=value>',
                "From": f"sip:{_LONG}@example.net;tag=12{'9' * 150};{_LONG}={_LONG};{_LONG}",
                "Call-ID": f"longreq.one{'really' * 20}longcallid",
                f"Unknown-{'Long' * 20}-Name": f"unknown-{'long' * 40}-value; unknown-{'long' * 40}-parameter-name",
            },
            more=tuple(f"Via: SIP/2.0/TCP sip{number}.example.com" for number in range(1, 30)),
            body=SDP,
        ),
    ),
    Case(
        name="dblreq",
        section="3.1.1.8",
        right=_NO_SUCH_METHOD,
        data=request("REGISTER") + request("INVITE", lines={"Call-ID": "second@192.0.2.2"}, body=SDP),
    ),
    Case(
        name="semiuri",
        section="3.1.1.9",
        right=frozenset({200, 404}),
        data=request("OPTIONS", line="OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"),
    ),
    Case(
        name="transports",
        section="3.1.1.10",
        right=_OK,
        data=request(
            "OPTIONS",
            more=tuple(
                f"Via: SIP/2.0/{name} t{number}.example.com;branch=z9hG4bK{number}"
                for number, name in enumerate(("SCTP", "TLS", "UNKNOWN", "TCP"))
            ),
        ),
    ),
    Case(
        name="mpart01",
        section="3.1.1.11",
        right=frozenset({405, 415, 501}),
        data=request(
            "MESSAGE",
            lines={"Content-Type": "multipart/mixed;boundary=7a9cbec02ceef655"},
            body=b"--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\n"
            b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\x30\x82\x01\x52\x00\xff\r\n"
            b"--7a9cbec02ceef655--",
        ),
    ),
    Case(
        name="unreason",
        section="3.1.1.12",
        right=SILENCE,
        data=response("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое"),
    ),
    Case(name="noreason", section="3.1.1.13", right=SILENCE, data=response("SIP/2.0 100 ")),
)

INVALID = (
    Case(
        name="badinv01",
        section="3.1.2.1",
        right=_BAD,
        data=request(
            "INVITE",
            lines={
                "Via": "SIP/2.0/UDP 192.0.2.15;;,;,,",
                "From": '"Caller" <sip:caller@example.net>;;,;,,;tag=1',
                "Contact": '"Joe" <sip:joe@example.org>;;;;',
            },
            body=SDP,
        ),
    ),
    Case(
        name="clerr",
        section="3.1.2.2",
        right=_BAD,
        data=request("INVITE", lines={"Content-Length": "9999"}, body=SDP),
    ),
    Case(name="ncl", section="3.1.2.3", right=_BAD, data=request("INVITE", lines={"Content-Length": "-999"}, body=SDP)),
    Case(
        name="scalar02",
        section="3.1.2.4",
        right=_BAD,
        data=request(
            "REGISTER",
            lines={
                "CSeq": "36893488147419103232 REGISTER",
                "Max-Forwards": "300",
                "Contact": "<sip:user@host129.example.com>;expires=280297596632815",
                "Expires": "10000000000",
            },
        ),
    ),
    Case(
        name="scalarlg",
        section="3.1.2.5",
        right=SILENCE,
        data=response(
            "SIP/2.0 503 Service Unavailable",
            lines={
                "CSeq": "9292394834772304023312 OPTIONS",
                "Retry-After": "949302838503028349304023988",
                "Warning": '1812 overture "In Progress"',
            },
        ),
    ),
    Case(
        name="quotbal",
        section="3.1.2.6",
        right=_BAD,
        data=request("INVITE", lines={"To": '"Mr. J. User <sip:j.user@example.com>'}, body=SDP),
    ),
    Case(
        name="ltgtruri",
        section="3.1.2.7",
        right=_BAD,
        data=request("INVITE", line="INVITE <sip:12345@example.com> SIP/2.0", body=SDP),
    ),
    Case(
        name="lwsruri",
        section="3.1.2.8",
        right=_BAD,
        data=request("INVITE", line="INVITE sip:12345@example.com; lr SIP/2.0", body=SDP),
    ),
    Case(
        name="lwsstart",
        section="3.1.2.9",
        right=frozenset({100, 400}),
        data=request("INVITE", line="INVITE  sip:12345@example.com  SIP/2.0", body=SDP),
    ),
    Case(
        name="trws",
        section="3.1.2.10",
        right=frozenset({200, 400}),
        data=request("OPTIONS", line="OPTIONS sip:12345@example.com SIP/2.0  "),
    ),
    Case(
        name="escruri",
        section="3.1.2.11",
        right=frozenset({100, 400}),
        data=request("INVITE", line="INVITE sip:12345@example.com?Route=%3Csip:example.com%3E SIP/2.0", body=SDP),
    ),
    Case(
        name="baddate",
        section="3.1.2.12",
        right=frozenset({100, 400}),
        data=request("INVITE", lines={"Date": "Fri, 01 Jan 2010 16:00:00 EST"}, body=SDP),
    ),
    Case(
        name="regbadct",
        section="3.1.2.13",
        right=_NO_SUCH_METHOD | _BAD,
        data=request("REGISTER", lines={"Contact": "sip:user@example.com?Route=%3Csip:sip.example.com%3E"}),
    ),
    Case(
        name="badaspec",
        section="3.1.2.14",
        right=frozenset({200, 400}),
        data=request("OPTIONS", lines={"To": '"Watson, Thomas" < sip:t.watson@example.org >'}),
    ),
    Case(
        name="baddn",
        section="3.1.2.15",
        right=frozenset({200, 400}),
        data=request("OPTIONS", lines={"From": "Bell, Alexander <sip:a.g.bell@example.com>;tag=43"}),
    ),
    Case(
        name="badvers",
        section="3.1.2.16",
        right=frozenset({505}),
        data=request(
            "OPTIONS",
            line="OPTIONS sip:12345@example.com SIP/7.0",
            lines={"Via": "SIP/7.0/UDP 192.0.2.2:5062;branch=z9hG4bKkdjuw"},
        ),
    ),
    Case(
        name="mismatch01",
        section="3.1.2.17",
        right=_BAD,
        data=request("OPTIONS", lines={"CSeq": "8 INVITE"}),
    ),
    Case(
        name="mismatch02",
        section="3.1.2.18",
        right=frozenset({400, 501}),
        data=request("NEWMETHOD", lines={"CSeq": "8 INVITE"}),
    ),
    Case(name="bigcode", section="3.1.2.19", right=SILENCE, data=response("SIP/2.0 4294967301 better not break")),
)

TRANSACTION = (
    Case(
        name="badbranch",
        section="3.2.1",
        right=_OK,
        data=request("OPTIONS", lines={"Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"}),
    ),
)

APPLICATION = (
    Case(
        name="insuf",
        section="3.3.1",
        right=_BAD | {0},
        data=request("INVITE", lines={"Call-ID": None, "From": None, "To": None}, body=SDP),
    ),
    Case(
        name="unkscm",
        section="3.3.2",
        right=frozenset({416}),
        data=request("OPTIONS", line="OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
    ),
    Case(
        name="novelsc",
        section="3.3.3",
        right=frozenset({416}),
        data=request("OPTIONS", line="OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"),
    ),
    Case(
        name="unksm2",
        section="3.3.4",
        right=_NO_SUCH_METHOD | _BAD,
        data=request(
            "REGISTER",
            lines={
                "To": "isbn:2983792873",
                "From": "<http://www.example.com>;tag=3234233",
                "Contact": "<name:John_Smith>",
            },
        ),
    ),
    Case(
        name="bext01",
        section="3.3.5",
        right=frozenset({420}),
        data=request(
            "OPTIONS",
            lines={
                "Require": "nothingSupportsThis, nothingSupportsThisEither",
                "Proxy-Require": "noProxiesSupportThis, norDoAnyProxiesSupportThis",
            },
        ),
    ),
    Case(
        name="invut",
        section="3.3.6",
        right=frozenset({415}),
        data=request("INVITE", lines={"Content-Type": "application/unknownformat"}, body="<audio><pcmu/></audio>"),
    ),
    Case(
        name="regaut01",
        section="3.3.7",
        right=_NO_SUCH_METHOD,
        data=request("REGISTER", lines={"Authorization": 'NoOneKnowsThisScheme opaque-data="here"'}),
    ),
    Case(
        name="multi01",
        section="3.3.8",
        right=_BAD,
        data=request(
            "INVITE",
            more=(
                "CSeq: 59 INVITE",
                "Call-ID: another@192.0.2.2",
                "From: <sip:other@example.net>;tag=2",
                "To: <sip:other@example.com>",
                "Max-Forwards: 5",
            ),
            body=SDP,
        ),
    ),
    Case(
        name="mcl01",
        section="3.3.9",
        right=_BAD,
        data=request("OPTIONS", lines={"Content-Length": "13"}, more=("Content-Length: 5",), body="There is more"),
    ),
    Case(
        name="bcast",
        section="3.3.10",
        right=SILENCE,
        data=response("SIP/2.0 200 OK", lines={"Via": "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23"}),
    ),
    Case(
        name="zeromf",
        section="3.3.11",
        right=frozenset({200, 483}),
        data=request("OPTIONS", lines={"Max-Forwards": "0"}),
    ),
    Case(
        name="cparam01",
        section="3.3.12",
        right=_NO_SUCH_METHOD,
        data=request("REGISTER", lines={"Contact": "sip:+19725552222@gw1.example.net;unknownparam"}),
    ),
    Case(
        name="cparam02",
        section="3.3.13",
        right=_NO_SUCH_METHOD,
        data=request("REGISTER", lines={"Contact": "<sip:+19725552222@gw1.example.net;unknownparam>"}),
    ),
    Case(
        name="regescrt",
        section="3.3.14",
        right=_NO_SUCH_METHOD,
        data=request("REGISTER", lines={"Contact": "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"}),
    ),
    Case(
        name="sdp01",
        section="3.3.15",
        right=frozenset({406}),
        data=request("INVITE", lines={"Accept": "text/nobodyKnowsThis"}, body=SDP),
    ),
)

BACKWARD = (
    Case(
        name="inv2543",
        section="3.4.1",
        right=_CALL,
        data=request(
            "INVITE",
            lines={
                "Via": "SIP/2.0/UDP iftgw.example.com",
                "From": "<sip:+19725552222@ift.client.example.net;user=phone>",
                "Max-Forwards": None,
                "Record-Route": "<sip:UserB@example.com;maddr=ss1.example.com>",
            },
            body=SDP,
        ),
    ),
)

CASES = VALID + INVALID + TRANSACTION + APPLICATION + BACKWARD
