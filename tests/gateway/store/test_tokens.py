import base64
import hashlib
import hmac
import json

import pytest

from gateway.store.keys import KeyStore
from gateway.store.tokens import LiveKitTokens
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Principal

NOW_S = 1_800_000_000
SECRET = "a-secret-of-the-project"
AGENTS, OTHERS = Principal("agents", "acme"), Principal("others")
CLAIMS = {
    "iss": "APIagents",
    "sub": "agent",
    "nbf": NOW_S,
    "exp": NOW_S + 600,
    "inference": {"perform": True},
}


@pytest.fixture
def tokens():
    holders = {"APIagents": (SECRET, AGENTS), "APIothers": ("of-others", OTHERS)}
    return LiveKitTokens(holders, lambda: NOW_S * 10**9)


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(claims=None, secret=SECRET, head=None, **changed):
    body = {**CLAIMS, **changed} if claims is None else claims
    signed = f"{part(head or {'alg': 'HS256', 'typ': 'JWT'})}.{part(body)}"
    return f"{signed}.{part(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def refused(tokens, asked):
    with pytest.raises(SpeechError) as caught:
        tokens.principal(asked)
    assert SECRET not in caught.value.message
    assert asked not in caught.value.message
    return caught.value


def test_a_token_is_that_of_the_owner_of_its_key(tokens):
    assert tokens.principal(token()) is AGENTS
    assert tokens.principal(token(iss="APIothers", secret="of-others")) is OTHERS
    assert len(tokens) == 2


def test_a_token_of_livekits_own_library_is_taken():
    # Made by livekit-api 1.2.2: AccessToken("APIagents", SECRET).with_identity("agent").with_inference_grants(…).to_jwt()
    made = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpbmZlcmVuY2UiOnsicGVyZm9ybSI6dHJ1ZX0sInN1YiI6ImFnZW50IiwiaXNzIjoiQVBJYWdlbnRzIiwi"
        "bmJmIjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDA2MDB9.sQKgdY8xEI1XSTAkf-_kmu8q-I71OVTMsBC6jzxuOo4"
    )
    taken = LiveKitTokens({"APIagents": (SECRET, AGENTS)}, lambda: NOW_S * 10**9)
    assert taken.principal(made) is AGENTS


@pytest.mark.parametrize("name", ["none", "HS512", "RS256", "hs256", None, 3])
def test_no_other_algorithm_opens_anything(tokens, name):
    error = refused(tokens, token(head={"alg": name}))
    assert (error.reason, "HS256" in error.message) == (Reason.UNAUTHENTICATED, True)
    unsigned = f"{part({'alg': name})}.{part(CLAIMS)}."
    assert refused(tokens, unsigned).reason is Reason.UNAUTHENTICATED


def test_what_the_head_declares_critical_is_not_passed_over(tokens):
    assert "critical" in refused(tokens, token(head={"alg": "HS256", "crit": ["b64"], "b64": False})).message


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (token(secret="of-others"), "not signed with the secret"),
        (token(iss="APIothers"), "not signed with the secret"),
        (token().rpartition(".")[0] + ".", "not signed with the secret"),
        (token().rpartition(".")[0] + ".%%%", "not signed with the secret"),
        (token(iss="APInobody"), "none of the API keys"),
        (token(iss=["APIagents"]), "none of the API keys"),
        (token({}), "none of the API keys"),
        (token([CLAIMS]), "none of the API keys"),
        (token(b"{"), "none of the API keys"),
        (token(b"[" * 5_000), "none of the API keys"),
        (token(exp=NOW_S - 61), "has expired"),
        (token(nbf=NOW_S + 61), "not valid yet"),
        (token({name: value for name, value in CLAIMS.items() if name != "exp"}), "its end (exp)"),
        *(
            (token(exp=end), "its end (exp)")
            for end in ("9999999999", True, None, float("nan"), 1e999, 10**400)
        ),
        (token(nbf="soon"), "its beginning (nbf)"),
    ],
)
def test_what_is_wrong_with_a_token_is_named(tokens, asked, said):
    error = refused(tokens, asked)
    assert (error.reason, said in error.message) == (Reason.UNAUTHENTICATED, True), error.message


def test_clocks_may_differ_by_a_minute(tokens):
    assert tokens.principal(token(exp=NOW_S - 59)) is AGENTS
    assert tokens.principal(token(nbf=NOW_S + 59)) is AGENTS
    assert tokens.principal(token({name: CLAIMS[name] for name in ("iss", "exp", "inference")})) is AGENTS


@pytest.mark.parametrize("granted", [None, {}, {"perform": False}, {"perform": "true"}, True, {"video": {}}])
def test_a_token_for_a_room_opens_nothing(tokens, granted):
    error = refused(tokens, token(inference=granted, video={"roomJoin": True}))
    assert (error.reason, "inference.perform" in error.message) == (Reason.FORBIDDEN, True)


@pytest.mark.parametrize(
    "key", ["", "sesame", "a.b", "a.b.c", "...", f"{part([1])}.b.c", "\udcff.b.c", "é.b.c"]
)
def test_what_is_no_token_is_nobodys(tokens, key):
    assert tokens.principal(key) is None


def test_a_token_longer_than_any_is_not_even_read(tokens):
    assert tokens.principal(token(sub="x" * 8_192)) is None


def test_keys_and_tokens_open_the_same_door(tokens):
    plain = "two.dots.inside"
    store = KeyStore({hashlib.sha256(plain.encode()).hexdigest(): OTHERS}, tokens)
    assert store.principal(plain) is OTHERS
    assert store.principal(token()) is AGENTS
    assert store.principal("sesame") is None
    assert len(store) == 3
    with pytest.raises(SpeechError, match="not signed"):
        store.principal(token(secret="guess"))


def test_without_livekits_keys_a_token_is_an_unknown_key():
    assert KeyStore({"0" * 64: OTHERS}).principal(token()) is None
