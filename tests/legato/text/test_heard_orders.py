"""What agents say of orders, visits and prices, in the words that are heard, in tokens of any size and with an idle moment anywhere."""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

SAID = [
    ("en", "Your code expires in 10m.", "Your code expires in ten minutes."),
    ("en", "In 10m, turn left.", "In ten meters, turn left."),
    ("en", "ETA 10/14, ETD 10/12 at noon.", "ETA October fourteenth, ETD October twelfth at noon."),
    ("en", "It is 60 mos. @ 5.9% APR.", "It is sixty months at five point nine percent APR."),
    ("en", "We are on the 14th fl. Turn left, or on the 2nd fl., at the door.", "We are on the fourteenth floor. Turn left, or on the second floor, at the door."),
    ("en", "Your passcode is 4 8 2 – 9 1 3, and they won 6 4 - 6 3.", "Your passcode is four eight two, nine one three, and they won six four to six three."),
    ("en", "It is $64.95 - $6.95 for you, usually $64.95 - $79.95, once $200 - $150.", "It is sixty-four dollars and ninety-five cents minus six dollars and ninety-five cents for you, usually sixty-four dollars and ninety-five cents to seventy-nine dollars and ninety-five cents, once two hundred dollars to one hundred fifty dollars."),
    ("en", "Do 3 sets x 12 reps, then 2 rounds ×5.", "Do three sets of twelve reps, then two rounds of five."),
    ("de", "Wir haben 100 St. auf Lager, 2 Pk. Kaffee und 9000 St. Gallen.", "Wir haben ein hundert Stück auf Lager, zwei Päckchen Kaffee und neun tausend Sankt Gallen."),
    ("nl", "Het vertrek 9.58, aankomst 10.42, om 16.30 u., spoor 4.", "Het vertrek negen uur achtenvijftig, aankomst tien uur tweeënveertig, om zestien uur dertig, spoor vier."),
    ("zh", "比分是3-1。我们3-1赢了。iPhone 5s。需要3-5天。价格≈300元。", "比分是三比一。我们三比一赢了。iPhone 五 s。需要三到五天。价格约三百元。"),
    ("zh", "延迟20ms，很快。", "延迟二十毫秒，很快。"),
    ("zh", "等待30s。速度是10MB/s，频率50Hz，电池5000mAh，3.5GHz。", "等待三十秒。速度是十兆字节每秒，频率五十赫兹，电池五千毫安时，三点五吉赫。"),
    ("zh", "等30s后再试。1990s的音乐。", "等三十秒后再试。一千九百九十s的音乐。"),
    ("ja", "30s待ってください。速度は10MB/s、周波数50Hz、電池5000mAh、容量16GBです。", "三十秒待ってください。速度は十メガバイト毎秒、周波数五十ヘルツ、電池五千ミリアンペア時、容量十六ギガバイトです。"),
    ("de", "Vom Hbf, dann links (am Hbf) zum Bus.", "Vom Hauptbahnhof, dann links (am Hauptbahnhof) zum Bus."),
    ("ja", "遅延は20msです。", "遅延は二十ミリ秒です。"),
    ("ja", "2Fにあります。", "二階にあります。"),
    ("en", "Price range: $$ (moderate). Nobu ($$$$) is $$$, so no.", "Price range: (moderate). Nobu () is, so no."),
    ("en", "It's rated $$ and the other is $$-$$$ in price. It's $$.", "It's rated and the other is in price. It's."),
    ("en", "It is $$ E = mc^2 $$ or $$x = 2$$.", "It is E equals m c squared or x equals two."),
    ("de", "Das Lokal ist $$ (mittel), das andere $$$.", "Das Lokal ist (mittel), das andere."),
    ("en", "Meeting: 10/14, 2-3pm EST. I ate 3/4, 2-3 times.", "Meeting: October fourteenth, two to three PM EST. I ate three quarters, two to three times."),
    ("en", "A waltz in 3/4 at 90 bpm; we meet on 3/4 at 9.", "A waltz in three four at ninety beats per minute; we meet on March fourth at nine."),
    ("en", "Now –30% off – 20% of us. Low –5°F, –$12.", "Now minus thirty percent off – twenty percent of us. Low minus five degrees Fahrenheit, minus twelve dollars."),
    ("de", "Jetzt –30 %, 10 –30 % und (–40 %) von –3 °C.", "Jetzt minus dreißig Prozent, zehn bis dreißig Prozent und (minus vierzig Prozent) von minus drei Grad Celsius."),
    ("fr", "Soldes –30 % sur tout – 20 % de plus.", "Soldes moins trente pour cent sur tout – vingt pour cent de plus."),
    ("de", "Es kostet 12 €/Std. Das ist gut. Nun 49 €/Mon. inkl. Material.", "Es kostet zwölf Euro pro Stunde. Das ist gut. Nun neun und vierzig Euro pro Monat inklusive Material."),
    ("de", "Die mtl. Rate ist 9 €, die jährl. Gebühr. Tägl. Dosis: 3 mg.", "Die monatliche Rate ist neun Euro, die jährliche Gebühr. Tägliche Dosis: drei Milligramm."),
    ("de", "Sie zahlen 20 € mtl. Das ist alles. Lieferung voraussichtl. Montag.", "Sie zahlen zwanzig Euro monatlich. Das ist alles. Lieferung voraussichtlich Montag."),
    ("de", "Zeit 2:03:59 h. Um 18 h, ab 9 h; es dauert 3 h.", "Zeit zwei Stunden drei Minuten und neun und fünfzig Sekunden. Um achtzehn Uhr, ab neun Uhr; es dauert drei Stunden."),
]  # fmt: skip


@pytest.mark.parametrize("chars", [1, 4, WHOLE])
@pytest.mark.parametrize(("language", "written", "spoken"), SAID)
def test_what_is_written_is_said(language: str, written: str, spoken: str, chars: int) -> None:
    assert heard(language, written, chars) == spoken


@pytest.mark.parametrize(("language", "written", "spoken"), SAID)
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str, spoken: str) -> None:
    keeps_its_words(language, written, 2)
