"""The playground in a browser that cannot play, or is not allowed to: it says so, and says what to do."""

import pytest

from tests.e2e.browser.playground import Playground

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NO_WORKLET = "delete BaseAudioContext.prototype.audioWorklet"
NOT_ALLOWED = """
  Object.defineProperty(BaseAudioContext.prototype, "state", { get: () => "suspended" });
  AudioContext.prototype.resume = () => new Promise(() => {});
"""


@pytest.mark.parametrize(
    ("browser_lacks", "told"), [(NO_WORKLET, "no AudioWorklet"), (NOT_ALLOWED, "allow sound for this page")]
)
async def test_a_browser_that_does_not_play_is_told_with_what_to_do(page, gateway, browser_lacks, told):
    await page.add_init_script(browser_lacks)
    ground = await Playground.visit(page, gateway)
    await ground.speak("Nobody hears this.")
    await ground.notice.get_by_text(told).wait_for()
    assert await page.get_by_role("article").count() == 0, "nothing is begun that cannot be heard"


async def test_an_empty_text_leaves_only_its_own_notice(page, gateway):
    ground = await Playground.visit(page, gateway)
    await page.get_by_label("Voice", exact=True).select_option("mute")
    await ground.speak("Nobody says this.")
    await ground.becomes("failed")
    await ground.notice.get_by_role("button").wait_for()
    await ground.speak("")
    await ground.notice.get_by_text("write something first").wait_for()
    assert await page.locator(".notice").count() == 1
