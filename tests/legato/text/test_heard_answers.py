"""What assistants answer at banks, pharmacies, stations, schools and help desks, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("en", "Give 5–10 mg/kg/dose, then 20 mg/kg/dose.", "Give five to ten milligrams per kilogram per dose, then twenty milligrams per kilogram per dose."),
    ("it", "Bambini: 15 mg/kg/dose, M = 58,4 g/mol.", "Bambini: quindici milligrammi al chilogrammo per dose, M uguale cinquantotto virgola quattro grammi per mole."),
    ("pt", "Crianças: 15 mg/kg/dose.", "Crianças: quinze miligramas por quilograma por dose."),
    ("de", "Das sind −92 kJ/mol.", "Das sind minus zwei und neunzig Kilojoule pro Mol."),
    ("fr", "Elle vaut 180,16 g/mol.", "Elle vaut cent quatre-vingts virgule seize grammes par mole."),
    ("es", "Son 180,16 g/mol.", "Son ciento ochenta coma dieciséis gramos por mol."),
    ("nl", "Dat is 58,4 g/mol.", "Dat is achtenvijftig komma vier gram per mol."),
    ("en", "Take 1 tab. (10 mg) daily, then 2 tab. at night. Open a new tab. Done.", "Take one tablet (ten milligrams) daily, then two tablets at night. Open a new tab. Done."),
    ("en", "Buy 1 dz. eggs. Monell v. Dep't of Soc. Servs. is old.", "Buy one dozen eggs. Monell versus Dep't of Soc. Servs. is old."),
    ("de", "Wg. 21, Pl. 45. Kosten: 5 €. Mit 8 Pkt. Vorsprung nach 30 Tsd. km, 3 Tg. später.", "Wagen ein und zwanzig, Platz fünf und vierzig. Kosten: fünf Euro. Mit acht Punkte Vorsprung nach dreißig tausend Kilometer, drei Tage später."),
    ("fr", "Voie 12, voit. 3, pl. 45, et 1 cp. pdt 7 j.", "Voie douze, voiture trois, place quarante-cinq, et un comprimé pendant sept jours."),
    ("es", "Coche 7, pl. 4A, con un fusible de 4A.", "Coche siete, plaza cuatro A, con un fusible de cuatro amperios."),
    ("it", "Binario 7, carr. 3, nel p.t. e nel s.t.", "Binario sette, carrozza tre, nel primo tempo e nel secondo tempo."),
    ("nl", "Neem het evt. m.b.v. water.", "Neem het eventueel met behulp van water."),
    ("en", "Tracking 7713 4455 9021, Zoom ID 884 2210 9937, not 1000 2000 3000.", "Tracking seven seven one three, four four five five, nine zero two one, Zoom ID eight eight four, two two one zero, nine nine three seven, not one thousand two thousand three thousand."),
    ("en", "USPS 9400 1000 0000 0000 0000 00 is on its way.", "USPS nine four zero zero, one zero zero zero, zero zero zero zero, zero zero zero zero, zero zero zero zero, zero zero is on its way."),
    ("de", "Sendung 0034 0434 1612 3456 7890 kommt.", "Sendung null null drei vier, null vier drei vier, eins sechs eins zwei, drei vier fünf sechs, sieben acht neun null kommt."),
    ("es", "La guía es 7712 3344 5566; llame al 55 1234 5678.", "La guía es siete siete uno dos, tres tres cuatro cuatro, cinco cinco seis seis; llame al cinco cinco, uno dos tres cuatro, cinco seis siete ocho."),
    ("en", "He won in 1:31:44.742; from 3/4 to 3/11, in 1947–'91, fees (+$60) 2–3.", "He won in one hour thirty-one minutes and forty-four point seven four two seconds; from March fourth to March eleventh, in nineteen forty-seven to ninety-one, fees (plus sixty dollars) two to three."),
    ("en", "Case no. 24-118832: 7,000/5,000 MB/s, 12.4/64 GB, 400M+ users.", "Case number two four, one one eight eight three two: seven thousand, five thousand megabytes per second, twelve point four out of sixty-four gigabytes, four hundred million plus users."),
    ("en", "Release 2024.10.1 of Acme came on 2024.10.1.", "Release two thousand twenty-four point ten point one of Acme came on the first of October twenty twenty-four."),
    ("en", "Dial *#06# or #31#, delete *.tmp and keep *.py (*.md too), run `ls *.txt`.", "Dial star pound zero six pound or pound three one pound, delete star dot tmp and keep star dot py (star dot md too), run ls star dot txt."),
    ("de", "Version 2024.10.1, HU bis 05/26, Zeit 1:31:44,742. Wählen Sie *#06#.", "Version zwei tausend vier und zwanzig Punkt zehn Punkt eins, HU bis Mai zwei tausend sechs und zwanzig, Zeit eine Stunde ein und dreißig Minuten und vier und vierzig Komma sieben vier zwei Sekunden. Wählen Sie Stern Raute null sechs Raute."),
    ("en", "Energy: E = ½kx² = 0.2 J, d = ½gt², with ½m² of cloth and x = 1½.", "Energy: E equals one half k x squared equals zero point two joules, d equals one half g t squared, with one half m squared of cloth and x equals one and a half."),
    ("en", "a = 4 cm ⇒ b = 5 cm.", "a equals four centimeters implies b equals five centimeters."),
    ("fr", "La vitesse v = 150 km / 2 h = 75 km/h.", "La vitesse v égale cent cinquante kilomètres sur deux h égale soixante-quinze kilomètres par heure."),
    ("en", "Fe³⁺ + 3 OH⁻ → Fe(OH)₃, then Ca(OH)₂ (lime), Al₂(SO₄)₃ and (NH₄)₂SO₄.", "Fe three plus plus three O H minus to Fe O H three, then Ca O H two (lime), Al two S O four three and N H four two S O four."),
    ("de", "Es gilt E = ½mv² für Fe(OH)₃.", "Es gilt E gleich ein halb m v Quadrat für Fe O H drei."),
    ("de", "Tore: Kane (12'), Musiala 45'+2 und 67'.", "Tore: Kane (Minute zwölf), Musiala fünf und vierzig plus zwei und Minute sieben und sechzig."),
    ("fr", "Buts : Mbappé (12'), puis à la 67', enfin 45'+2.", "Buts : Mbappé (douzième minute), puis à la soixante-septième minute, enfin quarante-cinq plus deux."),
    ("es", "Goles: Vini (12'), Mbappé (45+2'); en el 67' marcó otro.", "Goles: Vini (minuto doce), Mbappé (cuarenta y cinco más dos); en el minuto sesenta y siete marcó otro."),
    ("it", "Vlahovic segna al 12', Yildiz al 45'+2, Lautaro (67').", "Vlahovic segna al dodicesimo minuto, Yildiz al quarantacinque più due, Lautaro (sessantasettesimo minuto)."),
    ("pt", "Venceu com gols aos 12', 45'+2 e 67'.", "Venceu com gols aos doze minutos, quarenta e cinco mais dois e sessenta e sete minutos."),
    ("nl", "Goals: Brobbey (12'), Berghuis (45+2').", "Goals: Brobbey (twaalfde minuut), Berghuis (vijfenveertig plus twee)."),
    ("en", "It is $9.99 ea. = $19.98 for two, sent to Apt. #3B in town.", "It is nine dollars and ninety-nine cents each equals nineteen dollars and ninety-eight cents for two, sent to apartment number three B in town."),
    ("en", "A fever of > 102.2°F for > 72 hrs, or < $5; if x > 5 and p < 0.05.", "A fever of more than one hundred two point two degrees Fahrenheit for more than seventy-two hours, or less than five dollars; if x is greater than five and p is less than zero point zero five."),
    ("de", "Das gilt bei > 2 GB und mit < 5 kg, wenn a > b ist.", "Das gilt bei über zwei Gigabyte und mit unter fünf Kilogramm, wenn a größer als b ist."),
    ("fr", "Un colis de > 5 kg.", "Un colis de plus de cinq kilogrammes."),
    ("nl", "Het past bij > 5 kg om 8.00 u. naar huis.", "Het past bij meer dan vijf kilogram om acht uur naar huis."),
    ("de", "Nachts bis –3 °C, am Tag von –5 bis –3 °C, dann 5–7 °C.", "Nachts bis minus drei Grad Celsius, am Tag von minus fünf bis minus drei Grad Celsius, dann fünf bis sieben Grad Celsius."),
    ("fr", "Retard : 20 min env. Échange gratuit. Il y a env. 20 personnes.", "Retard : vingt minutes environ. Échange gratuit. Il y a environ vingt personnes."),
    ("en", "On the 3rd Sat. of each month, closed Sun. & holidays, open on Sun servers.", "On the third Saturday of each month, closed Sunday and holidays, open on Sun servers."),
    ("en", "Bake 1–1½ hr. Then stir. He hit 58 HRs. Next he hit 3.", "Bake one to one and a half hours. Then stir. He hit fifty-eight HRs. Next he hit three."),
    ("en", "See ref. 4.¹ Then see text.", "See reference four. Then see text."),
    ("it", "Temperatura: -2/5 °C.", "Temperatura: meno due, cinque gradi Celsius."),
    ("en", "AB = 3 cm, BC = 4 cm ⇒ AC = 5 cm; let y = ax + b, with ax = 4.", "A B equals three centimeters, B C equals four centimeters implies A C equals five centimeters; let y equals a x plus b, with a x equals four."),
    ("en", "Here sin θ = 0.5, cos θ = 0.87 and tan θ = 0.58.", "Here sine theta equals zero point five, cosine theta equals zero point eight seven and tangent theta equals zero point five eight."),
    ("en", 'The area is known from the text.² He said "so."³ and left.', 'The area is known from the text. He said "so." and left.'),
    ("en", "Your room is 1407, not 12. The room number is 1204. The room is 1200 square feet.", "Your room is fourteen oh seven, not twelve. The room number is twelve oh four. The room is one thousand two hundred square feet."),
    ("en", "UA 1523 leaves at 5, and BA 2024 is a year.", "UA one five two three leaves at five, and BA twenty twenty-four is a year."),
    ("de", "LH 1234 startet um 9 Uhr.", "LH eins zwei drei vier startet um neun Uhr."),
    ("en", "There is $130 fee, with $25 surcharge (plus $5 deposit).", "There is one hundred thirty dollar fee, with twenty-five dollar surcharge (plus five dollar deposit)."),
    ("en", "It has 1 × 65W charger, 2 x 500 mg tablets and flour (3 lb. bag).", "It has one times sixty-five watt charger, two times five hundred milligram tablets and flour (three pound bag)."),
    ("en", "Open 10 – 11:30, then 2–3:30.", "Open ten to eleven thirty, then two to three thirty."),
    ("fr", "Ouvert de 10 – 11:30.", "Ouvert de dix à onze heures trente."),
    ("en", "He lives in the U.K. Nobody knows. The U.K. Parliament sits.", "He lives in the U K. Nobody knows. The U K Parliament sits."),
    ("en", "Rated ★4.9 (312), not 3★.", "Rated four point nine stars (three hundred twelve), not three stars."),
    ("de", "Die 24-Std.-Karte für die 2-Min.-Pause.", "Die vier und zwanzig-Stunden-Karte für die zwei-Minuten-Pause."),
    ("de", "Mi., d. 26.11., um 9 Uhr. Berlin, d. 3. März.", "Mittwoch, den sechs und zwanzigsten November, um neun Uhr. Berlin, den dritten März."),
    ("de", "Er schrieb 1774 den Werther, und es sind 1774 Seiten.", "Er schrieb siebzehn hundert vier und siebzig den Werther, und es sind ein tausend sieben hundert vier und siebzig Seiten."),
    ("es", "Del 24/11 a 30/11, a 3/4 de milla, al (+34) 91 123 45 67.", "Del veinticuatro de noviembre a treinta de noviembre, a tres cuartos de milla, al más tres cuatro, nueve uno, uno dos tres, cuatro cinco, seis siete."),
    ("fr", "Composez le 3639 ou le 3949, après le 3000 mètres.", "Composez le trente-six trente-neuf ou le trente-neuf quarante-neuf, après le trois mille mètres."),
    ("pt", "Fica na R. Augusta, 1500. A loja da R. Bela fechou.", "Fica na rua Augusta, mil e quinhentos. A loja da rua Bela fechou."),
    ("ja", "1,200mg/日を服用します。", "一日千二百ミリグラムを服用します。"),
    ("zh", "体温>39℃时请就医，≥65岁每次20mg/天。", "体温大于三十九摄氏度时请就医，大于等于六十五岁每次每天二十毫克。"),
    ("en", "1. **Luigi's** ⭐ 4.5 (1,200 reviews) · $$ · Italian · 0.3 mi\n2. **Sakura** · $$$\n3. Ann's", "one. Luigi's four point five (one thousand two hundred reviews) · Italian, zero point three miles. two. Sakura · three. Ann's"),
    ("en", "So $$x = 1$$ is it, and ($$y = 2$$) too.", "So x equals one is it, and (y equals two) too."),
    ("en", "> [!WARNING]\n> Don't run it.\n\nIt's here.<sup>[1]</sup> And 2 > 1.", "WARNING. Don't run it. It's here. And two is greater than one."),
    ("en", "This is *in*consistent: re*do* it, or 2*3*4.", "This is inconsistent: redo it, or two times three times four."),
    ("en", "| Day | ☔ |\n|--|--|\n| Monday | 10% |", "Day: Monday, ten percent."),
    ("en", "▶ Play the video ▶️ now. ► Next.", "Play the video now. Next."),
    ("en", "In FY'25 and Q3'24 we grew. Rating: ★★★★☆ (4/5), and a score: 3/5.", "In FY twenty-five and Q three twenty-four we grew. Rating: (four out of five), and a score: three out of five."),
    ("en", "It moved 812M USDT. Rooms from $189/nt. Use 5-10-10 fert. here.", "It moved eight hundred twelve million USDT. Rooms from one hundred eighty-nine dollars per night. Use five ten ten fert. here."),
    ("en", "United won 2–1 (Rashford 34', Bruno 67'). The room is 12' long.", "United won two to one (Rashford thirty-fourth minute, Bruno sixty-seventh minute). The room is twelve feet long."),
    ("de", "Die 3. Std. entfällt, in der 4. Std. ist Mathe. Bewertung: 4/5.", "Die dritte Stunde entfällt, in der vierten Stunde ist Mathe. Bewertung: vier von fünf."),
    ("es", "La clase es en el aula 1.12, a las 9.30. Valoración: 4/5.", "La clase es en el aula uno punto doce, a las nueve y media. Valoración: cuatro de cinco."),
    ("it", "Cuocere per 25-30 min, per 5-6 persone. Voto: 4/5.", "Cuocere per venticinque trenta minuti, per cinque sei persone. Voto: quattro su cinque."),
    ("fr", "Note : 4/5 pour lui.", "Note : quatre sur cinq pour lui."),
    ("en", "<list><item>Apples</item><item>Pears</item></list> Dear <name>, <search>Rome</search> it is.", "Apples. Pears Dear name, Rome it is."),
    ("en", "It is given in mol⁻¹, so, mol⁻¹ it is.", "It is given in per mole, so, per mole it is."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_an_answer_is_heard_as_a_person_says_it(language: str, written: str, said: str, chars: int) -> None:
    assert heard(language, written, chars) == said


@pytest.mark.parametrize(("language", "written"), [(language, written) for language, written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(language: str, written: str) -> None:
    keeps_its_words(language, written)
