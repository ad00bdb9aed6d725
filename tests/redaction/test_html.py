"""HTML as a reader sees it, and apart from it what the markup hides."""

from __future__ import annotations

import pytest

from intake.mail.html import html_to_text


@pytest.mark.parametrize(
    ("markup", "visible"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("a <b>b</b>  c\n d", "a b c d"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        (
            "<table><tr><td>CVV</td>\n<td> <b>123</b></td></tr><tr><td><div>Card</div></td><td><p>42</p></td></tr></table>",
            "CVV\t123\nCard\t42",
        ),
        ("<table><tr><td></td><td>x</td><td>y</td></tr></table>", "x\ty"),
        ("<table><tr><td><div>a</div><div>b</div></td><td>c</td></tr></table>", "a\nb\nc"),
        ("<p>x</p><blockquote>q<blockquote>r</blockquote></blockquote>y", "x\n\n> q\n> > r\ny"),
        # Gmail puts an answer between the blockquotes inside its quote: only blockquotes are other people's words
        (
            '<div class="gmail_quote">A wrote:<blockquote>q</blockquote>answer<blockquote>r</blockquote></div>',
            "A wrote:\n> q\nanswer\n> r",
        ),
        ('<div class="yahoo_quoted"><div>q</div></div>', "> q"),
        ("<pre>a  b\n c</pre>d", "a  b\n c\nd"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("&lt;b&gt; &amp;amp; &amp;#52;2 &nbsp;x", "<b> & 42 x"),
        ("4&shy;1&#8203;1<wbr>1", "4111"),
        ("<script>x()</script><style>p{}</style>a", "a"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ("", ""),
        ("<", "<"),
        ("plain text\nover lines", "plain text over lines"),
    ],
)
def test_visible_text(markup: str, visible: str) -> None:
    assert html_to_text(markup).visible == visible


@pytest.mark.parametrize(
    ("markup", "hidden"),
    [
        ("<!-- a  b -->x", "a b"),
        ('<p style="display: none">a <b>b</b></p>x', "a\nb"),
        ('<p style="font-size:0px">a</p>x', "a"),
        ("<p hidden>a</p>x", "a"),
        ("<title>a</title>x", "a"),
        ('<img alt="a" title="b">x', "a\nb"),
        ('<input value="a">x', "a"),
        ('<input value="a" placeholder="b">x', "b: a\nb"),
        ('<input name="pin" value="a" title="b">x', "b\npin: a"),
        ("<p>x</p><noscript>a</noscript>", "a"),
        ('<p style="font-size:0.9em">x</p>', ""),
    ],
)
def test_hidden_text(markup: str, hidden: str) -> None:
    read = html_to_text(markup)
    assert read.hidden == hidden
    assert read.visible == "x"


def test_deep_nesting_is_flattened_and_nothing_is_lost() -> None:
    markup = "<div>" * 20_000 + "deep" + "</div>" * 20_000 + "<blockquote>" * 20 + "quoted"
    read = html_to_text(markup)
    assert "deep" in read.visible
    assert read.visible.endswith("> " * 8 + "quoted")
