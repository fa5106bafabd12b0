"""R16: addresses of machines; of a URL the host is said."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "me.too+x@mail.example.co.uk", "me dot too plus x at mail dot example dot co dot UK"),
        ("en", "a@b.com/c-1", "a at b dot com slash c dash one"),
        ("en", "see https://a.io/b.c?d=1.", "see a dot IO."),
        ("en", "(http://u:p@host.org:80/x)", "(host dot org)"),
        ("en", "www.site.com, ok", "WWW dot site dot com, ok"),
        ("en", "github.com/user/repo", "github dot com"),
        ("en", "main.py", "main dot PY"),
        ("en", "photo.jpg page.html", "photo dot jpeg page dot HTML"),
        ("en", "town.The", "town.The"),
        ("en", "x.y", "x.y"),
        ("en", "file.7", "file. seven"),
        ("en", "max_buffer_size", "max buffer size"),
        ("en", "/usr/local/bin", "slash usr slash local slash bin"),
        ("en", "~/run.sh.", "tilde slash run dot sh."),
        ("en", "/only", "slash only"),
        ("en", "file:///a/b1.txt", "file colon slash slash slash a slash b one dot txt"),
        ("en", "@user.", "at user."),
        ("en", "a1234@b.com", "a one two three four at b dot com"),
        ("de", "abc@firma.de", "a b c at firma Punkt DE"),
        ("de", "www.x.at", "w w w Punkt x Punkt a t"),
        ("en", "http://localhost:8000/docs", "localhost port eight thousand"),
        ("en", "http://10.0.0.1:8080", "ten dot zero dot zero dot one port eight zero eight zero"),
        ("en", "https://acme.org:8443/x", "acme dot org"),
        ("en", "PM2.5 and Llama-3.1-70B", "PM two point five and Llama three point one seventy B"),
        ("de", "GPT-4.1", "GPT vier Punkt eins"),
        ("en", "visit acme.com/returns.", "visit acme dot com slash returns."),
        ("en", "acme.com/help-center, now", "acme dot com slash help dash center, now"),
        ("en", "acme.com/a/b?c=1", "acme dot com"),
        ("en", "https://acme.com/returns", "acme dot com"),
        ("es", "ana@max.es", "ana arroba max punto e s"),
        ("es", "gmx@abc.es", "g m x arroba a b c punto e s"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
