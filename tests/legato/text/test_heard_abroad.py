"""What agents say in other languages, whole, as it is written, and with idle moments anywhere: always the same. R14, R16"""

import pytest

from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings
from tests.legato.text.hearing import WHOLE, heard, keeps_its_words


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("nl", "Een kaartje van 12.50 euro, open van 12.50 tot 13.50 uur.", "Een kaartje van twaalf punt vijftig euro, open van twaalf uur vijftig tot dertien uur vijftig."),
        ("de", "Netz: 50/60 Hz.", "Netz: fünfzig sechzig Hertz."),
        ("fr", "Après 2. Cf3 Cc6 3. Fb5, les blancs jouent.", "Après deux, cavalier f trois cavalier c six trois, fou b cinq, les blancs jouent."),
        ("de", "Von 01.06.2025 - 31.05.2026.", "Von erster Juni zwei tausend fünf und zwanzig bis ein und dreißigster Mai zwei tausend sechs und zwanzig."),
        ("nl", "Periode: 01-06-2025 – 31-05-2026.", "Periode: één juni tweeduizend vijfentwintig tot eenendertig mei tweeduizend zesentwintig."),
        ("es", "Del 01/06/2025-31/05/2026.", "Del primero de junio de dos mil veinticinco a treinta y uno de mayo de dos mil veintiséis."),
        ("ja", "2025/6/1-2026/5/31です。", "二千二十五年六月一日から二千二十六年五月三十一日です。"),
        ("zh", "电价0.5元/kWh，5元/kg，3元/斤，300元/月/人。美元/日元。", "电价零点五元每千瓦时，五元每公斤，三元每斤，三百元每月/人。美元/日元。"),
        ("ja", "電気代は31円/kWhです。", "電気代は三十一円毎キロワット時です。"),
        ("de", "Dauer: 1:30 h, die Fahrzeit beträgt 2:00 h. Geöffnet um 1:30 h.", "Dauer: eine Stunde dreißig Minuten, die Fahrzeit beträgt zwei Stunden. Geöffnet um ein Uhr dreißig."),
        ("de", "Dauert 0:45 h. Laufzeit 9:00 h bis 18:00 h.", "Dauert fünf und vierzig Minuten. Laufzeit neun Uhr bis achtzehn Uhr."),
        ("es", "La película dura 2:05 h y empieza a las 21:30 h.", "La película dura dos horas cinco minutos y empieza a las veintiuna y media."),
        ("pt", "Duração: 1:00 h, às 21:30 h.", "Duração: uma hora, às vinte e uma horas e trinta."),
        ("de", "Karte gültig bis 09/27.", "Karte gültig bis September zwei tausend sieben und zwanzig."),
        ("de", "Rufen Sie an, Tel. +49 (0)89 / 12 34 56-0.", "Rufen Sie an, Telefon plus vier neun, acht neun, eins zwei, drei vier, fünf sechs, null."),
        ("de", "Wir haben am 1./2. Mai und vom 24.–26.12. frei.", "Wir haben am ersten zweiten Mai und vom vier und zwanzigsten bis sechs und zwanzigsten Dezember frei."),
        ("de", "24.12.–2.1.2026, bis zum 31.12.25.", "vier und zwanzigster Dezember bis zweiter Januar zwei tausend sechs und zwanzig, bis zum ein und dreißigsten Dezember fünf und zwanzig."),
        ("de", "Version 10.12.25 ist da.", "Version zehn Punkt zwölf Punkt fünf und zwanzig ist da."),
        ("pt", "Tome de 8/8 h e de 12/12 horas.", "Tome de oito em oito horas e de doze em doze horas."),
        ("de", "Tor in der 45.+2 Minute, Hilfe unter 116117.", "Tor in der fünf und vierzig plus zwei Minute, Hilfe unter eins eins sechs eins eins sieben."),
        ("es", "Sale a las 12:15 h. de la estación.", "Sale a las doce y cuarto de la estación."),
        ("fr", "Valable le 31.12.25.", "Valable le trente et un décembre vingt-cinq."),
        ("pt", "Cap. II. O Inc. IV vale.", "Capítulo dois. O Inciso quatro vale."),
        ("pt", "De 24 a 26/12 e de 24/12 a 2/1.", "De vinte e quatro a vinte e seis de dezembro e de vinte e quatro de dezembro a dois de janeiro."),
        ("pt", "Dias 24 e 25/12; de 1/2 a 3/4 da turma.", "Dias vinte e quatro e vinte e cinco de dezembro; de um meio a três quartos da turma."),
        ("nl", "Van 24 t/m 26/12 zijn wij dicht.", "Van vierentwintig tot en met zesentwintig december zijn wij dicht."),
        ("de", "Ihre Kunden-Nr. 4711, Kd.-Nr.: 12345. Vers.-Nr. liegt bei.", "Ihre Kunden-Nummer vier sieben eins eins, Kunden-Nummer: eins zwei drei vier fünf. Versicherungs-Nummer liegt bei."),
        ("de", "Hausnr. 5, Anm. 3, Art. 5 Abs. 1 S. 2 GG und S. 23 ff.", "Hausnummer fünf, Anmerkung drei, Artikel fünf Absatz eins Satz zwei GG und Seite drei und zwanzig folgende."),
        ("de", "Der Zug fährt von Gl. 7 ab, siehe Gl. 7.", "Der Zug fährt von Gleis sieben ab, siehe Gleichung sieben."),
        ("de", "In den 80ern: 2–3 Wo., max. 6 Mon. lang.", "In den achtzigern: zwei bis drei Wochen, maximal sechs Monate lang."),
        ("de", "Die Karte endet auf 4242.", "Die Karte endet auf vier zwei vier zwei."),
        ("de", "Geben Sie 1 TL Salz und für 1 Tag 1 l Wasser dazu.", "Geben Sie einen Teelöffel Salz und für einen Tag ein Liter Wasser dazu."),
        ("de", "Sie haben 1 neue Nachricht, 1 Tag Zeit und für 1 Paket 1,50 €.", "Sie haben eine neue Nachricht, ein Tag Zeit und für ein Paket ein Euro fünfzig."),
        ("it", "1 ½ tazze di farina, 2½ tazze, 1½ ore e 1 1/2 litri.", "una tazza e mezza di farina, due tazze e mezza, un ora e mezza e un litro e mezzo."),
        ("nl", "De reis duurt 1,5 uur, met 1,5 liter water.", "De reis duurt anderhalf uur, met één komma vijf liter water."),
        ("de", "Wählen Sie *67 und dann *31#. Drücken Sie *.", "Wählen Sie Stern sieben und sechzig und dann Stern ein und dreißig Raute. Drücken Sie Stern."),
        ("es", "Para volver a la lista marque *67, o pulse * o #.", "Para volver a la lista marque asterisco sesenta y siete, o pulse asterisco o almohadilla."),
        ("fr", "Composez le *67 ou le *31#, puis appuyez sur * ou sur #.", "Composez le étoile soixante-sept ou le étoile trente et un dièse, puis appuyez sur étoile ou sur dièse."),
        ("en", "To go back to the list press *. Or use the code *67 now.", "To go back to the list press star. Or use the code star sixty-seven now."),
        ("en", "It was built in the XXI century by someone.", "It was built in the twenty-first century by someone."),
        ("de", "## Ihre Optionen\n\n1. Basis\n2. Plus\n", "Ihre Optionen. eins. Basis. zwei. Plus"),
        ("es", "Murió durante la II Guerra Mundial y el IV Congreso.", "Murió durante la segunda Guerra Mundial y el cuarto Congreso."),
        ("it", "Vittorio regnò nel XIX sec.; la II guerra mondiale del XX secolo.", "Vittorio regnò nel diciannovesimo secolo; la seconda guerra mondiale del ventesimo secolo."),
        ("sv", "Så sa han. Bl.a. fem kg äpplen kom fr.o.m. maj.", "Så sa han. Bl.a. fem kg äpplen kom fr.o.m. maj."),
        ("es", "Son 2.400 mill. de euros, 10 % de dto. en la Avda. Sol.", "Son dos mil cuatrocientos millones de euros, diez por ciento de descuento en la avenida Sol."),
        ("es", "La 1a planta y el 1er. día. P. D.: gracias, José Mª.", "La primera planta y el primer día. posdata: gracias, José María."),
        ("fr", "Voir chap. IV et l'article L. 121-1.", "Voir chapitre quatre et l'article L cent vingt et un tiret un."),
        ("fr", "Me Dupont, no 7, esc. B, bât. C, 3e ét. gauche.", "maître Dupont, numéro sept, escalier B, bâtiment C, troisième étage gauche."),
        ("fr", "Étape 1 : 20 minutes, option 2 : 3 jours, dans un rapport de 3:1.", "Étape un : vingt minutes, option deux : trois jours, dans un rapport de trois à un."),
        ("fr", "Facture du 1er/12 : 89,90 € HT. Réf. AB-1204 pour 81 chaises.", "Facture du premier décembre : quatre-vingt-neuf euros quatre-vingt-dix HT. Référence AB-un deux zéro quatre pour quatre-vingt-une chaises."),
        ("de", "Fällig am 1./15. des Monats.", "Fällig am ersten fünfzehnten des Monats."),
        ("es", "La Ley 39/2015 rige.", "La Ley treinta y nueve barra dos mil quince rige."),
        ("it", "Il D.Lgs. 196/2003, tel. (02) 1234567.", "Il decreto legislativo cento novantasei del duemila tre, telefono zero due, uno due tre quattro cinque sei sette."),
        ("pt", "A Lei nº 13.709/2018 vale.", "A Lei número treze mil setecentos e nove de dois mil e dezoito vale."),
        ("nl", "Bel (020) 123 45 67 vandaag.", "Bel nul twee nul, één twee drie, vier vijf, zes zeven vandaag."),
        ("fr", "La carte se termine par 4242.", "La carte se termine par quatre deux quatre deux."),
        ("it", "La 3a edizione, P.IVA 12345678901.", "La terza edizione, partita IVA uno due tre quattro cinque sei sette otto nove zero uno."),
        ("pt", "Agência 1234-5, conta 56789-0; a conta de 150 reais.", "Agência um dois três quatro, cinco, conta cinco seis sete oito nove, zero; a conta de cento e cinquenta reais."),
        ("pt", "CNPJ 12.345.678/0001-95, inc. III, 1% a.m., p/ você c/ desconto.", "CNPJ um dois, três quatro cinco, seis sete oito, zero zero zero um, nove cinco, inciso três, um por cento ao mês, para você com desconto."),
        ("nl", "B.V. De Hoop en b.v. 15 mln. mensen, 3e verd., fam. Bos, mr. Ruiz.", "B V De Hoop en bijvoorbeeld vijftien miljoen mensen, derde verdieping, familie Bos, meester Ruiz."),
        ("nl", "Open za. van 9 tot 5, kinderen t/m 6 jr. gratis.", "Open zaterdag van negen tot vijf, kinderen tot en met zes jaar gratis."),
        ("de", "Die Verordnung (EG) 2009/28 gilt.", "Die Verordnung (EG) zwei tausend neun Slash acht und zwanzig gilt."),
        ("de", "Das kostet SFr. 4.50 oder Fr. 5.–. Danke.", "Das kostet vier Franken fünfzig oder fünf Franken. Danke."),
        ("it", "Costa Fr. 20.- oggi.", "Costa venti franchi svizzeri oggi."),
        ("de", "Dr. h. c. Müller und Dr. h.c. Lee.", "Doktor honoris causa Müller und Doktor honoris causa Lee."),
        ("fr", "Soit 1 million d'€ ou 3 milliards de $.", "Soit un million d'euros ou trois milliards de dollars."),
        ("en", "Is 3 < 5? Is x > 5? The answer is x < 5.", "Is three less than five? Is x greater than five? The answer is x is less than five."),
        ("nl", "Is 3 < 5? Is x ≤ 5?", "Is drie kleiner dan vijf? Is x kleiner dan of gelijk aan vijf?"),
        ("it", "È 3 < 5? È x < 5?", "È tre minore di cinque? È x minore di cinque?"),
        ("es", "La tarjeta vence en 09/27.", "La tarjeta vence en septiembre de dos mil veintisiete."),
        ("fr", "Date d'expiration : 09/27.", "Date d'expiration : septembre deux mille vingt-sept."),
        ("it", "Valida fino a 09/27.", "Valida fino a settembre duemila ventisette."),
        ("pt", "O cartão é válido até 09/27.", "O cartão é válido até setembro de dois mil e vinte e sete."),
        ("nl", "De kaart is geldig tot 09/27 en de bon tot 05/12.", "De kaart is geldig tot september tweeduizend zevenentwintig en de bon tot vijf december."),
        ("es", "El euro vale 1,1523 $, y el barco 91.204 $ o 5$/día, no 6$/día.", "El euro vale uno coma quince veintitrés dólares, y el barco noventa y un mil doscientos cuatro dólares o cinco dólares por día, no seis dólares por día."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chars", [1, 3, WHOLE])
def test_a_sentence_is_heard_as_a_good_agent_says_it(
    language: str, written: str, said: str, chars: int
) -> None:
    assert heard(language, written, chars) == said
    keeps_its_words(language, written, chars, (120, 350, 700))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("pl", "Zamówienie nr 4711 z dn. 3 list. zostało wysłane (pn.–pt. 8–18)."),
        ("ru", "Наш офис: ул. Ленина, д. 12, корп. 3, тел. 123, доб. 12, ок. 15 мин пешком."),
        ("tr", "II. Mehmed buraya yakl. 30 kez geldi."),
        ("sv", "Ring oss på 08-123 45 67 el. +46 70 123 45 67 i dag."),
        ("hi", "कृपया पुस्तक का पृ. 23 देखें।"),
        ("fr", "Appelez-nous au tél. +33 1 23 45 67 89 demain."),
    ],
)
def test_a_short_form_before_a_number_ends_no_sentence(language: str, sentence: str) -> None:
    front = FrontEnd(text_data(language), TextSettings(language=language))
    assert [one.raw for one in front.feed(sentence) + front.end()] == [sentence]


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("zh", "子网是 10.0.0.0/8。", "子网是 一零 点 零 点 零 点 零 斜杠 八。"),
        ("ja", "10.0.0.0/24 です。", "一零 点 零 点 零 点 零 スラッシュ 二十四 です。"),
        ("en", "Use #²1A here.", "Use hashtag ² one A here."),
        ("en", "Since May² 2020 it is open.", "Since May² twenty twenty it is open."),
        ("de", "Es gilt ſ. u. hier.", "Es gilt ſ. und hier."),
        ("en", "Fri½day, September 9th.", "Fri one half day, September ninth."),
    ],
)
def test_no_text_raises_an_error(language: str, written: str, said: str) -> None:
    """R16: each ended its utterance as `internal`."""
    assert heard(language, written) == said
