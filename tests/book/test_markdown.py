"""HTML as Markdown: every kind of element, and what a reader of Markdown would take for something else."""

from __future__ import annotations

import pytest
from lxml import html

from macros.book.markdown import to_markdown

CASES = {
    "headings": ("<h1>A</h1><h2>B <code>c</code><br>d</h2><h6>E</h6><h3></h3>", "# A\n\n## B `c` d\n\n###### E"),
    "paragraphs": ("<p>a</p>\n\n<p> b\n c </p><p></p><p>d</p>", "a\n\nb\nc\n\nd"),
    "loose text between blocks": ("a <p>b</p> c <div>d<div></div>e</div>", "a\n\nb\n\nc\n\nd\n\ne"),
    "boxes in boxes": ("<div>\n<div>\n<p>a</p>\n</div>\n</div>\n<section>b</section>", "a\n\nb"),
    "opened details": ('<div class="opened"><p><strong>a</strong></p><p>b</p></div>', "**a**\n\nb"),
    "details": ("<details><summary>a</summary>b<p>c</p></details>", "a\n\nb\n\nc"),
    "spans count for nothing": ("<p>a<span> b<span></span></span><abbr>c</abbr><sub>2</sub></p>", "a bc2"),
    "what is hidden, and code of the page": (
        '<p>a<script>b</script><style>c</style><!-- d --><span aria-hidden="true">→</span> e</p>',
        "a e",
    ),
    "a drawing by its name": (
        '<p><svg aria-label="A tree"><text>b</text></svg><svg><text>c</text></svg></p>',
        "A tree",
    ),
    "line break": ("<p>a <br> b<br>\nc<br></p>", "a  \nb  \nc"),
    "rule": ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
    "emphasis": (
        "<p><em>a</em>, <i>b</i>, <strong>c</strong>, <b>d</b>, <s>e</s></p>",
        "*a*, *b*, **c**, **d**, ~~e~~",
    ),
    "emphasis without text": ("<p>a<b></b><i> </i>b</p>", "a b"),
    "white space goes outside of marks": ("<p>a<strong> b </strong>c<em>\nd\n</em>e</p>", "a **b** c\n*d*\ne"),
    "white space is one across elements": ("<p>a <b> b</b> <span> c</span></p>", "a **b** c"),
    "no-break space": ("<p>a&nbsp;<b>&nbsp;b</b></p>", "a\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}**b**"),
    "marks inside of the same marks": ("<p><b>a <strong>b</strong> <i>c</i></b></p>", "**a b *c***"),
    "asterisks": ("<p>2 * 3 **a**</p>", r"2 \* 3 \*\*a\*\*"),
    "underscores in a word and at its edges": (
        "<p>max_tokens __init__ _a a_ _</p>",
        r"max_tokens \_\_init\_\_ \_a a\_ \_",
    ),
    "tags and references": ("<p>&lt;b&gt; 1 &lt; 2 &amp;amp; A&amp;B</p>", r"\<b> 1 < 2 \&amp; A&B"),
    "what looks like a link or code": ("<p>[a](b) [c] `d` \\* C:\\dir</p>", r"\[a](b) [c] \`d\` \\\* C:\dir"),
    "what looks like a block": (
        "<p>1. a\n- b</p><p># c</p><p>&gt; d</p><p>+ e</p><p>---</p><p>#f -5 1.5</p>",
        "1\\. a\n\\- b\n\n\\# c\n\n\\> d\n\n\\+ e\n\n\\---\n\n#f -5 1.5",
    ),
    "links": (
        '<p><a href="x/">a <b>b</b></a> <a href="y" title=\'say\n"c"\'>c</a> <a name="d">d</a><a href="e"></a></p>',
        '[a **b**](x/) [c](y "say \\"c\\"") d',
    ),
    "code inside a link": ('<p><a href="x"><code>f(*a)</code> b</a></p>', "[`f(*a)` b](x)"),
    "a link inside code": ('<p><code>f(<a href="x">a_b</a>)</code></p>', "`f(a_b)`"),
    "an address as its own text": (
        '<p><a href="https://a.example/b_c">https://a.example/b_c</a> <a href="b/">b/</a></p>',
        "<https://a.example/b_c> [b/](b/)",
    ),
    "addresses with spaces and brackets": (
        '<p><a href="a b">a</a> <a href="c_(d)">c</a> <a href="e)">e</a></p>',
        "[a](<a b>) [c](c_(d)) [e](<e)>)",
    ),
    "blocks inside a link": ('<a href="x"><h3>a</h3><p>b</p></a>', "[a b](x)"),
    "images": (
        '<p><img src="a.png" alt="A *b*" title="c"><img src="d.png" alt=""><a href="x"><img src="e.png" alt="e"></a></p>',
        '![A \\*b\\*](a.png "c")[![e](e.png)](x)',
    ),
    "code": ("<p><code>a*b_c &lt;d&gt;</code> <kbd>Ctrl</kbd><code></code></p>", "`a*b_c <d>` `Ctrl`"),
    "backticks in code": ("<p><code>a`b</code> <code>``</code></p>", "`` a`b `` ``` `` ```"),
    "a line break in code must not begin a list": ("<p><code>a\n- b</code> <code>c\nd</code></p>", "`a - b` `c\nd`"),
    "a listing with its language": (
        '<div class="language-python highlight"><pre><span></span><code><span>if</span> a:\n\n    b_c *= 1\n</code></pre></div>',
        "```python\nif a:\n\n    b_c *= 1\n```",
    ),
    "a listing whose language stands at the code": ('<pre><code class="language-sh">a</code></pre>', "```sh\na\n```"),
    "a fence that grows": ("<pre>```\na\n````</pre>", "`````\n```\na\n````\n`````"),
    "quotation": (
        "<blockquote><p>a</p><ul><li>b</li></ul><pre>c\n\nd</pre></blockquote><blockquote></blockquote>",
        "> a\n>\n> - b\n>\n> ```\n> c\n>\n> d\n> ```",
    ),
    "a quoted word": ("<p><q>a</q></p>", '"a"'),
    "lists": ("<ul><li>a</li>\n<li></li>\n<li><p>b</p></li></ul><p>c</p>", "- a\n- b\n\nc"),
    "numbers": (
        "<p>a</p><ol><li>a</li><li></li><li>b</li></ol><p>c</p><ol start='9'><li>d</li><li>e<p>f</p></li></ol>",
        "a\n\n1. a\n3. b\n\nc\n\n9. d\n10. e\n\n    f",
    ),
    "nested lists": (
        "<ul><li>a<ul><li>b<ol><li>c</li><li>d</li></ol></li></ul>after</li><li>e</li></ul>",
        "- a\n  - b\n    1. c\n    2. d\n\n  after\n- e",
    ),
    "several blocks in an item": (
        "<ol><li><p>a</p><p>b</p><pre>c\n\n  d</pre><ul><li>e</li></ul></li><li>f</li></ol>",
        "1. a\n\n   b\n\n   ```\n   c\n\n     d\n   ```\n\n   - e\n2. f",
    ),
    "definitions": (
        "<dl><dt>a</dt><dt>b\n<code>c</code></dt><dd>d</dd><dd></dd><dt>e</dt><dd>f</dd><dd>g</dd></dl>",
        "a\nb `c`\n:   d\n\ne\n:   f\n:   g",
    ),
    "several blocks in a definition": (
        "<dl><div><dt>a</dt><dd><p>b</p><p>c</p><ul><li>d<ul><li>e</li></ul></li></ul></dd></div></dl>",
        "a\n:   b\n\n    c\n\n    - d\n      - e",
    ),
    "a table": (
        "<table><caption>Cap</caption><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>c</td><td></td></tr></tbody></table>",
        "Cap\n\n| a | b |\n| --- | --- |\n| c |  |",
    ),
    "a table without head": (
        "<table><tbody><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
        "|  |  |\n| --- | --- |\n| a | b |\n| c |",
    ),
    "a head without thead": ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", "| a |\n| --- |\n| b |"),
    "a cell over two columns": (
        "<table><tr><th>a</th><th>b</th></tr><tr><td colspan='2'>c</td></tr></table>",
        "| a | b |\n| --- | --- |\n| c |  |",
    ),
    "a row longer than the head": (
        "<table><tr><th>a</th></tr><tr><td>b</td><td>c</td></tr></table>",
        "| a |  |\n| --- | --- |\n| b | c |",
    ),
    "pipes in cells": (
        "<table><tr><th>a|b</th></tr><tr><td><code>c | d</code></td></tr></table>",
        "| a\\|b |\n| --- |\n| `c \\| d` |",
    ),
    "blocks in a cell": (
        "<table><tr><th>a</th></tr><tr><td><p>b</p><p>c<br>d</p><ul><li>e</li><li>f</li></ul><pre>g\nh</pre></td></tr></table>",
        "| a |\n| --- |\n| b c d e; f `g h` |",
    ),
    "a table in an item": (
        "<ul><li>a<table><tr><th>b</th></tr></table></li></ul>",
        "- a\n\n  | b |\n  | --- |",
    ),
    "choices": (
        "<fieldset><legend>a</legend><p><label>b</label>\n<label>c</label></p></fieldset><fieldset>d</fieldset>",
        "a\n\nb\nc\n\n\nd",
    ),
    "nothing": ("<div><p> </p><ul></ul><dl></dl><table></table></div>", ""),
}


@pytest.mark.parametrize(("source", "markdown"), CASES.values(), ids=CASES.keys())
def test_every_kind_of_element_is_markdown(source: str, markdown: str) -> None:
    assert to_markdown(html.fragment_fromstring(source, create_parent="section")) == markdown
