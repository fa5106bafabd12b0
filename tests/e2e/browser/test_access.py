"""The playground for everyone: screen readers, keyboards, phones, dark rooms, those whom motion makes ill."""

import pytest

from legato.domain import events
from tests.e2e.browser.playground import Playground
from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

AXE = ROOT / "tests/e2e/node_modules/axe-core/axe.min.js"
PHONES = (320, 375, 412)
SETTLED = """Promise.allSettled(document.getAnimations()
    .filter(it => it.playState === 'running' && it.effect.getComputedTiming().endTime !== Infinity)
    .map(it => it.finished)).then(() => null)"""
NOW = "document.querySelectorAll('.word.now')"
LOWEST = f"({NOW}[0]?.getBoundingClientRect().bottom ?? Infinity)"
LONG = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen is a word. "


async def findings(page):
    """What axe has to say against the page: each rule with the places that break it."""
    assert AXE.exists(), "make npm brings axe-core"
    await page.evaluate(AXE.read_text() + "; null")
    await page.evaluate(SETTLED)  # a colour on its way to another is no colour of the page
    found = await page.evaluate("axe.run(document)")
    assert len(found["passes"]) > 15, "axe has looked at next to nothing"
    return {rule["id"]: [node["target"] for node in rule["nodes"]] for rule in found["violations"]}


async def everything_on_the_page(page, gateway):
    """A page with an error, and utterances heard, stopped, failed, paused."""
    ground = await Playground.visit(page, gateway)
    await ground.speak("Short.")
    await ground.becomes("finished")
    await ground.speak(LONG * 6)
    await ground.past(36_000)
    await ground.press("Stop")
    await ground.becomes("cancelled")
    await page.get_by_label("Voice", exact=True).select_option("mute")
    await ground.speak("Nobody says this.")
    await ground.becomes("failed")
    await ground.notice.get_by_role("button").wait_for()
    assert await findings(page) == {}
    await page.get_by_label("Voice", exact=True).select_option("joe")
    await page.get_by_text("As an LLM writes it").click()
    await ground.speak(LONG * 2)
    await page.locator(".word.now").first.wait_for()
    await ground.press("Pause")
    await ground.becomes("paused")
    # The word's colours are on their way for a moment.
    await ground.until("document.getAnimations().every(one => one.effect.target?.className !== 'word now')")
    return ground


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(page, gateway, scheme):
    await page.emulate_media(color_scheme=scheme)
    await Playground.visit(page, gateway)
    assert await findings(page) == {}
    await everything_on_the_page(page, gateway)
    assert await findings(page) == {}
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, ground.strip("rgb()").split(",")))
    assert brightness < 150 if scheme == "dark" else brightness > 600


async def test_with_the_colours_of_the_system_alone_it_is_seen_what_is_chosen(page, gateway):
    await page.emulate_media(forced_colors="active")
    await Playground.visit(page, gateway)
    colours = [
        await page.get_by_text(name).evaluate("it => getComputedStyle(it).backgroundColor")
        for name in ("All at once", "As an LLM writes it")
    ]
    assert colours[0] != colours[1]
    dot = await page.locator(".dot").evaluate("it => getComputedStyle(it).backgroundColor")
    assert dot != await page.locator("body").evaluate("it => getComputedStyle(it).backgroundColor")


async def test_the_theme_button_overrules_the_system_and_is_remembered(page, gateway):
    await page.emulate_media(color_scheme="light")
    ground = await Playground.visit(page, gateway)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(colour)
    for named in ("light", "dark"):
        await page.get_by_role("button", name="Theme").click()
        await page.get_by_role("button", name=f"Theme: {named}").wait_for()
    dark = await page.evaluate(colour)
    assert dark != light
    assert await findings(page) == {}
    await page.reload()
    await ground.until("globalThis.playground?.ready")
    await page.evaluate("playground.ready")
    assert await page.evaluate(colour) == dark


@pytest.mark.parametrize("width", PHONES)
async def test_a_phone_never_scrolls_sideways(page, gateway, width):
    await page.set_viewport_size({"width": width, "height": 720})
    await everything_on_the_page(page, gateway)
    wide = """[...document.querySelectorAll('body *')].filter(it => {
        const box = it.getBoundingClientRect();
        return box.width > 1 && !it.closest('.visually-hidden') && box.right > innerWidth + 0.5;
    }).map(it => it.outerHTML.slice(0, 80))"""
    assert await page.evaluate(wide) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    small = """[...document.querySelectorAll('button, select, input[type=range]')]
        .map(it => it.getBoundingClientRect()).filter(box => box.height && box.height < 24).length"""
    assert await page.evaluate(small) == 0, "too small for a finger"


async def test_on_a_phone_the_word_that_sounds_is_seen(page, gateway):
    await page.set_viewport_size({"width": 375, "height": 600})
    ground = await Playground.visit(page, gateway)
    await ground.speak(LONG * 8)
    await ground.until(f"{NOW}.length === 1 && {LOWEST} <= innerHeight")
    # The voice goes on to the end of the page, and the page with it.
    line = await page.evaluate(LOWEST)
    await page.evaluate(f"scrollBy(0, {line} - innerHeight + 40)")
    before = await page.evaluate("scrollY")
    await ground.until(f"scrollY > {before}")
    await ground.until(f"{LOWEST} < 0.8 * innerHeight")


async def test_all_of_it_can_be_done_with_the_keyboard_alone(page, gateway):
    ground = await Playground.visit(page, gateway)
    reached = []
    for _ in range(9):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert reached == [
        "skip",
        "reading",
        "theme",
        "text",
        "voice",
        "language",
        "format",
        "arrival-whole",
        "speak",
    ]
    await page.get_by_label("Text", exact=True).focus()
    await page.keyboard.press("Control+Enter")
    await ground.becomes("speaking")
    await page.get_by_role("button", name="Pause", exact=True).focus()
    await page.keyboard.press("Space")
    await ground.becomes("paused")
    await page.keyboard.press("Escape")
    await ground.becomes("cancelled")
    assert gateway.door.told(events.Cancel)
    assert await page.evaluate("document.activeElement.id") == "speak", (
        "the focus is not lost with its button"
    )


async def test_a_screen_reader_is_told_what_happens(page, gateway):
    ground = await Playground.visit(page, gateway)
    announcer = page.locator("#announcer")
    await ground.speak("All of it.")
    await announcer.get_by_text("Everything was heard.").wait_for()
    await ground.speak("Seven calm swans swim by. " * 6)
    await ground.past(40_000)
    await ground.press("Stop")
    await announcer.get_by_text("Stopped. Heard: Seven").wait_for()
    assert "Not heard:" in await announcer.inner_text()


async def test_one_stop_of_several_is_read_out_with_what_was_heard(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak("Seven calm swans swim by. " * 6)
    await ground.speak("And one more.")
    await ground.past(40_000)
    await ground.press("Stop")
    announcer = page.locator("#announcer")
    await announcer.get_by_text("Heard: Seven").wait_for()
    assert "Not heard: And one more." in await announcer.inner_text()


async def test_nothing_moves_where_motion_is_unwanted(page, gateway):
    await page.emulate_media(reduced_motion="reduce")
    ground = await Playground.visit(page, gateway)
    await page.get_by_text("As an LLM writes it").click()
    await ground.speak("Seven calm swans swim by.")
    await ground.becomes("speaking")
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_the_page_loads_nothing_from_elsewhere(page, gateway):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    ground = await Playground.visit(page, gateway)
    await ground.speak("Only from here.")
    await ground.becomes("finished")
    own = (gateway.url, gateway.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
