"""What assistants chat about, in games, kitchens, gyms, songs and shells, whole, in tokens and with an idle moment. R14, R16"""

import pytest

from tests.legato.text.hearing import WHOLE, heard, keeps_its_words

ROWS = [
    ("Play G, D/F# and A/C#.", "Play G, D over F sharp and A over C sharp."),
    ("Set limits of 512Mi, 256Mi/1Gi or 100Ki; it is 20 MI north, 12mi away.", "Set limits of five hundred twelve mebibytes, two hundred fifty-six mebibytes, one gibibyte or one hundred kibibytes; it is twenty miles north, twelve miles away."),
    ("It takes 100–240 V, 50/60 Hz. Drill 31/64 in, at 1/2 Hz.", "It takes one hundred to two hundred forty volts, fifty sixty hertz. Drill thirty-one sixty-fourths inch, at one half hertz."),
    ("See pp. xii–xiv, page iv and pages i-iii, but not page x.", "See pages twelve to fourteen, page four and pages one to three, but not page x."),
    ("Sale runs thru 11/30; open 11/1 thru 11/30. It is 3/4 full.", "Sale runs thru November thirtieth; open November first thru November thirtieth. It is three quarters full."),
    ("It went 1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O, and 6. Be7!", "It went one, e four e five two, knight f three knight c six three, bishop b five a six four, bishop a four knight f six five, kingside castling, and six, bishop e seven!"),
    ("See chapter 2. Be careful. We won 3. Nobody cared. It has 12. O-rings fit. Is it 4. A new one.", "See chapter two. Be careful. We won three. Nobody cared. It has twelve. O-rings fit. Is it four. A new one."),
    ("Term: 7/1/25–7/1/26, or 6/1/2025 - 5/31/2026, or 7/1–7/15/25. On 3/1/24 - 12 left.", "Term: July first, twenty twenty-five to July first, twenty twenty-six, or June first, twenty twenty-five to May thirty-first, twenty twenty-six, or July first to fifteenth, twenty twenty-five. On March first, twenty twenty-four minus twelve left."),
    ("Valid 7/1/25-7/1/26 and 2024-01-05–2024-02-01.", "Valid July first, twenty twenty-five to July first, twenty twenty-six and January fifth, twenty twenty-four to February first, twenty twenty-four."),
    ("Pay = $25 * hours, tax is 0.08 * subtotal.", "Pay equals twenty-five dollars times hours, tax is zero point zero eight times subtotal."),
    ("I love you <3 <3", "I love you"),
    ("Miss you <3 <3 <3! Is pH <3 <4?", "Miss you! Is pH less than three less than four?"),
    ("Tap ⋮ > Settings, the dots (...) > Export, or ••• > Account. Is A > B?", "Tap ⋮ then Settings, the dots (...) then Export, or ••• then Account. Is A greater than B?"),
    ("Open v2.docx, not v2.3 or v2. Then stop.", "Open v two dot docx, not Version two point three or Version two. Then stop."),
    ("It is $5/sq ft, with 27,000/sq mi. At 14:00 hrs, or 08:30 hrs tomorrow.", "It is five dollars per square foot, with twenty-seven thousand per square mile. At fourteen hundred hours, or eight thirty hours tomorrow."),
    ("Open 09:00–17:00 hrs; 0905 hours, 8:00 hours.", "Open nine o'clock to seventeen o'clock; oh nine oh five hours, eight o'clock hours."),
    ("Ohtani has 54 HR. It is a 24 HR service, with a 2 HR delay.", "Ohtani has fifty-four HR. It is a twenty-four hour service, with a two hour delay."),
    ("Your heart rate was 58 HR, after 36 HR.", "Your heart rate was fifty-eight HR, after thirty-six hours."),
    ("Today: High 75/Low 58, or 75°/Low 58°; 12/main is a path.", "Today: High seventy-five, Low fifty-eight, or seventy-five degrees, Low fifty-eight degrees; twelve slash main is a path."),
    ("You've met $1,250/$2,000 of it. Plans are $5/$7. You met $20.", "You've met one thousand two hundred fifty dollars out of two thousand dollars of it. Plans are five dollars, seven dollars. You met twenty dollars."),
    ("Earth is 149.6M km away, not 5B km; the 3M tape is 5 m long.", "Earth is one hundred forty-nine point six million kilometers away, not five billion kilometers; the three M tape is five meters long."),
    ("Mix 1:10 with water, a 1:10 ratio, in the 2:15 solution. Come at 1:10.", "Mix one to ten with water, a one to ten ratio, in the two to fifteen solution. Come at one ten."),
    ("The song is in 4/4. It is in 6/8, at 120 BPM. Cut it in 2/4 of cases, in 3/4.", "The song is in four four. It is in six eight, at one hundred twenty beats per minute. Cut it in two quarters of cases, in three quarters."),
    ("Play it 4/4 at 120 BPM. Come on 4/4 at 12.", "Play it four four at one hundred twenty beats per minute. Come on April fourth at twelve."),
    ("See you Wed the 9th or Sat the 12th. We sat the 3rd test.", "See you Wednesday the ninth or Saturday the twelfth. We sat the third test."),
    ("Send it to Toronto, ON M5W 1A2, with 1A2 of it.", "Send it to Toronto, ON M five W, one A two, with one square amp of it."),
    ("Denver is UTC−07:00, or UTC-7; St. John's is UTC-03:30.", "Denver is UTC minus seven, or UTC minus seven; Saint John's is UTC minus three thirty."),
    ("The 3rd Gen. Pixel and the 2nd-gen iPad. Gen. Lee met his 1st Lt. Smith.", "The third generation Pixel and the second generation iPad. General Lee met his first Lieutenant Smith."),
    ("Do 30s on/15s off, as in the 30s on the coast.", "Do thirty seconds on slash fifteen seconds off, as in the thirties on the coast."),
    ("Sizes: US 8–10 / UK 12–14 / EU 40–42.", "Sizes: US eight to ten slash UK twelve to fourteen slash EU forty to forty-two."),
    (r"Yay! \(^o^)/ That's great. Here \(x^2\) is 9, and \(f(x)/g(x)\) is 3.", "Yay! That's great. Here x squared is nine, and f of x over g of x is three."),
    ("Set $HOME/bin, then PATH=$PATH:/usr. Here $ABC$ is one and $AB/CD$ is two.", "Set dollar HOME slash bin, then PATH equals dollar PATH:/usr. Here A B C is one and A B over C D is two."),
    ("Rated **$$**, not ***$$$***, so **$$x^2$$** is a formula.", "Rated, not, so x squared is a formula."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), ROWS)
@pytest.mark.parametrize("chars", [1, 4, WHOLE])
def test_an_answer_is_heard_as_a_good_reader_says_it(written: str, said: str, chars: int) -> None:
    assert heard("en", written, chars) == said


@pytest.mark.parametrize("written", [written for written, _ in ROWS])
def test_an_idle_moment_anywhere_changes_no_word(written: str) -> None:
    keeps_its_words("en", written)
