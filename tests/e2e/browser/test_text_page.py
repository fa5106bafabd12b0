"""The text page: what would be said, while it is typed, and which rule says so."""

import pytest

from tests.e2e.browser.stage import KEY, stage
from tests.e2e.browser.test_access import PHONES, findings

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


class TextPage:
    def __init__(self, page):
        self.page = page
        self.text = page.get_by_label("Text", exact=True)
        self.items = page.locator("#segments > li")
        self.said = page.locator("#segments .said")
        self.rules = page.locator("#segments .rules tbody tr")

    @classmethod
    async def visit(cls, page, gateway):
        await page.goto(f"{gateway.url}/text")
        shown = cls(page)
        await shown.items.first.wait_for()
        await shown.settled()
        return shown

    async def write(self, text):
        await self.text.fill(text)
        await self.settled()

    async def settled(self):
        """Wait until what is shown is that of the text; the page's own policy forbids the library's way, which is `eval`."""
        look = "const look = () => reading.behind ? setTimeout(look, 10) : done(); look()"
        await self.page.evaluate(f"new Promise(done => {{ {look} }})")

    async def says(self, *spoken):
        """Wait until these segments are shown and no others."""
        for at, said in enumerate(spoken):
            await self.said.nth(at).filter(has_text=said).wait_for()
        assert await self.said.count() == len(spoken)


async def test_it_shows_what_is_said_and_by_which_rule(page, gateway):
    shown = await TextPage.visit(page, gateway)
    await shown.write("You owe me $3.50. Pay it by the 4th of May 2027, or I shall be cross with you.")
    await shown.says("You owe me three dollars and fifty cents.", "Pay it by the fourth of May")
    assert await shown.items.first.get_attribute("data-settled") == "true"
    assert await shown.items.last.get_attribute("data-settled") == "false"
    assert await shown.rules.first.locator("td").all_inner_texts() == [
        "$3.50",
        "three dollars and fifty cents",
        "en.money",
    ]
    assert await page.locator("#segments mark").first.inner_text() == "$3.50"
    assert (await page.locator("#summary").inner_text()).startswith("2 segments")


async def test_it_follows_the_typing(page, gateway):
    shown = await TextPage.visit(page, gateway)
    await shown.write("")
    await page.locator("#summary").get_by_text("Nothing is said.").wait_for()
    await shown.text.press_sequentially("It is 5 km.")
    await shown.says("It is five kilometers.")
    await shown.text.press_sequentially(" Not 6.")
    await page.locator(".said", has_text="six").wait_for()
    await shown.settled()


async def test_characters_beyond_the_basic_plane_do_not_move_the_marks(page, gateway):
    shown = await TextPage.visit(page, gateway)
    await page.get_by_label("Emoji").select_option("name")
    await shown.write("𝒜 tune 🎉 for $3 only.")
    await page.locator(".said", has_text="for three dollars only").wait_for()
    assert await page.locator("#segments mark").all_inner_texts() == ["𝒜", "🎉", "$3"]


async def test_the_language_and_the_options_count(page, gateway):
    shown = await TextPage.visit(page, gateway)
    await shown.write("Es kostet 3 €.")
    await page.get_by_label("Language").select_option("de")
    await shown.says("Es kostet drei Euro.")
    await page.get_by_label("Language").select_option("en")
    await shown.write("<speak>One <break time='300ms'/> two.</speak>")
    await page.get_by_label("The text is SSML").check()
    await shown.items.filter(has_text="pause of 300 ms").first.wait_for()
    await page.get_by_role("button", name="Markdown").click()
    await page.get_by_label("The text is SSML").uncheck()
    await page.locator(".said", has_text="Steps").wait_for()
    await shown.settled()


async def test_what_is_refused_is_told(page, gateway):
    shown = await TextPage.visit(page, gateway)
    await shown.write("a" * 10_001)
    await page.get_by_role("alert").get_by_text("Text too long.").wait_for()
    assert any("413" in said for said in page.said), "the browser says so itself"
    assert await page.locator("#segments").inner_text() == "", "no reading of the text before it"
    assert await page.locator("#summary").inner_text() == ""
    page.said.clear()
    await shown.write("Short.")
    await shown.says("Short.")
    assert await page.get_by_role("alert").inner_text() == ""


async def test_a_gateway_with_keys_asks_for_one(page):
    async with stage(key=KEY) as gateway:
        await page.goto(f"{gateway.url}/text")
        field = page.get_by_label("API key", exact=True)
        await field.fill(KEY)
        await field.press("Tab")
        await page.locator("#segments > li").first.wait_for()
    page.said.clear()  # the refusals before the key


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(page, gateway, scheme):
    await page.emulate_media(color_scheme=scheme)
    shown = await TextPage.visit(page, gateway)
    for example in await page.get_by_role("group", name="Examples").get_by_role("button").all():
        await example.click()
        await shown.settled()
        assert await shown.rules.count() > 0
        assert await findings(page) == {}


@pytest.mark.parametrize("width", PHONES)
async def test_a_phone_never_scrolls_sideways(page, gateway, width):
    await page.set_viewport_size({"width": width, "height": 720})
    shown = await TextPage.visit(page, gateway)
    await shown.write("Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen" * 3 + " costs $3.")
    assert await shown.rules.count() == 1
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", PHONES)
async def test_on_a_phone_the_name_of_a_rule_breaks_only_between_its_parts(page, gateway, width):
    """At 320 pixels it read `en.mone` and, below it, `y`."""
    await page.set_viewport_size({"width": width, "height": 720})
    shown = await TextPage.visit(page, gateway)
    await shown.write(r"It costs $3, and $P(X) \sim \mathrm{Exp}(2)$, $\mathrm{Cov}(X, Y)$.")
    assert await shown.rules.count() >= 2
    broken = """[...document.querySelectorAll('.rules code')].flatMap(code => [...code.childNodes])
        .filter(node => node.nodeType === Node.TEXT_NODE).filter(part => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return range.getClientRects().length > 1;
        }).map(part => part.data)"""
    assert await page.evaluate(broken) == []


async def test_the_playground_and_this_page_lead_to_each_other(page, gateway):
    await page.goto(gateway.url)
    await page.get_by_role("link", name="How text is read").click()
    await page.locator("#segments > li").first.wait_for()
    await page.get_by_role("link", name="Playground").click()
    await page.get_by_text("Calm and clear.").wait_for()
