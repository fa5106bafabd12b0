from gateway.app.config.docs import PAGE, main, page


def test_the_page_in_the_repository_is_current():
    assert main(["--check"]) == 0, "run python -m gateway.app.config.docs"
    assert PAGE.read_text(encoding="utf-8") == page()


def test_an_old_page_is_found_out_and_replaced(tmp_path, capsys):
    there = tmp_path / "page.md"
    arguments = ["--page", str(there)]
    assert main([*arguments, "--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    there.write_text("old", encoding="utf-8")
    assert main([*arguments, "--check"]) == 1
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0


def test_every_option_is_documented():
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    for row in rows:
        _, _, kind, _, text, _ = row.replace("\\|", "").split("|")
        assert kind.strip(), row
        assert len(text.strip()) > 10, row


def test_nested_options_say_where_they_stand():
    text = page()
    assert "| `voices.NAME.routes[].provider` | text | required |" in text
    assert "| `server.tls.certificate` | path | none |" in text
    assert "| `providers.NAME.engine` | one of `piper`, `espeak` | none |" in text
    assert "| `limits.max_streams` | whole number | `4000` |" in text
    assert "| `server.http` | text | `127.0.0.1:8080` |" in text
