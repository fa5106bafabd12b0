"""What agents say at a desk, in seven languages, whole, in tokens and with an idle moment anywhere. R14, R16"""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings
from tests.plays.text_promises import segmented, spoken_words

ROWS = [
    ("en", "Given the array [1, 2, 3], return 6.", "Given the array [one, two, three], return six."),
    ("en", "Output: [1, 2]\nSo be it.", "Output: [one, two]. So be it."),
    ("en", 'It is {"a": [1, 2], "b": [3]}; call f([1, 2]).', 'It is {"a": [one, two], "b": [three]}; call f([one, two]).'),
    ("en", "The matrix [[1, 2], [3, 4]] is known [2, 3], says Lee [5].", "The matrix [[one, two], [three, four]] is known, says Lee."),
    ("de", "Die Liste [4, 5] wird sortiert [2, 3].", "Die Liste [vier, fünf] wird sortiert."),
    ("en", "Sure 😊 Let me check that 👍🏽 Anna will call 🚚 It arrives Monday.", "Sure. Let me check that. Anna will call. It arrives Monday."),
    ("en", "I ❤️ New York and we 💙 Berlin, from 🇫🇷 France.", "I New York and we Berlin, from France."),
    ("en", "Great! 🎉 Alright, we have 🍕 Pizza.", "Great! Alright, we have Pizza."),
    ("de", "Alles klar 👍 Ich schaue nach, der 😊 Hund auch.", "Alles klar. Ich schaue nach, der Hund auch."),
    ("fr", "D'accord 👍 Je regarde 😊 Un instant.", "D'accord. Je regarde. Un instant."),
    ("es", "Claro 👍 Déjame revisar 😊 Un momento.", "Claro. Déjame revisar. Un momento."),
    ("en", "Your booking reference is X7K2PQ, the plate number is AB-123-CD.", "Your booking reference is X seven K two P Q, the plate number is A B, one two three, C D."),
    ("en", "Your code is AB12CD34; the license plate is 7ABC123.", "Your code is A B one two C D three four; the license plate is seven A B C one two three."),
    ("en", "Use code SAVE20 for H2SO4, C6H12O6 and 2X4X8.", "Use code SAVE twenty for H two SO four, C six H twelve O six and two X four X eight."),
    ("en", "Track 1Z 999 AA1 01 2345 6784 now.", "Track one Z, nine nine nine, A A one, zero one, two three four five, six seven eight four now."),
    ("en", "Fit 225/45R17 91W tires to 80 ft-lbs.", "Fit two hundred twenty-five forty-five R seventeen, ninety-one W tires to eighty foot pounds."),
    ("en", "Use NPK 10-10-10 or a 5-10-5 mix, wind 15 kt.", "Use NPK ten ten ten or a five ten five mix, wind fifteen knots."),
    ("en", "Goals: Saka 23', Palmer 90+2'. He ran in the 67'. A pole of 67'.", "Goals: Saka twenty-third minute, Palmer ninety plus two. He ran in the sixty-seventh minute. A pole of sixty-seven feet."),
    ("en", "Mix 1 c. (2 sticks) butter; Apple Inc. (AAPL) rose.", "Mix one cup (two sticks) butter; Apple Incorporated (AAPL) rose."),
    ("en", "It left Louisville, KY at 14:30Z for j.o'brien@x.org.", "It left Louisville, KY at fourteen thirty UTC for j dot obrien at x dot org."),
    ("en", "Take it q.h.s.; sorting is O(n log n), merge feature/login-v2.", "Take it at bedtime; sorting is big O of n log n, merge feature slash login-v two."),
    ("de", "Von Di., 3.6., auf Do. um 9 Uhr.", "Von Dienstag, dritter Juni, auf Donnerstag um neun Uhr."),
    ("de", "Eine 10%ige Lösung, 2,5 %iger Essig, insg. 5 Stk., i. V. m. § 5 lit. b.", "Eine zehnprozentige Lösung, zwei Komma fünfprozentiger Essig, insgesamt fünf Stück, in Verbindung mit Paragraf fünf Buchstabe b."),
    ("de", "BGH VIII ZR 12/19, PLZ 80336. Es gilt 10 : 2 = 5.", "BGH VIII ZR zwölf aus neunzehn, PLZ acht null drei drei sechs. Es gilt zehn geteilt durch zwei gleich fünf."),
    ("en", "Regulation (EU) 2016/679, Directive 95/46/EC, season 2023/2024.", "Regulation (EU) twenty sixteen slash six hundred seventy-nine, Directive ninety-five slash forty-six EC, season twenty twenty-three twenty twenty-four."),
    ("fr", "Le règlement (UE) 2016/679 et la saison 2024/2025.", "Le règlement (UE) deux mille seize slash six cent soixante-dix-neuf et la saison deux mille vingt-quatre deux mille vingt-cinq."),
    ("it", "Via Roma 12/B è qui. Ecco 12:4 = 3. Aperti sab 9:00-13:00.", "Via Roma dodici barra B è qui. Ecco dodici diviso quattro uguale a tre. Aperti sabato nove a tredici."),
    ("nl", "We zijn za 9:00-13:00 open, zo niet.", "We zijn zaterdag negen uur tot dertien uur open, zo niet."),
    ("es", "A las 20:15, 14:30 y 8:15; c/8 h.", "A las veinte quince, catorce y media y ocho y cuarto; cada ocho horas."),
    ("es", "Llame al 01 800 123 4567; vea los caps. II y III.", "Llame al cero uno, ocho cero cero, uno dos tres, cuatro cinco seis siete; vea los capítulos dos y tres."),
    ("fr", "Pour 0,50 ct/min en Wi-Fi 6E, étape 1/3, art. L. 121-1.", "Pour zéro virgule cinquante centimes par minute en Wi-Fi six E, étape un sur trois, article L cent vingt et un tiret un."),
    ("it", "Il volo del 24/12 ore 06:55 costa 3x rispetto a ieri, art. 6, co. 1, lett. b.", "Il volo del ventiquattro dicembre ore sei e cinquantacinque costa tre volte rispetto a ieri, articolo sei, comma uno, lettera b."),
    ("it", "L'area è πr² ≈ 78.", "L'area è pi r al quadrato circa uguale a settantotto."),
    ("nl", "De winst was € 2,5 mrd, zie art. 7:17 BW, dl. II.", "De winst was twee komma vijf miljard euro, zie artikel zeven zeventien BW, deel twee."),
    ("pt", "No 3º tri., cj. 12, passo 2/3.", "No terceiro trimestre, conjunto doze, passo dois de três."),
    ("en", "See [KB](https://a.b/c).[^1] Or [it](http://c.d)[1], [so](https://e.f)[that](https://g.h).", "See KB. Or it, sothat."),
    ("en", "Sear 4-5 min./side with ¼–½ cup oil for 10+ s.", "Sear four to five minutes per side with one quarter to one half cup oil for ten plus seconds."),
    ("en", "Shipment #784-22-1 dep. ORD 11/21 @ 22:00, arr. DFW 11/22 ~06:30.", "Shipment number seven eight four, two two, one departing ORD November twenty-first at twenty-two o'clock, arriving DFW November twenty-second about six thirty."),
    ("en", "Recheck in 3 mo. Call us. By Eq. (3): F = ma.", "Recheck in three months. Call us. By equation (three): F equals m a."),
    ("en", "Hb 13.8 g/dL (12–16).", "Hb thirteen point eight grams per deciliter (twelve to sixteen)."),
    ("de", "Also 3/4 + 1/4 = 1, d. h. 75 % + 25 % = 100 %.", "Also drei Viertel plus ein Viertel gleich eins, das heißt fünf und siebzig Prozent plus fünf und zwanzig Prozent gleich ein hundert Prozent."),
    ("de", "24 Mon. Laufzeit, 1,2 g Eiweiß/kg, Bj. 1998, Zi. u. Bad.", "vier und zwanzig Monate Laufzeit, eins Komma zwei Gramm Eiweiß pro Kilogramm, Baujahr neunzehn hundert acht und neunzig, Zimmer und Bad."),
    ("it", "Nato l'1/2/1985, C.F. RSSMRA85B01F205X, cell. 347 1234567.", "Nato l'uno febbraio mille novecento ottantacinque, C F R S S M R A otto cinque B zero uno F due zero cinque X, cellulare tre quattro sette, uno due tre quattro cinque sei sette."),
    ("nl", "Geb. 1-2-1985, tel. 06 - 12 34 56 78.", "Geboren één februari negentienhonderd vijfentachtig, telefoon nul zes, één twee, drie vier, vijf zes, zeven acht."),
    ("fr", "On se voit mercredi 26/11 à 9h.", "On se voit mercredi vingt-six novembre à neuf heures."),
    ("es", "Nos vemos el miércoles 26/11 a las 9:05.", "Nos vemos el miércoles veintiséis de noviembre a las nueve y cinco."),
    ("en", "We will meet on Friday 12/5 at noon.", "We will meet on Friday December fifth at noon."),
    ("en", "Up since Oct. The pace is 8:45/mi, ticket 006-2187654321.", "Up since October. The pace is eight forty-five per mile, ticket zero zero six, two one eight seven six five four three two one."),
    ("en", "From 300 BCE–200 CE; Act III, Sc. 2; repeat q5–15min.", "From three hundred BCE to two hundred CE; Act three, scene two; repeat every five to fifteen minutes."),
    ("ru", "Это стоит 15 долл. США за штуку.", "Это стоит 15 долл. США за штуку."),
    ("de", "Ankunft 28.11., 9–12 Uhr; er traf in der 23. und 67. Minute.", "Ankunft acht und zwanzigster November, neun bis zwölf Uhr; er traf in der drei und zwanzigsten und sieben und sechzigsten Minute."),
    ("de", "Die 2. Liga wird zu [1, 2, 3], und der 1. Platz bleibt.", "Die zweite Liga wird zu [eins, zwei, drei], und der erste Platz bleibt."),
    ("fr", "Le code PUK est 1234 5678.", "Le code PUK est un deux trois quatre, cinq six sept huit."),
    ("en", "So x ≥ 5, i.e. [5, ∞), at api/v1/status.", "So x is greater than or equal to five, that is [five, infinity), at api/v one slash status."),
    ("de", "§ 433 BGB i.V.m. Art. 5 gilt.", "Paragraf vier hundert drei und dreißig BGB in Verbindung mit Artikel fünf gilt."),
    ("en", "Utilities included; avail. Jan. 1st.", "Utilities included; available January first."),
    ("en", "<|im_start|>assistant\nHello there.<|im_end|>", "Hello there."),
    ("en", "<|channel|>analysis<|message|>Say hi.<|end|><|start|>assistant<|channel|>final<|message|>Hi! So 3 < 5.<|return|>", "Hi! So three is less than five."),
    ("en", "Sure.<｜tool▁calls▁begin｜>get<｜tool▁sep｜>{}<｜tool▁calls▁end｜> Done.<｜end▁of▁sentence｜>", "Sure. Done."),
    ("en", "Use COUNT(*) FROM users, not `count(*)`.", "Use COUNT(star) FROM users, not count(star)."),
    ("en", "This is ==highlighted== and ==**very** bold. So.== But a == b.", "This is highlighted and very bold. So. But a equals b."),
    ("en", "It rose 5%. :contentReference[oaicite:0]{index=0} More.citeturn0search1turn2view0 Yes.", "It rose five percent. More. Yes."),
    ("en", "It is in s3://logs/2024/a.csv, redis://cache:6379 and grpc://host.io:443.", "It is in s three colon slash slash logs slash two zero two four slash a dot CSV, cache and host dot IO."),
    ("en", "1 h = 60 min, 1 km = 1000 m; so 2 h = 120 min.", "one hour equals sixty minutes, one kilometer equals one thousand meters; so two hours equals one hundred twenty minutes."),
    ("de", "Merke: 1 h = 60 min und 1 l = 10 dl.", "Merke: eine Stunde gleich sechzig Minuten und ein Liter gleich zehn Deziliter."),
    ("fr", "1 h = 60 min = 3600 s.", "une heure égale soixante minutes égale trois mille six cents secondes."),
    ("zh", "请访问www.abc.com.cn，会议在14:30开始，验证码是483920，请拨打13812345678。", "请访问www 点 abc 点 com 点 cn，会议在十四点三十分开始，验证码是四八三九二零，请拨打一三八，一二三四，五六七八。"),
    ("zh", "比分是21:15，价格是¥1,299.99，气温-3~5℃。", "比分是二十一比十五，价格是一千二百九十九点九九元，气温负三到五摄氏度。"),
    ("ja", "会議は14:30〜15:30、認証番号は483920です。03-1234-5678へ。", "会議は十四時三十分から十五時三十分、認証番号は四八三九二零です。零三、一二三四、五六七八へ。"),
    ("en", "So \\nabla^2 f = 0, \\alpha_i and \\pi.", "So del squared f equals zero, alpha sub i and pi."),
    ("en", "| Note | $5 |\n- item one\n- item two", "Note, five dollars. item one. item two"),
    ("en", "| Total | $5 |\n---\nNext part", "Total, five dollars. Next part"),
    ("en", "| A | B |\n--- | ---\n| 1 | 2 |\n3 | 4\n\nEnd | it", "A: one, B: two. A: three, B: four. End, it"),
    ("en", "It takes 25-30m by car, ETA: 10m; wait 1m, then 100m of rope.", "It takes twenty-five to thirty minutes by car, ETA: ten minutes; wait one minute, then one hundred meters of rope."),
    ("en", "Rent a 12m² room, 3m³ of sand; 3m × 4m = 12m² and 2m² + 3m = 5.", "Rent a twelve square meter room, three cubic meters of sand; three meters times four meters equals twelve square meters and two m squared plus three m equals five."),
    ("en", "It is 0.05 s⁻¹ now, 10 mol⁻¹, 3 m s⁻² or 12 min⁻¹ here.", "It is zero point zero five per second now, ten per mole, three meters per second squared or twelve per minute here."),
    ("en", "Then d/dx [x² + 3x] = 2x + 3.", "Then d d x of the quantity x squared plus three x, equals two x plus three."),
    ("en", "It costs ₹1,00,000, Rs. 1,25,000/- or 12,34,567 rupees; lists 1,2,3 and 1,20.", "It costs one hundred thousand rupees, one hundred twenty-five thousand rupees or one million two hundred thirty-four thousand five hundred sixty-seven rupees; lists one, two, three and one, twenty."),
    ("en", "Write to zip 94103-1234 in FY2024/25.", "Write to zip nine four one zero three, one two three four in FY twenty twenty-four twenty-five."),
    ("de", "Lt. Schreiben v. 12.3.2024 gilt die Sitzung v. 1.3. bis z. 5. Juni als geplant.", "Laut Schreiben vom zwölften März zwei tausend vier und zwanzig gilt die Sitzung vom ersten März bis zum fünften Juni als geplant."),
    ("de", "Nach §§ 12 ff. StGB dauert 1 Std. = 60 Min., Kto.-Nr. 12345, St.-Nr. 4711.", "Nach Paragrafen zwölf folgende StGB dauert eine Stunde gleich sechzig Minuten, Konto-Nummer eins zwei drei vier fünf, Steuer-Nummer vier sieben eins eins."),
    ("fr", "Sa tension est de 13/8 ; 2 ch. et 3/4.", "Sa tension est de treize sur huit ; deux chambres et trois quarts."),
    ("pt", "A pressão arterial está 12/8 hoje.", "A pressão arterial está doze por oito hoje."),
    ("nl", "Neem 500 mg 2x p.d., bestelnr. 12345.", "Neem vijfhonderd milligram twee keer per dag, bestelnummer één twee drie vier vijf."),
    ("en", "Your password is Xy7$kQ!9; user: j_doe, see \\[optional notes\\].", "Your password is Xy seven dollar kQ!nine; user: j doe, see [optional notes]."),
    ("en", "K+ 4.1 mmol/L and WBC 7.2 x10^9/L; K + 4 = 5.", "K plus four point one millimoles per liter and WBC seven point two times ten to the ninth per liter; K plus four equals five."),
    ("en", "See U.S. v. Nixon and Acme Inc. v. Doe, No. 21-1234.", "See U S versus Nixon and Acme Incorporated versus Doe, number two one, one two three four."),
    ("fr", "Ouvert lun.-ven. 9 h-18 h, lun.–sam. l'été.", "Ouvert lundi à vendredi neuf heures à dix-huit heures, lundi à samedi l'été."),
    ("es", "Abierto lun.-vie. hasta las 17 h.", "Abierto lunes a viernes hasta las diecisiete horas."),
]  # fmt: skip


def heard(language: str, text: str, chars: int) -> str:
    return transcript(segmented(text, [chars], TextSettings(language=language)))


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, 10_000])
def test_a_reply_is_heard_as_a_good_agent_says_it(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str, said: str) -> None:
    settings = TextSettings(language=language)
    whole = spoken_words(segmented(written, [len(written)], settings))
    assert said
    for at in range(1, len(written)):
        front = FrontEnd(text_data(language), settings)
        segments = front.feed(written[:at]) + front.idle(700) + front.feed(written[at:]) + front.end()
        assert spoken_words(segments) == whole, written[:at]
